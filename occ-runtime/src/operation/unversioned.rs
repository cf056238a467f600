//! A write that leaves the version alone: of unversioned fields, and of tables without a version.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use diesel::result::QueryResult;

pub(crate) use crate::error::Error;
pub(crate) use crate::error::stale::Operation;
pub(crate) use crate::model::columns::Columns;
pub(crate) use crate::operation::verdict;
pub(crate) use crate::statement::assign::Assignments;
pub(crate) use crate::statement::dialect;
pub(crate) use crate::statement::matched::Matched;
pub(crate) use crate::statement::update::Update;

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn put_unversioned<A>(&self, assignments: A, conn: &mut C) -> Result<(), Error>
        where
            A: Assignments<M, C::Backend> $(+ $send + Sync)?,
        {
            let mut conn = $crate::$wing::send::InFlight::begin(conn)?;
            let written = self.send_unversioned(assignments, &mut *conn)$(.$await)?;
            conn.land_with(&written);
            written
        }

        $($async)? fn send_unversioned<A>(&self, assignments: A, conn: &mut C) -> Result<(), Error>
        where
            A: Assignments<M, C::Backend> $(+ $send + Sync)?,
        {
            <M as Columns<C::Backend>>::written_once()?;
            let update = Update::new(self, &assignments, None, None);
            let mut rows = if M::UNIQUE_KEY {
                $crate::$wing::send::boxed(self.send_in_savepoint(update, conn))$(.$await)??
            } else {
                $crate::$wing::send::ExecuteDsl::execute(update, conn)$(.$await)??
            };
            if rows == 0 && dialect::may_count_changed_rows::<C::Backend>() {
                rows = $crate::$wing::send::boxed(self.count_matched(&assignments, conn))$(.$await)??;
                if rows > 1 {
                    return Err(verdict::ambiguous(self, rows));
                }
            }
            if rows != 1 {
                return Err(self.refusal(Operation::Save, self.version(), rows, false, conn)$(.$await)??);
            }
            Ok(())
        }

        /// No row was changed: how many were matched? The row is locked before it is written once more, since what a look
        /// sees without a lock may have come about after the first attempt.
        $($async)? fn count_matched<A>(&self, assignments: &A, conn: &mut C) -> Result<usize, Error>
        where
            A: Assignments<M, C::Backend> $(+ $send + Sync)?,
        {
            let seen = Matched::<_, _, false>(Update::new(self, assignments, None, None));
            if $crate::$wing::send::versions::<M, _, _>(seen, conn)$(.$await)??.is_empty() {
                return Ok(0);
            }
            let begun = $crate::$wing::send::begin(conn)$(.$await)??;
            let locked = Matched::<_, _, true>(Update::new(self, assignments, None, None));
            let outcome = match $crate::$wing::send::versions::<M, _, _>(locked, conn)$(.$await)? {
                Ok(rows) if rows.len() == 1 => {
                    let update = Update::new(self, assignments, None, None);
                    $crate::$wing::send::ExecuteDsl::execute(update, conn)$(.$await)?.map(|_| 1)
                }
                Ok(rows) => Ok(rows.len()),
                Err(error) => Err(error),
            };
            $crate::$wing::send::end(outcome.map_err(Error::from), begun, conn)$(.$await)?
        }
    };
}

pub(crate) use operations;
