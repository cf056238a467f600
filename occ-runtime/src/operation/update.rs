//! An update of some columns, after which the value is the row as it is then: with what the database has computed, and what
//! triggers have made of it.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use crate::error::Error;
pub(crate) use crate::error::stale::Operation;
pub(crate) use crate::model::optimistic_lock::next_version;
pub(crate) use crate::model::soft_delete::Rows;
pub(crate) use crate::operation::verdict;
pub(crate) use crate::statement::assign::Assignments;
pub(crate) use crate::statement::update::Update;
pub(crate) use crate::transaction::journal;
pub(crate) use crate::transaction::unanswered::Unanswered;
pub(crate) use crate::version::generator::VersionGenerator;

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn update<A>(
            &mut self,
            expected: Option<&M::Version>,
            assignments: A,
            conn: &mut C,
        ) -> Result<(), Error>
        where
            A: Assignments<M, C::Backend> $(+ $send)?,
        {
            let begun = $crate::$wing::send::InFlight::begin(conn);
            let mut conn = begun.map_err(|error| Unanswered::of_something(&*self).ended_by(error.into()))?;
            let row = match self.refuse_unread(Operation::Update, expected, &mut *conn)$(.$await)? {
                Ok(()) if M::returns_rows() && !M::UNIQUE_KEY => {
                    self.put_returning(assignments, &mut *conn)$(.$await)?
                }
                Ok(()) => self.put_and_read(assignments, &mut *conn)$(.$await)?,
                Err(refused) => Err(refused),
            };
            conn.land_with(&row);
            journal::replaced_by(self, row?);
            Ok(())
        }

        /// In one statement.
        $($async)? fn put_returning<A>(&self, assignments: A, conn: &mut C) -> Result<M, Error>
        where
            A: Assignments<M, C::Backend> $(+ $send)?,
        {
            let expected = self.version();
            let by_database = M::Generator::BY_DATABASE;
            let next = if by_database { None } else { Some(next_version::<M>(expected)?) };
            let in_transaction = $crate::$wing::send::depth(conn)? > 0;
            let sent = Unanswered::of(std::slice::from_ref(self), next).if_whole(Operation::Update);
            let update = Update::new(self, assignments, sent.next.as_ref(), Some(expected));
            let mut rows = match M::returned(update, conn)$(.$await)? {
                Ok(rows) => rows,
                Err(error) => return Err(sent.ended_by(error.into())),
            };
            sent.answered();
            if rows.len() != 1 {
                return Err(self.refusal(Operation::Update, expected, rows.len(), A::GUARDS, conn)$(.$await)??);
            }
            let row = rows.swap_remove(0);
            if by_database {
                verdict::moved(self, expected, row.version(), in_transaction)?;
            }
            Ok(row)
        }
    };
}

/// Where no statement gives back what it has written.
macro_rules! read_back_operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        /// In two, of which neither is without the other.
        $($async)? fn put_and_read<A>(&self, assignments: A, conn: &mut C) -> Result<M, Error>
        where
            A: Assignments<M, C::Backend> $(+ $send)?,
        {
            // Where no version follows, nothing is sent.
            if !M::Generator::BY_DATABASE {
                next_version::<M>(self.version())?;
            }
            let begun = $crate::$wing::send::begin(conn)$(.$await)??;
            let put = if M::Generator::BY_DATABASE {
                let put = self.put_and_look(Operation::Update, self.version(), assignments, true, conn);
                $crate::$wing::send::boxed(put)$(.$await)?
            } else {
                self.put(Operation::Update, self.version(), assignments, conn)$(.$await)?
            };
            let row = match put {
                // The changes may have been the mark.
                Ok(_) => M::now_of(self, Rows::All, conn)$(.$await)?.and_then(|now| now.updated(self)),
                Err(refused) => Err(refused),
            };
            let made = row.map(|row| (row, Unanswered::of_something(self))).map_err(Error::rolled_back);
            Self::commit(made, begun, conn)$(.$await)?.map(|(row, _)| row)
        }
    };
}

pub(crate) use {operations, read_back_operations};
