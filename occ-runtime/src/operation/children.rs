//! The root of an aggregate, written before its children.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use crate::conflict::tracked::unsettled::Within;
pub(crate) use crate::conflict::tracked::{Tracked, next_number};
pub(crate) use crate::error::Error;
pub(crate) use crate::error::fault::Fault;
pub(crate) use crate::error::stale::Operation;
pub(crate) use crate::model::optimistic_lock::OptimisticLock;
pub(crate) use crate::operation::transaction;
pub(crate) use crate::statement::assign::Nothing;
pub(crate) use crate::transaction::proof::Proof;

/// The body of `hold`: a transaction whose first write is that of the root, by `$claim`, since it is that row which the writers of one
/// aggregate wait for. Then the closure gets the root and the children.
macro_rules! hold {
    ($conn:ident, $values:ident, $in_flight:ident, $depth:path, $begin:path, $end:path,
     |$c:ident, $root:ident, $children:ident| $claim:expr, $run:expr, $during:ident
     $(, $async:ident, $move:ident, $await:ident)?) => {
        $crate::operation::transaction::optimistic_transaction!(
            $conn,
            $values,
            $in_flight,
            $depth,
            $begin,
            $end,
            |$c, handed, journal| $($async $move)? {
                let claimed = {
                    let ($root, _) = handed.borrow();
                    journal.$during($claim)
                };
                match claimed$(.$await)? {
                    Ok(()) => {
                        let ($root, $children) = handed.borrow();
                        journal.$during($run)$(.$await)?.map_err(Fault::Own)
                    }
                    Err(error) => Err(Fault::from(error)),
                }
            }
            $(, $await)?
        )
    };
}

/// The write of a tracked root: of what was changed in it; of nothing but its version, if nothing was.
macro_rules! tracked_operations {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn claim(&mut self, conn: &mut C) -> Result<(), Error> {
            let before = next_number();
            M::write_changes(self, None, conn)$(.$await)??;
            // The version need not tell: that of `xmin` is the same for a whole transaction.
            if self.is_written_since(before) {
                return Ok(());
            }
            let mut conn = $crate::$wing::send::InFlight::begin(conn)?;
            let settled = self.known_or_stored();
            let depth = $crate::$wing::send::depth(&mut *conn)?;
            // Before anything is sent, since it is the user's code.
            let (mut written, _) = self.to_write(settled);
            let was_in_doubt = self.sends();
            let next = written.put(Operation::Touch, written.version(), Nothing, &mut *conn)$(.$await)?;
            let within = Within::of(&*conn, depth);
            conn.land_with(&next);
            match next {
                Ok(next) => {
                    written.set_version(next.clone());
                    self.saved(written, Vec::new(), Some(next), was_in_doubt, within);
                    Ok(())
                }
                Err(error) => {
                    self.is_refused(was_in_doubt, &error);
                    Err(error)
                }
            }
        }
    };
}

pub(crate) use {hold, tracked_operations};
