//! A batch: all rows are written or deleted, or none is. Few statements do it where the database can, else one a row.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use crate::error::Error;
pub(crate) use crate::error::stale::Operation;
pub(crate) use crate::model::check::Check;
pub(crate) use crate::model::mark::Deletion;
pub(crate) use crate::operation::generated::is_read_back;
pub(crate) use crate::operation::order::{Order, by_key};
pub(crate) use crate::operation::rows::{Batch, next_versions, refuse_duplicates};
pub(crate) use crate::statement::assign::WholeRow;
pub(crate) use crate::statement::dialect::BatchStyle;
pub(crate) use crate::statement::guard::Always;
pub(crate) use crate::statement::many::chunks::{Chunks, deletes_for_good};
pub(crate) use crate::statement::many::rows::Written;
pub(crate) use crate::statement::mark::Marking;
pub(crate) use crate::statement::select::CurrentVersion;
pub(crate) use crate::transaction::journal;
pub(crate) use crate::transaction::unanswered::Unanswered;

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn write_all(rows: &mut [M], conn: &mut C) -> Result<(), Error> {
            let versions = Self::send_all(Operation::Save, rows, conn)$(.$await)??;
            for (row, version) in rows.iter_mut().zip(versions) {
                journal::moved_on(row, version);
            }
            Ok(())
        }

        /// Writes or deletes the rows. The versions that they have then, if they are still there.
        $($async)? fn send_all(operation: Operation, rows: &[M], conn: &mut C) -> Result<Vec<M::Version>, Error> {
            refuse_duplicates::<M>(rows)?;
            if rows.is_empty() {
                return Ok(Vec::new());
            }
            let mut conn = $crate::$wing::send::InFlight::begin(conn)?;
            let mark = if operation == Operation::Delete { M::made_mark(Deletion::Now) } else { None };
            let together = match &mark {
                Some(mark) => {
                    let together = Self::send_together(operation, rows, |_| Marking(mark), &mut *conn);
                    $crate::$wing::send::boxed(together)$(.$await)?
                }
                None => Self::send_together(operation, rows, |_| WholeRow, &mut *conn)$(.$await)?,
            };
            let sent = match together {
                Ok(None) => Self::send_each(operation, rows, &mut *conn)$(.$await)?,
                Ok(Some(versions)) => Ok(versions),
                Err(error) => Err(error),
            };
            conn.land_with(&sent);
            sent
        }
    };
}

macro_rules! together_operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        /// In few statements. `None`: nothing is written, and the rows are to be sent one by one.
        $($async)? fn send_together<W, F>(
            operation: Operation,
            rows: &[M],
            written: F,
            conn: &mut C,
        ) -> Result<Option<Vec<M::Version>>, Error>
        where
            W: Written<M> $(+ $send)?,
            F: Fn(usize) -> W $(+ $send)?,
        {
            let Some(style) = BatchStyle::of::<C::Backend, M>(operation, rows.len()) else { return Ok(None) };
            let next = if deletes_for_good::<M>(operation) { None } else { Some(next_versions(rows)?) };
            let order = by_key::<C::Backend, M>(rows);
            let parts = Chunks::of_parts::<C::Backend, M>(&order, rows, next.as_deref(), written, style)?;
            let Some(parts) = parts else { return Ok(None) };
            let begun = $crate::$wing::send::begin(conn)$(.$await)??;
            let unanswered = Unanswered::of(rows, next.unwrap_or_default()).if_whole(operation);
            let mut sent = 0;
            for (chunks, end) in parts {
                while let Some(chunk) = chunks.after(sent, end) {
                    let expected = chunk.len();
                    let next = Some(&*unanswered.next).filter(|_| !deletes_for_good::<M>(operation));
                    let statement = chunks.statement(&order[chunk], rows, next);
                    let written = $crate::$wing::send::ExecuteDsl::execute(statement, conn)$(.$await)?;
                    if written != Ok(expected) {
                        return Self::roll_back_together(written, unanswered, begun, conn)$(.$await)?;
                    }
                    sent += expected;
                }
            }
            Self::commit(Ok(((), unanswered)), begun, conn)$(.$await)?.map(|((), next)| Some(next))
        }
    };
}

macro_rules! one_by_one_operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn send_each(operation: Operation, rows: &[M], conn: &mut C) -> Result<Vec<M::Version>, Error> {
            let mut order = Order::by_key::<C::Backend, M>(rows);
            loop {
                let begun = $crate::$wing::send::begin(conn)$(.$await)??;
                let mut batch = Batch::of(rows.len());
                for place in order.places() {
                    let row = &rows[place];
                    let outcome = if operation == Operation::Delete {
                        row.send_delete(row.version(), Always, conn)$(.$await)?.map(|()| None)
                    } else if is_read_back::<C::Backend, M>() {
                        let put = row.put_and_look(operation, row.version(), WholeRow, true, conn);
                        $crate::$wing::send::boxed(put)$(.$await)?.map(Some)
                    } else {
                        row.put(operation, row.version(), WholeRow, conn)$(.$await)?.map(Some)
                    };
                    if batch.push(place, outcome).is_break() {
                        break;
                    }
                }
                if !order.change(operation, &batch) {
                    return Self::end_batch(rows, batch, begun, conn)$(.$await)?;
                }
                $crate::$wing::send::roll_back(begun, conn)$(.$await)??;
            }
        }

        /// Of a batch with stale rows: rolls it back, and names those that are so by somebody else.
        $($async)? fn end_batch(
            rows: &[M],
            mut batch: Batch<M::Version>,
            begun: u32,
            conn: &mut C,
        ) -> Result<Vec<M::Version>, Error> {
            // Without a version nobody can tell that a row is as it was.
            let suspects = if M::Check::BY_VERSION { batch.suspects() } else { Vec::new() };
            // One that cannot be rolled back is told as an event.
            if !suspects.is_empty() && $crate::$wing::send::roll_back(begun, conn)$(.$await)?.is_ok() {
                for place in suspects {
                    let row = &rows[place];
                    let now = $crate::$wing::send::rare_version::<M, _, _>(CurrentVersion::of(row), conn)$(.$await)?;
                    batch.looked_at(place, row, &now);
                }
                return batch.finish();
            }
            let made = batch.finish().map(|next| ((), Unanswered::of(rows, next)));
            Self::commit(made, begun, conn)$(.$await)?.map(|((), next)| next)
        }
    };
}

pub(crate) use {one_by_one_operations, operations, together_operations};
