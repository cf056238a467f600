#![cfg_attr(docsrs, feature(doc_cfg))]
// The README is where Cargo.toml says: above this folder in the repository, within it in the published package. Only
// rustdoc reads it, and there it is the front page.
#![cfg_attr(not(any(doc, doctest)), doc = "Optimistic locking for Diesel: see the README.")]
// The README links to a file, these pages to a module: the first definition of a link counts.
#![cfg_attr(any(doc, doctest), doc = "[databases]: databases")]
#![cfg_attr(any(doc, doctest), doc = "")]
#![cfg_attr(any(doc, doctest), doc = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", env!("CARGO_PKG_README"))))]

// First, so that this is the path by which the compiler names what the derive asserts.
#[doc(hidden)]
pub use private::assert as check;

// The folders, from what a program calls down to what everything rests on. Each imports only from those below it, which the
// test target `layers` keeps so.

// The traits by which generic code names what a model and a connection can do together.
pub mod bound;
// The promises, checked for a model and connections of your own.
#[cfg(feature = "testing")]
pub mod testing;
// The methods for Diesel's connections: the traits that a program imports, and the bounds under which a model has them.
mod blocking;
// The same for diesel-async's connections, file by file.
#[cfg(feature = "async")]
mod asynchronous;
// The same again where the feature `async` is missing, to say so.
#[cfg(not(feature = "async"))]
mod without_async;
// What the methods do, once for both: a statement is sent, its outcome is judged, and then memory is changed.
mod operation;
// Versions as entity tags, preconditions of requests, and errors as problem documents.
#[cfg(feature = "http")]
pub mod http;
// Both sides of a conflict, the value that remembers what it was loaded as, and what is made of the two.
pub mod conflict;
// Whether a table is as a struct needs it: what its catalog is asked, and what is made of the answers.
pub mod schema;
// The SQL statements, and what each database can do.
mod statement;
// What is open on a connection, which versions have been moved in it, and how they are put back.
mod transaction;
// What the derive writes into user code, and nobody else may name.
#[doc(hidden)]
pub mod private;
// What the derive says about a struct: its table, key, version, columns and fields.
mod model;
// Which attempt comes next, after how long, and when it is over.
#[cfg(feature = "retry")]
pub mod retry;
// Who makes the next version, and of which types versions are.
pub mod version;
// What can go wrong, and which of it is a conflict.
mod error;

#[cfg(feature = "async")]
pub use asynchronous::aggregate::AsyncAggregateDsl;
#[cfg(feature = "async")]
pub use asynchronous::at::AsyncAtDsl;
#[cfg(feature = "async")]
pub use asynchronous::batch::AsyncOptimisticBatchDsl;
#[cfg(feature = "async")]
pub use asynchronous::boxed::BoxFuture;
#[cfg(all(feature = "async", feature = "http"))]
pub use asynchronous::conditional::{AsyncConditionalDsl, AsyncTrackedConditionalDsl};
#[cfg(feature = "async")]
pub use asynchronous::expecting::AsyncExpectingDsl;
#[cfg(feature = "async")]
pub use asynchronous::history::AsyncHistoryDsl;
#[cfg(feature = "async")]
pub use asynchronous::insert::AsyncOptimisticInsertDsl;
#[cfg(all(feature = "async", feature = "retry"))]
pub use asynchronous::merging::AsyncMergingDsl;
#[cfg(all(feature = "async", feature = "retry"))]
pub use asynchronous::retry::AsyncRetryDsl;
#[cfg(feature = "async")]
pub use asynchronous::row::AsyncOptimisticDsl;
#[cfg(feature = "async")]
pub use asynchronous::schema::AsyncSchemaDsl;
#[cfg(feature = "async")]
pub use asynchronous::settle::AsyncSettleDsl;
#[cfg(feature = "async")]
pub use asynchronous::soft_delete::AsyncSoftDeleteDsl;
#[cfg(feature = "async")]
pub use asynchronous::tracked::AsyncTrackedDsl;
#[cfg(feature = "async")]
pub use asynchronous::tracked_batch::AsyncTrackedBatchDsl;
#[cfg(feature = "async")]
pub use asynchronous::transaction::async_optimistic_transaction;
pub use blocking::aggregate::AggregateDsl;
pub use blocking::at::AtDsl;
pub use blocking::batch::OptimisticBatchDsl;
#[cfg(feature = "http")]
pub use blocking::conditional::{ConditionalDsl, TrackedConditionalDsl};
pub use blocking::expecting::ExpectingDsl;
pub use blocking::history::HistoryDsl;
pub use blocking::insert::OptimisticInsertDsl;
pub use blocking::merging::MergingDsl;
#[cfg(feature = "retry")]
pub use blocking::retry::RetryDsl;
pub use blocking::row::OptimisticDsl;
pub use blocking::schema::SchemaDsl;
pub use blocking::settle::SettleDsl;
pub use blocking::soft_delete::SoftDeleteDsl;
pub use blocking::tracked::TrackedDsl;
pub use blocking::tracked_batch::TrackedBatchDsl;
pub use blocking::transaction::optimistic_transaction;
pub use error::Error;
#[cfg(feature = "retry")]
pub use error::RetriesExhaustedError;
pub use error::exists::ExistsError;
#[cfg(feature = "retry")]
pub use error::refused::NestedRetryError;
pub use error::refused::{
    AmbiguousKeyError, DuplicateRowError, GuardError, LockedError, TransactionAbortedError, VersionError,
};
pub use error::stale::{Operation, StaleBatchError, StaleObjectError};
pub use error::transient::Transient;
pub use error::unmerged::UnmergedError;
pub use model::at::At;
pub use model::optimistic_lock::OptimisticLock;
#[cfg(feature = "derive")]
pub use occ_derive::OptimisticLock;
pub use operation::outcome::Outcome;
pub use operation::report::OnStale;
pub use operation::upserted::{Created, Upserted};
pub use statement::bump::{BumpVersion, bump_version};
pub use statement::lock::LockMode;

