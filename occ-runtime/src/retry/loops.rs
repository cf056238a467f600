//! The loops, written once for blocking and for async connections.
//!
//! An attempt is over before the next begins: its transaction, if it has one, is committed or rolled back, and nothing of
//! what it has read is used again.

use diesel::result::QueryResult;

use crate::error::Error;
use crate::error::refused::NestedRetryError;

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

/// The body of `run` and `run_with`. `$f` is one attempt, given the connection and how many transactions were open before, and
/// ends its own; `$depth` counts the open transactions, `$begin` begins one, `$sleep` waits; `[await]` makes it async. An attempt holds the
/// connection, a wait does not: a future that is dropped in it leaves nothing behind.
macro_rules! run {
    ($policy:ident, $conn:ident, $depth:path, $in_flight:ident, $begin:path, $sleep:path,
     |$attempt_conn:ident, $before:ident| $f:expr $(, [$await:ident])?) => {{
        let depth = $depth(&mut *$conn);
        let within =
            $crate::retry::loops::refuse_nested(depth, || $crate::retry::loops::is_test!(C, $conn), || "a transaction".to_owned());
        let mut attempts = Attempts::begin($policy, "transaction", false).within(within.map_err(DieselError::from)?);
        $crate::retry::loops::attempt!(
            attempts,
            $sleep,
            std::convert::identity,
            {
                let mut conn = $in_flight::begin(&mut *$conn)?;
                let outcome = match $begin(&mut *conn)$(.$await)? {
                    Ok($before) => {
                        let $attempt_conn = &mut *conn;
                        $f
                    }
                    Err(error) => Err(E::from(error)),
                };
                conn.land();
                outcome
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
    ($policy:ident, $key:ident, $conn:ident, $f:ident, $change:path, $depth:path, $in_flight:ident, $begin:path, $end:path,
     $sleep:path $(, [$await:ident])?) => {{
        let depth = $depth(&mut *$conn);
        let within = $crate::retry::loops::refuse_nested(depth, || $crate::retry::loops::is_test!(C, $conn), || {
            format!("`modify` of a row of `{}`", M::table_name())
        })?;
        let finder = M::finder($key);
        let locks = M::locks_rows();
        let mut attempts = Attempts::begin($policy, M::table_name(), locks).within(within);
        let mut lost: Option<M> = None;
        $crate::retry::loops::attempt!(
            attempts,
            $sleep,
            Fault::into_error,
            {
                let mut conn = $in_flight::begin(&mut *$conn).map_err(Error::from)?;
                let last = attempts.is_last();
                let outcome = if attempts.escalated() {
                    match $begin(&mut *conn)$(.$await)? {
                        Ok(before) => {
                            let outcome = $change(&finder, Look::locked(), &mut lost, &mut $f, &mut *conn)$(.$await)?;
                            $end(outcome, before, &mut *conn)$(.$await)?
                        }
                        Err(error) => Err(error.into()),
                    }
                } else {
                    $change(&finder, Look::unlocked(last), &mut lost, &mut $f, &mut *conn)$(.$await)?
                };
                conn.land();
                outcome
            }
            $(, [$await])?
        )
    }};
}

/// Whether the one transaction that is open is Diesel's `begin_test_transaction`, of which pools think nothing wrong.
macro_rules! is_test {
    ($connection:ident, $conn:ident) => {
        !$connection::TransactionManager::is_broken_transaction_manager(&mut *$conn)
    };
}

/// What an attempt of `modify` does besides reading and saving.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// The row is locked when it is read.
    pub(crate) locks: bool,
    /// Why the save is lost, if it is.
    pub(crate) asks: bool,
}

impl Look {
    /// Of a locked row nobody else can be the reason.
    pub(crate) fn locked() -> Self {
        Self { locks: true, asks: true }
    }

    /// Of the `last` attempt the caller is told all that can be known.
    pub(crate) fn unlocked(last: bool) -> Self {
        Self { locks: false, asks: last }
    }
}

/// One attempt of `modify`: the fresh row, changed and saved. One that is lost is kept in `$lost`: if the next one reads the same
/// version, it is not another writer that keeps the row from being written, and then it asks what does.
macro_rules! change {
    ($finder:ident, $look:ident, $lost:ident, $f:ident, $conn:ident $(, [$await:ident])?) => {{
        let mut row = M::find($finder, $look.locks, $conn)$(.$await)??;
        let unmoved = $lost.take().is_some_and(|before| before.version() == row.version());
        $f(&mut row).into_result().map_err(Fault::Own)?;
        if $look.asks || unmoved {
            row.write(Operation::Save, None, WholeRow, $conn)$(.$await)?.map_err(without_snapshot)?;
        } else if let Err(error) = row.save_unasked($conn)$(.$await)? {
            *$lost = error.is_stale().then_some(row);
            return Err(without_snapshot(error).into());
        }
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

pub(crate) use {attempt, change, find, is_test, modify, run};

/// What the attempts are made within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within {
    Nothing,
    /// A transaction that Diesel's `begin_test_transaction` has begun. An error of the database's may have ended or aborted it,
    /// and what is attempted then would be committed, or fail for another reason.
    Test,
}

/// An attempt needs a transaction of its own. The one that a test runs in is rolled back whatever happens, so in it an
/// attempt may as well be a savepoint.
pub(crate) fn refuse_nested(
    depth: QueryResult<u32>,
    is_test: impl FnOnce() -> bool,
    what: impl FnOnce() -> String,
) -> Result<Within, Error> {
    match depth? {
        0 => Ok(Within::Nothing),
        1 if is_test() => Ok(Within::Test),
        _ => Err(NestedRetryError::new(what()).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, Within, refuse_nested};

    #[test]
    fn a_loop_runs_on_its_own_or_in_the_transaction_of_a_test() {
        let within = |depth, is_test| refuse_nested(Ok(depth), || is_test, || "it".to_owned());
        assert_eq!(within(0, false).unwrap(), Within::Nothing);
        assert_eq!(within(1, true).unwrap(), Within::Test);
        for (depth, is_test) in [(1, false), (2, true), (2, false)] {
            assert!(matches!(within(depth, is_test), Err(Error::NestedRetry(_))), "{depth} {is_test}");
        }
    }
}
