//! A write that is not refused for the row's version, but reported.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

use std::fmt;

pub(crate) use diesel::result::Error as DieselError;

pub(crate) use crate::error::Error;
pub(crate) use crate::error::stale::Operation;
use crate::error::stale::StaleObjectError;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::named::key_text;
pub(crate) use crate::operation::verdict;
pub(crate) use crate::statement::assign::WholeRow;
pub(crate) use crate::statement::guard::Always;
pub(crate) use crate::statement::select::PresentVersion;
pub(crate) use crate::transaction::journal;
pub(crate) use crate::transaction::unanswered::Unanswered;

/// What becomes of a write whose row is at another version: see
/// [`save_optimistic_with`](crate::ExpectingDsl::save_optimistic_with).
///
/// For a system that is to get the lock while it runs, with callers that nobody knows all of: at first each conflict is only counted, and what was
/// written over before is written over still. Once the reports have dried up, or each is understood, the same calls refuse.
///
/// ```
/// use std::sync::atomic::{AtomicU32, Ordering};
///
/// use occ_runtime::OnStale;
///
/// static CONFLICTS: AtomicU32 = AtomicU32::new(0);
///
/// fn on_stale(locks: bool) -> OnStale<'static> {
///     if locks {
///         return OnStale::Refuse;
///     }
///     OnStale::Report(&|stale| {
///         CONFLICTS.fetch_add(1, Ordering::Relaxed);
///         eprintln!("would have been refused: {stale}");
///     })
/// }
/// # assert!(matches!(on_stale(true), OnStale::Refuse));
/// # assert!(matches!(on_stale(false), OnStale::Report(_)));
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum OnStale<'h> {
    /// It is refused as [`Error::Stale`], and nothing is written: what all other methods do.
    Refuse,
    /// It is done all the same, and then the hook is told of what would have been refused: table, key, operation, the version in memory, and the
    /// version that was written over.
    Report(&'h (dyn Fn(&StaleObjectError) + Send + Sync)),
}

impl fmt::Debug for OnStale<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refuse => "Refuse",
            Self::Report(_) => "Report(Fn(&StaleObjectError))",
        })
    }
}

/// What a write has come to, and what is to be reported of it, with the version that it has written over.
pub(crate) type Insisted<T, V> = Result<(T, Option<(StaleObjectError, V)>), Error>;

/// How often a row is looked at anew that others were first to write.
pub(crate) const ROUNDS: u32 = 100;

/// What would have been refused, of a row that is at the version `theirs`.
pub(crate) fn of<M: OptimisticLock>(operation: Operation, row: &M, theirs: &M::Version) -> StaleObjectError {
    StaleObjectError::new(operation, M::table_name(), key_text(row), row.version(), Some(theirs))
}

/// Sends `$write` for the version in memory, and if the row is at another one, for that, until nobody has come between. So what is written over
/// is known, and no write has lost its check: it is checked against what the row is, and not against what was read.
macro_rules! insist {
    ($wing:ident, $row:ident, $operation:expr, $conn:ident, |$expected:ident| $write:expr $(, $await:ident)?) => {{
        let refused = {
            let $expected = $row.version();
            match $write$(.$await)? {
                Err(Error::Stale(stale)) if !stale.is_deleted() => Error::Stale(stale),
                written => return written.map(|written| (written, None)),
            }
        };
        for _ in 0..report::ROUNDS {
            let there = $crate::$wing::send::rare_version::<M, _, _>(PresentVersion::of($row), $conn)$(.$await)?;
            let theirs = match there {
                // The database has kept the statement from a row that is as it was read.
                Ok(theirs) if theirs == *$row.version() => return Err(refused),
                Ok(theirs) => theirs,
                Err(DieselError::NotFound) => {
                    return Err(verdict::stale($operation, $row, $row.version(), None));
                }
                Err(error) => return Err(verdict::unread($row, error)),
            };
            // Before it is sent, since it is the user's code.
            let reported = report::of($operation, $row, &theirs);
            let $expected = &theirs;
            match $write$(.$await)? {
                Err(Error::Stale(_)) => {}
                written => return written.map(|written| (written, Some((reported, theirs)))),
            }
        }
        Err(refused)
    }};
}

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn save_reporting(&mut self, on_stale: OnStale<'_>, conn: &mut C) -> Result<(), Error> {
            let OnStale::Report(hook) = on_stale else {
                return self.write(Operation::Save, None, WholeRow, conn)$(.$await)?;
            };
            let begun = $crate::$wing::send::InFlight::begin(conn);
            let mut conn = begun.map_err(|error| Unanswered::of_something(&*self).ended_by(error.into()))?;
            let put = self.put_whatever_is_there(&mut *conn)$(.$await)?;
            conn.land_with(&put);
            match put? {
                (next, None) => journal::moved_on(self, next),
                (next, Some((stale, theirs))) => {
                    verdict::overwritten(self, &theirs, &next);
                    journal::made(self, next);
                    // Last: whatever it does, memory is true.
                    hook(&stale);
                }
            }
            Ok(())
        }

        $($async)? fn put_whatever_is_there(&self, conn: &mut C) -> Insisted<M::Version, M::Version> {
            report::insist!($wing, self, Operation::Save, conn, |expected| {
                self.put(Operation::Save, expected, WholeRow, conn)
            } $(, $await)?)
        }

        $($async)? fn delete_reporting(&self, on_stale: OnStale<'_>, conn: &mut C) -> Result<(), Error> {
            let OnStale::Report(hook) = on_stale else { return self.delete(None, Always, conn)$(.$await)? };
            let begun = $crate::$wing::send::InFlight::begin(conn);
            let mut conn = begun.map_err(|error| Unanswered::of_something(self).ended_by(error.into()))?;
            let sent = Unanswered::of_something(self);
            let deleted = self.delete_whatever_is_there(&mut *conn)$(.$await)?;
            conn.land_with(&deleted);
            if let ((), Some((stale, _))) = sent.ended(deleted)? {
                hook(&stale);
            }
            Ok(())
        }

        $($async)? fn delete_whatever_is_there(&self, conn: &mut C) -> Insisted<(), M::Version> {
            report::insist!($wing, self, Operation::Delete, conn, |expected| {
                self.send_delete(expected, Always, conn)
            } $(, $await)?)
        }
    };
}

pub(crate) use {insist, operations};
