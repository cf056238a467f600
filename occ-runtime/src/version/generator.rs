//! Where the next version comes from.

use std::time::Duration;

use crate::error::refused::VersionError;

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

    /// The smallest step between two versions that are points in time, where it is known.
    #[doc(hidden)]
    const STEP: Option<Duration> = None;

    /// The version to insert a new row with.
    fn initial() -> V;

    /// The version that follows `current`. It must differ from every earlier one of the row.
    fn next(current: &V) -> Result<V, VersionError>;
}

/// A type that says by itself how its versions are made.
///
/// ```
/// use occ_runtime::{VersionGenerator, version::DefaultGenerator};
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
