//! The deletion of one row.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use crate::error::Error;
pub(crate) use crate::error::stale::Operation;
pub(crate) use crate::statement::delete::Delete;
pub(crate) use crate::statement::guard::{Guard, Guarded};
pub(crate) use crate::statement::mark::SetMark;
pub(crate) use crate::transaction::unanswered::Unanswered;

macro_rules! operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn delete<G>(
            &self,
            expected: Option<&M::Version>,
            guard: G,
            conn: &mut C,
        ) -> Result<(), Error>
        where
            G: Guard<C::Backend> $(+ $send)?,
        {
            let begun = $crate::$wing::send::InFlight::begin(conn);
            let mut conn = begun.map_err(|error| Unanswered::of_something(self).ended_by(error.into()))?;
            let sent = Unanswered::of_something(self);
            let deleted = match self.refuse_unread(Operation::Delete, expected, &mut *conn)$(.$await)? {
                Ok(()) => self.send_delete(self.version(), guard, &mut *conn)$(.$await)?,
                Err(refused) => Err(refused),
            };
            conn.land_with(&deleted);
            sent.ended(deleted)
        }

        /// By the mark, where the model has one.
        $($async)? fn send_delete<G>(&self, expected: &M::Version, guard: G, conn: &mut C) -> Result<(), Error>
        where
            G: Guard<C::Backend> $(+ $send)?,
        {
            if M::MARK.is_some() {
                let assignments = Guarded { assignments: SetMark::deleted::<M>(), guard };
                let put = self.put(Operation::Delete, expected, assignments, conn);
                return $crate::$wing::send::boxed(put)$(.$await)?.map(drop);
            }
            let delete = Delete::new(self, expected, guard);
            let rows = if M::UNIQUE_KEY {
                $crate::$wing::send::boxed(self.send_in_savepoint(delete, conn))$(.$await)??
            } else {
                $crate::$wing::send::ExecuteDsl::execute(delete, conn)$(.$await)??
            };
            if rows != 1 {
                return Err(self.refusal(Operation::Delete, expected, rows, G::GUARDS, conn)$(.$await)??);
            }
            Ok(())
        }
    };
}

pub(crate) use operations;
