//! Which error is which problem.
//!
//! Every text here is fixed: an error's own text may have names and values that a client is not to see.

use ::http::StatusCode;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use serde_json::Value;

use crate::conflict::Conflict;
use crate::error::unmerged::Difference;
use crate::error::{Error, trace};
use crate::http::merge_patch::MergePatchError;
use crate::http::preconditions::{MalformedPreconditionError, PreconditionFailed, PreconditionRequired};
use crate::http::problem::Problem;
use crate::http::seal::SealError;
use crate::http::tags::EntityTagger;
use crate::model::fields::Trackable;
use crate::model::versioned::Versioned;

impl Problem {
    /// What to answer where the write itself lost the race: 409 of type [`EDIT_CONFLICT`](Self::EDIT_CONFLICT), and 404
    /// where the row is gone.
    ///
    /// Members: `current_tag`, the tag of the row as it is now, which `If-Match` then needs; and `differences`, an object
    /// for each field that a save would change, with the field's name (`field`) and as text its values before both
    /// changes, in the request and in the row (`base`, `mine`, `theirs`). Of a field that is `#[occ(secret)]` the values
    /// are `hidden`. So the client sees of the row what it tried to change and what others have; where it may not read
    /// that, answer `Problem::from(error)`, which has no members.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, Tracked, prelude::*};
    /// use occ_runtime::http::{EntityTagger, Problem};
    #[doc = include_str!("../example_tracked.txt")]
    /// # let conn = &mut connection();
    /// # let tags = EntityTagger::open();
    /// # let mut mine = articles::table.find(1).select(Tracked::<Article>::as_select()).first(conn)?;
    /// # let mut theirs = mine.clone();
    /// # theirs.title = "Keys".into();
    /// # theirs.save_optimistic(conn)?;
    /// mine.title = "Locks".into();
    /// if mine.save_optimistic(conn).is_err_and(|error| error.is_stale()) {
    ///     let problem = Problem::conflict(&mine.into_conflict(conn)?, &tags);
    ///     assert_eq!(problem.status(), 409);
    ///     assert_eq!(problem.member("current_tag"), Some(&tags.of(&*theirs).to_string().into()));
    ///     let difference = &problem.member("differences").ok_or("there is one")?[0];
    ///     assert_eq!((&difference["mine"], &difference["theirs"]), (&"Locks".into(), &"Keys".into()));
    /// }
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn conflict<T: Trackable + Versioned>(conflict: &Conflict<T>, tags: &EntityTagger) -> Self {
        match conflict.theirs() {
            Some(theirs) => edit_conflict()
                .with_member("current_tag", tags.of(theirs).to_string())
                .with_member("differences", differences(&conflict.differences())),
            None => not_found(),
        }
    }
}

/// Texts and booleans, whose JSON cannot fail.
fn differences(differences: &[Difference]) -> Value {
    serde_json::to_value(differences).unwrap_or_default()
}

pub(super) fn edit_conflict() -> Problem {
    Problem::new(StatusCode::CONFLICT)
        .with_type(Problem::EDIT_CONFLICT)
        .with_title("Edit conflict")
        .with_detail("Somebody else has changed the resource in the meantime. Nothing was written.")
}

pub(super) fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND).with_detail("There is no such resource, or it has been deleted.")
}

pub(super) fn try_later() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE)
        .with_detail("Others are writing what this request needs. Try again later.")
        .with_retry_after(Problem::RETRY_AFTER)
}

/// A rule of the table that the request has broken. Which one, the database's message says, and a client is not to see that.
fn violation(error: &Error) -> Option<Problem> {
    let Error::Database(DieselError::DatabaseError(kind, _)) = error else { return None };
    let (status, detail) = match kind {
        DatabaseErrorKind::UniqueViolation => (
            StatusCode::CONFLICT,
            "Another resource has such a value, which only one may have. Nothing was written.",
        ),
        DatabaseErrorKind::ForeignKeyViolation => (
            StatusCode::CONFLICT,
            "The resource refers to one that is not there, or another one refers to it. Nothing was written.",
        ),
        DatabaseErrorKind::CheckViolation | DatabaseErrorKind::NotNullViolation => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "A value is not one that the resource may have. Nothing was written.",
        ),
        _ => return None,
    };
    Some(Problem::new(status).with_detail(detail))
}

fn internal() -> Problem {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR)
}

/// It has no source: that is kept where the error itself is given.
impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        match error {
            Error::Stale(stale) if stale.is_deleted() => not_found(),
            Error::Stale(_) | Error::StaleBatch(_) => edit_conflict(),
            Error::Unmerged(unmerged) => {
                edit_conflict().with_member("differences", differences(unmerged.differences()))
            }
            Error::Exists(_) => Self::new(StatusCode::CONFLICT)
                .with_detail("There is such a resource already. Nothing was written."),
            Error::Guard(_) => Self::new(StatusCode::CONFLICT)
                .with_detail("The resource is in a state that does not allow this. Nothing was written."),
            Error::DuplicateRow(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY)
                .with_detail("The request has two values for one resource. Nothing was written."),
            Error::Database(diesel::result::Error::NotFound) => not_found(),
            #[cfg(feature = "retry")]
            Error::RetriesExhausted(_) => try_later(),
            error if error.is_retryable() => try_later(),
            error => violation(error).unwrap_or_else(|| {
                trace::internal_error(error);
                internal()
            }),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::from(&error).caused_by(error)
    }
}

