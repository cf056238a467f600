//! Conditional requests in one call: the row and memory after each answer, with others who write between the look and the statement.

use std::sync::{Arc, Barrier};
use std::thread;

use diesel::connection::{InstrumentationEvent, SimpleConnection as _};
use diesel::prelude::*;
use http::header::{IF_MATCH, IF_NONE_MATCH};
use occ_runtime::http::{CreateOrReplace, EntityTagger, IfMatch, Preconditions, Problem, Written};
use occ_runtime::prelude::*;
use occ_runtime::{Tracked, optimistic_transaction};
use occ_tests::database::TestDatabase as _;
use occ_tests::sqlite::Database;

use super::preconditions;

diesel::table! { notes (id) { id -> Integer, title -> Text, text -> Text, version -> Integer } }

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
struct Note {
    id: i32,
    title: String,
    text: String,
    version: i32,
}

fn note(title: &str, text: &str, version: i32) -> Note {
    Note { id: 1, title: title.into(), text: text.into(), version }
}

/// A file with one row, `note("a", "b", 1)`.
fn database() -> (Database, SqliteConnection) {
    let database = Database::create().unwrap();
    let mut conn = database.connect();
    conn.batch_execute(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, version INTEGER NOT NULL);
         INSERT INTO notes VALUES (1, 'a', 'b', 1);",
    )
    .unwrap();
    (database, conn)
}

fn row(conn: &mut SqliteConnection) -> Option<Note> {
    notes::table.find(1).select(Note::as_select()).first(conn).optional().unwrap()
}

fn tracked(conn: &mut SqliteConnection) -> Tracked<Note> {
    notes::table.find(1).select(Tracked::<Note>::as_select()).first(conn).unwrap()
}

fn tags() -> EntityTagger {
    EntityTagger::keyed("0123456789abcdef").unwrap()
}

fn if_match(sent: &str) -> IfMatch {
    preconditions(&[(IF_MATCH, sent)]).require_if_match().unwrap()
}

/// Of the row at this version.
fn seen(version: i32) -> IfMatch {
    if_match(&tags().of(&note("", "", version)).to_string())
}

fn put_at(version: i32) -> CreateOrReplace {
    either(&[(IF_MATCH, &tags().of(&note("", "", version)).to_string())])
}

fn either(headers: &[(http::HeaderName, &str)]) -> CreateOrReplace {
    preconditions(headers).require_either().unwrap()
}

/// What somebody else does.
type Theirs = &'static str;

const THEY_WRITE: Theirs = "UPDATE notes SET text = 'theirs', version = version + 1";
const THEY_DO_THE_SAME: Theirs = "UPDATE notes SET title = 'mine', version = version + 1";
const THEY_DELETE: Theirs = "DELETE FROM notes";
const THEY_CREATE: Theirs = "INSERT INTO notes VALUES (1, 'theirs', 'theirs', 1)";

/// Once, after the first statement of `conn` that begins so.
fn after_first(conn: &mut SqliteConnection, begins: &'static str, theirs: Theirs, database: &Database) {
    let mut other = Some(database.connect());
    conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::FinishQuery { query, .. } = event
            && query.to_string().starts_with(begins)
            && let Some(mut other) = other.take()
        {
            other.batch_execute(theirs).unwrap();
        }
    });
}

fn status<T: std::fmt::Debug>(answer: Result<T, Problem>) -> u16 {
    answer.unwrap_err().status().as_u16()
}

