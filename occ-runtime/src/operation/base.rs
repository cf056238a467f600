//! What a merge starts from.

use crate::conflict::merge::Since;
use crate::conflict::tracked::Tracked;
use crate::conflict::tracked::unsettled::{Place, Settled};
use crate::error::Error;
use crate::error::stale::Operation;
use crate::model::check::Check as _;
use crate::model::fields::{Trackable, fields};
use crate::operation::verdict;

/// What the value was made from, and who may have written the row since: the row's version tells.
pub(crate) fn base_of<M: Trackable>(
    tracked: &Tracked<M>,
    theirs: &M,
    open: Place,
) -> Result<(Settled, Since), Error> {
    let since = |base: &M, at: &M::Version| match theirs.version() {
        _ if !M::Check::BY_VERSION && tracked.is_in_doubt() => Since::Unheard,
        _ if !M::Check::BY_VERSION => Since::Others,
        now if now == at && base.version() == at => Since::Nobody,
        now if now == at => Since::Myself,
        _ if tracked.is_in_doubt() => Since::Unheard,
        _ if base.version() != at => Since::Unknown,
        _ => Since::Others,
    };
    if let Some(settled) = tracked.known() {
        let (base, at) = tracked.stored(settled);
        return Ok((settled, since(base, at)));
    }
    // A transaction that occ has not begun has written the row, and nobody knows how it has ended.
    let last = tracked.known_or_stored();
    let is_mine = |settled: &Settled| {
        let (stored, at) = tracked.stored(*settled);
        // A version that I may never have stored is somebody else's as well, with what they have written.
        let is_by_version = M::Check::BY_VERSION && tracked.is_certain_at(*settled);
        let is_there = is_by_version || is_stored_as(stored, theirs);
        theirs.version() == at && is_there && !tracked.may_be_somebody_elses(*settled, open)
    };
    let mut may_be = std::iter::successors(Some(last), |settled| tracked.beneath(*settled));
    may_be.find(is_mine).map_or_else(
        || {
            let (written, at) = tracked.stored(last);
            Err(verdict::unsettled(Operation::Rebase, written, at, Some(theirs.version())))
        },
        |settled| {
            let (base, at) = tracked.stored(settled);
            Ok((settled, since(base, at)))
        },
    )
}

/// Whether every field that a save writes is the same.
fn is_stored_as<M: Trackable>(written: &M, row: &M) -> bool {
    fields::<M>().all(|field| !field.is_written(written) || field.is_same(written, row))
}