/// As for the [`Error`] that it is, or that travelled in it.
impl From<diesel::result::Error> for Problem {
    fn from(error: diesel::result::Error) -> Self {
        Self::from(Error::from(error))
    }
}

impl From<MalformedPreconditionError> for Problem {
    fn from(error: MalformedPreconditionError) -> Self {
        Self::new(StatusCode::BAD_REQUEST).with_detail(sentence(&error))
    }
}

impl From<PreconditionFailed> for Problem {
    fn from(error: PreconditionFailed) -> Self {
        let problem = Self::new(StatusCode::PRECONDITION_FAILED);
        if error.is_altered_tag() {
            problem.with_detail(ALTERED_TAG)
        } else {
            problem.with_detail(sentence(&error))
        }
    }
}

/// What a client can do about it; what the service can do, the text of the error says.
const ALTERED_TAG: &str = "A proxy has weakened the current entity tag (`W/`) or appended to it, as those that compress do, and \
     `If-Match` is compared strongly. Reading the resource again changes nothing: the proxy has to leave the tag as it is, or \
     the service to let such tags pass.";

impl From<PreconditionRequired> for Problem {
    fn from(error: PreconditionRequired) -> Self {
        Self::new(StatusCode::PRECONDITION_REQUIRED).with_detail(sentence(&error))
    }
}

/// What the request is to blame for names the members that it has sent, and no others.
impl From<MergePatchError> for Problem {
    fn from(error: MergePatchError) -> Self {
        let unprocessable = || Self::new(StatusCode::UNPROCESSABLE_ENTITY);
        match &error {
            MergePatchError::Struct(_) => internal().caused_by(error),
            MergePatchError::NoObject => unprocessable().with_detail(sentence(&error)),
            MergePatchError::Refused(refused) => {
                let violation = |(member, reason)| serde_json::json!({ "member": member, "reason": reason });
                unprocessable()
                    .with_detail("The patch cannot be applied; `violations` says to which members, and why.")
                    .with_member("violations", refused.iter().map(violation).collect::<Vec<_>>())
            }
        }
    }
}

/// A base that was altered is the client's mistake; that none can be sealed or read is the service's.
impl From<SealError> for Problem {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Broken => Self::new(StatusCode::BAD_REQUEST).with_detail(sentence(&error)),
            SealError::Open | SealError::Json(_) => internal().caused_by(error),
        }
    }
}

/// The text of an error that knows nothing but the request, begun and ended as a sentence.
fn sentence(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::exists::ExistsError;
    use crate::error::refused::{LockedError, TransactionAbortedError};
    use crate::error::stale::Operation;

    fn status(error: Error) -> (u16, bool) {
        let problem = Problem::from(error);
        let text = problem.to_json();
        assert!(!text.contains("patients") && !text.contains("K-4711"), "{text}");
        (problem.status().as_u16(), problem.retry_after().is_some())
    }

    #[test]
    fn a_row_that_is_there_already_is_a_conflict_that_names_nothing() {
        let exists = ExistsError::new(Operation::Insert, "patients", "K-4711".into(), Some(&3));
        assert_eq!(status(exists.into()), (409, false));
    }

    #[test]
    fn a_rule_of_the_table_that_is_broken_is_the_requests_fault_and_is_not_quoted() {
        use DatabaseErrorKind::*;
        for (kind, expected) in [
            (UniqueViolation, 409),
            (ForeignKeyViolation, 409),
            (CheckViolation, 422),
            (NotNullViolation, 422),
            (ReadOnlyTransaction, 500),
        ] {
            let error = DieselError::DatabaseError(kind, Box::new("patients_key of K-4711".to_owned()));
            assert_eq!(status(error.into()), (expected, false));
        }
    }

    /// What SQLite, on which the other errors are tested, does not do.
    #[test]
    fn a_row_that_is_locked_and_a_transaction_that_was_aborted_are_to_be_tried_again() {
        assert_eq!(status(LockedError::new("patients", "K-4711".into()).into()), (503, true));
        let cause = |kind| DieselError::DatabaseError(kind, Box::new("patients".to_owned()));
        let aborted = |kind| Error::from(TransactionAbortedError::new(cause(kind)));
        assert_eq!(status(aborted(DatabaseErrorKind::SerializationFailure)), (503, true));
        // Here the database had something else to say.
        assert_eq!(status(aborted(DatabaseErrorKind::UniqueViolation)), (500, false));
    }
}
