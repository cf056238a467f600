//! Bounds for generic code: each is named by the method that a model has where it holds.
//!
//! | bound | a `model: T` and a `conn: &mut C` have |
//! |---|---|
//! | [`SavesOn<C>`](SavesOn) | `model.save_optimistic(conn)`, and whatever else writes a row or checks its version |
//! | [`SavesTrackedOn<C>`](SavesTrackedOn), with [`Trackable`] | the same for `Tracked<T>`, also where the table has no version |
//! | [`ReloadsOn<C>`](ReloadsOn) | `model.reload(conn)`, `into_conflict`, and `rebase` of a `Tracked<T>` |
//! | [`InsertsOn<C>`](InsertsOn) | `model.insert_optimistic(conn)`, `upsert_optimistic` |
//! | [`CreatesOn<C>`](CreatesOn), with [`NewRow`] | `T::create_optimistic(values, conn)`; with [`KeyOf`] `T::create_if_absent(values, key, conn)` |
//! | [`UpdatesOn<C>`](UpdatesOn) | `model.update_optimistic(changes, conn)`: it is `SavesOn` and `ReloadsOn` |
//! | [`ReportsOn<C>`](ReportsOn) | `model.save_optimistic_with(on_stale, conn)`, `delete_optimistic_with` |
//! | [`HasChildrenOn<C>`](HasChildrenOn) | `model.with_children(conn, closure)`; so for `Tracked<T>` |
//! | [`LocksOn<C>`](LocksOn) | `model.lock_optimistic(mode, conn)` |
//! | [`AtOn<C, K>`](AtOn) | `T::at(key, version).update(changes, conn)`, and whatever else needs no value |
//! | [`FindsRevisionsOn<C, K>`](FindsRevisionsOn) | `T::revision(key, version, conn)` |
//! | [`ChecksSchemaOn<C>`](ChecksSchemaOn) | `T::check_schema(conn)` |
//! | `ModifiesOn<C, K>` (feature `retry`) | `T::modify_optimistic(key, conn, change)` |
//! | `Async` before the name (feature `async`) | the same, awaited |
//!
//! ```
//! use diesel::prelude::*;
//! use diesel::query_builder::QueryFragment;
//! use occ_runtime::bound::{Predicate, SavesOn};
//! use occ_runtime::{Error, prelude::*};
//!
//! fn save_where<T, P, C>(model: &mut T, condition: P, conn: &mut C) -> Result<(), Error>
//! where
//!     C: Connection,
//!     T: SavesOn<C>,
//!     P: Predicate<T::Table> + QueryFragment<C::Backend>,
//! {
//!     model.save_optimistic_if(condition, conn)
//! }
//! ```

#[cfg(feature = "async")]
pub use crate::asynchronous::aggregate::AsyncHasChildrenOn;
#[cfg(feature = "async")]
pub use crate::asynchronous::at::AsyncAtOn;
#[cfg(feature = "async")]
pub use crate::asynchronous::bounds::AsyncSavesTrackedOn;
#[cfg(feature = "async")]
pub use crate::asynchronous::closure::SendAsyncFnOnce;
#[cfg(feature = "async")]
pub use crate::asynchronous::create::AsyncCreatesOn;
#[cfg(all(feature = "async", feature = "retry"))]
pub use crate::asynchronous::find::AsyncModifiesOn;
#[cfg(feature = "async")]
pub use crate::asynchronous::history::AsyncFindsRevisionsOn;
#[cfg(feature = "async")]
pub use crate::asynchronous::lock::AsyncLocksOn;
#[cfg(feature = "async")]
pub use crate::asynchronous::new_row::AsyncInsertsOn;
#[cfg(feature = "async")]
pub use crate::asynchronous::reload::AsyncReloadsOn;
#[cfg(feature = "async")]
pub use crate::asynchronous::report::AsyncReportsOn;
#[cfg(feature = "async")]
pub use crate::asynchronous::saves::AsyncSavesOn;
#[cfg(feature = "async")]
pub use crate::asynchronous::schema::AsyncChecksSchemaOn;
#[cfg(feature = "async")]
pub use crate::asynchronous::update::AsyncUpdatesOn;
pub use crate::blocking::aggregate::HasChildrenOn;
pub use crate::blocking::at::AtOn;
pub use crate::blocking::bounds::SavesTrackedOn;
pub use crate::blocking::create::CreatesOn;
#[cfg(feature = "retry")]
pub use crate::blocking::find::ModifiesOn;
pub use crate::blocking::history::FindsRevisionsOn;
pub use crate::blocking::lock::LocksOn;
pub use crate::blocking::new_row::InsertsOn;
pub use crate::blocking::reload::ReloadsOn;
pub use crate::blocking::report::ReportsOn;
pub use crate::blocking::saves::SavesOn;
pub use crate::blocking::schema::ChecksSchemaOn;
pub use crate::blocking::update::UpdatesOn;
pub use crate::model::columns::HasUnversioned;
pub use crate::model::exact::ExactEquality;
pub use crate::model::fields::Trackable;
pub use crate::model::soft_delete::SoftDelete;
pub use crate::model::versioned::Versioned;
pub use crate::statement::guard::Predicate;
pub use crate::statement::lock::RowLocks;
#[cfg(feature = "async")]
pub use crate::statement::new_row::{AsyncKeyOf, AsyncNewRow};
pub use crate::statement::new_row::{KeyOf, NewRow};
pub use crate::transaction::restore::Restorable;
