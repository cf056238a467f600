//! The events of the feature `tracing`: one for each conflict, retry, escalation and give-up. They carry the table, the
//! key, the versions and the number of the attempt, and no other value of a row. Only the event of a 500 has the text of
//! an error, in which a database may quote any value: a client is told nothing, so there is no other place for the cause.
//!
//! Without the feature these functions do nothing.

#![cfg_attr(not(feature = "tracing"), allow(unused_variables, reason = "there is nobody to tell"))]

#[cfg(feature = "retry")]
use std::time::Duration;

#[cfg(any(feature = "retry", feature = "http"))]
use crate::error::Error;
use crate::error::exists::ExistsError;
use crate::error::stale::StaleObjectError;

/// A row was not at the expected version.
pub(crate) fn conflict(stale: &StaleObjectError) {
    #[cfg(feature = "tracing")]
    tracing::debug!(
        table = stale.table(),
        key = stale.key(),
        operation = %stale.operation(),
        expected = stale.expected(),
        actual = stale.actual(),
        "conflict"
    );
}

/// A row that was to be new is there.
pub(crate) fn exists(exists: &ExistsError) {
    #[cfg(feature = "tracing")]
    tracing::debug!(
        table = exists.table(),
        key = exists.key(),
        operation = %exists.operation(),
        actual = exists.actual(),
        "exists"
    );
}

/// A row was written whatever its version was: `expected` by who wrote it, and then found to be `overwritten`.
pub(crate) fn overwrite<V: std::fmt::Debug>(
    table: &'static str,
    key: &dyn Fn() -> String,
    expected: &V,
    overwritten: &V,
    version: &V,
) {
    #[cfg(feature = "tracing")]
    tracing::warn!(table, key = key(), ?expected, ?overwritten, ?version, "overwrite");
}

/// A rollback has failed after another error, which is the one that is returned. It quotes no value: it names savepoints.
pub(crate) fn rollback_failed(error: &diesel::result::Error) {
    #[cfg(feature = "tracing")]
    tracing::warn!(%error, "rollback failed");
}

/// Defines an event of a retry loop: the row where the error knows it, and else what kind of error it is. Not its
/// text, in which a database may quote any value.
#[cfg(all(feature = "tracing", feature = "retry"))]
macro_rules! event {
    ($level:ident, $message:literal, $table:expr, $attempt:expr, $error:expr $(, $field:ident = $value:expr)?) => {{
        let stale = match $error {
            Error::Stale(stale) => Some(stale),
            _ => None,
        };
        tracing::$level!(
            table = stale.map_or($table, StaleObjectError::table),
            attempt = $attempt,
            reason = reason($error),
            key = stale.map(StaleObjectError::key),
            expected = stale.map(StaleObjectError::expected),
            actual = stale.and_then(StaleObjectError::actual),
            $($field = $value,)?
            $message
        )
    }};
}

#[cfg(all(feature = "tracing", feature = "retry"))]
fn reason(error: &Error) -> &'static str {
    use crate::Transient;
    match error {
        Error::Stale(_) | Error::StaleBatch(_) => "stale",
        Error::Locked(_) => "locked",
        Error::Database(error) => match Transient::of(error) {
            Some(Transient::SerializationFailure) => "serialization failure",
            Some(Transient::Deadlock) => "deadlock",
            Some(Transient::LockTimeout) => "lock timeout",
            Some(Transient::RecordChanged) => "record changed",
            Some(Transient::Busy) => "busy",
            Some(Transient::TableChanged) => "table changed",
            Some(Transient::NodeNotReady) => "node not ready",
            None => "other",
        },
        _ => "other",
    }
}

/// Attempt `attempt` was lost, and another one follows after `delay`.
#[cfg(feature = "retry")]
pub(crate) fn retry(table: &'static str, attempt: u32, error: &Error, delay: Option<Duration>) {
    #[cfg(feature = "tracing")]
    event!(debug, "retry", table, attempt, error, delay = delay.map(tracing::field::debug));
}

/// From attempt `attempt` on the row is locked when it is read.
#[cfg(feature = "retry")]
pub(crate) fn escalation(table: &'static str, attempt: u32, error: &Error) {
    #[cfg(feature = "tracing")]
    event!(debug, "escalation", table, attempt, error);
}

/// Attempt `attempt` was the last one that the policy allows.
#[cfg(feature = "retry")]
pub(crate) fn give_up(table: &'static str, attempt: u32, error: &Error) {
    #[cfg(feature = "tracing")]
    event!(warn, "give-up", table, attempt, error);
}

/// A client is told no more than that something went wrong.
#[cfg(feature = "http")]
pub(crate) fn internal_error(error: &Error) {
    #[cfg(feature = "tracing")]
    tracing::error!(error = error as &dyn std::error::Error, "internal error");
}

#[cfg(all(test, feature = "tracing", feature = "retry"))]
mod tests {
    use diesel::result::{DatabaseErrorKind, Error as DieselError};

    use super::*;
    use crate::error::refused::LockedError;
    use crate::error::stale::{Operation, StaleBatchError};

    #[test]
    fn the_reason_is_the_kind_of_the_error() {
        let stale = StaleObjectError::new(Operation::Update, "items", "1".to_owned(), &1, Some(&2));
        let database =
            |kind, message: &str| Error::from(DieselError::DatabaseError(kind, Box::new(message.to_owned())));
        let says = |message| database(DatabaseErrorKind::Unknown, message);
        for (error, expected) in [
            (stale.clone().into(), "stale"),
            (StaleBatchError::new(vec![stale]).into(), "stale"),
            (LockedError::new("items", "1".to_owned()).into(), "locked"),
            // Of MySQL's errors only its deadlock is of this kind.
            (database(DatabaseErrorKind::SerializationFailure, "again"), "deadlock"),
            (says("Write conflict, txnStartTS=4 [try again later]"), "serialization failure"),
            (says("Table definition has changed, please retry transaction"), "table changed"),
            (says("Deadlock found when trying to get lock; try restarting transaction"), "deadlock"),
            (says("Lock wait timeout exceeded; try restarting transaction"), "lock timeout"),
            (says("Record has changed since last read in table 'items'"), "record changed"),
            (says("database is locked"), "busy"),
            (says("WSREP has not yet prepared node for application use"), "node not ready"),
            (says("no such table: items"), "other"),
            (DieselError::NotFound.into(), "other"),
        ] {
            assert_eq!(reason(&error), expected, "{error}");
        }
    }
}
