//! What makes one thing of the rows of a batch.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _, RandomState};

use diesel::backend::Backend;
use diesel::result::{DatabaseErrorKind, Error as DieselError, QueryResult};

use crate::error::{DuplicateRowError, Error, StaleBatchError, StaleObjectError, VersionError};
use crate::identity::Identity;
use crate::model::{Columns, OptimisticLock};
use crate::outcome::{key_text, next_version};

/// What came of the rows of a batch so far.
pub(crate) struct Batch<T> {
    done: Vec<T>,
    /// Each with its place in the slice.
    stale: Vec<(usize, StaleObjectError)>,
    /// The places of rows that were gone after others had been deleted.
    gone_along: Vec<usize>,
    error: Option<Error>,
}

impl<T> Batch<T> {
    pub(crate) fn of(rows: usize) -> Self {
        Self { done: Vec::with_capacity(rows), stale: Vec::new(), gone_along: Vec::new(), error: None }
    }

    /// Takes the outcome of one row. A stale row ends nothing, since all of them are to be named; any other error does.
    pub(crate) fn ends_with(&mut self, place: usize, outcome: Result<T, Error>) -> bool {
        match outcome {
            Ok(done) => self.done.push(done),
            Err(Error::Stale(stale)) => {
                if stale.is_deleted() && !self.done.is_empty() {
                    self.gone_along.push(place);
                }
                self.stale.push((place, stale));
            }
            // The batch is rolled back.
            Err(error) => self.error = Some(error.rolled_back()),
        }
        self.error.is_some()
    }

    /// All or nothing.
    pub(crate) fn finish(mut self) -> Result<Vec<T>, Error> {
        match self.error {
            Some(error) => Err(error),
            None if self.stale.is_empty() => Ok(self.done),
            None => {
                self.stale.sort_by_key(|(place, _)| *place);
                Err(StaleBatchError::new(self.stale.into_iter().map(|(_, stale)| stale).collect()).into())
            }
        }
    }
}

/// The order in which rows are deleted one by one. A row that the database deletes along with another one (`ON DELETE
/// CASCADE`) has to go before that, or it would look as if somebody else had deleted it.
pub(crate) struct Order {
    places: Vec<usize>,
    /// How often it may still change: each time a row at least comes to its place.
    changes: usize,
}

impl Order {
    /// That of the slice.
    pub(crate) fn of(rows: usize) -> Self {
        Self { places: (0..rows).collect(), changes: rows }
    }

    pub(crate) fn places(&self) -> impl Iterator<Item = usize> {
        self.places.iter().copied()
    }

    /// Brings the rows forward that may have been deleted along with others; `false` if there are none. What was found last
    /// hangs on what was found before, so it comes first.
    pub(crate) fn bring_forward<T>(&mut self, batch: &Batch<T>) -> bool {
        if batch.error.is_some() || batch.gone_along.is_empty() || self.changes == 0 {
            return false;
        }
        self.changes -= 1;
        let first: HashSet<usize> = batch.gone_along.iter().copied().collect();
        let rest = self.places.iter().copied().filter(|place| !first.contains(place));
        self.places = batch.gone_along.iter().rev().copied().chain(rest).collect();
        true
    }
}

/// Of two values for one row the second would always be stale: whoever passes them means something else.
///
/// Refused are keys that are equal, by their own `==`. Those that cannot be compared are the database's to tell apart: of
/// two for one row the second is stale.
pub(crate) fn refuse_duplicates<DB, M>(rows: &[M]) -> Result<(), Error>
where
    DB: Backend,
    M: Columns<DB>,
{
    // Only rows of one hash are compared, or a long batch would take its length squared.
    let seed = RandomState::new();
    let mut last_of_hash = HashMap::with_capacity(rows.len());
    let mut previous_of_hash: Vec<Option<usize>> = Vec::with_capacity(rows.len());
    let mut text = String::new();
    for (index, row) in rows.iter().enumerate() {
        let previous = last_of_hash.insert(hash_of_key(row, &seed, &mut text), index);
        let mut others = std::iter::successors(previous, |other| previous_of_hash[*other]);
        if others.any(|other| rows[other].has_key_of(row)) {
            return Err(DuplicateRowError::new(M::table_name(), key_text::<DB, M>(row)).into());
        }
        previous_of_hash.push(previous);
    }
    Ok(())
}

/// The same for equal keys, by their own `Hash`; where they have none, by what they print, which is nearly always as good.
fn hash_of_key<M: OptimisticLock>(row: &M, seed: &RandomState, text: &mut String) -> u64 {
    let mut hasher = seed.build_hasher();
    row.visit_key(&mut |value, identity| match identity {
        Identity::Hashed(value) => value.hash_into(&mut hasher),
        Identity::Shown | Identity::Unknown => {
            text.clear();
            // Writing to a String does not fail, and a `Debug` that claims to fail has written what it could.
            let _ = write!(text, "{value:?}");
            text.hash(&mut hasher);
        }
    });
    hasher.finish()
}

/// The version that each row gets.
pub(crate) fn next_versions<M: OptimisticLock>(rows: &[M]) -> Result<Vec<M::Version>, VersionError> {
    rows.iter().map(|row| next_version::<M>(row.version())).collect()
}

/// Whether the rows of a statement that did not write all of them are to be written one by one: `Ok`, with what the
/// database said. So are the stale rows found, and rows that the database takes in one order and refuses as a set, such as
/// unique values that move up by one; or that are too long together. Whatever else goes wrong is no reason to begin anew.
pub(crate) fn one_by_one(written: QueryResult<usize>) -> Result<Option<DieselError>, Error> {
    use DatabaseErrorKind as Kind;
    match written {
        Ok(_) => Ok(None),
        Err(DieselError::DatabaseError(kind, information)) => {
            let violated = matches!(
                kind,
                Kind::UniqueViolation
                    | Kind::ForeignKeyViolation
                    | Kind::RestrictViolation
                    | Kind::NotNullViolation
                    | Kind::CheckViolation
                    | Kind::ExclusionViolation
            );
            let is_too_long = TOO_LONG.iter().any(|text| information.message().starts_with(text));
            let error = DieselError::DatabaseError(kind, information);
            if violated || is_too_long { Ok(Some(error)) } else { Err(error.into()) }
        }
        Err(error) => Err(error.into()),
    }
}

/// What MySQL's server and its clients say of a statement that is longer than they take.
const TOO_LONG: &[&str] =
    &["Got a packet bigger than 'max_allowed_packet'", "Got packet bigger than 'max_allowed_packet'"];
