//! `#[occ(merge = add)]`: two changes of one number add up.

/// A type whose changes add up: what `#[occ(merge = add)]` needs of a field.
///
/// Integers, floats and `Option`s of them have it. Implement it for number types of your own:
///
/// ```
/// use occ_runtime::Summable;
///
/// struct Cents(i64);
///
/// impl Summable for Cents {
///     fn sum(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
///         i64::sum(&base.0, &mine.0, &theirs.0).map(Cents)
///     }
/// }
/// assert_eq!(Cents::sum(&Cents(10), &Cents(7), &Cents(15)).map(|sum| sum.0), Some(12));
/// ```
#[diagnostic::on_unimplemented(
    message = "two changes of a `{Self}` do not add up",
    label = "cannot be merged by `add`",
    note = "merge it by `mine` or `theirs`, or implement `occ_runtime::Summable` for `{Self}`"
)]
pub trait Summable: Sized {
    /// `theirs + mine - base`; `None` where that is no value of the type, which is then a conflict.
    fn sum(base: &Self, mine: &Self, theirs: &Self) -> Option<Self>;
}

macro_rules! integers_are_summable {
    ($($integer:ty),+) => {$(
        impl Summable for $integer {
            fn sum(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
                // In 128 bits, as the way to a sum that fits may lead past the end of a smaller type.
                let sum = i128::from(*theirs) + i128::from(*mine) - i128::from(*base);
                sum.try_into().ok()
            }
        }
    )+};
}

integers_are_summable!(i8, i16, i32, i64, u8, u16, u32, u64);

macro_rules! floats_are_summable {
    ($($float:ty),+) => {$(
        impl Summable for $float {
            /// Rounded, as floats are.
            fn sum(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
                let sum = theirs + (mine - base);
                sum.is_finite().then_some(sum)
            }
        }
    )+};
}

floats_are_summable!(f32, f64);

/// The sum of what is inside. Two changes to `None` are one; any other change from or to `None` is no number.
impl<T: Summable> Summable for Option<T> {
    fn sum(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
        match (base, mine, theirs) {
            (_, None, None) => Some(None),
            (Some(base), Some(mine), Some(theirs)) => T::sum(base, mine, theirs).map(Some),
            _ => None,
        }
    }
}

/// Sets a field to the sum; `false`, and it stays, where there is none. A line of the derive.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "two changes of a `{Self}` do not add up",
    label = "cannot be merged by `add`",
    note = "merge it by `mine` or `theirs`, or implement `occ_runtime::Summable` for `{Self}`"
)]
pub trait Adds {
    fn add(&mut self, base: &Self, mine: &Self, theirs: &Self) -> bool;
}

#[diagnostic::do_not_recommend]
impl<T: Summable> Adds for T {
    fn add(&mut self, base: &T, mine: &T, theirs: &T) -> bool {
        match T::sum(base, mine, theirs) {
            Some(sum) => {
                *self = sum;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Summable;

    #[test]
    fn a_sum_that_fits_is_found_whatever_lies_on_the_way() {
        assert_eq!(i8::sum(&-100, &100, &-100), Some(100));
        assert_eq!(u64::sum(&u64::MAX, &0, &u64::MAX), Some(0));
        assert_eq!(i64::sum(&i64::MIN, &i64::MIN, &i64::MAX), Some(i64::MAX));
    }

    #[test]
    fn a_sum_that_does_not_fit_is_none() {
        assert_eq!(u8::sum(&10, &0, &5), None);
        assert_eq!(i32::sum(&0, &1, &i32::MAX), None);
        assert_eq!(f32::sum(&0.0, &f32::MAX, &f32::MAX), None);
    }

    #[test]
    fn what_is_inside_an_option_adds_up() {
        assert_eq!(Option::sum(&Some(10), &Some(11), &Some(9)), Some(Some(10)));
        assert_eq!(Option::sum(&Some(10), &None, &None), Some(None));
        assert_eq!(Option::sum(&None, &Some(1), &Some(1)), None);
        assert_eq!(Option::sum(&Some(1), &None, &Some(2)), None);
    }
}