#[test]
fn a_save_that_lost_the_race_is_a_conflict_with_both_sides_and_memory_is_what_it_was() {
    for theirs in [THEY_WRITE, THEY_DELETE] {
        let (database, mut conn) = database();
        let (mut mine, mut plain) = (tracked(&mut conn), row(&mut conn).unwrap());
        mine.title = "mine".into();
        plain.title = "mine".into();
        let (before, plain_before) = (mine.clone(), plain.clone());
        database.connect().batch_execute(theirs).unwrap();

        let problem = mine.save_conditional(&seen(1), &tags(), &mut conn).unwrap_err();
        let plain_problem = plain.save_conditional(&seen(1), &tags(), &mut conn).unwrap_err();
        assert_eq!((&mine, &plain), (&before, &plain_before));
        assert!(std::error::Error::source(&problem).is_some_and(|error| error.to_string().contains("notes")));
        match row(&mut conn) {
            None => assert_eq!((problem.status().as_u16(), plain_problem.status().as_u16()), (404, 404)),
            Some(now) => {
                assert_eq!(now, note("a", "theirs", 2));
                let tag = serde_json::Value::from(tags().of(&now).to_string());
                for problem in [&problem, &plain_problem] {
                    assert_eq!(
                        (problem.status().as_u16(), problem.type_uri()),
                        (409, Problem::EDIT_CONFLICT)
                    );
                    assert_eq!(problem.member("current_tag"), Some(&tag));
                }
                assert_eq!(problem.member("differences").unwrap()[0]["field"], "title");
                assert_eq!(plain_problem.member("differences"), None);
            }
        }
    }
}

#[test]
fn a_request_whose_answer_was_lost_is_answered_once_more_and_not_done_again() {
    let (_database, mut conn) = database();
    let patch = |conn: &mut SqliteConnection, title: &str| {
        let mut note = tracked(conn);
        note.title = title.into();
        note.save_conditional(&seen(1), &tags(), conn)
    };
    assert_eq!(patch(&mut conn, "mine"), Ok(Written::Changed));
    assert_eq!(patch(&mut conn, "mine"), Ok(Written::Unchanged));
    assert_eq!(row(&mut conn), Some(note("mine", "b", 2)));
    // Another request with the old tag, and the same after somebody has written over it.
    assert_eq!(status(patch(&mut conn, "other")), 412);
    conn.batch_execute("UPDATE notes SET title = 'theirs', version = 3").unwrap();
    assert_eq!(status(patch(&mut conn, "mine")), 412);
    // An `If-None-Match` that is false is 412 whatever the row is.
    let tag = tags().of(&note("", "", 3)).to_string();
    let not_this = preconditions(&[(IF_MATCH, "\"x\""), (IF_NONE_MATCH, &tag)]).require_if_match().unwrap();
    assert_eq!(status(tracked(&mut conn).save_conditional(&not_this, &tags(), &mut conn)), 412);
}

#[test]
fn somebody_else_who_does_the_same_in_between_is_no_conflict_and_memory_is_the_row() {
    let (database, mut conn) = database();
    let mut mine = tracked(&mut conn);
    mine.title = "mine".into();
    database.connect().batch_execute(THEY_DO_THE_SAME).unwrap();
    assert_eq!(mine.save_conditional(&seen(1), &tags(), &mut conn), Ok(Written::Unchanged));
    assert_eq!(Some(&*mine), row(&mut conn).as_ref());
    assert!(!mine.is_dirty());
    // It goes on from there.
    mine.text = "more".into();
    assert_eq!(mine.save_conditional(&seen(2), &tags(), &mut conn), Ok(Written::Changed));
    assert_eq!(row(&mut conn), Some(note("mine", "more", 3)));
}

#[test]
fn any_version_is_never_a_conflict_and_leaves_what_others_have_made_of_the_rest() {
    let (database, mut conn) = database();
    let any = if_match("*");
    let (mut mine, mut plain, unread) = (tracked(&mut conn), row(&mut conn).unwrap(), tracked(&mut conn));
    mine.title = "mine".into();
    database.connect().batch_execute(THEY_WRITE).unwrap();
    assert_eq!(mine.save_conditional(&any, &tags(), &mut conn), Ok(Written::Changed));
    assert_eq!(row(&mut conn), Some(note("mine", "theirs", 3)));
    assert_eq!(*mine, note("mine", "theirs", 3));
    assert!(!mine.is_dirty());

    // A whole row is written whole.
    plain.title = "plain".into();
    plain.save_conditional(&any, &tags(), &mut conn).unwrap();
    assert_eq!(row(&mut conn), Some(note("plain", "b", 4)));
    assert_eq!(plain, note("plain", "b", 4));

    let stale = plain.clone();
    database.connect().batch_execute(THEY_WRITE).unwrap();
    stale.delete_conditional(&any, &tags(), &mut conn).unwrap();
    assert_eq!(row(&mut conn), None);
    // And what is gone is gone.
    assert_eq!(status(stale.delete_conditional(&any, &tags(), &mut conn)), 404);
    assert_eq!(status(unread.delete_conditional(&any, &tags(), &mut conn)), 404);
    let before = mine.clone();
    mine.text = "more".into();
    assert_eq!(status(mine.save_conditional(&any, &tags(), &mut conn)), 404);
    mine.text = before.text.clone();
    assert_eq!(mine, before);
    assert_eq!(status(plain.save_conditional(&any, &tags(), &mut conn)), 404);
}

