//! How it is known that the transaction of a closure is still there, and whole, when it is to be committed.
//!
//! A closure that ignores a database error may go on without its transaction, or in one that can only be rolled back. Then
//! PostgreSQL answers the `COMMIT` with a rollback that looks like success, and MySQL, which ends the transaction at a deadlock,
//! with a success that commits nothing.

/// What fails before the `COMMIT` of a transaction that is over or aborted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The release of a savepoint that is set before the closure runs. That is so on every database.
    Release,
    /// This statement, which is sent after the closure.
    #[cfg(feature = "retry")]
    Statement(&'static str),
}

impl Proof {
    /// How many transactions are open while the closure runs.
    pub(crate) fn depth(self, before: u32) -> u32 {
        match self {
            Self::Release => before + 2,
            #[cfg(feature = "retry")]
            Self::Statement(_) => before + 1,
        }
    }
}

/// What `$work`, which runs the closure, comes to in the transaction that `$conn` has begun when `$before` were open. It is left
/// to be committed, or rolled back.
macro_rules! proven {
    ($proof:expr, $before:ident, $depth:path, $conn:expr, $work:expr $(, $await:ident)?) => {{
        let (proof, inside) = ($proof, $proof.depth($before));
        let begun = match proof {
            Proof::Release => C::TransactionManager::begin_transaction($conn)$(.$await)?,
            #[cfg(feature = "retry")]
            Proof::Statement(_) => Ok(()),
        };
        let worked = match begun {
            Ok(()) => $work,
            Err(error) => Err(error.into()),
        };
        match worked {
            Ok(value) => {
                let is_there = match $depth($conn) {
                    Ok(open) if open == inside => match proof {
                        Proof::Release => C::TransactionManager::commit_transaction($conn)$(.$await)?,
                        #[cfg(feature = "retry")]
                        Proof::Statement(statement) => $conn.batch_execute(statement)$(.$await)?,
                    },
                    Ok(open) if open > inside => Err(diesel::result::Error::AlreadyInTransaction),
                    Ok(_) => Err(diesel::result::Error::NotInTransaction),
                    Err(error) => Err(error),
                };
                is_there.map(|()| value).map_err($crate::error::aborted)
            }
            Err(error) => Err(error),
        }
    }};
}

pub(crate) use proven;
