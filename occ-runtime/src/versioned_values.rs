//! Values that are handed to a transaction, and put back when it is rolled back.

use std::any::{Any, TypeId};
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hasher as _};

use crate::identity::Identity;
use crate::model::OptimisticLock;

/// Values whose versions a transaction takes care of: a `&mut` to a model, to a [`Tracked`](crate::Tracked) one or to a
/// slice of models, or a tuple of up to eight such. The models own their fields.
///
/// ```
/// use occ_runtime::VersionedValues;
///
/// fn is_versioned<V: VersionedValues>() {}
/// # use occ_runtime::prelude::*;
/// # diesel::table! { products (id) { id -> Integer, version -> Integer } }
/// # #[derive(OptimisticLock)]
/// # struct Product { id: i32, version: i32 }
/// is_versioned::<&mut Product>();
/// is_versioned::<(&mut Product, &mut [Product])>();
/// ```
pub trait VersionedValues {
    /// What the closure of the transaction gets.
    // Without `where Self: 'r`, which would make a closure for every `'r` demand `Self: 'static`.
    type Borrowed<'r>;

    #[doc(hidden)]
    type Saved;

    #[doc(hidden)]
    fn borrow(&mut self) -> Self::Borrowed<'_>;

    #[doc(hidden)]
    fn save(&self, versions: &mut Versions) -> Self::Saved;

    #[doc(hidden)]
    fn restore(&mut self, saved: Self::Saved, versions: &Versions);

    /// A transaction was committed: what was written within it at most `written` deep is now in one that is `left` deep.
    #[doc(hidden)]
    fn committed(&mut self, written: u32, left: u32) {
        let _ = (written, left);
    }

    // Uses the type without that bound, so that the compiler does not ask for it.
    #[doc(hidden)]
    fn __unbound(_: Self::Borrowed<'_>) {}
}

/// The versions of the rows that were handed to a transaction. Values can be sorted, swapped and moved in it, so each gets
/// the version of its row and not of its place.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Versions(Vec<VersionOfRow>);

#[derive(Debug)]
struct VersionOfRow {
    model: TypeId,
    key: (u64, String),
    version: Box<dyn Any + Send + Sync>,
}

impl Versions {
    /// Where it is from now on.
    fn add<M>(&mut self, row: &M) -> usize
    where
        M: OptimisticLock<Version: Clone> + 'static,
    {
        let (model, version) = (TypeId::of::<M>(), Box::new(row.version().clone()));
        self.0.push(VersionOfRow { model, key: key_of(row), version });
        self.0.len() - 1
    }

    /// Puts back the version of the row that is now where the row at `place` was. A row that was not handed over keeps its
    /// version. Of two copies of one row, the version that the copy still has is its own.
    fn put_back<M>(&self, row: &mut M, place: usize)
    where
        M: OptimisticLock<Version: Clone> + 'static,
    {
        let (model, key) = (TypeId::of::<M>(), key_of(row));
        let of_the_row = |index: &usize| {
            let saved = &self.0[*index];
            saved.model == model && saved.key == key
        };
        let version = |index: usize| self.0[index].version.downcast_ref::<M::Version>();
        let places: Vec<usize> = (0..self.0.len()).filter(of_the_row).collect();
        let unchanged = places.iter().find(|&&index| version(index) == Some(row.version()));
        let own = places.iter().find(|&&index| index == place);
        if let Some(version) = unchanged.or(own).or(places.last()).and_then(|&index| version(index)) {
            row.set_version(version.clone());
        }
    }
}

/// Tells the rows of a struct apart: by the hashes of their keys' values, and by what those print.
fn key_of<M: OptimisticLock>(row: &M) -> (u64, String) {
    let (mut hasher, mut text) = (DefaultHasher::new(), String::new());
    row.visit_key(&mut |value, identity| {
        // Writing to a String does not fail, and a `Debug` that claims to fail has written what it could.
        let _ = write!(text, "{value:?}\u{0}");
        if let Identity::Hashed(value) = identity {
            value.hash_into(&mut hasher);
        }
    });
    (hasher.finish(), text)
}

impl<M> VersionedValues for &mut M
where
    M: OptimisticLock<Version: Clone> + 'static,
{
    type Borrowed<'r> = &'r mut M;
    type Saved = usize;

    fn borrow(&mut self) -> Self::Borrowed<'_> {
        self
    }

    fn save(&self, versions: &mut Versions) -> Self::Saved {
        versions.add(&**self)
    }

    fn restore(&mut self, place: Self::Saved, versions: &Versions) {
        versions.put_back(&mut **self, place);
    }
}

impl<M> VersionedValues for &mut [M]
where
    M: OptimisticLock<Version: Clone> + 'static,
{
    type Borrowed<'r> = &'r mut [M];
    type Saved = Vec<usize>;

    fn borrow(&mut self) -> Self::Borrowed<'_> {
        self
    }

    fn save(&self, versions: &mut Versions) -> Self::Saved {
        self.iter().map(|model| versions.add(model)).collect()
    }

    fn restore(&mut self, places: Self::Saved, versions: &Versions) {
        for (model, place) in self.iter_mut().zip(places) {
            versions.put_back(model, place);
        }
    }
}

macro_rules! tuples_are_versioned_values {
    ($($value:ident $index:tt),+) => {
        impl<$($value: VersionedValues),+> VersionedValues for ($($value,)+) {
            type Borrowed<'r> = ($($value::Borrowed<'r>,)+);
            type Saved = ($($value::Saved,)+);

            fn borrow(&mut self) -> Self::Borrowed<'_> {
                ($(self.$index.borrow(),)+)
            }

            fn save(&self, versions: &mut Versions) -> Self::Saved {
                ($(self.$index.save(versions),)+)
            }

            fn restore(&mut self, saved: Self::Saved, versions: &Versions) {
                $(self.$index.restore(saved.$index, versions);)+
            }

            fn committed(&mut self, written: u32, left: u32) {
                $(self.$index.committed(written, left);)+
            }
        }
    };
}

tuples_are_versioned_values!(A 0);
tuples_are_versioned_values!(A 0, B 1);
tuples_are_versioned_values!(A 0, B 1, C 2);
tuples_are_versioned_values!(A 0, B 1, C 2, D 3);
tuples_are_versioned_values!(A 0, B 1, C 2, D 3, E 4);
tuples_are_versioned_values!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples_are_versioned_values!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples_are_versioned_values!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);

/// Puts the versions back when it is dropped, be it by `?`, by a panic or with the future around it.
pub(crate) struct Restore<'v, V: VersionedValues> {
    values: &'v mut V,
    saved: Option<(V::Saved, Versions)>,
}

impl<'v, V: VersionedValues> Restore<'v, V> {
    pub(crate) fn new(values: &'v mut V) -> Self {
        let mut versions = Versions::default();
        let saved = values.save(&mut versions);
        Self { values, saved: Some((saved, versions)) }
    }

    pub(crate) fn borrow(&mut self) -> V::Borrowed<'_> {
        self.values.borrow()
    }

    /// The transaction is over. If it has committed, the versions are what they are: see [`VersionedValues::committed`].
    pub(crate) fn end<T, E>(mut self, outcome: Result<T, E>, written: u32, left: u32) -> Result<T, E> {
        if outcome.is_ok() {
            self.saved = None;
            self.values.committed(written, left);
        }
        outcome
    }
}

impl<V: VersionedValues> Drop for Restore<'_, V> {
    fn drop(&mut self) {
        if let Some((saved, versions)) = self.saved.take() {
            self.values.restore(saved, &versions);
        }
    }
}
