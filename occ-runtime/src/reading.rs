//! What the methods that read do, written once for blocking and for async connections: see `operation`.
//!
//! As there, the caller's value is changed last, once everything has gone well.

use diesel::backend::Backend;

use crate::conflict::Difference;
use crate::error::Error;
use crate::merge::UnmergedError;
use crate::model::Columns;
use crate::operation::key_text;

/// The body of [`Reads`](crate::bounds::Reads) and of its async twin.
macro_rules! load_operations {
    ($first:path $(, [$async:ident, $await:ident, $send:ident])?) => {
        $($async)? fn current(&mut self, row: &M) -> Result<Option<M>, Error> {
            match $first(CurrentRow::<M, C::Backend>::of(row), self)$(.$await)? {
                Ok(current) => Ok(Some(current)),
                Err(diesel::result::Error::NotFound) => Ok(None),
                Err(error) => Err(error.into()),
            }
        }

        $($async)? fn fresh(&mut self, operation: Operation, row: &M) -> Result<M, Error> {
            let current = self.current(row)$(.$await)??;
            current.ok_or_else(|| operation::stale::<C::Backend, M>(operation, row, row.version(), None))
        }

        $($async)? fn read_again(&mut self, row: &mut M) -> Result<(), Error> {
            *row = self.fresh(Operation::Reload, row)$(.$await)??;
            Ok(())
        }

        $($async)? fn read_tracked(&mut self, tracked: &mut Tracked<M>) -> Result<(), Error>
        where
            M: Fields,
        {
            *tracked = Tracked::new(self.fresh(Operation::Reload, &tracked.original)$(.$await)??);
            Ok(())
        }

        $($async)? fn compare(&mut self, mine: M, base: Option<M>) -> Result<Conflict<M>, Error> {
            let theirs = self.current(base.as_ref().unwrap_or(&mine))$(.$await)??;
            Ok(Conflict::new(mine, theirs, base))
        }

        $($async)? fn rebase<F>(&mut self, tracked: &mut Tracked<M>, choose: F) -> Result<(), Error>
        where
            M: Fields,
            F: FnMut(&'static str, &M, &M, &M) -> Choice $(+ $send)?,
        {
            let theirs = self.fresh(Operation::Rebase, &tracked.original)$(.$await)??;
            let merged = merge(&tracked.original, &tracked.value, &theirs, choose)
                .map_err(|differences| reading::unmerged::<C::Backend, M>(&theirs, differences))?;
            *tracked = Tracked { value: merged, original: theirs };
            Ok(())
        }
    };
}

pub(crate) use load_operations;

/// The error for a row of which two sides have made what nobody decides between.
pub(crate) fn unmerged<DB, M>(row: &M, differences: Vec<Difference>) -> Error
where
    DB: Backend,
    M: Columns<DB>,
{
    UnmergedError::new(M::table_name(), key_text::<DB, M>(row), differences).into()
}
