//! The loops, written once for blocking and for async connections.
//!
//! An attempt is over before the next begins: its transaction, if it has one, is committed or rolled back, and nothing of
//! what it has read is used again.

use diesel::result::QueryResult;

use super::error::NestedRetryError;
use crate::error::Error;

/// Attempts `$attempt` until it succeeds, `$attempts` gives up or the error is not one to retry.
macro_rules! attempt {
    ($attempts:ident, $sleep:path, $end:path, $attempt:expr $(, [$await:ident])?) => {
        loop {
            let delay = match $attempt {
                Ok(value) => {
                    $attempts.succeeded();
                    return Ok(value);
                }
                Err(mut error) => match $attempts.failed(&mut error) {
                    Some(delay) => delay,
                    None => return Err($end(error)),
                },
            };
            $sleep(delay)$(.$await)?;
        }
    };
}

/// The body of `run`. `$end` ends a transaction as its outcome says, `$sleep` waits; `[await]` makes it async.
macro_rules! run {
    ($policy:ident, $conn:ident, $f:ident, $end:path, $sleep:path $(, [$await:ident])?) => {{
        let depth = C::TransactionManager::transaction_manager_status_mut($conn).transaction_depth();
        operation::refuse_nested(depth.map(|depth| depth.is_some()), || "a transaction".to_owned())
            .map_err(DieselError::from)?;
        let mut attempts = Attempts::begin($policy, "transaction", false);
        operation::attempt!(
            attempts,
            $sleep,
            std::convert::identity,
            match C::TransactionManager::begin_transaction($conn)$(.$await)? {
                Ok(()) => {
                    let outcome = $f($conn)$(.$await)?;
                    $end(outcome, $conn)$(.$await)?
                }
                Err(error) => Err(E::from(error)),
            }
            $(, [$await])?
        )
    }};
}

/// The body of `modify`.
///
/// The row that is read is not used for anything but the save, which checks its version: so a transaction around the two
/// would only cost two round trips, and on SQLite it would turn waiting for other writers into an error. It is there
/// where the row is locked, as the lock ends with it.
macro_rules! modify {
    ($policy:ident, $key:ident, $conn:ident, $f:ident, $change:path, $end:path, $sleep:path $(, [$await:ident])?) => {{
        let depth = C::TransactionManager::transaction_manager_status_mut($conn).transaction_depth();
        operation::refuse_nested(depth.map(|depth| depth.is_some()), || {
            format!("`modify` of a row of `{}`", M::table_name())
        })?;
        let finder = M::finder($key);
        let locks = M::locks_rows();
        let mut attempts = Attempts::begin($policy, M::table_name(), locks);
        operation::attempt!(
            attempts,
            $sleep,
            Fault::into_error,
            if attempts.escalated() {
                match C::TransactionManager::begin_transaction($conn)$(.$await)? {
                    Ok(()) => {
                        let outcome = $change(&finder, true, &mut $f, $conn)$(.$await)?;
                        $end(outcome, $conn)$(.$await)?
                    }
                    Err(error) => Err(error.into()),
                }
            } else {
                $change(&finder, false, &mut $f, $conn)$(.$await)?
            }
            $(, [$await])?
        )
    }};
}

/// One attempt of `modify`: the fresh row, changed and saved.
macro_rules! change {
    ($finder:ident, $locked:ident, $f:ident, $conn:ident $(, [$await:ident])?) => {{
        let mut row = M::find($finder, $locked, $conn)$(.$await)??;
        $f(&mut row).into_result().map_err(Fault::Own)?;
        row.write(Operation::Save, None, WholeRow, $conn)$(.$await)??;
        Ok(row)
    }};
}

/// The body of [`Finds`](super::find::Finds) and of its async twin.
macro_rules! find {
    ($first:path $(, [$async:ident, $await:ident])?) => {
        type Finder = KeyEquals<M, K>;

        fn finder(key: K) -> Self::Finder {
            M::table().primary_key().eq_all(key)
        }

        fn locks_rows() -> bool {
            dialect::for_update::<C::Backend>().is_some()
        }

        $($async)? fn find(&mut self, finder: &Self::Finder, locked: bool) -> Result<M, Error> {
            let row = if locked {
                $first(FindRow::<M, C::Backend, _, true>::with(finder), self)$(.$await)?
            } else {
                $first(FindRow::<M, C::Backend, _, false>::with(finder), self)$(.$await)?
            };
            row.map_err(Error::from)
        }
    };
}

pub(super) use {attempt, change, find, modify, run};

/// An attempt needs a transaction of its own; `within` one, or not.
pub(super) fn refuse_nested(within: QueryResult<bool>, what: impl FnOnce() -> String) -> Result<(), Error> {
    if within? {
        return Err(NestedRetryError::new(what()).into());
    }
    Ok(())
}
