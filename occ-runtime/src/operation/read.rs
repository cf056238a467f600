//! What the methods that read do, written once for blocking and for async connections: see `operation`.
//!
//! As there, the caller's value is changed last, once everything has gone well.

/// The body of [`Reads`](crate::bounds::Reads) and of its async twin. `$reads` is the trait, `$first` runs a query for one row,
/// `$all` one for many, and `$depth` counts the open transactions.
macro_rules! load_operations {
    ($reads:ident, $first:path, $all:path, $depth:path $(, [$async:ident, $await:ident, $send:ident])?) => {
        $($async)? fn current(&mut self, row: &M) -> Result<Option<M>, Error> {
            let mut conn = InFlight::begin(self)?;
            let query = CurrentRow::<M, C::Backend>::of(row);
            let current = if M::UNIQUE_KEY {
                let rows: QueryResult<Vec<M>> = $all(query, &mut *conn)$(.$await)?;
                rows.and_then(verdict::only)
            } else {
                $first(query, &mut *conn)$(.$await)?
            };
            conn.land();
            match current {
                Ok(current) => Ok(Some(current)),
                Err(diesel::result::Error::NotFound) => Ok(None),
                Err(error) => Err(verdict::unread(row, error)),
            }
        }

        $($async)? fn fresh(&mut self, operation: Operation, row: &M) -> Result<M, Error> {
            let current = $reads::<M, Declared<false>>::current(self, row)$(.$await)??;
            current.ok_or_else(|| verdict::stale(operation, row, row.version(), None))
        }

        $($async)? fn read_again(&mut self, row: &mut M) -> Result<(), Error> {
            *row = $reads::<M, Declared<false>>::fresh(self, Operation::Reload, row)$(.$await)??;
            Ok(())
        }

        $($async)? fn read_tracked(&mut self, tracked: &mut Tracked<M>) -> Result<(), Error>
        where
            M: Fields,
        {
            let row = $reads::<M, Declared<false>>::fresh(self, Operation::Reload, &tracked.original)$(.$await)??;
            tracked.onto(row.clone(), row, $depth(self)?);
            Ok(())
        }

        $($async)? fn compare(&mut self, mine: M, base: Option<M>) -> Result<Conflict<M>, Error> {
            let theirs = $reads::<M, Declared<false>>::current(self, base.as_ref().unwrap_or(&mine))$(.$await)??;
            Ok(Conflict::new(mine, theirs, base))
        }

        $($async)? fn rebase<F>(&mut self, tracked: &mut Tracked<M>, choose: F) -> Result<(), Error>
        where
            M: Fields,
            F: FnMut(&'static str, &M, &M, &M) -> Choice $(+ $send)?,
        {
            let theirs = $reads::<M, Declared<false>>::fresh(self, Operation::Rebase, &tracked.original)$(.$await)??;
            let base = base::base_of(tracked, &theirs)?;
            let merged = merge(base, &tracked.value, &theirs, |field| tracked.was_sent(field), choose)
                .map_err(|differences| verdict::unmerged(&theirs, differences))?;
            let depth = $depth(self)?;
            // In an old snapshot what was written is not to be seen, and need not be rolled back.
            let is_unheard = depth > 0 && tracked.known().is_none();
            tracked.onto(merged, theirs, depth);
            if is_unheard {
                tracked.sends();
            }
            Ok(())
        }
    };
}

/// The same for a struct that was reported where it is declared. None of it ever runs.
macro_rules! no_load_operations {
    ($([$async:ident, $send:ident])?) => {
        $($async)? fn current(&mut self, _: &M) -> Result<Option<M>, Error> {
            never()
        }

        $($async)? fn fresh(&mut self, _: Operation, _: &M) -> Result<M, Error> {
            never()
        }

        $($async)? fn read_again(&mut self, _: &mut M) -> Result<(), Error> {
            never()
        }

        $($async)? fn read_tracked(&mut self, _: &mut Tracked<M>) -> Result<(), Error>
        where
            M: Fields,
        {
            never()
        }

        $($async)? fn compare(&mut self, _: M, _: Option<M>) -> Result<Conflict<M>, Error> {
            never()
        }

        $($async)? fn rebase<F>(&mut self, _: &mut Tracked<M>, _: F) -> Result<(), Error>
        where
            M: Fields,
            F: FnMut(&'static str, &M, &M, &M) -> Choice $(+ $send)?,
        {
            never()
        }
    };
}

pub(crate) use {load_operations, no_load_operations};
