//! Floats, whose `==` is not what tells a change: zeros of both signs are equal, and NaN is equal to nothing, not even to itself,
//! and yet a field that was NaN and still is has not been changed.
//!
//! A value that is not equal to itself holds a NaN somewhere, maybe beside numbers that differ: `[NaN, 1.0]` and `[NaN, 2.0]`.
//! Only its `Debug` shows what is inside, and floats show all of their digits. As in `show`, whether a type has it is only
//! known where the derive writes the type down: it calls `(&&NotANumber(&a, &b)).occ_is_same()`.

use std::fmt::Debug;

/// Two values that are not equal.
#[doc(hidden)]
#[derive(Debug)]
pub struct NotANumber<'a, T>(pub &'a T, pub &'a T);

#[doc(hidden)]
pub trait ShownNan {
    fn occ_is_same(&self) -> bool;
}

impl<T: PartialEq + Debug> ShownNan for &NotANumber<'_, T> {
    fn occ_is_same(&self) -> bool {
        let NotANumber(a, b) = self;
        is_nan(*a) && is_nan(*b) && format!("{a:?}") == format!("{b:?}")
    }
}

/// Any other type: nobody can tell, so it counts as changed.
#[doc(hidden)]
pub trait HiddenNan {
    fn occ_is_same(&self) -> bool;
}

impl<T> HiddenNan for NotANumber<'_, T> {
    fn occ_is_same(&self) -> bool {
        false
    }
}

/// Two values that are equal. Of floats the zeros still have a sign of their own, which a column keeps.
#[doc(hidden)]
#[derive(Debug)]
pub struct Equal<'a, T>(pub &'a T, pub &'a T);

#[doc(hidden)]
pub trait KnownSigns {
    fn occ_has_same_signs(&self) -> bool;
}

impl<T: Signed> KnownSigns for &Equal<'_, T> {
    fn occ_has_same_signs(&self) -> bool {
        self.0.has_sign_of(self.1)
    }
}

/// Any other type is taken at its word.
#[doc(hidden)]
pub trait NoSigns {
    fn occ_has_same_signs(&self) -> bool;
}

impl<T> NoSigns for Equal<'_, T> {
    fn occ_has_same_signs(&self) -> bool {
        true
    }
}

/// Floats, and what they are columns as.
#[doc(hidden)]
pub trait Signed {
    fn has_sign_of(&self, equal: &Self) -> bool;
}

macro_rules! floats {
    ($($float:ty)*) => {$(
        impl Signed for $float {
            fn has_sign_of(&self, equal: &Self) -> bool {
                self.is_sign_negative() == equal.is_sign_negative()
            }
        }
    )*};
}

floats!(f32 f64);

impl<T: Signed> Signed for Option<T> {
    fn has_sign_of(&self, equal: &Self) -> bool {
        self.iter().zip(equal).all(|(one, other)| one.has_sign_of(other))
    }
}

impl<T: Signed> Signed for Vec<T> {
    fn has_sign_of(&self, equal: &Self) -> bool {
        self.iter().zip(equal).all(|(one, other)| one.has_sign_of(other))
    }
}

fn is_nan<T: PartialEq>(value: &T) -> bool {
    let itself = value;
    value != itself
}

#[cfg(test)]
mod tests {
    use super::{Equal, HiddenNan as _, KnownSigns as _, NoSigns as _, NotANumber, ShownNan as _};

    #[derive(Debug, PartialEq)]
    struct Celsius(f64);

    #[derive(PartialEq)]
    struct Silent(f64);

    /// Shows nothing of what is in it.
    #[derive(PartialEq)]
    struct Hidden(f64);

    impl std::fmt::Debug for Hidden {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("hidden")
        }
    }

    macro_rules! same {
        ($a:expr, $b:expr) => {
            (&&NotANumber(&$a, &$b)).occ_is_same()
        };
    }

    macro_rules! same_signs {
        ($a:expr, $b:expr) => {
            (&&Equal(&$a, &$b)).occ_has_same_signs()
        };
    }

    #[test]
    fn a_zero_has_a_sign() {
        assert!(same_signs!(0.0, 0.0) && same_signs!(-0.0_f32, -0.0_f32) && same_signs!(1.5, 1.5));
        assert!(!same_signs!(0.0, -0.0) && !same_signs!(-0.0_f32, 0.0_f32));
        assert!(!same_signs!(Some(0.0), Some(-0.0)) && same_signs!(None::<f64>, None::<f64>));
        assert!(!same_signs!(vec![1.0, 0.0], vec![1.0, -0.0]));
        assert!(same_signs!(1, 1) && same_signs!("a", "a"));
        assert!(same_signs!(Celsius(0.0), Celsius(-0.0)), "taken at its word");
    }

    #[test]
    fn a_nan_that_stays_is_no_change() {
        assert!(same!(f64::NAN, f64::NAN));
        assert!(same!(f32::NAN, -f32::NAN));
        assert!(same!(Some(f64::NAN), Some(f64::NAN)));
        assert!(same!(Celsius(f64::NAN), Celsius(f64::NAN)));
        assert!(same!(vec![f64::NAN, 1.0], vec![f64::NAN, 1.0]));
    }

    #[test]
    fn what_else_is_changed_beside_a_nan_is_a_change() {
        assert!(!same!(f64::NAN, 1.0));
        assert!(!same!(None, Some(f64::NAN)));
        assert!(!same!(vec![f64::NAN, 1.0], vec![f64::NAN, 1.000_000_000_000_000_2]));
        assert!(!same!(vec![f64::NAN, 0.0], vec![f64::NAN, -0.0]));
        assert!(!same!([f64::NAN, 1.0], [1.0, f64::NAN]));
        assert!(!same!(Silent(f64::NAN), Silent(f64::NAN)), "nobody can tell");
        assert!(!same!(Hidden(1.0), Hidden(2.0)), "each is equal to itself");
        assert!(!same!(Hidden(f64::NAN), Hidden(2.0)) && !same!(Hidden(2.0), Hidden(f64::NAN)));
    }
}
