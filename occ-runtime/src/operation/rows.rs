//! What makes one thing of the rows of a batch: which are refused, and which are stale.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _, RandomState};
use std::ops::ControlFlow;

use diesel::result::{DatabaseErrorKind, Error as DieselError, QueryResult};

use crate::error::Error;
use crate::error::exists::ExistsError;
use crate::error::refused::{DuplicateRowError, VersionError};
use crate::error::stale::{StaleBatchError, StaleObjectError};
use crate::model::identity::Identity;
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::optimistic_lock::next_version;
use crate::operation::named::key_text;
use crate::operation::verdict::unread;

/// What came of the rows of a batch so far.
pub struct Batch<V> {
    /// How many rows are written or deleted.
    done: usize,
    /// The versions of those that are written, each with its place in the slice.
    versions: Vec<(usize, V)>,
    /// Each with its place in the slice.
    stale: Vec<(usize, StaleObjectError)>,
    /// The places of rows that were gone after others had been deleted.
    gone_along: Vec<usize>,
    /// The places of stale rows that may be so by what the batch itself has done before them.
    suspects: Vec<usize>,
    /// The first of those that are.
    met_itself: Option<DuplicateRowError>,
    error: Option<Error>,
}

impl<V> Batch<V> {
    pub(crate) fn of(rows: usize) -> Self {
        Self {
            done: 0,
            versions: Vec::with_capacity(rows),
            stale: Vec::new(),
            gone_along: Vec::new(),
            suspects: Vec::new(),
            met_itself: None,
            error: None,
        }
    }