// What programs name most, of the modules that describe it.
#[doc(no_inline)]
#[cfg(all(feature = "async", feature = "retry"))]
pub use bound::AsyncModifiesOn;
#[doc(no_inline)]
#[cfg(feature = "retry")]
pub use bound::ModifiesOn;
#[doc(no_inline)]
#[cfg(feature = "async")]
pub use bound::{AsyncInsertsOn, AsyncLocksOn, AsyncReloadsOn, AsyncSavesOn, AsyncSavesTrackedOn};
#[doc(no_inline)]
pub use bound::{
    InsertsOn, LocksOn, ReloadsOn, Restorable, SavesOn, SavesTrackedOn, SoftDelete, Trackable, Versioned,
};
#[doc(no_inline)]
#[cfg(feature = "text")]
pub use conflict::MergeText;
#[doc(no_inline)]
pub use conflict::{Choice, Conflict, MergeAdd, MergeUnion, Tracked};
#[doc(no_inline)]
#[cfg(feature = "retry")]
pub use retry::RetryPolicy;
#[doc(no_inline)]
#[cfg(feature = "postgres")]
pub use version::Xmin;
#[doc(no_inline)]
pub use version::{
    DatabaseGenerated, Expect, HistoryTrigger, Increment, NoVersion, Timestamp, VersionGenerator,
    VersionTrigger,
};
#[doc(no_inline)]
#[cfg(feature = "uuid")]
pub use version::{UuidV4, UuidV7};

/// Everything for programs with Diesel's own connections: `use occ_runtime::prelude::*;`
pub mod prelude {
    pub use crate::{
        AggregateDsl, AtDsl, DatabaseGenerated, Expect, ExpectingDsl, HistoryDsl, Increment, LockMode,
        MergingDsl, OptimisticBatchDsl, OptimisticDsl, OptimisticInsertDsl, OptimisticLock, SchemaDsl,
        SettleDsl, SoftDelete, SoftDeleteDsl, Timestamp, Tracked, TrackedBatchDsl, TrackedDsl,
        optimistic_transaction,
    };
    #[cfg(feature = "http")]
    pub use crate::{ConditionalDsl, TrackedConditionalDsl};
    #[cfg(feature = "retry")]
    pub use crate::{RetryDsl, RetryPolicy};
    #[cfg(feature = "uuid")]
    pub use crate::{UuidV4, UuidV7};
}

/// Everything for programs with diesel-async's connections: `use occ_runtime::async_prelude::*;`
#[cfg(feature = "async")]
pub mod async_prelude {
    pub use crate::{
        AsyncAggregateDsl, AsyncAtDsl, AsyncExpectingDsl, AsyncHistoryDsl, AsyncOptimisticBatchDsl,
        AsyncOptimisticDsl, AsyncOptimisticInsertDsl, AsyncSchemaDsl, AsyncSettleDsl, AsyncSoftDeleteDsl,
        AsyncTrackedBatchDsl, AsyncTrackedDsl, DatabaseGenerated, Expect, Increment, LockMode,
        OptimisticLock, SoftDelete, Timestamp, Tracked,
        async_optimistic_transaction as optimistic_transaction,
    };
    #[cfg(feature = "http")]
    pub use crate::{AsyncConditionalDsl, AsyncTrackedConditionalDsl};
    #[cfg(feature = "retry")]
    pub use crate::{AsyncMergingDsl, AsyncRetryDsl, RetryPolicy};
    #[cfg(feature = "uuid")]
    pub use crate::{UuidV4, UuidV7};
}

/// For programs with diesel-async's connections: needs the feature `async`, which is not enabled.
#[cfg(not(feature = "async"))]
pub mod async_prelude {
    pub use crate::without_async::AsyncOptimisticDsl;
    pub use crate::{
        DatabaseGenerated, Expect, Increment, LockMode, OptimisticLock, SoftDelete, Timestamp, Tracked,
    };
    #[cfg(feature = "uuid")]
    pub use crate::{UuidV4, UuidV7};
}

#[doc = include_str!("../docs/DATABASES.md")]
pub mod databases {}

#[doc = include_str!("../docs/STATEMENTS.md")]
pub mod statements {}

#[doc(hidden)]
pub use private::names as __private;
