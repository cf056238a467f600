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

// A model and connections of one's own, held against the promises.
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
mod conflict;
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
mod retry;
// Who makes the next version, and of which types versions are.
mod version;
// What can go wrong, and which of it is a conflict.
mod error;

#[cfg(feature = "async")]
pub use asynchronous::batch::AsyncOptimisticBatchDsl;
#[cfg(feature = "async")]
pub use asynchronous::bounds::{AsyncLocksOn, AsyncLocksRowsOn, AsyncWritesOn};
#[cfg(feature = "async")]
pub use asynchronous::boxed::BoxFuture;
#[cfg(feature = "async")]
pub use asynchronous::closure::SendAsyncFnOnce;
#[cfg(all(feature = "async", feature = "retry"))]
pub use asynchronous::find::AsyncFindsOn;
#[cfg(feature = "async")]
pub use asynchronous::reload::AsyncLoadsOn;
#[cfg(all(feature = "async", feature = "retry"))]
pub use asynchronous::retry::AsyncRetryDsl;
#[cfg(feature = "async")]
pub use asynchronous::row::AsyncOptimisticDsl;
#[cfg(feature = "async")]
pub use asynchronous::tracked::AsyncTrackedDsl;
#[cfg(feature = "async")]
pub use asynchronous::transaction::async_optimistic_transaction;
pub use blocking::batch::OptimisticBatchDsl;
pub use blocking::bounds::{LocksOn, LocksRowsOn, WritesOn};
#[cfg(feature = "retry")]
pub use blocking::find::FindsOn;
pub use blocking::reload::LoadsOn;
#[cfg(feature = "retry")]
pub use blocking::retry::RetryDsl;
pub use blocking::row::OptimisticDsl;
pub use blocking::tracked::TrackedDsl;
pub use blocking::transaction::optimistic_transaction;
pub use conflict::Conflict;
pub use conflict::merge::Choice;
pub use conflict::tracked::Tracked;
pub use error::Error;
#[cfg(feature = "retry")]
pub use error::RetriesExhausted;
#[cfg(feature = "retry")]
pub use error::refused::NestedRetryError;
pub use error::refused::{
    AmbiguousKeyError, DuplicateRowError, GuardError, LockedError, TransactionAbortedError, VersionError,
};
pub use error::stale::{Operation, StaleBatchError, StaleObjectError};
pub use error::transient::Transient;
pub use error::unmerged::{Difference, UnmergedError};
pub use model::exact::ExactEquality;
pub use model::fields::Fields;
pub use model::merge_add::Summable;
pub use model::optimistic_lock::OptimisticLock;
pub use model::versioned::Versioned;
#[cfg(feature = "derive")]
pub use occ_derive::OptimisticLock;
#[cfg(feature = "retry")]
pub use retry::attempt::Attempt;
#[cfg(feature = "retry")]
pub use retry::failure::{Failure, ModifyOutcome, RetryError};
#[cfg(feature = "retry")]
pub use retry::policy::RetryPolicy;
pub use statement::bump::{BumpVersion, bump_version};
pub use statement::lock::{LockMode, RowLocks};
pub use transaction::restore::VersionedValues;
pub use version::counter::{Counter, Increment};
pub use version::database::DatabaseGenerated;
pub use version::generator::{DefaultGenerator, VersionGenerator};
pub use version::none::Loaded;
pub use version::timestamp::{
    Clock, Micros, Millis, PointInTime, Precision, Seconds, SystemClock, Timestamp,
};
pub use version::trigger::VersionTrigger;
#[cfg(feature = "uuid")]
pub use version::uuid::{UuidV4, UuidV7};
#[cfg(feature = "postgres")]
pub use version::xmin::{Xid, Xmin};

/// Everything for programs with Diesel's own connections: `use occ_runtime::prelude::*;`
pub mod prelude {
    pub use crate::{
        Increment, LockMode, OptimisticBatchDsl, OptimisticDsl, OptimisticLock, TrackedDsl,
        optimistic_transaction,
    };
    #[cfg(feature = "retry")]
    pub use crate::{RetryDsl, RetryPolicy};
}

/// Everything for programs with diesel-async's connections: `use occ_runtime::async_prelude::*;`
#[cfg(feature = "async")]
pub mod async_prelude {
    pub use crate::{
        AsyncOptimisticBatchDsl, AsyncOptimisticDsl, AsyncTrackedDsl, Increment, LockMode, OptimisticLock,
        async_optimistic_transaction as optimistic_transaction,
    };
    #[cfg(feature = "retry")]
    pub use crate::{AsyncRetryDsl, RetryPolicy};
}

/// For programs with diesel-async's connections: needs the feature `async`, which is not enabled.
#[cfg(not(feature = "async"))]
pub mod async_prelude {
    pub use crate::without_async::AsyncOptimisticDsl;
    pub use crate::{Increment, LockMode, OptimisticLock};
}

#[doc = include_str!("../docs/DATABASES.md")]
pub mod databases {}

#[doc(hidden)]
pub use private::names as __private;
