use std::fmt::Debug;

use crate::error::refused::VersionError;
use crate::version::generator::VersionGenerator;

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

#[cfg(feature = "postgres")]
impl crate::version::generator::DefaultGenerator for crate::version::xmin::Xmin {
    type Generator = DatabaseGenerated;
}

#[cfg_attr(
    not(feature = "postgres"),
    allow(clippy::extra_unused_type_parameters, reason = "which type is asked")
)]
pub(crate) fn is_xmin<V: 'static>() -> bool {
    #[cfg(feature = "postgres")]
    let xmin = std::any::TypeId::of::<V>() == std::any::TypeId::of::<crate::version::xmin::Xmin>();
    #[cfg(not(feature = "postgres"))]
    let xmin = false;
    xmin
}
