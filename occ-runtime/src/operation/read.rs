//! What the methods that read make of what they have found. As in the others, the caller's value is changed last, once
//! everything has gone well.

use diesel::result::{Error as DieselError, QueryResult};

use crate::conflict::merge::{Choice, merge};
use crate::conflict::tracked::Tracked;
use crate::conflict::tracked::unsettled::Within;
use crate::error::Error;
use crate::error::stale::Operation;
use crate::model::fields::Trackable;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::base::base_of;
use crate::operation::verdict;

/// A row as it is now, if it is there, and what it was read in.
#[derive(Debug)]
pub struct Now<M> {
    pub(crate) row: Option<M>,
    within: Within,
}

impl<M: OptimisticLock> Now<M> {
    /// What was found of a row, given the value that names it.
    pub(crate) fn new(value: &M, found: QueryResult<M>, within: Within) -> Result<Self, Error> {
        match found {
            Ok(row) => Ok(Self { row: Some(row), within }),
            Err(DieselError::NotFound) => Ok(Self { row: None, within }),
            Err(error) => Err(verdict::unread(value, error)),
        }
    }

    /// The row that was updated, in the same transaction.
    pub(crate) fn updated(self, value: &M) -> Result<M, Error> {
        self.row.ok_or_else(|| verdict::moved_away(value))
    }

    /// A row that is gone is an error of this operation.
    pub(crate) fn present(self, operation: Operation, value: &M) -> Result<M, Error> {
        self.present_within(operation, value).map(|(row, _)| row)
    }

    /// The same, with what it was read in.
    fn present_within(self, operation: Operation, value: &M) -> Result<(M, Within), Error> {
        let row = self.row.ok_or_else(|| verdict::stale(operation, value, value.version(), None))?;
        Ok((row, self.within))
    }
}

pub(crate) fn reload<M: OptimisticLock>(value: &mut M, now: Now<M>) -> Result<(), Error> {
    *value = now.present(Operation::Reload, value)?;
    Ok(())
}

pub(crate) fn reload_tracked<M: Trackable>(tracked: &mut Tracked<M>, now: Now<M>) -> Result<(), Error> {
    let (row, within) = now.present_within(Operation::Reload, tracked.original())?;
    tracked.onto(row.clone(), row, within);
    Ok(())
}

pub(crate) fn rebase<M, F>(tracked: &mut Tracked<M>, now: Now<M>, choose: F) -> Result<(), Error>
where
    M: Trackable,
    F: FnMut(&'static str, &M, &M, &M) -> Choice<M>,
{
    let (theirs, within) = now.present_within(Operation::Rebase, tracked.original())?;
    let (settled, since) = base_of(tracked, &theirs, within.place())?;
    let (base, mine) = (tracked.stored(settled).0, tracked.fields_at(settled));
    let merged = merge((base, since), mine, &theirs, |field| tracked.was_sent(settled, field), choose)
        .map_err(|differences| verdict::unmerged(&theirs, differences))?;
    // In an old snapshot what was written is not to be seen, and need not be rolled back.
    let is_unheard = within.place().depth() > 0 && tracked.known().is_none();
    tracked.onto(merged, theirs, within);
    if is_unheard {
        tracked.sends();
    }
    Ok(())
}
