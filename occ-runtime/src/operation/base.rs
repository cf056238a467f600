//! What a merge starts from.

use crate::conflict::merge::Since;
use crate::conflict::tracked::Tracked;
use crate::error::Error;
use crate::error::stale::Operation;
use crate::model::check::Check as _;
use crate::model::fields::{Trackable, fields};
use crate::operation::verdict;

/// What the value was made from, and who may have written the row since: the row's version tells.
pub(crate) fn base_of<'t, M: Trackable>(
    tracked: &'t Tracked<M>,
    theirs: &M,
) -> Result<(&'t M, Since), Error> {
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
        return Ok((base, since(base, at)));
    }
    // A transaction that occ has not begun has written the row, and nobody knows how it has ended.
    let (written, at) = (&tracked.original, tracked.value.version());
    let is_stored = theirs.version() == at && is_stored_as(written, theirs);
    if is_stored && !tracked.may_be_somebody_elses() {
        return Ok((written, since(written, at)));
    }
    match tracked.before() {
        Some(before)
            if theirs.version() == before.version()
                && (M::Check::BY_VERSION || is_stored_as(before, theirs)) =>
        {
            Ok((before, since(before, before.version())))
        }
        _ => Err(verdict::stale(Operation::Rebase, written, at, Some(theirs.version()))),
    }
}

/// Whether every field that a save writes is the same.
fn is_stored_as<M: Trackable>(written: &M, row: &M) -> bool {
    fields::<M>().all(|field| !field.is_written(written) || field.is_same(written, row))
}
