//! What a client is told of each error, and what it is not told.

use axum::response::IntoResponse as _;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};
use http::StatusCode;
use occ_runtime::http::{EntityTag, EntityTagger, Preconditions, Problem};
use occ_runtime::prelude::*;
use occ_runtime::{Conflict, Error, Tracked};
use serde_json::{Value, json};

use super::parsed;

diesel::table! {
    patients (record) { record -> Text, name -> Text, diagnosis -> Text, revision -> SmallInt }
}

#[derive(Clone, Debug, Queryable, Selectable, OptimisticLock)]
#[diesel(primary_key(record))]
#[occ(tracked)]
struct Patient {
    record: String,
    name: String,
    #[occ(secret)]
    diagnosis: String,
    #[occ(version)]
    revision: i16,
}

/// What must be in no body: table, columns, keys, versions, values, SQL.
const INSIDE: [&str; 12] = [
    "patients",
    "record",
    "K-4711",
    "revision",
    "32767",
    "diagnosis",
    "gout",
    "UPDATE",
    "SELECT",
    "UNIQUE",
    "Ann",
    "Display of",
];

fn database() -> SqliteConnection {
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    // No primary key, so that a key can be there twice.
    conn.batch_execute(
        "CREATE TABLE patients (record TEXT, name TEXT, diagnosis TEXT, revision SMALLINT);
         INSERT INTO patients VALUES ('K-4711', 'Ann', 'gout', 41);",
    )
    .unwrap();
    conn
}

fn load(conn: &mut SqliteConnection) -> Patient {
    patients::table.select(Patient::as_select()).first(conn).unwrap()
}

fn load_tracked(conn: &mut SqliteConnection) -> Tracked<Patient> {
    patients::table.select(Tracked::<Patient>::as_select()).first(conn).unwrap()
}

/// The error of a save after `sql` has been run by somebody else.
fn save_after(sql: &str) -> Error {
    let conn = &mut database();
    let mut patient = load(conn);
    conn.batch_execute(sql).unwrap();
    patient.save_optimistic(conn).unwrap_err()
}

const MOVE_ON: &str = "UPDATE patients SET name = 'Bob', revision = revision + 1";
const DELETE: &str = "DELETE FROM patients";

fn conflict_after(sql: &str) -> Conflict<Patient> {
    let conn = &mut database();
    let mut mine = load_tracked(conn);
    conn.batch_execute(sql).unwrap();
    mine.name = "Ben".into();
    mine.diagnosis = "plague".into();
    mine.into_conflict(conn).unwrap()
}

