//! `#[occ(merge = union)]`: what two sides have put into one set, and taken out of it.

use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher, Hash};

/// A type that is a set, of which each side may add and remove elements: what `#[occ(merge = union)]` needs of a field.
///
/// `Vec`, `HashSet`, `BTreeSet` and `Option`s of them have it. Of a `Vec` the order is theirs, with what I have added after it; an element
/// that is there several times counts as one. Implement it for types of your own:
///
/// ```
/// use occ_runtime::MergeUnion;
///
/// struct Tags(Vec<String>);
///
/// impl MergeUnion for Tags {
///     fn merge_union(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
///         Vec::merge_union(&base.0, &mine.0, &theirs.0).map(Tags)
///     }
/// }
/// let tags = |tags: &[&str]| Tags(tags.iter().map(ToString::to_string).collect());
/// let merged = Tags::merge_union(&tags(&["old", "red"]), &tags(&["red", "new"]), &tags(&["old", "red", "big"]));
/// assert_eq!(merged.map(|tags| tags.0), Some(tags(&["red", "big", "new"]).0));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no set",
    label = "cannot be merged by `union`",
    note = "`union` is for `Vec`, `HashSet`, `BTreeSet` and `Option`s of them: merge it by `mine` or `theirs`, or implement `occ_runtime::MergeUnion` for `{Self}`"
)]
pub trait MergeUnion: Sized {
    /// Theirs without what I have removed, and with what I have added; `None` where that is no value of the type, which is then a
    /// conflict.
    fn merge_union(base: &Self, mine: &Self, theirs: &Self) -> Option<Self>;
}

/// Looks for each element in the others, so its time grows with the square of their number.
impl<T: Clone + PartialEq> MergeUnion for Vec<T> {
    fn merge_union(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
        let is_removed = |element: &&T| base.contains(element) && !mine.contains(element);
        let mut merged: Self = theirs.iter().filter(|element| !is_removed(element)).cloned().collect();
        for added in mine.iter().filter(|element| !base.contains(element)) {
            if !merged.contains(added) {
                merged.push(added.clone());
            }
        }
        Some(merged)
    }
}

impl<T: Clone + Eq + Hash, S: BuildHasher + Default> MergeUnion for HashSet<T, S> {
    fn merge_union(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
        let is_removed = |element: &&T| base.contains(*element) && !mine.contains(*element);
        let kept = theirs.iter().filter(|element| !is_removed(element));
        Some(kept.chain(mine.difference(base)).cloned().collect())
    }
}

impl<T: Clone + Ord> MergeUnion for BTreeSet<T> {
    fn merge_union(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
        let is_removed = |element: &&T| base.contains(*element) && !mine.contains(*element);
        let kept = theirs.iter().filter(|element| !is_removed(element));
        Some(kept.chain(mine.difference(base)).cloned().collect())
    }
}

/// The union of what is inside. Two changes to `None` are one; any other change from or to `None` is no set.
impl<T: MergeUnion> MergeUnion for Option<T> {
    fn merge_union(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
        match (base, mine, theirs) {
            (_, None, None) => Some(None),
            (Some(base), Some(mine), Some(theirs)) => T::merge_union(base, mine, theirs).map(Some),
            _ => None,
        }
    }
}

/// Sets a field to the union; `false`, and it stays, where there is none. A line of the derive.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no set",
    label = "cannot be merged by `union`",
    note = "`union` is for `Vec`, `HashSet`, `BTreeSet` and `Option`s of them: merge it by `mine` or `theirs`, or implement `occ_runtime::MergeUnion` for `{Self}`"
)]
pub trait Unites {
    fn unite(&mut self, base: &Self, mine: &Self, theirs: &Self) -> bool;
}

#[diagnostic::do_not_recommend]
impl<T: MergeUnion> Unites for T {
    fn unite(&mut self, base: &T, mine: &T, theirs: &T) -> bool {
        super::merge_add::put(self, T::merge_union(base, mine, theirs))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::MergeUnion;

    #[test]
    fn what_one_side_adds_is_there_and_what_one_side_removes_is_gone() {
        let (base, mine, theirs) = (vec![1, 2, 3], vec![4, 3, 1], vec![1, 2, 5, 4]);
        assert_eq!(Vec::merge_union(&base, &mine, &theirs), Some(vec![1, 5, 4]));
        let set = |numbers: &[i32]| numbers.iter().copied().collect::<BTreeSet<_>>();
        assert_eq!(BTreeSet::merge_union(&set(&base), &set(&mine), &set(&theirs)), Some(set(&[1, 4, 5])));
        let set = |numbers: &[i32]| numbers.iter().copied().collect::<HashSet<_>>();
        assert_eq!(HashSet::merge_union(&set(&base), &set(&mine), &set(&theirs)), Some(set(&[1, 4, 5])));
    }

    #[test]
    fn a_set_that_comes_or_goes_is_a_conflict() {
        let some = |numbers: &[i32]| Some(numbers.to_vec());
        assert_eq!(Option::merge_union(&some(&[1]), &some(&[1, 2]), &some(&[])), Some(some(&[2])));
        assert_eq!(Option::merge_union(&some(&[1]), &None, &None), Some(None));
        assert_eq!(Option::merge_union(&some(&[1]), &None, &some(&[1, 2])), None);
        assert_eq!(Option::merge_union(&None, &some(&[1]), &some(&[2])), None);
    }
}
