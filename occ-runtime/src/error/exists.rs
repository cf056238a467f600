//! The row that was to be new is there.

use std::error::Error as StdError;
use std::fmt;

use crate::error::stale::Operation;

/// A row with this key is there already, so that none was made of it.
///
/// Versions and keys are kept as text, as `Debug` prints them.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
#[doc = include_str!("../example.txt")]
/// # let conn = &mut connection();
/// let mut lamp = Product { id: 1, name: "another lamp".into(), quantity: 1, version: 0 };
/// let Err(Error::Exists(exists)) = lamp.insert_optimistic(conn) else { panic!("row 1 is there") };
/// assert_eq!((exists.table(), exists.key(), exists.actual()), ("products", "1", Some("1")));
/// assert_eq!(
///     exists.to_string(),
///     "cannot insert row 1 of `products`: it is there already, at version 1; load it and change it, or take another key"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExistsError(Box<Taken>);

/// Boxed, so that a `Result` on the path without conflict stays small.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Taken {
    operation: Operation,
    table: &'static str,
    key: String,
    actual: Option<String>,
    comes_and_goes: bool,
    is_deleted: bool,
}

impl ExistsError {
    pub(crate) fn new<V: fmt::Debug>(
        operation: Operation,
        table: &'static str,
        key: String,
        actual: Option<&V>,
    ) -> Self {
        let actual = actual.map(|actual| format!("{actual:?}"));
        Self(Box::new(Taken { operation, table, key, actual, comes_and_goes: false, is_deleted: false }))
    }

    /// Of a row that may be there or not: it was not there when it was looked at, and was when it was to be made, each time.
    pub(crate) fn that_comes_and_goes(mut self) -> Self {
        self.0.comes_and_goes = true;
        self
    }

    /// Of a row that is deleted by a mark.
    pub(crate) fn that_is_deleted(mut self) -> Self {
        self.0.is_deleted = true;
        self
    }

    /// Whether it may go better the next time.
    pub(crate) fn is_retryable(&self) -> bool {
        self.0.comes_and_goes
    }

    /// The name of the table's `table!` module.
    #[must_use]
    pub fn table(&self) -> &'static str {
        self.0.table
    }

    /// The primary key of the row; several columns as `(1, "blue")`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// What was tried: [`Operation::Insert`] or [`Operation::Upsert`].
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.0.operation
    }

    /// The version the row had when it was looked at after the conflict; `None` where no row was to be seen: deleted since,
    /// hidden from this connection, or held back by a trigger.
    #[must_use]
    pub fn actual(&self) -> Option<&str> {
        self.0.actual.as_deref()
    }

    /// Whether the row is there, and [softly deleted](crate::SoftDelete): restore it, take another key, or write over it with
    /// [`Expect::Any`](crate::Expect::Any).
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.0.is_deleted
    }
}

impl fmt::Display for ExistsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Taken { operation, table, key, actual, comes_and_goes, is_deleted } = &*self.0;
        write!(f, "cannot {operation} row {key} of `{table}`: ")?;
        match actual {
            _ if *comes_and_goes => f.write_str(
                "whenever it is looked at, others have made or deleted it before it is written; try again later",
            ),
            Some(actual) if *is_deleted => {
                write!(f, "it is there, deleted, at version {actual}; restore it, or take another key")
            }
            Some(actual) => write!(
                f,
                "it is there already, at version {actual}; load it and change it, or take another key"
            ),
            None => f.write_str(
                "no row was written, and none is to be seen: it was there and is gone, or is not visible to this connection, or a \
                 trigger holds the statement back",
            ),
        }
    }
}

impl StdError for ExistsError {}
