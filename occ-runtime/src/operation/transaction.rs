//! A closure in a transaction, with versions that are put back: written once for blocking and for async connections.

/// The body of [`optimistic_transaction`](crate::optimistic_transaction) and of its async twin: `$work` calls the closure with `$c` and what `$v`,
/// the values, lend it.
macro_rules! optimistic_transaction {
    ($conn:ident, $values:ident, $in_flight:ident, $depth:path, $begin:path, $end:path,
     |$c:ident, $v:ident, $journal:ident| $work:expr $(, $await:ident)?) => {{
        let mut values = $values;
        let mut values = $crate::transaction::restore::Restore::new(&mut values, $in_flight::<C>::IF_DROPPED);
        let mut conn = $in_flight::begin($conn)?;
        let before = match $begin(&mut *conn)$(.$await)? {
            Ok(before) => before,
            // Nothing has been done.
            Err(error) => return values.end(Err(error.into()), false),
        };
        let outcome = $crate::transaction::proof::proven!(Proof::Release, before, $depth, &mut *conn, {
            let $journal = values.journal(&*conn, before, Proof::Release.depth(before));
            let running = $journal.clone();
            let worked = {
                let ($c, $v) = (&mut *conn, &mut values);
                $work$(.$await)?
            };
            running.unless_over(worked)
        } $(, $await)?);
        let outcome = $end(outcome, before, &mut *conn)$(.$await)?;
        let is_good = $depth(&mut *conn).is_ok();
        conn.land();
        values.end(outcome, is_good)
    }};
}

pub(crate) use optimistic_transaction;
