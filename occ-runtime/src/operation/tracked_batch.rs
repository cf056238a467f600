//! A batch of tracked values: of each is written what was changed in it, of all of them or of none. So it is with their deletion.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use crate::conflict::tracked::Tracked;
use crate::conflict::tracked::unsettled::Settled;
pub(crate) use crate::conflict::tracked::unsettled::Within;
pub(crate) use crate::error::Error;
pub(crate) use crate::error::stale::Operation;
use crate::error::stale::StaleObjectError;
pub(crate) use crate::model::check::Check;
pub(crate) use crate::model::fields::Trackable;
pub(crate) use crate::model::mark::Deletion;
pub(crate) use crate::operation::generated::is_read_back;
pub(crate) use crate::operation::order::Order;
pub(crate) use crate::operation::rows::{Batch, refuse_duplicates};
pub(crate) use crate::statement::as_loaded::AsLoaded;
pub(crate) use crate::statement::assign::WholeRow;
use crate::statement::changed::Changed;
pub(crate) use crate::statement::guard::{Always, Guarded};
pub(crate) use crate::statement::mark::Marking;

/// What is to be sent of the values of a batch, once it is known what has become of what was written of them before.
pub struct Pending<M> {
    /// That, of each value.
    settled: Vec<Settled>,
    /// The rows that something is sent of, at the versions that they have: as they are to be, or as they were loaded where they are
    /// deleted.
    pub(crate) rows: Vec<M>,
    /// What is changed of each of these; none where they are deleted.
    changes: Vec<Change>,
    /// The rows that were found to be stale meanwhile, each with how many of the others come before it.
    stale: Vec<(usize, StaleObjectError)>,
}

/// What is changed of one value.
struct Change {
    /// Its place in the slice.
    place: usize,
    columns: Changed,
    fields: Vec<&'static str>,
    was_in_doubt: bool,
}

impl<M: Trackable> Pending<M> {
    pub(crate) fn of(values: usize) -> Self {
        Self {
            settled: Vec::with_capacity(values),
            rows: Vec::with_capacity(values),
            changes: Vec::new(),
            stale: Vec::new(),
        }
    }

    /// Takes the next value of the slice. A stale one ends nothing, since all of them are to be named; any other error does.
    pub(crate) fn push(
        &mut self,
        operation: Operation,
        tracked: &Tracked<M>,
        settled: Result<Settled, Error>,
    ) -> Result<(), Error> {
        let settled = match settled {
            Ok(settled) => settled,
            Err(Error::Stale(stale)) => {
                self.stale.push((self.rows.len(), stale));
                self.settled.push(Settled::STORED);
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        if operation == Operation::Delete {
            // The row that was loaded: the key in memory may have been changed since.
            let (row, version) = tracked.stored(settled);
            let mut row = row.clone();
            row.set_version(version.clone());
            self.rows.push(row);
        } else {
            let columns = tracked.changed(settled);
            if !columns.is_empty() {
                let (row, fields) = tracked.to_write(settled);
                let (place, was_in_doubt) = (self.settled.len(), tracked.is_in_doubt());
                self.rows.push(row);
                self.changes.push(Change { place, columns, fields, was_in_doubt });
            }
        }
        self.settled.push(settled);
        Ok(())
    }

    pub(crate) fn columns(&self, row: usize) -> &Changed {
        &self.changes[row].columns
    }

    /// What was loaded of a row that has no version, as a condition.
    pub(crate) fn as_loaded<'t>(&self, row: usize, tracked: &'t [Tracked<M>]) -> AsLoaded<'t, M, false> {
        let Change { place, columns, was_in_doubt, .. } = &self.changes[row];
        AsLoaded::before(tracked[*place].stored(self.settled[*place]).0, columns, *was_in_doubt)
    }

    /// Whether all of it may go into few statements.
    pub(crate) fn may_go_together(&self) -> bool {
        M::Check::BY_VERSION && self.stale.is_empty()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.stale.is_empty()
    }

    pub(crate) fn take_stale(&mut self) -> Vec<(usize, StaleObjectError)> {
        std::mem::take(&mut self.stale)
    }

    /// From now on it is in doubt what is in the rows.
    pub(crate) fn sends(&self, tracked: &mut [Tracked<M>]) {
        for change in &self.changes {
            tracked[change.place].sends();
        }
    }

    pub(crate) fn refused(self, tracked: &mut [Tracked<M>], error: &Error) {
        for Change { place, was_in_doubt, .. } in self.changes {
            tracked[place].is_refused(was_in_doubt, error);
        }
    }

