//! Rows that are written as far as they fit: one that is stale is named, and keeps no other from being written.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

use std::ops::Range;

pub(crate) use crate::error::Error;
pub(crate) use crate::error::stale::Operation;
use crate::model::columns::Columns;
use crate::model::optimistic_lock::OptimisticLock;
pub(crate) use crate::operation::generated::is_read_back;
use crate::operation::order::by_key;
pub(crate) use crate::operation::rows::{next_versions, one_by_one, refuse_duplicates, violates};
pub(crate) use crate::statement::assign::WholeRow;
use crate::statement::dialect::BatchStyle;
use crate::statement::many::chunks::{Chunks, Many};
pub(crate) use crate::transaction::{journal, unanswered};

/// The version that each row has now, or why it has not been written.
pub(crate) type Outcomes<V> = Vec<Result<V, Error>>;

/// What came of each row so far, and which are left.
pub struct Each<V> {
    /// The places of the rows, as they are sent.
    order: Vec<usize>,
    /// Whether that is the slice's.
    is_given: bool,
    /// If rows go together: how, and the version that each of them gets.
    together: Option<(Chunks, Vec<V>)>,
    /// Parts of the order, the next one last.
    left: Vec<Range<usize>>,
    /// Of each place; `None` for a version that is in `together`.
    done: Vec<Result<Option<V>, Error>>,
}

impl<V> Each<V> {
    /// Of rows that do not all go together.
    pub(crate) fn by_key<DB, M>(rows: &[M]) -> Result<Self, Error>
    where
        DB: diesel::backend::Backend + 'static,
        M: Columns<DB> + OptimisticLock<Version = V>,
    {
        let order = by_key::<DB, M>(rows);
        let together = match BatchStyle::of::<DB, M>(Operation::Save, rows.len()) {
            Some(style) => {
                let next = next_versions(rows)?;
                Some((Chunks::of::<DB, M>(0, rows, Some(&next), WholeRow, style)?, next))
            }
            None => None,
        };
        let mut each =
            Self { is_given: order.is_sorted(), order, together, left: Vec::new(), done: Vec::new() };
        each.begin();
        Ok(each)
    }

    fn begin(&mut self) {
        let rows = self.order.len();
        self.done = (0..rows).map(|_| Ok(None)).collect();
        self.left.clear();
        let Some((chunks, _)) = &self.together else {
            self.split_into_rows(0..rows);
            return;
        };
        let starts = std::iter::successors(chunks.after(0, rows), |part| chunks.after(part.end, rows));
        self.left = starts.collect();
        self.left.reverse();
        // All of them in one statement have been tried before.
        if self.left.len() == 1 {
            let all = self.part();
            self.split(all.unwrap_or_default());
        }
    }

    /// The rows to be sent next.
    pub(crate) fn part(&mut self) -> Option<Range<usize>> {
        self.left.pop()
    }

    /// The place of the only row of a part.
    pub(crate) fn only(&self, part: &Range<usize>) -> Option<usize> {
        (part.len() == 1).then(|| self.order[part.start])
    }

    pub(crate) fn statement<'a, M>(&'a self, part: Range<usize>, rows: &'a [M]) -> Option<Many<'a, M>>
    where
        M: OptimisticLock<Version = V>,
    {
        let (chunks, next) = self.together.as_ref()?;
        Some(chunks.statement(&self.order[part], rows, Some(next)))
    }

    /// Not all of the part has been written, and so nothing of it.
    pub(crate) fn split(&mut self, part: Range<usize>) {
        /// Fewer are looked at one by one.
        const FEW: usize = 8;
        if part.len() <= FEW {
            self.split_into_rows(part);
        } else {
            let middle = part.start + part.len().div_ceil(2);
            self.left.extend([middle..part.end, part.start..middle]);
        }
    }

    fn split_into_rows(&mut self, part: Range<usize>) {
        self.left.extend(part.rev().map(|row| row..row + 1));
    }

    /// Takes the outcome of one row. A stale one ends nothing; any other error does.
    pub(crate) fn push(&mut self, place: usize, outcome: Result<V, Error>) -> Result<(), Error> {
        self.done[place] = match outcome {
            Ok(version) => Ok(Some(version)),
            Err(error @ Error::Stale(_)) => Err(error),
            Err(error) => return Err(error),
        };
        Ok(())
    }