/// An error of a database that tells all it knows.
#[derive(Debug)]
struct Talkative(&'static str);

impl DatabaseErrorInformation for Talkative {
    fn message(&self) -> &str {
        self.0
    }
    fn details(&self) -> Option<&str> {
        Some("Key (record)=(K-4711) of patients")
    }
    fn hint(&self) -> Option<&str> {
        Some("SELECT * FROM patients")
    }
    fn table_name(&self) -> Option<&str> {
        Some("patients")
    }
    fn column_name(&self) -> Option<&str> {
        Some("record")
    }
    fn constraint_name(&self) -> Option<&str> {
        Some("patients_record_key")
    }
    fn statement_position(&self) -> Option<i32> {
        None
    }
}

fn database_error(kind: DatabaseErrorKind, message: &'static str) -> Error {
    Error::from(DieselError::DatabaseError(kind, Box::new(Talkative(message))))
}

fn document(problem: &Problem) -> Value {
    serde_json::from_str(&problem.to_json()).unwrap()
}

/// Every error that can be met here, with its status.
fn errors() -> Vec<(Error, u16)> {
    use DatabaseErrorKind::{
        CheckViolation, ForeignKeyViolation, NotNullViolation, ReadOnlyTransaction, SerializationFailure,
        UniqueViolation, Unknown,
    };

    let conn = &mut database();
    let guard = load(conn).save_optimistic_if(patients::name.eq("Zoe"), conn).unwrap_err();

    let twice = [load(conn), load(conn)].save_all_optimistic(conn).unwrap_err();
    assert!(matches!(twice, Error::DuplicateRow(_)));

    let mut batch = [load(conn)];
    conn.batch_execute(MOVE_ON).unwrap();
    let batch = batch.save_all_optimistic(conn).unwrap_err();
    assert!(matches!(batch, Error::StaleBatch(_)));

    let mut tracked = load_tracked(conn);
    tracked.diagnosis = "plague".into();
    conn.batch_execute("UPDATE patients SET diagnosis = 'flu', revision = revision + 1").unwrap();
    let unmerged = tracked.rebase(conn).unwrap_err();
    assert!(matches!(unmerged, Error::Unmerged(_)));

    let mut stale = load(conn);
    conn.batch_execute(MOVE_ON).unwrap();
    let policy = RetryPolicy::new().attempts(2);
    let exhausted = policy.run(conn, |conn| stale.save_optimistic(conn)).unwrap_err();
    assert!(matches!(exhausted, Error::RetriesExhausted(_)));

    let nested = conn.transaction(|conn| policy.run(conn, |_| Ok::<_, Error>(()))).unwrap_err();
    assert!(matches!(nested, Error::NestedRetry(_)));

    conn.batch_execute("INSERT INTO patients SELECT * FROM patients").unwrap();
    let ambiguous = load(conn).save_optimistic(conn).unwrap_err();
    assert!(matches!(ambiguous, Error::AmbiguousKey(_)));

    let conn = &mut database();
    conn.batch_execute("UPDATE patients SET revision = 32767").unwrap();
    let last = load(conn).save_optimistic(conn).unwrap_err();
    assert!(matches!(last, Error::Version(_)));

    vec![
        (save_after(MOVE_ON), 409),
        (save_after(DELETE), 404),
        (batch, 409),
        (guard, 409),
        (unmerged, 409),
        (twice, 422),
        (last, 500),
        (ambiguous, 500),
        (exhausted, 503),
        (nested, 500),
        (DieselError::NotFound.into(), 404),
        (database_error(SerializationFailure, "could not serialize access to patients"), 503),
        (database_error(Unknown, "deadlock detected: UPDATE patients"), 503),
        (database_error(Unknown, "database is locked"), 503),
        (database_error(UniqueViolation, "UNIQUE constraint failed: patients.record"), 409),
        (database_error(ForeignKeyViolation, "Display of the error"), 409),
        (database_error(CheckViolation, "CHECK constraint failed: patients"), 422),
        (database_error(NotNullViolation, "NOT NULL constraint failed: patients.record"), 422),
        (database_error(ReadOnlyTransaction, "cannot write patients"), 500),
        (database_error(Unknown, "SELECT record FROM patients"), 500),
        (DieselError::RollbackTransaction.into(), 500),
        (DieselError::QueryBuilderError("patients has no record".into()).into(), 500),
    ]
}

#[test]
fn every_error_has_its_status_and_tells_nothing_of_the_inside() {
    for (error, status) in errors() {
        let shown = format!("{error} ({error:?})");
        let problem = Problem::from(&error);
        assert_eq!(problem.status().as_u16(), status, "{shown}");
        assert_eq!(problem.retry_after().is_some(), status == 503, "{shown}");
        let document = document(&problem);
        assert_eq!(document["status"], status);
        assert!(!problem.title().is_empty(), "{shown}");
        // What has a type of its own says so, and all others say what their status says.
        if problem.type_uri() == Problem::BLANK {
            assert_eq!(Some(problem.title()), problem.status().canonical_reason(), "{shown}");
        } else {
            assert_eq!((problem.type_uri(), status), (Problem::EDIT_CONFLICT, 409), "{shown}");
        }
        let unmerged = matches!(error, Error::Unmerged(_));
        for inside in INSIDE {
            // That is what the client is to decide.
            if unmerged && inside == "diagnosis" {
                continue;
            }
            assert!(!problem.to_json().contains(inside), "`{inside}` of {shown} is in {document}");
        }
        // However it comes.
        assert_eq!(Problem::from(error), problem, "{shown}");
    }
}

#[test]
fn an_error_that_travelled_through_diesel_is_told_alike() {
    for (error, status) in errors() {
        assert_eq!(Problem::from(DieselError::from(error)).status().as_u16(), status);
    }
}

#[test]
fn the_cause_is_kept_for_the_log_and_is_in_no_answer() {
    for (error, _) in errors() {
        let cause = error.to_string();
        let problem = Problem::from(error);
        assert_eq!(std::error::Error::source(&problem).unwrap().to_string(), cause);
        // It is no part of what is told.
        assert!(
            !problem.to_json().contains(&cause) && !format!("{problem} {problem:?}").contains(&cause),
            "{cause}"
        );
        assert!(std::error::Error::source(&problem.clone()).is_some());
    }
    assert!(std::error::Error::source(&Problem::new(StatusCode::NOT_FOUND)).is_none());
}

#[test]
fn only_a_500_is_an_event_and_it_has_the_cause() {
    for (error, status) in errors() {
        let text = error.to_string();
        let _before = occ_tests::events::take();
        let _problem = Problem::from(error);
        let expected =
            if status == 500 { vec![format!("ERROR internal error error={text}")] } else { Vec::new() };
        assert_eq!(occ_tests::events::take(), expected);
    }
    // By `?`, from either error.
    let _before = occ_tests::events::take();
    let handler = || -> Result<(), Problem> { Err(DieselError::QueryBuilderError("no such thing".into()))? };
    assert_eq!(handler().unwrap_err().status(), 500);
    assert_eq!(occ_tests::events::take(), ["ERROR internal error error=no such thing"]);
}

#[test]
fn of_an_error_of_the_inside_nothing_is_told() {
    let problem = Problem::from(database_error(DatabaseErrorKind::Unknown, "no such table: patients"));
    let blank = json!({ "type": "about:blank", "title": "Internal Server Error", "status": 500 });
    assert_eq!(document(&problem), blank);
}

#[test]
fn a_conflict_tells_the_tag_to_go_on_with_and_both_values_of_each_field() {
    let tags = EntityTagger::keyed([3; 32]).unwrap();
    let conflict = conflict_after(MOVE_ON);
    let problem = Problem::conflict(&conflict, &tags);
    assert_eq!(
        document(&problem),
        json!({
            "type": Problem::EDIT_CONFLICT,
            "title": "Edit conflict",
            "status": 409,
            "detail": "Somebody else has changed the resource in the meantime. Nothing was written.",
            "current_tag": tags.of(conflict.theirs().unwrap()).to_string(),
            "differences": [
                { "field": "name", "secret": false, "base": "Ann", "mine": "Ben", "theirs": "Bob" },
                { "field": "diagnosis", "secret": true, "base": "hidden", "mine": "hidden", "theirs": "hidden" },
            ],
        })
    );
    let body = problem.to_json();
    assert!(!body.contains("gout") && !body.contains("plague") && !body.contains("patients"), "{body}");
    assert!(!body.contains("K-4711") && !body.contains("42"), "{body}");
    // With that tag the client passes the precondition.
    let current_tag = problem.member("current_tag").and_then(Value::as_str).unwrap();
    let preconditions = parsed(&http::header::IF_MATCH, [current_tag]).unwrap();
    assert!(preconditions.require_if_match().unwrap().check(&tags, conflict.theirs().unwrap()).is_ok());
}

/// With the tags that it has without being told others.
#[test]
fn a_conflict_is_a_response() {
    let conflict = conflict_after(MOVE_ON);
    let expected = Problem::conflict(&conflict, &EntityTagger::open());
    assert!(expected.to_json().contains(&EntityTag::of(conflict.theirs().unwrap()).to_string()[1..33]));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (parts, body) = conflict.into_response().into_parts();
    let body = runtime.block_on(axum::body::to_bytes(body, 1 << 16)).unwrap();
    assert_eq!((parts.status, &*body), (StatusCode::CONFLICT, expected.to_json().as_bytes()));
    assert_eq!(parts.headers[http::header::CONTENT_TYPE], Problem::MEDIA_TYPE);
    assert_eq!(conflict_after(DELETE).into_response().status(), StatusCode::NOT_FOUND);
}

#[test]
fn a_conflict_whose_row_is_gone_is_a_404_without_values() {
    let problem = Problem::conflict(&conflict_after(DELETE), &EntityTagger::open());
    assert_eq!(problem, Problem::from(save_after(DELETE)));
    assert_eq!(problem.status(), StatusCode::NOT_FOUND);
    assert_eq!(problem.member("differences"), None);
}

#[test]
fn fields_that_nobody_decides_are_told_with_their_values() {
    let conn = &mut database();
    let mut mine = load_tracked(conn);
    mine.name = "Ben".into();
    conn.batch_execute(MOVE_ON).unwrap();
    let problem = Problem::from(mine.rebase(conn).unwrap_err());
    assert_eq!((problem.status(), problem.type_uri()), (StatusCode::CONFLICT, Problem::EDIT_CONFLICT));
    let differences =
        json!([{ "field": "name", "secret": false, "base": "Ann", "mine": "Ben", "theirs": "Bob" }]);
    assert_eq!(problem.member("differences"), Some(&differences));
}

#[test]
fn preconditions_have_their_statuses() {
    let malformed = Problem::from(parsed(&http::header::IF_NONE_MATCH, ["a"]).unwrap_err());
    assert_eq!(malformed.status(), StatusCode::BAD_REQUEST);
    assert_eq!(
        malformed.detail(),
        Some(
            "The header `if-none-match` is neither * nor a list of entity tags in double quotes, such as \"a1\", \
             \"b2\"."
        )
    );
    let required = Problem::from(Preconditions::default().require_if_match().unwrap_err());
    assert_eq!(required.status(), StatusCode::PRECONDITION_REQUIRED);
    assert!(required.detail().unwrap().contains("`If-Match`"));
    let failed = parsed(&http::header::IF_MATCH, ["\"a\""]).unwrap().check(None).unwrap_err();
    assert_eq!(Problem::from(failed).status(), StatusCode::PRECONDITION_FAILED);
}

#[test]
fn members_of_the_rfc_are_set_by_their_methods_only() {
    let problem = Problem::new(StatusCode::CONFLICT)
        .with_member("status", 200)
        .with_member("detail", "other")
        .with_member("type", Value::Null)
        .with_member("seats", 1)
        .with_member("seats", 2)
        .with_type("https://example.com/full")
        .with_title("Full")
        .with_instance("/bookings/3");
    let expected = json!({
        "type": "https://example.com/full",
        "title": "Full",
        "status": 409,
        "instance": "/bookings/3",
        "seats": 2,
    });
    assert_eq!(document(&problem), expected);
    assert_eq!(serde_json::to_value(&problem).unwrap(), expected);
    assert!(format!("{problem:?}").contains("/bookings/3"));
    assert_eq!(problem.to_string(), "409 Full");
    assert_eq!(problem.with_detail("No seat is left.").to_string(), "409 Full: No seat is left.");
}

#[test]
fn a_client_reads_what_was_written_and_takes_what_does_not_fit_for_missing() {
    let read = |json: Value| serde_json::from_value::<Problem>(json);
    let full = Problem::new(StatusCode::CONFLICT)
        .with_type(Problem::EDIT_CONFLICT)
        .with_title("Full")
        .with_detail("No seat is left.")
        .with_instance("/bookings/3")
        .with_member("seats", json!([1, { "a": null }]));
    for problem in [full, Problem::new(StatusCode::GONE), Problem::from(Error::from(DieselError::NotFound))] {
        assert_eq!(read(document(&problem)).unwrap(), problem);
    }
    // RFC 9457, section 3.1: a value of the wrong type is ignored; and so is a status that is none.
    for status in [json!("409"), json!(70_000), json!(9), json!(-1), Value::Null, json!({})] {
        let problem =
            read(json!({ "status": status, "type": 7, "title": [], "detail": {}, "x": 1 })).unwrap();
        assert_eq!(
            (problem.status().as_u16(), problem.type_uri(), problem.detail()),
            (500, Problem::BLANK, None)
        );
        assert_eq!((problem.title(), problem.member("x")), ("Internal Server Error", Some(&json!(1))));
        assert_eq!(problem.with_status(StatusCode::CONFLICT).status(), 409);
    }
    for other in [json!([]), json!(null), json!("409"), json!(409)] {
        assert!(read(other).is_err());
    }
}
