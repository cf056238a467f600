//! A row that is made, or replaced where it is there.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use diesel::result::Error as DieselError;

pub(crate) use crate::error::Error;
pub(crate) use crate::error::stale::Operation;
pub(crate) use crate::operation::upserted::Upserted;
pub(crate) use crate::operation::verdict;
pub(crate) use crate::statement::assign::WholeRow;
pub(crate) use crate::statement::dialect;
pub(crate) use crate::statement::mark::WholeRowOfAny;
pub(crate) use crate::statement::select::{CurrentVersion, PresentVersion};
pub(crate) use crate::transaction::journal;
pub(crate) use crate::transaction::unanswered::Unanswered;
pub(crate) use crate::version::expect::Expect;

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn upsert(&mut self, expect: Expect<M::Version>, conn: &mut C) -> Result<Upserted, Error> {
            let sent = Unanswered::of_new_thing(&*self);
            let put = match $crate::$wing::send::InFlight::begin(conn) {
                Ok(mut conn) => {
                    let put = self.put_expecting(&expect, &mut *conn)$(.$await)?;
                    conn.land_with(&put);
                    put
                }
                Err(error) => Err(error.into()),
            };
            let (upserted, version) = sent.ended(put)?;
            journal::made(self, version);
            Ok(upserted)
        }

        $($async)? fn put_expecting(
            &self,
            expect: &Expect<M::Version>,
            conn: &mut C,
        ) -> Result<(Upserted, M::Version), Error> {
            match expect {
                Expect::Absent => {
                    let first = self.put_new(Operation::Upsert, conn)$(.$await)?;
                    first.map(|first| (Upserted::Inserted, first))
                }
                Expect::At(version) => {
                    let next = self.put(Operation::Upsert, version, WholeRow, conn)$(.$await)?;
                    next.map(|next| (Upserted::Updated, next))
                }
                Expect::Any => self.put_any(conn)$(.$await)?,
            }
        }

        /// Writes over what a look at the row has brought.
        $($async)? fn put_over(
            &self,
            there: Result<M::Version, DieselError>,
            conn: &mut C,
        ) -> Result<(Upserted, M::Version), Error> {
            match there {
                // What is deleted by a mark is there no less.
                Ok(version) if M::MARK.is_some() => {
                    let put = self.put(Operation::Upsert, &version, WholeRowOfAny, conn);
                    $crate::$wing::send::boxed(put)$(.$await)?.map(|next| (Upserted::Updated, next))
                }
                Ok(version) => {
                    let next = self.put(Operation::Upsert, &version, WholeRow, conn)$(.$await)?;
                    next.map(|next| (Upserted::Updated, next))
                }
                Err(DieselError::NotFound) => {
                    let first = self.put_new(Operation::Upsert, conn)$(.$await)?;
                    first.map(|first| (Upserted::Inserted, first))
                }
                Err(error) => Err(verdict::unread(self, error)),
            }
        }
    };
}

macro_rules! whatever_is_there_operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        /// Checks the version that the row is at. The loser of that race gets the lock next.
        $($async)? fn put_any(&self, conn: &mut C) -> Result<(Upserted, M::Version), Error> {
            let there = $crate::$wing::send::rare_version::<M, _, _>(CurrentVersion::of_any(self), conn)$(.$await)?;
            match self.put_over(there, conn)$(.$await)? {
                Err(lost) if verdict::comes_and_goes::<C::Backend>(&lost, 1) => {}
                put => return put,
            }
            let begun = $crate::$wing::send::begin(conn)$(.$await)??;
            let put = self.put_locked(conn)$(.$await)?;
            let put = put.map(|(upserted, next)| (upserted, Unanswered::of_new(std::slice::from_ref(self), Some(next))));
            let (upserted, next) = Self::commit(put, begun, conn)$(.$await)??;
            Ok((upserted, next.ok_or(DieselError::NotFound)?))
        }

        /// A row that others make and delete may be gone when it is to be locked, and there when it is to be made.
        $($async)? fn put_locked(&self, conn: &mut C) -> Result<(Upserted, M::Version), Error> {
            let mut round = 1;
            loop {
                match self.try_locked(conn)$(.$await)? {
                    Err(lost) if verdict::comes_and_goes::<C::Backend>(&lost, round) => round += 1,
                    put => return put.map_err(verdict::lost_to_others),
                }
            }
        }

        /// Where an `INSERT` is what keeps other writers out, it comes first.
        $($async)? fn try_locked(&self, conn: &mut C) -> Result<(Upserted, M::Version), Error> {
            if !dialect::shares_lock_of_taken_key::<C::Backend>() {
                match self.put_new(Operation::Upsert, conn)$(.$await)? {
                    Err(Error::Exists(_)) => {}
                    first => return first.map(|first| (Upserted::Inserted, first)),
                }
            }
            let there = $crate::$wing::send::rare_version::<M, _, _>(PresentVersion::for_writer(self).of_all(), conn)$(.$await)?;
            self.put_over(there, conn)$(.$await)?
        }
    };
}

pub(crate) use {operations, whatever_is_there_operations};
