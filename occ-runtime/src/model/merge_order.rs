//! `#[occ(merge = max)]`, `#[occ(merge = min)]`: of two values, the greater or the lesser one.

use std::cmp::Ordering;

/// Sets a field to the greater or the lesser of both sides; `false`, and it stays, where they have no order (a NaN). A line of the derive.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "of two values of `{Self}` none is the greater one",
    label = "cannot be merged by `max` or `min`",
    note = "add `#[derive(PartialOrd)]` to `{Self}`, or merge it by `mine` or `theirs`"
)]
pub trait Ordered {
    fn greater(&mut self, mine: &Self, theirs: &Self) -> bool;
    fn lesser(&mut self, mine: &Self, theirs: &Self) -> bool;
}

#[diagnostic::do_not_recommend]
impl<T: PartialOrd + Clone> Ordered for T {
    fn greater(&mut self, mine: &T, theirs: &T) -> bool {
        one_of(self, theirs.partial_cmp(mine), mine, theirs)
    }

    fn lesser(&mut self, mine: &T, theirs: &T) -> bool {
        one_of(self, mine.partial_cmp(theirs), mine, theirs)
    }
}

fn one_of<T: Clone>(to: &mut T, order: Option<Ordering>, mine: &T, theirs: &T) -> bool {
    let Some(order) = order else { return false };
    to.clone_from(if order == Ordering::Less { mine } else { theirs });
    true
}

#[cfg(test)]
mod tests {
    use super::Ordered;

    fn both<T: Clone + PartialOrd>(mine: &T, theirs: &T) -> Option<(T, T)> {
        let (mut greater, mut lesser) = (theirs.clone(), theirs.clone());
        let is_found = greater.greater(mine, theirs);
        assert_eq!(is_found, lesser.lesser(mine, theirs));
        is_found.then_some((greater, lesser))
    }

    #[test]
    fn the_greater_and_the_lesser_are_found_on_either_side() {
        assert_eq!(both(&3, &7), Some((7, 3)));
        assert_eq!(both(&7, &3), Some((7, 3)));
        assert_eq!(both(&"b".to_owned(), &"a".to_owned()), Some(("b".to_owned(), "a".to_owned())));
        // As Rust orders them, nothing is less than something.
        assert_eq!(both(&None, &Some(3)), Some((Some(3), None)));
    }

    #[test]
    fn a_nan_has_no_order() {
        assert_eq!(both(&f64::NAN, &3.0), None);
        assert_eq!(both(&3.0, &f64::NAN), None);
    }
}
