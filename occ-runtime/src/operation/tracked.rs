//! A save of what was changed in a tracked value, and its deletion.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use crate::conflict::tracked::Tracked;
pub(crate) use crate::conflict::tracked::unsettled::Within;
pub(crate) use crate::error::Error;
pub(crate) use crate::error::stale::Operation;
pub(crate) use crate::model::check::Check;
pub(crate) use crate::model::fields::Trackable;
pub(crate) use crate::operation::verdict;
pub(crate) use crate::statement::as_loaded::AsLoaded;
pub(crate) use crate::statement::guard::{Always, Guarded};
pub(crate) use crate::statement::select::CurrentVersion;

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn write_changes(
            tracked: &mut Tracked<M>,
            expected: Option<&M::Version>,
            conn: &mut C,
        ) -> Result<(), Error>
        where
            M: Trackable,
        {
            let mut conn = $crate::$wing::send::InFlight::begin(conn)?;
            let written = Self::put_changes(tracked, expected, &mut *conn)$(.$await)?;
            conn.land_with(&written);
            written
        }
    };
}

macro_rules! put_operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn put_changes(
            tracked: &mut Tracked<M>,
            expected: Option<&M::Version>,
            conn: &mut C,
        ) -> Result<(), Error>
        where
            M: Trackable,
        {
            let known = tracked.known();
            let settled = match known {
                Some(settled) => settled,
                None => $crate::$wing::send::boxed(Self::settle(tracked, Operation::Save, conn))$(.$await)??,
            };
            let (stored, version) = tracked.stored(settled);
            if let Some(expected) = expected.filter(|expected| *expected != version) {
                let actual = $crate::$wing::send::rare_version::<M, _, _>(CurrentVersion::of(stored), conn)$(.$await)?;
                return Err(verdict::read_at_another_version(Operation::Save, stored, expected, actual));
            }
            let depth = $crate::$wing::send::depth(conn)?;
            let changed = tracked.changed(settled);
            if changed.is_empty() {
                // Where it was settled by a look, that has seen the row.
                if tracked.is_in_doubt() && known.is_some() {
                    $crate::$wing::send::boxed(Self::is_as_stored(tracked, settled, conn))$(.$await)??;
                }
                tracked.settle(settled, depth);
                return Ok(());
            }
            // Before anything is sent, since it is the user's code.
            let (mut written, sent) = tracked.to_write(settled);
            let was_in_doubt = tracked.sends();
            let outcome = if M::Check::BY_VERSION {
                written.put(Operation::Save, written.version(), changed, conn)$(.$await)?.map(Some)
            } else {
                let guard = AsLoaded::before(tracked.stored(settled).0, &changed, was_in_doubt);
                let changes = Guarded { assignments: changed, guard };
                $crate::$wing::send::boxed(written.send_unversioned(changes, conn))$(.$await)?.map(|()| None)
            };
            match outcome {
                Ok(next) => {
                    tracked.settle(settled, depth);
                    if let Some(next) = &next {
                        written.set_version(next.clone());
                    }
                    tracked.saved(written, sent, next, was_in_doubt, Within::of(conn, depth));
                    Ok(())
                }
                Err(error) => {
                    tracked.is_refused(was_in_doubt, &error);
                    Err(error)
                }
            }
        }
    };
}

pub(crate) use {operations, put_operations};
