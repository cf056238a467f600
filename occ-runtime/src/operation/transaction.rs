//! A closure in a transaction, with versions that are put back: written once for blocking and for async connections.

/// The body of [`optimistic_transaction`](crate::optimistic_transaction) and of its async twin: `$work` calls the closure with `$c` and `$v`.
///
/// The savepoint within the transaction is there to be released: that fails where the transaction is over.
macro_rules! optimistic_transaction {
    ($conn:ident, $values:ident, $in_flight:ident, $depth:path, $begin:path, $end:path,
     |$c:ident, $v:ident, $journal:ident| $work:expr $(, $await:ident)?) => {{
        let mut values = $values;
        let mut values = $crate::transaction::restore::Restore::new(&mut values, $in_flight::<C>::IF_DROPPED);
        let mut conn = $in_flight::begin($conn)?;
        let before = $begin(&mut *conn)$(.$await)??;
        let outcome = match C::TransactionManager::begin_transaction(&mut *conn)$(.$await)? {
            Ok(()) => {
                let $journal = values.journal(&*conn, before, before + 2);
                let running = $journal.clone();
                let worked = {
                    let ($c, $v) = (&mut *conn, values.borrow());
                    $work$(.$await)?
                };
                match running.unless_over(worked) {
                    Ok(value) => match $depth(&mut *conn) {
                        Ok(open) if open == before + 2 => {
                            let released = C::TransactionManager::commit_transaction(&mut *conn)$(.$await)?;
                            released.map(|()| value).map_err($crate::error::aborted)
                        }
                        Ok(open) if open > before + 2 => Err($crate::error::aborted(diesel::result::Error::AlreadyInTransaction)),
                        Ok(_) => Err($crate::error::aborted(diesel::result::Error::NotInTransaction)),
                        Err(error) => Err($crate::error::aborted(error)),
                    },
                    Err(error) => Err(error),
                }
            }
            Err(error) => Err(error.into()),
        };
        let outcome = $end(outcome, before, &mut *conn)$(.$await)?;
        let is_good = $depth(&mut *conn).is_ok();
        conn.land();
        values.end(outcome, is_good)
    }};
}

pub(crate) use optimistic_transaction;
