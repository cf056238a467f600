use std::fmt::Debug;

use crate::error::refused::VersionError;
use crate::version::generator::DefaultGenerator;
use crate::version::generator::VersionGenerator;

/// A value that counts upwards in steps of one.
///
/// Implemented for every integer that Diesel knows. Implement it for a newtype around one and the newtype
/// becomes a version, with [`Increment`] as its default generator.
///
/// ```
/// use occ_runtime::{Increment, VersionGenerator, version::Counter};
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

    /// The next value, or `None` when the type is exhausted.
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
