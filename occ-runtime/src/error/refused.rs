//! The other errors: of versions, keys, guards, locks, transactions, batches and retries.

use std::fmt;

use crate::error::stale::Operation;

/// No version follows the current one.
///
/// ```
/// use occ_runtime::{Increment, VersionGenerator};
///
/// let error = Increment::next(&i16::MAX).unwrap_err();
/// assert_eq!(error.to_string(), "no version follows 32767: `i16` is exhausted; use a wider type and column");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct VersionError {
    message: String,
}

impl VersionError {
    /// The type has no value after `last`.
    ///
    /// ```
    /// assert!(occ_runtime::VersionError::exhausted(&255_u8).to_string().contains("255"));
    /// ```
    #[must_use]
    pub fn exhausted<V: fmt::Debug>(last: &V) -> Self {
        Self::new(format!(
            "no version follows {last:?}: `{}` is exhausted; use a wider type and column",
            std::any::type_name::<V>()
        ))
    }

    /// Any other reason, as one sentence that says what to do.
    ///
    /// ```
    /// let error = occ_runtime::VersionError::new("the clock service is down; try again");
    /// assert_eq!(error.to_string(), "the clock service is down; try again");
    /// ```
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

/// A statement meant for one row matched several: the key is not unique in the database.
///
/// It is one that is `#[occ(unique_key)]`, or the primary key that `table!` names and the database does not enforce. In the
/// first case nothing is written, in the second the rows may be: [`is_written`](Self::is_written) says so.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
#[doc = include_str!("../example.txt")]
/// # let conn = &mut connection();
/// # diesel::insert_into(products::table).values((products::id.eq(2), products::name.eq("lamp"), products::quantity.eq(1), products::version.eq(1))).execute(conn)?;
/// #[derive(OptimisticLock)]
/// #[diesel(table_name = products, primary_key(name))]
/// #[occ(unique_key)]
/// struct ByName {
///     name: String,
///     quantity: i32,
///     version: i32,
/// }
///
/// let mut lamp = ByName { name: "lamp".into(), quantity: 3, version: 1 };
/// let Err(Error::AmbiguousKey(error)) = lamp.save_optimistic(conn) else { panic!("there are two lamps") };
/// assert_eq!((error.table(), error.key(), error.rows()), ("products", "\"lamp\"", 2));
/// assert!(!error.is_written());
/// # Ok::<_, Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmbiguousKeyError {
    table: &'static str,
    key: String,
    rows: usize,
    is_written: bool,
}

impl AmbiguousKeyError {
    /// Nothing is written.
    pub(crate) fn new(table: &'static str, key: String, rows: usize) -> Self {
        Self { table, key, rows, is_written: false }
    }

    /// The rows are written.
    pub(crate) fn written(self) -> Self {
        Self { is_written: true, ..self }
    }

    /// They were, and that is rolled back.
    pub(crate) fn rolled_back(self) -> Self {
        Self { is_written: false, ..self }
    }

    /// The name of the table's `table!` module.
    #[must_use]
    pub fn table(&self) -> &'static str {
        self.table
    }

    /// The key that several rows have; several columns as `(1, "blue")`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// How many rows the statement matched. One that reads looks no further than the second.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Whether all of these rows were written. Then roll the transaction back; outside of one they stay written.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.is_written
    }
}

impl fmt::Display for AmbiguousKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, key, rows, is_written } = self;
        write!(f, "key {key} of `{table}` matched {rows} rows instead of one, and ")?;
        f.write_str(if *is_written {
            "all of them are written: roll this transaction back, and create in the database the primary key that `table!` \
             names"
        } else {
            "nothing is written: make the key unique in the database, or name another one in `#[diesel(primary_key(..))]`"
        })
    }
}

impl std::error::Error for AmbiguousKeyError {}

/// Another transaction holds the row.
///
/// ```
/// fn row(error: &occ_runtime::LockedError) -> (&str, &str) {
///     (error.table(), error.key())
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {key} of `{table}` is locked by another transaction; try again later")]
pub struct LockedError {
    table: &'static str,
    key: String,
}

impl LockedError {
    pub(crate) fn new(table: &'static str, key: String) -> Self {
        Self { table, key }
    }

