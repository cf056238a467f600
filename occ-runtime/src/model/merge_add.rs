//! `#[occ(merge = add)]`: two changes of one number add up.

/// A type whose changes add up: what `#[occ(merge = add)]` needs of a field.
///
/// Integers, floats and `Option`s of them have it. Implement it for number types of your own:
///
/// ```
/// use occ_runtime::MergeAdd;
///
/// struct Cents(i64);
///
/// impl MergeAdd for Cents {
///     fn merge_add(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
///         i64::merge_add(&base.0, &mine.0, &theirs.0).map(Cents)
///     }
/// }
/// assert_eq!(Cents::merge_add(&Cents(10), &Cents(7), &Cents(15)).map(|sum| sum.0), Some(12));
/// ```
#[diagnostic::on_unimplemented(
    message = "two changes of a `{Self}` do not add up",
    label = "cannot be merged by `add`",
    note = "merge it by `mine` or `theirs`, or implement `occ_runtime::MergeAdd` for `{Self}`"
)]
pub trait MergeAdd: Sized {
    /// `theirs + mine - base`; `None` where that is no value of the type, which is then a conflict.
    fn merge_add(base: &Self, mine: &Self, theirs: &Self) -> Option<Self>;
}

macro_rules! integers_add_up {
    ($($integer:ty),+) => {$(
        impl MergeAdd for $integer {
            fn merge_add(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
                // In 128 bits, as the way to a sum that fits may lead past the end of a smaller type.
                let sum = i128::from(*theirs) + i128::from(*mine) - i128::from(*base);
                sum.try_into().ok()
            }
        }
    )+};
}

integers_add_up!(i8, i16, i32, i64, u8, u16, u32, u64);

macro_rules! floats_add_up {
    ($($float:ty),+) => {$(
        impl MergeAdd for $float {
            /// Rounded, as floats are.
            fn merge_add(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
                let sum = theirs + (mine - base);
                sum.is_finite().then_some(sum)
            }
        }
    )+};
}

floats_add_up!(f32, f64);

/// The sum of what is inside. Two changes to `None` are one; any other change from or to `None` is no number.
impl<T: MergeAdd> MergeAdd for Option<T> {
    fn merge_add(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
        match (base, mine, theirs) {
            (_, None, None) => Some(None),
            (Some(base), Some(mine), Some(theirs)) => T::merge_add(base, mine, theirs).map(Some),
            _ => None,
        }
    }
}

/// Sets a field to the sum; `false`, and it stays, where there is none. A line of the derive.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "two changes of a `{Self}` do not add up",
    label = "cannot be merged by `add`",
    note = "merge it by `mine` or `theirs`, or implement `occ_runtime::MergeAdd` for `{Self}`"
)]
pub trait Adds {
    fn add(&mut self, base: &Self, mine: &Self, theirs: &Self) -> bool;
}

#[diagnostic::do_not_recommend]
impl<T: MergeAdd> Adds for T {
    fn add(&mut self, base: &T, mine: &T, theirs: &T) -> bool {
        put(self, T::merge_add(base, mine, theirs))
    }
}

/// Sets a field to what both sides make together; `false`, and it stays, if that is nothing. For the rules of this folder, and a line of
/// the derive for a function of the user's.
#[doc(hidden)]
pub fn put<T>(field: &mut T, merged: Option<T>) -> bool {
    merged.map(|merged| *field = merged).is_some()
}

#[cfg(test)]
mod tests {
    use super::MergeAdd;

    #[test]
    fn a_sum_that_fits_is_found_whatever_lies_on_the_way() {
        assert_eq!(i8::merge_add(&-100, &100, &-100), Some(100));
        assert_eq!(u64::merge_add(&u64::MAX, &0, &u64::MAX), Some(0));
        assert_eq!(i64::merge_add(&i64::MIN, &i64::MIN, &i64::MAX), Some(i64::MAX));
    }

    #[test]
    fn a_sum_that_does_not_fit_is_none() {
        assert_eq!(u8::merge_add(&10, &0, &5), None);
        assert_eq!(i32::merge_add(&0, &1, &i32::MAX), None);
        assert_eq!(f32::merge_add(&0.0, &f32::MAX, &f32::MAX), None);
    }

    #[test]
    fn what_is_inside_an_option_adds_up() {
        assert_eq!(Option::merge_add(&Some(10), &Some(11), &Some(9)), Some(Some(10)));
        assert_eq!(Option::merge_add(&Some(10), &None, &None), Some(None));
        assert_eq!(Option::merge_add(&None, &Some(1), &Some(1)), None);
        assert_eq!(Option::merge_add(&Some(1), &None, &Some(2)), None);
    }
}
