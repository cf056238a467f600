//! What the methods that read do, written once for blocking and for async connections: see `operation`.
//!
//! As there, the caller's value is changed last, once everything has gone well.

use diesel::backend::Backend;

use crate::conflict::Difference;
use crate::error::{Error, Operation};
use crate::fields::{Fields, fields};
use crate::loaded::Check as _;
use crate::merge::{Since, UnmergedError};
use crate::model::Columns;
use crate::outcome::{self, key_text};
use crate::tracked::Tracked;

/// The body of [`Reads`](crate::bounds::Reads) and of its async twin. `$reads` is the trait, `$first` runs a query for one row,
/// `$all` one for many, and `$depth` counts the open transactions.
macro_rules! load_operations {
    ($reads:ident, $first:path, $all:path, $depth:path $(, [$async:ident, $await:ident, $send:ident])?) => {
        $($async)? fn current(&mut self, row: &M) -> Result<Option<M>, Error> {
            let mut conn = InFlight::begin(self)?;
            let query = CurrentRow::<M, C::Backend>::of(row);
            let current = if M::UNIQUE_KEY {
                let rows: QueryResult<Vec<M>> = $all(query, &mut *conn)$(.$await)?;
                rows.and_then(outcome::only)
            } else {
                $first(query, &mut *conn)$(.$await)?
            };
            conn.land();
            match current {
                Ok(current) => Ok(Some(current)),
                Err(diesel::result::Error::NotFound) => Ok(None),
                Err(error) => Err(outcome::unread::<C::Backend, M>(row, error)),
            }
        }

        $($async)? fn fresh(&mut self, operation: Operation, row: &M) -> Result<M, Error> {
            let current = $reads::<M, Declared<false>>::current(self, row)$(.$await)??;
            current.ok_or_else(|| outcome::stale::<C::Backend, M>(operation, row, row.version(), None))
        }

        $($async)? fn read_again(&mut self, row: &mut M) -> Result<(), Error> {
            *row = $reads::<M, Declared<false>>::fresh(self, Operation::Reload, row)$(.$await)??;
            Ok(())
        }

        $($async)? fn read_tracked(&mut self, tracked: &mut Tracked<M>) -> Result<(), Error>
        where
            M: Fields,
        {
            let row = $reads::<M, Declared<false>>::fresh(self, Operation::Reload, &tracked.original)$(.$await)??;
            tracked.onto(row.clone(), row, $depth(self)?);
            Ok(())
        }

        $($async)? fn compare(&mut self, mine: M, base: Option<M>) -> Result<Conflict<M>, Error> {
            let theirs = $reads::<M, Declared<false>>::current(self, base.as_ref().unwrap_or(&mine))$(.$await)??;
            Ok(Conflict::new(mine, theirs, base))
        }

        $($async)? fn merge_row<F>(&mut self, tracked: &mut Tracked<M>, choose: F) -> Result<(), Error>
        where
            M: Fields,
            F: FnMut(&'static str, &M, &M, &M) -> Choice $(+ $send)?,
        {
            let theirs = $reads::<M, Declared<false>>::fresh(self, Operation::Rebase, &tracked.original)$(.$await)??;
            let base = reading::base_of::<C::Backend, M>(tracked, &theirs)?;
            let merged = merge(base, &tracked.value, &theirs, |field| tracked.was_sent(field), choose)
                .map_err(|differences| reading::unmerged::<C::Backend, M>(&theirs, differences))?;
            let depth = $depth(self)?;
            // In an old snapshot what was written is not to be seen, and need not be rolled back.
            let is_unheard = depth > 0 && tracked.known().is_none();
            tracked.onto(merged, theirs, depth);
            if is_unheard {
                tracked.sends();
            }
            Ok(())
        }
    };
}

/// The same for a struct that was reported where it is declared. None of it ever runs.
macro_rules! no_load_operations {
    ($([$async:ident, $send:ident])?) => {
        $($async)? fn current(&mut self, _: &M) -> Result<Option<M>, Error> {
            stub::never()
        }

        $($async)? fn fresh(&mut self, _: Operation, _: &M) -> Result<M, Error> {
            stub::never()
        }

        $($async)? fn read_again(&mut self, _: &mut M) -> Result<(), Error> {
            stub::never()
        }

        $($async)? fn read_tracked(&mut self, _: &mut Tracked<M>) -> Result<(), Error>
        where
            M: Fields,
        {
            stub::never()
        }

        $($async)? fn compare(&mut self, _: M, _: Option<M>) -> Result<Conflict<M>, Error> {
            stub::never()
        }

        $($async)? fn merge_row<F>(&mut self, _: &mut Tracked<M>, _: F) -> Result<(), Error>
        where
            M: Fields,
            F: FnMut(&'static str, &M, &M, &M) -> Choice $(+ $send)?,
        {
            stub::never()
        }
    };
}

pub(crate) use {load_operations, no_load_operations};

/// What the value was made from, and who may have written the row since: the row's version tells.
pub(crate) fn base_of<'t, DB, M>(tracked: &'t Tracked<M>, theirs: &M) -> Result<(&'t M, Since), Error>
where
    DB: Backend,
    M: Columns<DB> + Fields,
{
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
        _ => Err(outcome::stale::<DB, M>(Operation::Rebase, written, at, Some(theirs.version()))),
    }
}

/// Whether every field that a save writes is the same.
fn is_stored_as<M: Fields>(written: &M, row: &M) -> bool {
    fields::<M>().all(|field| !field.is_written(written) || field.is_same(written, row))
}

/// The error for a row of which two sides have made what nobody decides between.
pub(crate) fn unmerged<DB, M>(row: &M, differences: Vec<Difference>) -> Error
where
    DB: Backend,
    M: Columns<DB>,
{
    UnmergedError::new(M::table_name(), key_text::<DB, M>(row), differences).into()
}
