//! A save, an update or a touch of one row, whose version occ makes.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use crate::error::Error;
pub(crate) use crate::error::stale::Operation;
pub(crate) use crate::model::columns::Columns;
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
        $($async)? fn write<A>(
            &mut self,
            operation: Operation,
            expected: Option<&M::Version>,
            assignments: A,
            conn: &mut C,
        ) -> Result<(), Error>
        where
            A: Assignments<M, C::Backend> $(+ $send)?,
        {
            let begun = $crate::$wing::send::InFlight::begin(conn);
            let mut conn = begun.map_err(|error| Unanswered::of_something(&*self).ended_by(error.into()))?;
            let next = match self.refuse_unread(operation, expected, &mut *conn)$(.$await)? {
                Ok(()) => self.put(operation, self.version(), assignments, &mut *conn)$(.$await)?,
                Err(refused) => Err(refused),
            };
            conn.land_with(&next);
            journal::moved_on(self, next?);
            if A::ROWS == Rows::Deleted { self.take_mark(); }
            Ok(())
        }

        /// Of a row that is at `expected`, which need not be this value's version: the version that the row has then.
        $($async)? fn put<A>(
            &self,
            operation: Operation,
            expected: &M::Version,
            assignments: A,
            conn: &mut C,
        ) -> Result<M::Version, Error>
        where
            A: Assignments<M, C::Backend> $(+ $send)?,
        {
            <M as Columns<C::Backend>>::written_once()?;
            if M::Generator::BY_DATABASE {
                let sent = Unanswered::of_something(self).expecting(expected);
                let put = self.put_generated(operation, expected, assignments, conn);
                return sent.ended($crate::$wing::send::boxed(put)$(.$await)?);
            }
            let sent = Unanswered::of(std::slice::from_ref(self), Some(next_version::<M>(expected)?)).if_whole(operation).expecting(expected);
            let update = Update::new(self, assignments, sent.next.as_ref(), Some(expected));
            let written = if M::UNIQUE_KEY {
                $crate::$wing::send::boxed(self.send_in_savepoint(update, conn))$(.$await)?
            } else {
                $crate::$wing::send::ExecuteDsl::execute(update, conn)$(.$await)?.map_err(Error::from)
            };
            let rows = match written {
                Ok(rows) => rows,
                Err(error) => return Err(sent.ended_by(error)),
            };
            match sent.answered() {
                Some(next) if rows == 1 => Ok(next),
                _ => Err(self.refusal(operation, expected, rows, A::GUARDS, conn)$(.$await)??),
            }
        }
    };
}

pub(crate) use operations;
