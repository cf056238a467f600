//! What only a retry loop can say.

use crate::error::Error;

/// A retry loop has used up its attempts or its time.
///
/// The source is the error of the last attempt.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::prelude::*;
/// use occ_runtime::Error;
#[doc = include_str!("../example.txt")]
/// # let conn = &mut connection();
///
/// let mut old: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
/// # products::table.find(1).select(Product::as_select()).first(conn)?.save_optimistic(conn)?;
/// // Saves what was read before, so it loses each time.
/// let result = RetryPolicy::new().attempts(3).run(conn, |conn| old.save_optimistic(conn));
/// let Err(Error::RetriesExhausted(given_up)) = result else { panic!("the row has moved on") };
/// assert_eq!(given_up.attempts(), 3);
/// assert!(given_up.last().is_stale());
/// # Ok::<_, Error>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[error(
    "gave up{} after {attempts} {}; try later, or give the `RetryPolicy` more attempts or more time",
    on_row(last),
    if *attempts == 1 { "attempt" } else { "attempts" }
)]
pub struct RetriesExhausted {
    attempts: u32,
    #[source]
    last: Box<Error>,
}

impl RetriesExhausted {
    pub(crate) fn new(attempts: u32, last: Error) -> Self {
        Self { attempts, last: Box::new(last) }
    }

    /// How often it was tried.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The error of the last attempt.
    #[must_use]
    pub fn last(&self) -> &Error {
        &self.last
    }
}

/// Where it was, if the last error knows.
fn on_row(last: &Error) -> String {
    match last {
        Error::Stale(stale) => format!(" on row {} of `{}`", stale.key(), stale.table()),
        _ => String::new(),
    }
}

/// A retry loop was called within a transaction. Nothing was sent.
///
/// An attempt that is to succeed where the last one failed must see what has changed since, and on most servers a
/// conflict ends the transaction around it. So each attempt begins a transaction of its own.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::prelude::*;
/// use occ_runtime::Error;
#[doc = include_str!("../example.txt")]
/// # let conn = &mut connection();
/// let result = conn.transaction(|conn| Product::modify_optimistic(1, conn, |lamp| lamp.quantity -= 1));
/// assert!(matches!(result, Err(Error::NestedRetry(_))));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{what} cannot be retried within a transaction, whose view of the rows may be as old as its begin and which a \
     conflict may have ended: call it outside, or let `RetryPolicy` run the whole transaction"
)]
pub struct NestedRetryError {
    what: String,
}

impl NestedRetryError {
    pub(crate) fn new(what: String) -> Self {
        Self { what }
    }
}