#[test]
fn a_delete_is_of_the_row_that_was_seen() {
    let (database, mut conn) = database();
    let (mine, plain) = (tracked(&mut conn), row(&mut conn).unwrap());
    assert_eq!(status(mine.delete_conditional(&seen(2), &tags(), &mut conn)), 412);
    database.connect().batch_execute(THEY_WRITE).unwrap();
    for problem in [
        mine.delete_conditional(&seen(1), &tags(), &mut conn).unwrap_err(),
        plain.delete_conditional(&seen(1), &tags(), &mut conn).unwrap_err(),
    ] {
        assert_eq!(problem.status(), 409);
        let tag = tags().of(&note("", "", 2)).to_string();
        assert_eq!(problem.member("current_tag"), Some(&tag.into()));
    }
    tracked(&mut conn).delete_conditional(&seen(2), &tags(), &mut conn).unwrap();
    assert_eq!(row(&mut conn), None);
    assert_eq!(status(mine.delete_conditional(&seen(1), &tags(), &mut conn)), 404);
}

#[test]
fn a_put_does_what_its_preconditions_say() {
    let (_database, mut conn) = database();
    let put = |conn: &mut SqliteConnection, title: &str, sent: &Preconditions| {
        let mut mine = note(title, "b", 77);
        let before = mine.clone();
        let answer = mine.put_conditional(sent, &tags(), conn);
        match &answer {
            Ok(_) => assert_eq!(Some(mine), row(conn)),
            Err(_) => assert_eq!(mine, before),
        }
        answer
    };
    let create = either(&[(IF_NONE_MATCH, "*")]);
    assert_eq!(status(put(&mut conn, "a", &create)), 412, "RFC 9110, 13.1.2: whatever is there");
    assert_eq!(put(&mut conn, "mine", &put_at(1)), Ok(Written::Changed));
    assert_eq!(put(&mut conn, "mine", &put_at(1)), Ok(Written::Unchanged));
    assert_eq!(status(put(&mut conn, "other", &put_at(1))), 412);
    assert_eq!(row(&mut conn), Some(note("mine", "b", 2)));
    assert_eq!(put(&mut conn, "any", &either(&[(IF_MATCH, "*")])), Ok(Written::Changed));
    assert_eq!(put(&mut conn, "whatever", &Preconditions::default()), Ok(Written::Changed));
    conn.batch_execute(THEY_DELETE).unwrap();
    assert_eq!(status(put(&mut conn, "mine", &put_at(4))), 412);
    assert_eq!(
        status(put(&mut conn, "mine", &either(&[(IF_MATCH, "*")]))),
        412,
        "it replaces, and never creates"
    );
    assert_eq!(put(&mut conn, "new", &create), Ok(Written::Created));
    conn.batch_execute(THEY_DELETE).unwrap();
    assert_eq!(put(&mut conn, "new", &Preconditions::default()), Ok(Written::Created));
    assert_eq!(row(&mut conn), Some(note("new", "b", 1)));
}

