//! How a transaction of ours begins and ends.
//!
//! The first error is the one that is returned: a rollback that fails after it is a consequence of it, and is told as an
//! event (feature `tracing`). The connection shows what has become of it: what could not be rolled back leaves Diesel's
//! transaction manager in error.

use diesel::connection::{Connection, TransactionManager as _};
use diesel::result::{Error as DieselError, QueryResult};

use crate::error::classify::connection_is_lost;
use crate::transaction::in_flight::{depth, roll_back};

/// Begins a transaction, or a savepoint within one; returns how many were open before.
pub(crate) fn begin<C: Connection>(conn: &mut C) -> QueryResult<u32> {
    let open = depth(conn)?;
    C::TransactionManager::begin_transaction(conn)?;
    Ok(open)
}

/// A transaction that ends within another one than it began in would commit what is somebody else's, or nothing.
fn is_innermost(open: u32, before: u32) -> Result<(), DieselError> {
    match open {
        _ if open == before + 1 => Ok(()),
        _ if open > before => Err(DieselError::AlreadyInTransaction),
        _ => Err(DieselError::NotInTransaction),
    }
}

/// The body of [`end`] and of its async twin.
macro_rules! end {
    ($outcome:ident, $before:ident, $conn:ident, $depth:path, $roll_back:path $(, $await:ident)?) => {{
        let error = match $outcome {
            Ok(value) => {
                let innermost = $depth($conn).and_then(|open| is_innermost(open, $before));
                let committed = match innermost {
                    Ok(()) => C::TransactionManager::commit_transaction($conn)$(.$await)?,
                    Err(error) => Err(error),
                };
                match committed {
                    Ok(()) => return Ok(value),
                    Err(error) => {
                        // Nobody has heard whether it is committed. diesel-async takes any error for a rollback.
                        if connection_is_lost(&error) {
                            C::TransactionManager::transaction_manager_status_mut($conn).set_in_error();
                        }
                        error.into()
                    }
                }
            }
            Err(error) => error,
        };
        // Told as an event where it fails.
        let _ = $roll_back($before, $conn)$(.$await)?;
        Err(error)
    }};
}

/// Commits what went well, and rolls back what did not, with whatever was begun in it and not ended.
pub(crate) fn end<C, T, E>(outcome: Result<T, E>, before: u32, conn: &mut C) -> Result<T, E>
where
    C: Connection,
    E: From<DieselError>,
{
    end!(outcome, before, conn, depth, roll_back)
}

#[cfg(feature = "async")]
pub(crate) use waiting::{async_begin, async_end};

#[cfg(feature = "async")]
mod waiting {
    use diesel_async::{AsyncConnection, TransactionManager as _};

    use super::{DieselError, QueryResult, connection_is_lost, is_innermost};
    use crate::transaction::in_flight::{async_depth, async_roll_back};

    /// [`begin`](super::begin) for async connections.
    pub(crate) async fn async_begin<C: AsyncConnection>(conn: &mut C) -> QueryResult<u32> {
        let open = async_depth(conn)?;
        C::TransactionManager::begin_transaction(conn).await?;
        Ok(open)
    }

    /// [`end`](super::end) for async connections.
    pub(crate) async fn async_end<C, T, E>(outcome: Result<T, E>, before: u32, conn: &mut C) -> Result<T, E>
    where
        C: AsyncConnection,
        E: From<DieselError>,
    {
        end!(outcome, before, conn, async_depth, async_roll_back, await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_ends_where_it_began() {
        for before in [0, 1, 2] {
            assert!(is_innermost(before + 1, before).is_ok());
            for open in before + 2..5 {
                assert!(matches!(is_innermost(open, before), Err(DieselError::AlreadyInTransaction)));
            }
            for open in 0..=before {
                assert!(matches!(is_innermost(open, before), Err(DieselError::NotInTransaction)));
            }
        }
    }
}
