//! What makes one thing of the rows of a batch.

use std::collections::HashSet;

use diesel::backend::Backend;
use diesel::result::{Error as DieselError, QueryResult};

use crate::error::{DuplicateRowError, Error, StaleBatchError, StaleObjectError, VersionError};
use crate::model::{Columns, OptimisticLock};
use crate::operation::{key_text, next_version};

/// What came of the rows of a batch so far.
pub(crate) struct Batch<T> {
    done: Vec<T>,
    stale: Vec<StaleObjectError>,
    error: Option<Error>,
}

impl<T> Batch<T> {
    pub(crate) fn of(rows: usize) -> Self {
        Self { done: Vec::with_capacity(rows), stale: Vec::new(), error: None }
    }

    /// Takes the outcome of one row. A stale row ends nothing, since all of them are to be named; any other error does.
    pub(crate) fn ends_with(&mut self, outcome: Result<T, Error>) -> bool {
        match outcome {
            Ok(done) => self.done.push(done),
            Err(Error::Stale(stale)) => self.stale.push(stale),
            Err(error) => self.error = Some(error),
        }
        self.error.is_some()
    }

    /// All or nothing.
    pub(crate) fn finish(self) -> Result<Vec<T>, Error> {
        match self.error {
            Some(error) => Err(error),
            None if self.stale.is_empty() => Ok(self.done),
            None => Err(StaleBatchError::new(self.stale).into()),
        }
    }
}

/// Of two values for one row the second would always be stale: whoever passes them means something else.
pub(crate) fn refuse_duplicates<DB, M>(rows: &[M]) -> Result<(), Error>
where
    DB: Backend,
    M: Columns<DB>,
{
    let mut seen = HashSet::with_capacity(rows.len());
    for row in rows {
        if !seen.insert(key_text::<DB, M>(row)) {
            return Err(DuplicateRowError::new(M::table_name(), key_text::<DB, M>(row)).into());
        }
    }
    Ok(())
}

/// The version that each row gets.
pub(crate) fn next_versions<M: OptimisticLock>(rows: &[M]) -> Result<Vec<M::Version>, VersionError> {
    rows.iter().map(|row| next_version::<M>(row.version())).collect()
}

/// Whether the rows of a statement that did not write all of them are to be written one by one: to learn which are
/// stale, or because the database takes in one order what it refuses as a set, such as unique values that move up by one.
pub(crate) fn one_by_one(written: QueryResult<usize>) -> Result<bool, Error> {
    match written {
        Ok(_) => Ok(false),
        Err(error) => {
            let error = Error::from(error);
            let by_database = matches!(error, Error::Database(DieselError::DatabaseError(..)));
            if by_database && !error.is_retryable() && !error.needs_new_connection() {
                Ok(false)
            } else {
                Err(error)
            }
        }
    }
}