    /// The rows have these versions now, where they have any.
    pub(crate) fn saved(
        mut self,
        tracked: &mut [Tracked<M>],
        versions: Vec<M::Version>,
        within: impl Fn() -> Within,
    ) {
        let depth = within().place().depth();
        for (one, settled) in tracked.iter_mut().zip(&self.settled) {
            one.settle(*settled, depth);
        }
        for (row, version) in self.rows.iter_mut().zip(&versions) {
            row.set_version(version.clone());
        }
        // From here on nothing is the user's code, which may panic: each of them is saved or none.
        let mut versions = versions.into_iter();
        for (Change { place, fields, was_in_doubt, .. }, row) in self.changes.into_iter().zip(self.rows) {
            tracked[place].saved(row, fields, versions.next(), was_in_doubt, within());
        }
    }
}

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn save_all(values: &mut [Tracked<M>], conn: &mut C) -> Result<(), Error>
        where
            M: Trackable,
        {
            refuse_duplicates::<M>(&values.iter().map(|one| &**one).collect::<Vec<_>>())?;
            if values.is_empty() {
                return Ok(());
            }
            let mut conn = $crate::$wing::send::InFlight::begin(conn)?;
            let depth = $crate::$wing::send::depth(&mut *conn)?;
            let saved = match Self::settle_all(Operation::Save, values, &mut *conn)$(.$await)? {
                Ok(mut pending) => {
                    pending.sends(values);
                    match Self::send_pending(Operation::Save, &mut pending, values, &mut *conn)$(.$await)? {
                        Ok(versions) => {
                            pending.saved(values, versions, || Within::of(&*conn, depth));
                            Ok(())
                        }
                        Err(error) => {
                            pending.refused(values, &error);
                            Err(error)
                        }
                    }
                }
                Err(error) => Err(error),
            };
            conn.land_with(&saved);
            saved
        }

        $($async)? fn delete_all(values: &[Tracked<M>], conn: &mut C) -> Result<(), Error>
        where
            M: Trackable,
        {
            refuse_duplicates::<M>(&values.iter().map(Tracked::original).collect::<Vec<_>>())?;
            if values.is_empty() {
                return Ok(());
            }
            let mut conn = $crate::$wing::send::InFlight::begin(conn)?;
            let deleted = match Self::settle_all(Operation::Delete, values, &mut *conn)$(.$await)? {
                Ok(mut pending) => {
                    Self::send_pending(Operation::Delete, &mut pending, values, &mut *conn)$(.$await)?
                }
                Err(error) => Err(error),
            };
            conn.land_with(&deleted);
            deleted.map(drop)
        }
    };
}

macro_rules! settle_operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        /// Of each value what a save or a deletion of it alone does before it sends something.
        $($async)? fn settle_all(
            operation: Operation,
            tracked: &[Tracked<M>],
            conn: &mut C,
        ) -> Result<Pending<M>, Error>
        where
            M: Trackable,
        {
            let mut pending = Pending::of(tracked.len());
            for one in tracked {
                let settled = match one.known() {
                    // Nothing is written, but something may have been.
                    Some(settled)
                        if operation == Operation::Save
                            && one.is_in_doubt()
                            && one.changed(settled).is_empty() =>
                    {
                        let stored = $crate::$wing::send::boxed(Self::is_as_stored(one, settled, conn))$(.$await)?;
                        stored.map(|()| settled)
                    }
                    Some(settled) => Ok(settled),
                    None => $crate::$wing::send::boxed(Self::settle(one, operation, conn))$(.$await)?,
                };
                pending.push(operation, one, settled)?;
            }
            Ok(pending)
        }
    };
}

macro_rules! send_operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn send_pending(
            operation: Operation,
            pending: &mut Pending<M>,
            tracked: &[Tracked<M>],
            conn: &mut C,
        ) -> Result<Vec<M::Version>, Error>
        where
            M: Trackable,
        {
            if pending.is_empty() {
                return Ok(Vec::new());
            }
            if pending.may_go_together() {
                let rows = &pending.rows;
                let mark = if operation == Operation::Delete { M::made_mark(Deletion::Now) } else { None };
                let sent = if let Some(mark) = &mark {
                    let sent = Self::send_together(operation, rows, |_| Marking(mark), conn);
                    $crate::$wing::send::boxed(sent)$(.$await)?
                } else if operation == Operation::Delete {
                    Self::send_together(operation, rows, |_| WholeRow, conn)$(.$await)?
                } else {
                    Self::send_together(operation, rows, |row| pending.columns(row), conn)$(.$await)?
                };
                if let Some(versions) = sent? {
                    return Ok(versions);
                }
            }
            let mut order = Order::by_key::<C::Backend, M>(&pending.rows);
            loop {
                let begun = $crate::$wing::send::begin(conn)$(.$await)??;
                let mut batch = Batch::of(pending.rows.len());
                for place in order.places() {
                    let outcome = Self::send_one_of(operation, place, pending, tracked, conn)$(.$await)?;
                    if batch.push(place, outcome).is_break() {
                        break;
                    }
                }
                if !order.change(operation, &batch) {
                    let batch = batch.with_stale(pending.take_stale());
                    return Self::end_batch(&pending.rows, batch, begun, conn)$(.$await)?;
                }
                $crate::$wing::send::roll_back(begun, conn)$(.$await)??;
            }
        }
    };
}

macro_rules! one_by_one_operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        /// Within the transaction of the batch.
        $($async)? fn send_one_of(
            operation: Operation,
            place: usize,
            pending: &Pending<M>,
            tracked: &[Tracked<M>],
            conn: &mut C,
        ) -> Result<Option<M::Version>, Error>
        where
            M: Trackable,
        {
            let row = &pending.rows[place];
            if operation == Operation::Delete {
                return if M::Check::BY_VERSION {
                    row.send_delete(row.version(), Always, conn)$(.$await)?.map(|()| None)
                } else {
                    let delete = row.send_delete(row.version(), AsLoaded::whole(row), conn);
                    $crate::$wing::send::boxed(delete)$(.$await)?.map(|()| None)
                };
            }
            let columns = pending.columns(place);
            if !M::Check::BY_VERSION {
                let changes = Guarded { assignments: columns, guard: pending.as_loaded(place, tracked) };
                $crate::$wing::send::boxed(row.send_unversioned(changes, conn))$(.$await)?.map(|()| None)
            } else if is_read_back::<C::Backend, M>() {
                let put = row.put_and_look(operation, row.version(), columns, true, conn);
                $crate::$wing::send::boxed(put)$(.$await)?.map(Some)
            } else {
                row.put(operation, row.version(), columns, conn)$(.$await)?.map(Some)
            }
        }
    };
}

pub(crate) use {one_by_one_operations, operations, send_operations, settle_operations};