    /// The name of the table's `table!` module.
    #[must_use]
    pub fn table(&self) -> &'static str {
        self.table
    }

    /// The primary key of the row.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// A row at the expected version was not written, since a condition does not hold for it; or, in the database, a trigger, a
/// rule or a row policy holds the statement back.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
#[doc = include_str!("../example.txt")]
/// # let conn = &mut connection();
/// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
/// let Err(Error::Guard(error)) = lamp.save_optimistic_if(products::quantity.gt(100), conn) else { panic!("there are 10") };
/// assert_eq!((error.table(), error.key()), ("products", "1"));
/// # Ok::<_, Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot {operation} row {key} of `{table}`: it is at the expected version, but {reason}")]
pub struct GuardError {
    operation: Operation,
    table: &'static str,
    key: String,
    reason: &'static str,
}

impl GuardError {
    pub(crate) fn new(operation: Operation, table: &'static str, key: String) -> Self {
        let reason = "the condition does not hold for it, or a trigger, a rule or a row policy holds the statement back";
        Self { operation, table, key, reason }
    }

    /// Nothing is to be restored.
    pub(crate) fn not_deleted(table: &'static str, key: String) -> Self {
        let reason = "it is not deleted, or a trigger, a rule or a row policy holds the statement back";
        Self { operation: Operation::Restore, table, key, reason }
    }

    /// There was no condition.
    #[cfg(feature = "retry")]
    pub(crate) fn held_back(operation: Operation, table: &'static str, key: String) -> Self {
        let reason =
            "nothing was written: look for a trigger, a rule or a row policy that holds the statement back";
        Self { operation, table, key, reason }
    }

    /// What was tried.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// The name of the table's `table!` module.
    #[must_use]
    pub fn table(&self) -> &'static str {
        self.table
    }

    /// The primary key of the row.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// A transaction was over before its end.
///
/// ```
/// fn what_the_database_said(error: &occ_runtime::TransactionAbortedError) -> String {
///     error.cause().to_string()
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[error(
    "the transaction was over or aborted before its end, and its COMMIT commits nothing ({cause}): an error was ignored within it, or a \
     COMMIT or ROLLBACK by hand or, on MySQL, a change of the schema has ended it; let database errors out of the closure, let \
     nothing else end its transaction, and run it again where nothing of it is committed"
)]
pub struct TransactionAbortedError {
    cause: diesel::result::Error,
}

impl TransactionAbortedError {
    pub(crate) fn new(cause: diesel::result::Error) -> Self {
        Self { cause }
    }

    /// What the database said when the transaction's end was prepared.
    #[must_use]
    pub fn cause(&self) -> &diesel::result::Error {
        &self.cause
    }
}

/// Two values of a batch are for one row, or a row was changed by the batch itself before its own turn. Nothing is written.
///
/// Keys that are equal in Rust are refused before anything is sent. Those that only the database takes for equal (`ab` and
/// `AB`, where the collation ignores case) are found out by it, and so are rows that a trigger changes along with others of the
/// batch, and rows that are deleted along with each other in a circle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {key} of `{table}` {what}")]
pub struct DuplicateRowError {
    table: &'static str,
    key: String,
    what: &'static str,
}

impl DuplicateRowError {
    pub(crate) fn new(table: &'static str, key: String) -> Self {
        Self { table, key, what: "appears twice in the batch; merge the two values into one" }
    }

    pub(crate) fn by_database(table: &'static str, key: String) -> Self {
        let what = "is changed by the batch itself before its own turn, and nothing is written: the database takes two of the \
                    keys for equal, or writes or deletes this row along with another one; merge the two values into one, or \
                    write them one after the other";
        Self { table, key, what }
    }

    /// The name of the table's `table!` module.
    #[must_use]
    pub fn table(&self) -> &'static str {
        self.table
    }

    /// The primary key of the row.
    ///
    /// ```
    /// fn key(error: &occ_runtime::DuplicateRowError) -> &str {
    ///     error.key()
    /// }
    /// ```
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

#[cfg(feature = "retry")]
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
    "{what} cannot be retried inside a transaction, where it may see the same old rows again: call it outside, or let \
     `RetryPolicy::run` begin the transaction"
)]
pub struct NestedRetryError {
    what: String,
}

#[cfg(feature = "retry")]
impl NestedRetryError {
    pub(crate) fn new(what: String) -> Self {
        Self { what }
    }
}
