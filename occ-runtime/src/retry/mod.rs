//! Doing again what was lost to another writer.
//!
//! A policy says how often, how fast and how long; each run of it has its attempts; `run` and `modify`, blocking and
//! async, are what is attempted.

mod attempts;
mod backoff;
mod dsl;
mod error;
mod failure;
mod find;
mod heat;
mod operation;
mod policy;

#[cfg(feature = "async")]
mod async_dsl;
#[cfg(feature = "async")]
mod async_find;

#[cfg(feature = "async")]
pub use async_dsl::AsyncRetryDsl;
#[cfg(feature = "async")]
pub use async_find::AsyncFindsOn;
pub use attempts::Attempt;
pub use dsl::RetryDsl;
pub use error::{NestedRetryError, RetriesExhausted};
pub use failure::{Failure, ModifyOutcome, RetryError};
pub use find::FindsOn;
pub use policy::RetryPolicy;
