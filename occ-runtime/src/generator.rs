//! Where the next version comes from.

use std::fmt::Debug;

use crate::error::VersionError;

/// Makes versions of type `V`.
///
/// A generator is a type, never a value: the derive names it, nothing is stored. Implement it for a type of
/// your own and name that with `#[occ(version, generator = MyGenerator)]`.
///
/// ```
/// use occ_runtime::{VersionError, VersionGenerator};
///
/// /// Even numbers only.
/// struct Even;
///
/// impl VersionGenerator<i32> for Even {
///     fn initial() -> i32 {
///         0
///     }
///
///     fn next(current: &i32) -> Result<i32, VersionError> {
///         current.checked_add(2).ok_or_else(|| VersionError::exhausted(current))
///     }
/// }
///
/// assert_eq!(Even::next(&4).unwrap(), 6);
/// assert!(Even::next(&i32::MAX).is_err());
/// ```
#[diagnostic::on_unimplemented(
    message = "the generator `{Self}` does not make versions of type `{V}`",
    label = "this generator does not fit the version field",
    note = "`Increment` makes integers; `UuidV4` and `UuidV7` make `Uuid`, `String` and bytes; `Timestamp` makes points in \
            time and `i64`; `DatabaseGenerated` reads what the database makes",
    note = "or name one of your own: `generator = MyGenerator`, with `impl VersionGenerator<{V}> for MyGenerator`"
)]
pub trait VersionGenerator<V> {
    /// Whether the database makes the versions, and `next` is never called.
    #[doc(hidden)]
    const BY_DATABASE: bool = false;

    /// The version to insert a new row with.
    fn initial() -> V;

    /// The version that follows `current`. It must differ from every earlier one of the row.
    fn next(current: &V) -> Result<V, VersionError>;
}

/// A type that says by itself how its versions are made.
///
/// ```
/// use occ_runtime::{DefaultGenerator, VersionGenerator};
///
/// fn first<V: DefaultGenerator>() -> V {
///     V::Generator::initial()
/// }
///
/// assert_eq!(first::<i64>(), 1);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no default version generator",
    label = "no generator is known for this type",
    note = "`Uuid` has one with the feature `uuid`, types of `chrono` and `time` with those features; for `String` and bytes \
            name `UuidV4`: `#[occ(version, generator = UuidV4)]`",
    note = "or name one of your own: `generator = MyGenerator`, with `impl VersionGenerator<{Self}> for MyGenerator`",
    note = "or, for a type of your own that counts: `impl Counter for {Self}`"
)]
pub trait DefaultGenerator: Sized {
    /// The generator used where the derive is given none.
    type Generator: VersionGenerator<Self>;
}

/// A value that counts upwards in steps of one.
///
/// Implemented for every integer that Diesel knows. Implement it for a newtype around one and the newtype
/// becomes a version, with [`Increment`] as its default generator.
///
/// ```
/// use occ_runtime::{Counter, Increment, VersionGenerator};
///
/// #[derive(Debug, PartialEq)]
/// struct Revision(i32);
///
/// impl Counter for Revision {
///     const FIRST: Self = Revision(1);
///
///     fn successor(&self) -> Option<Self> {
///         self.0.checked_add(1).map(Revision)
///     }
/// }
///
/// assert_eq!(Increment::next(&Revision(4)).unwrap(), Revision(5));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no default version generator",
    label = "no generator is known for this type",
    note = "`Uuid` has one with the feature `uuid`, types of `chrono` and `time` with those features; for `String` and bytes \
            name `UuidV4`: `#[occ(version, generator = UuidV4)]`",
    note = "or name one of your own: `generator = MyGenerator`, with `impl VersionGenerator<{Self}> for MyGenerator`",
    note = "or, for a type of your own that counts: `impl Counter for {Self}`"
)]
pub trait Counter: Debug + Sized {
    /// Where counting starts.
    const FIRST: Self;

    /// The next value, or `None` when there is none left.
    fn successor(&self) -> Option<Self>;
}

macro_rules! integers_are_counters {
    ($($integer:ty),*) => {$(
        impl Counter for $integer {
            const FIRST: Self = 1;

            fn successor(&self) -> Option<Self> {
                self.checked_add(1)
            }
        }
    )*};
}

integers_are_counters!(i8, i16, i32, i64, u8, u16, u32, u64);

/// Counts up by one, starting at 1. The default of all integers.
///
/// The addition is done and checked here, because databases disagree about an overflow: PostgreSQL reports it,
/// MariaDB may keep the old value, SQLite stores a float.
///
/// ```
/// use occ_runtime::{Increment, VersionGenerator};
///
/// assert_eq!(Increment::next(&1_i32).unwrap(), 2);
/// assert!(Increment::next(&i32::MAX).is_err());
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Increment;

#[diagnostic::do_not_recommend]
impl<V: Counter> VersionGenerator<V> for Increment {
    fn initial() -> V {
        V::FIRST
    }

    fn next(current: &V) -> Result<V, VersionError> {
        current.successor().ok_or_else(|| VersionError::exhausted(current))
    }
}

#[diagnostic::do_not_recommend]
impl<V: Counter> DefaultGenerator for V {
    type Generator = Increment;
}

/// The database makes the version: a trigger, a generated column, or PostgreSQL's `xmin` (see `Xmin`, feature
/// `postgres`).
///
/// A save does not set the version. It checks the old one and reads the new one back: on PostgreSQL (feature `postgres`)
/// by `RETURNING`, in the same statement; elsewhere by a `SELECT` in the same transaction, which is begun for it where
/// none is open. On SQLite too, whose `RETURNING` does not see what a trigger writes afterwards. Where nothing else is
/// written, a column is set to itself, so that the trigger runs.
///
/// A version that does not move, such as where the trigger is missing, is [`Error::Version`](crate::Error::Version). On
/// PostgreSQL outside of a transaction the row is written then. Only `xmin` may stay, within one transaction; a
/// trigger that takes `now()`, which stays too, should take `clock_timestamp()`. MySQL's `ON UPDATE CURRENT_TIMESTAMP` stays
/// where no other column changes, as in a save of what is there already: give the column the trigger of
/// [`VersionTrigger::timestamp`](crate::VersionTrigger::timestamp) too, which moves it each time.
///
/// A field that is never bound may say `#[diesel(skip_update)]`, for other derives. The trigger's SQL is in
/// [`VersionTrigger`](crate::VersionTrigger).
///
/// ```
/// use occ_runtime::{DatabaseGenerated, OptimisticLock};
/// # diesel::table! { products (id) { id -> Integer, name -> Text, version -> Integer } }
///
/// #[derive(OptimisticLock)]
/// struct Product {
///     id: i32,
///     name: String,
///     #[occ(version, generator = DatabaseGenerated)]
///     #[diesel(skip_update)]
///     version: i32,
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct DatabaseGenerated;

#[diagnostic::do_not_recommend]
impl<V: Default> VersionGenerator<V> for DatabaseGenerated {
    const BY_DATABASE: bool = true;

    /// A placeholder, for a value that is not read from its row yet. Leave the column out of an `INSERT`.
    fn initial() -> V {
        V::default()
    }

    fn next(_: &V) -> Result<V, VersionError> {
        Err(VersionError::new(
            "the database makes the versions of this column; save the row to get the next one",
        ))
    }
}
