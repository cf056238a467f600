//! What has become of a write whose answer has not come.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use diesel::result::Error as DieselError;

pub(crate) use crate::conflict::tracked::Tracked;
pub(crate) use crate::conflict::tracked::unsettled::Within;
pub(crate) use crate::error::Error;
pub(crate) use crate::model::check::Check;
pub(crate) use crate::model::fields::Trackable;
use crate::model::optimistic_lock::{OptimisticLock, next_version};
pub(crate) use crate::operation::verdict;
pub(crate) use crate::statement::select::PresentVersion;
pub(crate) use crate::statement::stored_as::StoredAs;
pub(crate) use crate::transaction::journal;
pub(crate) use crate::transaction::unanswered;
use crate::transaction::unanswered::Known;
use crate::version::generator::VersionGenerator as _;

/// What has become of a write whose answer has not come, as [`settle`](crate::SettleDsl::settle) finds out.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
/// use occ_runtime::Outcome;
#[doc = include_str!("../example.txt")]
/// # let conn = &mut connection();
/// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
/// lamp.save_optimistic(conn)?;
/// assert_eq!(lamp.settle(conn)?, Outcome::Stored);
/// lamp.quantity -= 1; // and the connection breaks before this is sent
/// assert_eq!(lamp.settle(conn)?, Outcome::NotStored);
/// # Ok::<_, Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The row is what the write was to make of it, and the value is at its version: go on.
    Stored,
    /// The row is at the version from before the write: do the same again.
    NotStored,
    /// The row is at some other version, or gone, or it cannot be known who has made it what it is: load it, and look.
    Overtaken,
}

/// What the row's version says of the outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clue {
    /// All there is to know.
    Known(Outcome),
    /// It is stored if the row's columns are those of the value, and else this. If it was to make the row, all columns.
    Compare { is_new: bool, otherwise: Outcome },
}

/// From the version that the row is at.
pub(crate) fn clue<M: OptimisticLock>(row: &M, now: &M::Version) -> Clue {
    let is_as_in_memory = now == row.version();
    let compare = |otherwise| Clue::Compare { is_new: false, otherwise };
    match unanswered::known(row, now) {
        Known::MadeTheirs { is_new } => Clue::Compare { is_new, otherwise: Outcome::Overtaken },
        Known::Nothing if is_as_in_memory => compare(Outcome::NotStored),
        Known::Nothing if counts_to::<M>(now, row.version()) => compare(Outcome::Overtaken),
        Known::FromMemory if is_as_in_memory => Clue::Known(Outcome::NotStored),
        Known::Nothing | Known::FromMemory | Known::Other => Clue::Known(Outcome::Overtaken),
    }
}

/// Whether a write of this value must have given the row the version that it has. Only a counter has but one next version.
fn counts_to<M: OptimisticLock>(now: &M::Version, from: &M::Version) -> bool {
    let next = || next_version::<M>(from).is_ok_and(|next| next == *now);
    !M::Generator::BY_DATABASE && next() && next()
}

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn settle_write(&mut self, conn: &mut C) -> Result<Outcome, Error> {
            let mut conn = $crate::$wing::send::InFlight::begin(conn)?;
            let found = self.look_for_write(&mut *conn)$(.$await)?;
            conn.land_with(&found);
            let (outcome, version) = found?;
            if let Some(version) = version.filter(|_| outcome == Outcome::Stored) {
                unanswered::forget(self);
                journal::moved_on(self, version);
            }
            Ok(outcome)
        }

        /// The outcome, and the version that the row is at.
        $($async)? fn look_for_write(&self, conn: &mut C) -> Result<(Outcome, Option<M::Version>), Error> {
            let look = PresentVersion::of_unanswered(self);
            let now = match $crate::$wing::send::rare_version::<M, _, _>(look, conn)$(.$await)? {
                Ok(now) => now,
                // It may have been made or written by this value, and deleted by somebody since.
                Err(DieselError::NotFound) => return Ok((Outcome::Overtaken, None)),
                Err(error) => return Err(verdict::unread(self, error)),
            };
            let outcome = match clue(self, &now) {
                Clue::Known(outcome) => outcome,
                Clue::Compare { is_new, otherwise } => {
                    let stored = StoredAs::of(self, &now, false).with_unversioned(is_new);
                    let stored = $crate::$wing::send::rare_version::<M, _, _>(stored, conn)$(.$await)?;
                    if verdict::is_there(stored)? { Outcome::Stored } else { otherwise }
                }
            };
            Ok((outcome, Some(now)))
        }
    };
}

macro_rules! tracked_operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn settle_tracked(tracked: &mut Tracked<M>, conn: &mut C) -> Result<Outcome, Error>
        where
            M: Trackable,
        {
            let mut conn = $crate::$wing::send::InFlight::begin(conn)?;
            tracked.take_back_what_is_rolled_back();
            let found = if M::Check::BY_VERSION {
                tracked.value.look_for_write(&mut *conn)$(.$await)?
            } else {
                Self::look_for_columns(tracked, &mut *conn)$(.$await)?.map(|outcome| (outcome, None))
            };
            let within = $crate::$wing::send::depth(&mut *conn).map(|depth| Within::of(&*conn, depth));
            conn.land_with(&found);
            let (outcome, version) = found?;
            match outcome {
                Outcome::Stored if tracked.may_be_added_by_others() => return Ok(Outcome::Overtaken),
                // What was written in a plain transaction may have been rolled back, and the row be somebody's since then.
                Outcome::NotStored if tracked.known().is_none() => return Ok(Outcome::Overtaken),
                Outcome::Stored => {
                    unanswered::forget(&tracked.value);
                    tracked.is_stored(version, within?);
                }
                // What was sent may still come: that is in doubt until it is saved again.
                Outcome::NotStored | Outcome::Overtaken => {}
            }
            Ok(outcome)
        }

        /// Without a version: the row is as it was written, as it was read, or neither.
        $($async)? fn look_for_columns(tracked: &Tracked<M>, conn: &mut C) -> Result<Outcome, Error>
        where
            M: Trackable,
        {
            for (row, outcome) in [(&tracked.value, Outcome::Stored), (&tracked.original, Outcome::NotStored)] {
                let stored = StoredAs::of(row, row.version(), false);
                let stored = $crate::$wing::send::rare_version::<M, _, _>(stored, conn)$(.$await)?;
                if verdict::is_there(stored)? {
                    return Ok(outcome);
                }
            }
            Ok(Outcome::Overtaken)
        }
    };
}

pub(crate) use {operations, tracked_operations};
