//! Optimistic locking across HTTP: entity tags, preconditions and problem documents (feature `http`).
//!
//! A client reads a resource and gets its entity tag; it writes with `If-Match` and that tag, and is refused where
//! somebody else was first.
//!
//! | status | when | from |
//! |---|---|---|
//! | 304 | a read whose `If-None-Match` has the current tag | [`Preconditions::evaluate`] |
//! | 400 | a precondition cannot be parsed | [`MalformedPrecondition`] |
//! | 404 | the row is gone, or was never there | `Error::Stale` with `is_deleted()`, `Error::Database(NotFound)` |
//! | 409 | the row moved on before the write | [`Problem::conflict`], `Error::Stale`, `StaleBatch`, `Unmerged` |
//! | 409 | the row's state does not allow the write | `Error::Guard` |
//! | 412 | the row is not at the tag that `If-Match` has | [`PreconditionFailed`] |
//! | 422 | a batch has two values for one row | `Error::DuplicateRow` |
//! | 428 | an `If-Match` is demanded and missing | [`PreconditionRequired`] |
//! | 503, `Retry-After` | another try may succeed | `Error::Locked`, `RetriesExhausted`, what else `is_retryable()` |
//! | 500 | anything else | `Error` |
//!
//! Every error turns into a [`Problem`], so a handler whose error is `Problem` can use `?` for all of them. With the
//! feature `axum`, [`Preconditions`], [`IfMatch`] and `Option<IfMatch>` are extractors, and the errors and `Problem` are
//! responses.
//!
//! Two things to know of proxies. One that compresses may make tags weak, or drop them: the RFC has `If-Match` compare
//! strongly, so a client that sends back a weak tag is answered 412. And a response to PUT must not have an `ETag`
//! unless the row was stored exactly as it was sent (RFC 9110, section 9.3.4): to give the new tag with the new row,
//! use PATCH or POST, or leave the tag to the next GET.

#[cfg(feature = "axum")]
mod axum;
mod condition;
mod errors;
mod preconditions;
mod problem;
mod tag;
mod tags;

#[cfg(feature = "axum")]
pub use self::axum::Tagged;
pub use condition::TagCondition;
pub use preconditions::{
    IfMatch, MalformedPrecondition, PreconditionFailed, PreconditionRequired, Preconditions, Verdict,
};
pub use problem::Problem;
pub use tag::{EntityTag, MalformedTag};
pub use tags::{EntityTags, ShortSecret};
