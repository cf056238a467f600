//! What tells one key or version from another.
//!
//! `Debug` is for people to read: a type of a user's may print two values alike, as one that hides what it holds prints
//! `***`. So whether two keys are the same is never decided by what it prints. What else a type has is only known where
//! the derive writes the type down: it calls `(&&&Probe(&value)).occ_identity()`, and the compiler takes the first of these
//! traits that fits, from more `&` to fewer: autoref specialization.

use std::borrow::Cow;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use diesel::internal::table_macro::StaticQueryFragment;

/// What tells a value from others of its type.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub enum Identity<'a> {
    /// What its `Debug` prints, as its type is not a user's: see [`Plain`]. With what it hashes.
    Shown(&'a dyn Hashed),
    /// What it hashes.
    Hashed(&'a dyn Hashed),
    /// The number itself: a zero is equal to that of the other sign, which prints otherwise.
    Float(f64),
    /// Nothing that is known: it has no `Hash`, or is of a type parameter.
    Unknown,
}

/// [`Hash`] as an object.
#[doc(hidden)]
pub trait Hashed {
    fn hash_into(&self, hasher: &mut dyn Hasher);
}

impl<T: Hash> Hashed for T {
    fn hash_into(&self, mut hasher: &mut dyn Hasher) {
        self.hash(&mut hasher);
    }
}

/// A type whose `Debug` is known to print no two values alike.
#[doc(hidden)]
pub trait Plain: Debug + Hash {}

macro_rules! plain {
    ($($ty:ty),* $(,)?) => {
        $(impl Plain for $ty {})*
    };
}

plain!(
    i8,
    i16,
    i32,
    i64,
    i128,
    isize,
    u8,
    u16,
    u32,
    u64,
    u128,
    usize,
    bool,
    char,
    str,
    String,
    std::time::SystemTime,
);
#[cfg(feature = "postgres")]
plain!(crate::version::xmin::Xmin);
#[cfg(feature = "uuid")]
plain!(::uuid::Uuid);
#[cfg(feature = "chrono")]
plain!(chrono::NaiveDate, chrono::NaiveTime, chrono::NaiveDateTime, chrono::DateTime<chrono::Utc>);
#[cfg(feature = "time")]
// No `OffsetDateTime`: one instant prints with whatever offset it has.
plain!(::time::Date, ::time::Time, ::time::PrimitiveDateTime);

impl<T: Plain + ?Sized> Plain for &T {}
impl<T: Plain + ?Sized> Plain for Box<T> {}
impl<T: Plain + ToOwned<Owned: Debug> + ?Sized> Plain for Cow<'_, T> {}
impl<T: Plain> Plain for Option<T> {}
impl<T: Plain> Plain for Vec<T> {}
impl<T: Plain> Plain for [T] {}
impl<T: Plain, const N: usize> Plain for [T; N] {}

/// Asks what a value can be told from others by.
#[doc(hidden)]
#[derive(Debug)]
pub struct Probe<'a, T: ?Sized>(pub &'a T);

#[doc(hidden)]
pub trait ByText<'a> {
    fn occ_identity(&self) -> Identity<'a>;
}

impl<'a, T: Plain> ByText<'a> for &&Probe<'a, T> {
    fn occ_identity(&self) -> Identity<'a> {
        Identity::Shown(self.0)
    }
}

impl<'a> ByText<'a> for &&Probe<'a, f64> {
    fn occ_identity(&self) -> Identity<'a> {
        Identity::Float(*self.0)
    }
}

impl<'a> ByText<'a> for &&Probe<'a, f32> {
    fn occ_identity(&self) -> Identity<'a> {
        Identity::Float(f64::from(*self.0))
    }
}

#[doc(hidden)]
pub trait ByHash<'a> {
    fn occ_identity(&self) -> Identity<'a>;
}

impl<'a, T: Hash> ByHash<'a> for &Probe<'a, T> {
    fn occ_identity(&self) -> Identity<'a> {
        Identity::Hashed(self.0)
    }
}

#[doc(hidden)]
pub trait ByNothing<'a> {
    fn occ_identity(&self) -> Identity<'a>;
}

impl<'a, T: ?Sized> ByNothing<'a> for Probe<'a, T> {
    fn occ_identity(&self) -> Identity<'a> {
        Identity::Unknown
    }
}

/// Two values that may be the same.
#[doc(hidden)]
#[derive(Debug)]
pub struct Pair<'a, T: ?Sized>(pub &'a T, pub &'a T);

#[doc(hidden)]
pub trait Comparable {
    /// Whether they are known to be the same.
    fn occ_same(&self) -> bool;
}

impl<T: PartialEq + ?Sized> Comparable for &Pair<'_, T> {
    fn occ_same(&self) -> bool {
        self.0 == self.1
    }
}

#[doc(hidden)]
pub trait Incomparable {
    fn occ_same(&self) -> bool;
}

impl<T: ?Sized> Incomparable for Pair<'_, T> {
    fn occ_same(&self) -> bool {
        false
    }
}

/// A table, asked for the name that it has in SQL.
#[doc(hidden)]
#[derive(Debug)]
pub struct NameOf<T>(pub PhantomData<T>);

#[doc(hidden)]
pub trait Named {
    fn occ_name(&self) -> Option<&'static dyn Debug>;
}

/// Shown by types of Diesel's, which print every part of the name.
impl<T: StaticQueryFragment<Component: Debug>> Named for &NameOf<T> {
    fn occ_name(&self) -> Option<&'static dyn Debug> {
        Some(T::STATIC_COMPONENT)
    }
}

#[doc(hidden)]
pub trait Nameless {
    fn occ_name(&self) -> Option<&'static dyn Debug>;
}

/// A table that `table!` has not made.
impl<T> Nameless for NameOf<T> {
    fn occ_name(&self) -> Option<&'static dyn Debug> {
        None
    }
}

impl Debug for Identity<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Shown(_) => "Shown",
            Self::Hashed(_) => "Hashed",
            Self::Float(_) => "Float",
            Self::Unknown => "Unknown",
        })
    }
}
