// The README links to a file, these pages to a module: the first definition of a link counts.
#![doc = "[databases]: databases"]
#![doc = ""]
#![doc = include_str!("../README.md")]

mod all_or_nothing;
#[cfg(feature = "async")]
mod async_bounds;
#[cfg(feature = "async")]
mod async_closure;
#[cfg(feature = "async")]
mod async_methods;
#[cfg(feature = "async")]
mod async_tracked_methods;
mod batch;
mod bounds;
#[cfg(feature = "async")]
mod boxed;
mod bump;
#[doc(hidden)]
pub mod check;
mod column;
mod conflict;
#[cfg(feature = "serde")]
mod conflict_json;
mod declared;
mod ends;
mod error;
mod fields;
mod generator;
#[cfg(feature = "http")]
pub mod http;
mod identity;
mod in_flight;
mod journal;
mod loaded;
mod lock;
mod merge;
mod methods;
#[cfg(not(all(feature = "async", feature = "retry")))]
mod missing;
mod model;
mod nan;
mod operation;
mod outcome;
mod prepare;
mod reading;
#[cfg(feature = "retry")]
mod retry;
mod server_messages;
mod show;
mod statement;
#[doc(hidden)]
pub mod stub;
mod sum;
mod table_key;
#[cfg(feature = "testing")]
pub mod testing;
mod timestamp;
mod trace;
mod tracked;
mod tracked_methods;
mod transaction;
mod transient;
mod trigger;
#[cfg(feature = "uuid")]
mod uuid;
mod versioned_values;
mod written_once;
#[cfg(feature = "postgres")]
mod xmin;

#[cfg(feature = "async")]
pub use async_bounds::{AsyncLoadsOn, AsyncLocksOn, AsyncLocksRowsOn, AsyncWritesOn};
#[cfg(feature = "async")]
pub use async_closure::SendAsyncFnOnce;
#[cfg(feature = "async")]
pub use async_methods::AsyncOptimisticDsl;
#[cfg(feature = "async")]
pub use async_tracked_methods::AsyncTrackedDsl;
#[cfg(feature = "async")]
pub use batch::AsyncOptimisticBatchDsl;
pub use batch::OptimisticBatchDsl;
pub use bounds::{LoadsOn, LocksOn, LocksRowsOn, WritesOn};
#[cfg(feature = "async")]
pub use boxed::BoxFuture;
pub use bump::{BumpVersion, bump_version};
pub use conflict::{Conflict, Difference};
pub use error::{
    AmbiguousKeyError, DuplicateRowError, Error, GuardError, LockedError, Operation, StaleBatchError,
    StaleObjectError, TransactionAbortedError, VersionError,
};
pub use fields::Fields;
pub use generator::{Counter, DatabaseGenerated, DefaultGenerator, Increment, VersionGenerator};
pub use loaded::{ExactEquality, Loaded, Versioned};
pub use lock::{LockMode, RowLocks};
pub use merge::{Choice, UnmergedError};
pub use methods::OptimisticDsl;
pub use model::OptimisticLock;
#[cfg(feature = "derive")]
pub use occ_derive::OptimisticLock;
#[cfg(all(feature = "async", feature = "retry"))]
pub use retry::{AsyncFindsOn, AsyncRetryDsl};
#[cfg(feature = "retry")]
pub use retry::{
    Attempt, Failure, FindsOn, ModifyOutcome, NestedRetryError, RetriesExhausted, RetryDsl, RetryError,
    RetryPolicy,
};
pub use sum::Summable;
pub use timestamp::{Clock, Micros, Millis, PointInTime, Precision, Seconds, SystemClock, Timestamp};
pub use tracked::Tracked;
pub use tracked_methods::TrackedDsl;
#[cfg(feature = "async")]
pub use transaction::async_optimistic_transaction;
pub use transaction::optimistic_transaction;
pub use transient::Transient;
pub use trigger::VersionTrigger;
#[cfg(feature = "uuid")]
pub use uuid::{UuidV4, UuidV7};
pub use versioned_values::VersionedValues;
#[cfg(feature = "postgres")]
pub use xmin::{Xid, Xmin};

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
    pub use crate::missing::async_methods::AsyncOptimisticDsl;
    pub use crate::{Increment, LockMode, OptimisticLock};
}

#[doc = include_str!("../DATABASES.md")]
pub mod databases {}

/// What the derive writes into user code. Nothing here is covered by semantic versioning.
#[doc(hidden)]
pub mod __private {
    pub use core::clone::Clone;
    pub use core::fmt::Debug;
    pub use core::marker::PhantomData;
    pub use core::mem::replace;
    pub use core::ops::FnMut;
    pub use core::option::Option::{self, None, Some};
    pub use core::panic;
    pub use core::primitive::{bool, i32, str, usize};
    pub use core::result::Result::Ok;

    pub use diesel::Column;
    pub use diesel::backend::Backend;
    pub use diesel::dsl::Eq;
    pub use diesel::result::QueryResult;

    pub use crate::column::{ColumnValue, ColumnVisitor};
    pub use crate::declared::Declared;
    pub use crate::fields::{Field, FieldValue, Fields, Rule, SerializesNoSecret};
    pub use crate::generator::{DefaultGenerator, Increment, VersionGenerator};
    pub use crate::identity::{Identity, NameOf, Pair, Probe};
    pub use crate::loaded::{ByAll, ByDirty, ByVersion, Loaded};
    pub use crate::model::{Columns, HasUnversioned, OptimisticLock, SqlText};
    pub use crate::nan::NotANumber;
    pub use crate::prepare::{Embedded, EmbeddedOn, SerializeAs};
    pub use crate::show::Show;
    pub use crate::sum::Adds;
    pub use crate::table_key::{KeyField, StructKey, wrong_key};
    pub use crate::written_once::WrittenOnce;
    pub use crate::{check, stub};

    /// Methods that a value has by what its type can do: which of these traits that is, the compiler finds out.
    pub mod probes {
        pub use crate::identity::{
            ByHash as _, ByNothing as _, ByText as _, Comparable as _, Incomparable as _, Named as _,
            Nameless as _,
        };
        pub use crate::nan::{HiddenNan as _, ShownNan as _};
        pub use crate::show::{
            ShowDebug as _, ShowDebugOption as _, ShowDisplay as _, ShowNothing as _, ShowOption as _,
        };
    }
}