    /// Takes the outcome of one row. A stale row ends nothing, since all of them are to be named; any other error does.
    pub(crate) fn push(&mut self, place: usize, outcome: Result<Option<V>, Error>) -> ControlFlow<()> {
        match outcome {
            Ok(version) => {
                self.done += 1;
                self.versions.extend(version.map(|version| (place, version)));
            }
            Err(Error::Stale(stale)) => {
                if stale.is_deleted() && self.done > 0 {
                    self.gone_along.push(place);
                }
                if !stale.is_from_old_snapshot() && self.done > 0 {
                    self.suspects.push(place);
                }
                self.stale.push((place, stale));
            }
            // The batch is rolled back.
            Err(error) => self.error = Some(error.rolled_back()),
        }
        if self.error.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Adds rows that were stale before anything was sent, each with the place of the one that comes after it.
    pub(crate) fn with_stale(mut self, mut stale: Vec<(usize, StaleObjectError)>) -> Self {
        stale.append(&mut self.stale);
        Self { stale, ..self }
    }

    /// The places of rows that were gone after others had been deleted, in the order in which they were found.
    pub(crate) fn gone_along(&self) -> &[usize] {
        if self.error.is_some() { &[] } else { &self.gone_along }
    }

    /// What has ended it.
    pub(crate) fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// The rows to look at again, once the batch is rolled back.
    pub(crate) fn suspects(&mut self) -> Vec<usize> {
        if self.error.is_some() { Vec::new() } else { std::mem::take(&mut self.suspects) }
    }

    /// What a suspect was found at, without what the batch had written. If that is what was expected, nobody else was there:
    /// the database takes two keys for one, or writes or deletes rows along with others.
    pub(crate) fn looked_at<M: OptimisticLock>(
        &mut self,
        place: usize,
        row: &M,
        now: &QueryResult<M::Version>,
    ) {
        if now.as_ref().is_ok_and(|now| now == row.version()) {
            self.stale.retain(|(stale, _)| *stale != place);
            self.met_itself
                .get_or_insert_with(|| DuplicateRowError::by_database(M::table_name(), key_text(row)));
        }
    }

    /// All or nothing.
    pub(crate) fn finish(mut self) -> Result<Vec<V>, Error> {
        match (self.error, self.met_itself) {
            (Some(error), _) => Err(error),
            (None, Some(error)) if self.stale.is_empty() => Err(error.into()),
            (None, None) if self.stale.is_empty() => Ok(as_given(self.versions)),
            (None, _) => {
                self.stale.sort_by_key(|(place, _)| *place);
                Err(StaleBatchError::new(self.stale.into_iter().map(|(_, stale)| stale).collect()).into())
            }
        }
    }
}

/// The versions in the order of the slice.
pub(crate) fn as_given<V>(mut versions: Vec<(usize, V)>) -> Vec<V> {
    versions.sort_by_key(|(place, _)| *place);
    versions.into_iter().map(|(_, version)| version).collect()
}

/// Of two values for one row the second would always be stale, so that the caller must have meant something else.
///
/// Refused are keys that are equal, by their own `==`. Those that cannot be compared are left to the database: see
/// [`Batch::looked_at`].
pub(crate) fn refuse_duplicates<M: OptimisticLock>(rows: &[impl Borrow<M>]) -> Result<(), Error> {
    // Only rows of one hash are compared, or a long batch would take its length squared: as it does of keys that have an `==`
    // and nothing that is the same for whatever is equal.
    let seed = RandomState::new();
    let mut last_of_hash = HashMap::with_capacity(rows.len());
    let mut previous_of_hash: Vec<Option<usize>> = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().map(Borrow::borrow).enumerate() {
        let previous = last_of_hash.insert(hash_of_key(row, &seed), index);
        let mut others = std::iter::successors(previous, |other| previous_of_hash[*other]);
        // What is not even equal to itself cannot be compared.
        if others.any(|other| rows[other].borrow().has_key_of(row)) && row.has_key_of(row) {
            return Err(DuplicateRowError::new(M::table_name(), key_text(row)).into());
        }
        previous_of_hash.push(previous);
    }
    Ok(())
}

/// The same for equal keys.
fn hash_of_key<M: OptimisticLock>(row: &M, seed: &RandomState) -> u64 {
    let mut hasher = seed.build_hasher();
    row.visit_key(&mut |_, identity| match identity {
        Identity::Shown(value) | Identity::Hashed(value) => value.hash_into(&mut hasher),
        // Of the two zeros one.
        Identity::Float(value) => (value + 0.0).to_bits().hash(&mut hasher),
        Identity::Unknown => {}
    });
    hasher.finish()
}

/// Why a new row of a batch is refused by one that has its key, from a look at it once the batch is rolled back.
pub(crate) fn met_itself<M: OptimisticLock>(
    row: &M,
    exists: ExistsError,
    there: QueryResult<M::Version>,
) -> Error {
    match there {
        Ok(_) => exists.into(),
        Err(DieselError::NotFound) => DuplicateRowError::by_database(M::table_name(), key_text(row)).into(),
        Err(error) => unread(row, error),
    }
}

/// The version that each row gets.
pub(crate) fn next_versions<M: OptimisticLock>(rows: &[M]) -> Result<Vec<M::Version>, VersionError> {
    rows.iter().map(|row| next_version::<M>(row.version())).collect()
}

/// Whether the rows of a statement that did not write all of them are to be written one by one: `Ok`, with what the
/// database said. So are the stale rows found, and rows that the database takes in one order and refuses as a set, such as
/// unique values that move up by one, or rows that a trigger writes along with each other; or that are too long together. Whatever else goes wrong is no reason to begin anew.
pub(crate) fn one_by_one(written: QueryResult<usize>) -> Result<Option<DieselError>, Error> {
    match written {
        Ok(_) => Ok(None),
        Err(DieselError::DatabaseError(kind, information)) => {
            let violated = is_violation(kind);
            let said = NOT_TOGETHER.iter().any(|text| information.message().starts_with(text));
            let error = DieselError::DatabaseError(kind, information);
            if violated || said { Ok(Some(error)) } else { Err(error.into()) }
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the database has refused a row for what is in others.
pub(crate) fn violates(error: &Error) -> bool {
    matches!(error, Error::Database(DieselError::DatabaseError(kind, _)) if is_violation(*kind))
}

fn is_violation(kind: DatabaseErrorKind) -> bool {
    use DatabaseErrorKind as Kind;
    matches!(
        kind,
        Kind::UniqueViolation
            | Kind::ForeignKeyViolation
            | Kind::RestrictViolation
            | Kind::NotNullViolation
            | Kind::CheckViolation
            | Kind::ExclusionViolation
    )
}

/// What else is said of rows that do not go into one statement.
const NOT_TOGETHER: &[&str] = &[
    // By MySQL's clients of a statement that is longer than they send. Where the server says it, the connection is gone.
    "Got packet bigger than 'max_allowed_packet'",
    // By PostgreSQL of a row that a trigger writes along with another one of the statement: SQLSTATE 27000.
    "tuple to be updated was already modified by an operation triggered by the current command",
    "tuple to be deleted was already modified by an operation triggered by the current command",
    // By PostgreSQL of rows that cannot be locked first: of a view with aggregates, or for a role that may delete and not update.
    "FOR NO KEY UPDATE is not allowed with",
    "FOR UPDATE is not allowed with",
    "permission denied for",
];
