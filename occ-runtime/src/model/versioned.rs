use crate::model::check::ByVersion;
use crate::model::optimistic_lock::OptimisticLock;

/// A check by the version of `M`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the row of `{M}` has no version",
    label = "this needs a version to check",
    note = "a struct with `#[occ(check = ..)]` is loaded, saved and deleted as `Tracked<{M}>`, which knows what was loaded"
)]
pub trait ChecksVersion<M> {}

#[diagnostic::do_not_recommend]
impl<M> ChecksVersion<M> for ByVersion {}

/// A struct whose row has a version: not one with `#[occ(check = ..)]`.
///
/// Only a row with a version can be saved without what was loaded.
///
/// ```
/// use occ_runtime::Versioned;
///
/// fn seen<M: Versioned>(model: &M) -> String {
///     format!("{} at {:?}", M::table_name(), model.version())
/// }
/// ```
pub trait Versioned: OptimisticLock {}

impl<M: OptimisticLock<Check: ChecksVersion<M>>> Versioned for M {}