    /// Whether the rows are to be sent once more, in the order of the slice, since the database has not taken them in this one.
    pub(crate) fn change(&mut self, error: &Error) -> bool {
        let changes = violates(error) && !self.is_given;
        if changes {
            self.is_given = true;
            self.order.sort_unstable();
            self.together = None;
            self.begin();
        }
        changes
    }

    pub(crate) fn finish(self) -> Outcomes<V> {
        let next = self.together.map_or_else(Vec::new, |(_, next)| next);
        let mut next = next.into_iter().map(Some).chain(std::iter::repeat_with(|| None));
        self.done
            .into_iter()
            .map(|done| {
                let next = next.next().flatten();
                done.and_then(|made| {
                    made.or(next).ok_or_else(|| Error::Database(diesel::result::Error::NotFound))
                })
            })
            .collect()
    }
}

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn write_each(rows: &mut [M], conn: &mut C) -> Result<Vec<Result<(), Error>>, Error> {
            refuse_duplicates::<M>(rows)?;
            if rows.is_empty() {
                return Ok(Vec::new());
            }
            let mut conn = $crate::$wing::send::InFlight::begin(conn)?;
            let sent = match Self::send_together(Operation::Save, rows, |_| WholeRow, &mut *conn)$(.$await)? {
                Ok(None) => Self::put_each(rows, &mut *conn)$(.$await)?,
                Ok(Some(versions)) => Ok(versions.into_iter().map(Ok).collect()),
                Err(error) => Err(error),
            };
            conn.land_with(&sent);
            let moved = |(row, sent): (&mut M, Result<M::Version, Error>)| {
                sent.map(|version| journal::moved_on(row, version))
            };
            Ok(rows.iter_mut().zip(sent?).map(moved).collect())
        }

        $($async)? fn put_each(rows: &[M], conn: &mut C) -> Result<Outcomes<M::Version>, Error> {
            let mut each = Each::by_key::<C::Backend, M>(rows)?;
            loop {
                let begun = $crate::$wing::send::begin(conn)$(.$await)??;
                match Self::put_parts(rows, &mut each, conn)$(.$await)? {
                    Ok(()) => {
                        let ended = $crate::$wing::send::end(Ok::<_, Error>(()), begun, conn)$(.$await)?;
                        return unanswered::unless_lost(rows, each.finish(), ended);
                    }
                    Err(error) if each.change(&error) => $crate::$wing::send::roll_back(begun, conn)$(.$await)??,
                    Err(error) => return $crate::$wing::send::end(Err(error.rolled_back()), begun, conn)$(.$await)?,
                }
            }
        }
    };
}

macro_rules! part_operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        /// Those that go together each in a savepoint, which is rolled back if a row of them is stale.
        $($async)? fn put_parts(rows: &[M], each: &mut Each<M::Version>, conn: &mut C) -> Result<(), Error> {
            while let Some(part) = each.part() {
                if let Some(place) = each.only(&part) {
                    let row = &rows[place];
                    let outcome = if is_read_back::<C::Backend, M>() {
                        let put = row.put_and_look(Operation::Save, row.version(), WholeRow, true, conn);
                        $crate::$wing::send::boxed(put)$(.$await)?
                    } else {
                        row.put(Operation::Save, row.version(), WholeRow, conn)$(.$await)?
                    };
                    each.push(place, outcome)?;
                    continue;
                }
                let Some(statement) = each.statement(part.clone(), rows) else { continue };
                let begun = $crate::$wing::send::begin(conn)$(.$await)??;
                let written = $crate::$wing::send::ExecuteDsl::execute(statement, conn)$(.$await)?;
                if written == Ok(part.len()) {
                    $crate::$wing::send::end(Ok::<_, Error>(()), begun, conn)$(.$await)??;
                    continue;
                }
                one_by_one(written)?;
                $crate::$wing::send::roll_back(begun, conn)$(.$await)??;
                each.split(part);
            }
            Ok(())
        }
    };
}

pub(crate) use {operations, part_operations};
