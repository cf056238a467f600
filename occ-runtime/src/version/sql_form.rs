//! Generators whose versions a database can compute as well.

use crate::version::counter::{Counter, Increment};
use crate::version::generator::VersionGenerator;
use crate::version::timestamp::{Micros, Millis, Seconds, SystemClock, Timestamp};
#[cfg(feature = "uuid")]
use crate::version::uuid::UuidV4;

/// A generator whose next version SQL can compute: the bound of [`bump_version`](crate::bump_version).
///
/// | generator | in SQL |
/// |---|---|
/// | [`Increment`] | the version that is there, plus one |
/// | `UuidV4` (feature `uuid`) | PostgreSQL 13: `gen_random_uuid()`; MySQL, MariaDB 10.10: `RANDOM_BYTES`; SQLite: `randomblob` |
/// | [`Timestamp`] of [`Seconds`], [`Millis`] or [`Micros`], with the system's clock | the later of the database's time and one step after the version that is there |
///
/// SQLite's clock tells milliseconds, so there is a step of [`Micros`] one of those. A `UuidV7` has no form that every database
/// knows, and a generator or a clock of your own is Rust. What [`DatabaseGenerated`](crate::DatabaseGenerated) stands for moves with
/// every `UPDATE` anyway.
///
/// ```
/// use occ_runtime::{BumpVersion, OptimisticLock, bump_version, version::SqlForm};
///
/// /// What an importer sets in its upserts, for each of its tables.
/// fn moved<M>() -> BumpVersion<M>
/// where
///     M: OptimisticLock<Generator: SqlForm<<M as OptimisticLock>::Version>>,
/// {
///     bump_version::<M>()
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no form in SQL, so `bump_version` cannot compute the next version",
    label = "no database makes versions of this generator",
    note = "`Increment`, `UuidV4` and `Timestamp` with the system's clock have one",
    note = "with `DatabaseGenerated` leave `bump_version` out: the database moves the version with every `UPDATE`",
    note = "else load the rows and save them, by `save_all_optimistic`: then the versions are made in Rust"
)]
pub trait SqlForm<V>: VersionGenerator<V> {
    #[doc(hidden)]
    const FORM: Form;
}

/// What is computed.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Counter,
    RandomUuid,
    /// With so many digits after the second.
    Time(u32),
}

#[diagnostic::do_not_recommend]
impl<V: Counter> SqlForm<V> for Increment {
    const FORM: Form = Form::Counter;
}

#[cfg(feature = "uuid")]
#[diagnostic::do_not_recommend]
impl<V> SqlForm<V> for UuidV4
where
    Self: VersionGenerator<V>,
{
    const FORM: Form = Form::RandomUuid;
}

macro_rules! times {
    ($($precision:ty = $digits:literal),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<V> SqlForm<V> for Timestamp<$precision, SystemClock>
        where
            Self: VersionGenerator<V>,
        {
            const FORM: Form = Form::Time($digits);
        }
    )*};
}

times!(Seconds = 0, Millis = 3, Micros = 6);
