//! Doing again what was lost to another writer.
//!
//! A policy says how often, how fast and how long; each run of it has its attempts; `run` and `modify`, blocking and
//! async, are what is attempted.

pub(crate) mod attempt;
pub(crate) mod attempts;
pub(crate) mod backoff;
pub(crate) mod failure;
pub(crate) mod heat;
pub(crate) mod loops;
pub(crate) mod policy;

pub use crate::error::RetriesExhaustedError;
pub use crate::error::refused::NestedRetryError;
pub use attempt::Attempt;
pub use failure::{Failure, ModifyOutcome, RetryError};
pub use policy::RetryPolicy;
