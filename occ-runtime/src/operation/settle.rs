//! What has become of a tracked value's write whose transaction nobody has seen end, and what hangs on that.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use crate::conflict::tracked::Tracked;
pub(crate) use crate::conflict::tracked::unsettled::{Place, Settled};
pub(crate) use crate::error::Error;
pub(crate) use crate::error::stale::Operation;
pub(crate) use crate::model::check::Check;
pub(crate) use crate::model::fields::Trackable;
pub(crate) use crate::operation::verdict;
pub(crate) use crate::statement::as_loaded::AsLoaded;
pub(crate) use crate::statement::guard::Always;
pub(crate) use crate::statement::select::CurrentVersion;
pub(crate) use crate::statement::stored_as::StoredAs;

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        /// See [`Tracked`](crate::Tracked).
        $($async)? fn settle(tracked: &Tracked<M>, operation: Operation, conn: &mut C) -> Result<Settled, Error>
        where
            M: Trackable,
        {
            let depth = $crate::$wing::send::depth(conn)?;
            let open = Place::of(conn, depth);
            let last = tracked.known_or_stored();
            let mut next = Some(last);
            while let Some(settled) = next {
                if !tracked.may_be_somebody_elses(settled, open) {
                    let (row, version) = tracked.stored(settled);
                    let stored = StoredAs::of(row, version, tracked.is_read_at(settled));
                    let stored = $crate::$wing::send::rare_version::<M, _, _>(stored, conn)$(.$await)?;
                    if verdict::is_there(stored)? {
                        return Ok(settled);
                    }
                }
                next = tracked.beneath(settled);
            }
            let (written, version) = tracked.stored(last);
            let actual = $crate::$wing::send::rare_version::<M, _, _>(CurrentVersion::of(written), conn)$(.$await)?;
            Err(verdict::refused_unsettled(operation, written, version, actual))
        }

        /// Nothing is to be written, but it may have been: whether the row is as it is in memory.
        $($async)? fn is_as_stored(tracked: &Tracked<M>, settled: Settled, conn: &mut C) -> Result<(), Error>
        where
            M: Trackable,
        {
            let (row, version) = tracked.stored(settled);
            if !M::Check::BY_VERSION {
                let stored = StoredAs::of(row, version, true);
                let stored = $crate::$wing::send::rare_version::<M, _, _>(stored, conn)$(.$await)?;
                if verdict::is_there(stored)? {
                    return Ok(());
                }
            }
            let actual = $crate::$wing::send::rare_version::<M, _, _>(CurrentVersion::of(row), conn)$(.$await)?;
            match actual {
                Ok(actual) if M::Check::BY_VERSION && actual == *version => Ok(()),
                actual => Err(verdict::refused(Operation::Save, row, version, 0, actual, false)),
            }
        }
    };
}

macro_rules! delete_operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn delete_tracked(tracked: &Tracked<M>, conn: &mut C) -> Result<(), Error>
        where
            M: Trackable,
        {
            let mut conn = $crate::$wing::send::InFlight::begin(conn)?;
            let settled = match tracked.known() {
                Some(settled) => Ok(settled),
                None => {
                    $crate::$wing::send::boxed(Self::settle(tracked, Operation::Delete, &mut *conn))$(.$await)?
                }
            };
            let deleted = match settled {
                Ok(settled) => {
                    // The row that was loaded: the key in memory may have been changed since.
                    let (row, version) = tracked.stored(settled);
                    if M::Check::BY_VERSION {
                        row.send_delete(version, Always, &mut *conn)$(.$await)?
                    } else {
                        let delete = row.send_delete(version, AsLoaded::whole(row), &mut *conn);
                        $crate::$wing::send::boxed(delete)$(.$await)?
                    }
                }
                Err(error) => Err(error),
            };
            conn.land_with(&deleted);
            deleted
        }
    };
}

pub(crate) use {delete_operations, operations};