#[test]
fn a_put_between_whose_look_and_statement_somebody_comes() {
    let race = |theirs: Theirs, sent: &Preconditions| {
        let (database, mut conn) = database();
        if theirs == THEY_CREATE {
            conn.batch_execute(THEY_DELETE).unwrap();
        }
        after_first(&mut conn, "SELECT", theirs, &database);
        let mut mine = note("mine", "b", 77);
        let answer = mine.put_conditional(sent, &tags(), &mut conn);
        let now = row(&mut conn);
        match &answer {
            Ok(_) => assert_eq!(Some(mine), now),
            Err(_) => assert_eq!(mine, note("mine", "b", 77)),
        }
        (answer, now)
    };
    let (answer, now) = race(THEY_WRITE, &put_at(1));
    let problem = answer.unwrap_err();
    assert_eq!((problem.status().as_u16(), now), (409, Some(note("a", "theirs", 2))));
    let differences = problem.member("differences").unwrap();
    assert_eq!(
        (&differences[0]["field"], &differences[1]["base"]),
        (&"title".into(), &"b".into()),
        "{differences}"
    );
    assert_eq!(race(THEY_DO_THE_SAME, &put_at(1)), (Ok(Written::Unchanged), Some(note("mine", "b", 2))));
    let (answer, now) = race(THEY_DELETE, &put_at(1));
    assert_eq!((status(answer), now), (404, None));
    let (answer, now) = race(THEY_CREATE, &either(&[(IF_NONE_MATCH, "*")]));
    assert_eq!((status(answer), now), (412, Some(note("theirs", "theirs", 1))));
    // Any version: done again.
    let any = either(&[(IF_MATCH, "*")]);
    assert_eq!(race(THEY_WRITE, &any), (Ok(Written::Changed), Some(note("mine", "b", 3))));
    let (answer, now) = race(THEY_DELETE, &any);
    assert_eq!((status(answer), now), (404, None));
}

#[test]
fn of_all_that_write_from_one_tag_at_once_one_is_let_through() {
    const WRITERS: usize = 4;
    let (database, mut conn) = database();
    let (database, barrier) = (Arc::new(database), Arc::new(Barrier::new(WRITERS)));
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let (database, barrier) = (database.clone(), barrier.clone());
            thread::spawn(move || {
                let mut conn = database.connect();
                let mut mine = tracked(&mut conn);
                mine.title = number.to_string();
                barrier.wait();
                mine.save_conditional(&seen(1), &tags(), &mut conn)
                    .map_err(|problem| problem.status().as_u16())
            })
        })
        .collect();
    let answers: Vec<_> = writers.into_iter().map(|writer| writer.join().unwrap()).collect();
    assert_eq!(answers.iter().filter(|answer| **answer == Ok(Written::Changed)).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| **answer == Err(409)).count(), WRITERS - 1, "{answers:?}");
    assert_eq!(row(&mut conn).unwrap().version, 2);
}

#[test]
fn all_that_take_any_version_at_once_are_let_through() {
    const WRITERS: i32 = 4;
    let (database, mut conn) = database();
    let (database, barrier) = (Arc::new(database), Arc::new(Barrier::new(4)));
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let (database, barrier) = (database.clone(), barrier.clone());
            thread::spawn(move || {
                let mut conn = database.connect();
                let mut mine = tracked(&mut conn);
                mine.title = number.to_string();
                barrier.wait();
                mine.save_conditional(&if_match("*"), &tags(), &mut conn)
            })
        })
        .collect();
    for writer in writers {
        assert_eq!(writer.join().unwrap(), Ok(Written::Changed));
    }
    assert_eq!(row(&mut conn).unwrap().version, 1 + WRITERS);
}

#[test]
fn a_rollback_puts_back_what_a_conditional_save_has_written() {
    let (_database, mut conn) = database();
    for sent in [seen(1), if_match("*")] {
        let mut mine = tracked(&mut conn);
        mine.title = "mine".into();
        let rolled_back = optimistic_transaction(&mut conn, &mut mine, |conn, mine| {
            assert_eq!(mine.save_conditional(&sent, &tags(), conn), Ok(Written::Changed));
            Err::<(), _>(occ_runtime::Error::from(diesel::result::Error::RollbackTransaction))
        });
        assert!(rolled_back.is_err());
        assert_eq!((mine.version, mine.title.as_str(), mine.is_dirty()), (1, "mine", true));
        assert_eq!(row(&mut conn), Some(note("a", "b", 1)));
        let mut plain = note("mine", "b", 1);
        let rolled_back = optimistic_transaction(&mut conn, &mut plain, |conn, plain| {
            plain.put_conditional(&put_at(1), &tags(), conn).unwrap();
            assert_eq!(plain.version, 2);
            Err::<(), _>(occ_runtime::Error::from(diesel::result::Error::RollbackTransaction))
        });
        assert!(rolled_back.is_err());
        assert_eq!(plain, note("mine", "b", 1));
    }
}
