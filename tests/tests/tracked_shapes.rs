//! Every shape of struct that can be tracked.
#![cfg(feature = "sqlite")]

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use occ_runtime::prelude::*;
use occ_runtime::{Error, Tracked};
use occ_tests::recorder::Recorder;

/// A database with a table of one row.
fn database(columns: &str, row: &str) -> SqliteConnection {
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    conn.batch_execute(&format!("CREATE TABLE things ({columns}); INSERT INTO things VALUES ({row})"))
        .unwrap();
    conn
}

fn record(conn: &mut SqliteConnection) -> Recorder {
    let recorder = Recorder::default();
    conn.set_instrumentation(recorder.clone());
    recorder
}

#[path = "tracked_shapes/borrowed_and_generic.rs"]
mod borrowed_and_generic;
#[path = "tracked_shapes/converted.rs"]
mod converted;
#[path = "tracked_shapes/embedded.rs"]
mod embedded;
#[path = "tracked_shapes/embedded_and_unversioned.rs"]
mod embedded_and_unversioned;
#[path = "tracked_shapes/left_alone.rs"]
mod left_alone;
#[path = "tracked_shapes/versions_of_the_database.rs"]
mod versions_of_the_database;
#[path = "tracked_shapes/without_a_version.rs"]
mod without_a_version;

#[test]
fn tracked_values_are_equal_if_they_are_and_what_they_were_loaded_as() {
    diesel::table! { things (id) { id -> Integer, name -> Text, version -> Integer } }

    #[derive(Clone, Debug, PartialEq, OptimisticLock)]
    #[occ(tracked)]
    struct Thing {
        id: i32,
        name: String,
        version: i32,
    }

    let loaded = Tracked::new(Thing { id: 1, name: "a".into(), version: 1 });
    let mut edited = loaded.clone();
    assert_eq!(edited, loaded);
    edited.name = "b".into();
    assert_ne!(edited, loaded);
    // The same value, but of another row.
    assert_ne!(edited, Tracked::new(edited.clone().into_inner()));
    edited.name = "a".into();
    assert_eq!(edited, loaded);
}

/// What an embedded struct has changed cannot be compared, so everything else is.
#[test]
fn what_cannot_be_compared_has_the_rest_compared() {
    diesel::table! { things (id) { id -> Integer, name -> Text, width -> Integer } }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset)]
    #[diesel(table_name = things)]
    struct Size {
        width: i32,
    }

    #[derive(Clone, Debug, Queryable, Selectable, OptimisticLock)]
    #[occ(check = dirty)]
    struct Thing {
        id: i32,
        name: String,
        #[diesel(embed)]
        #[occ(unchecked)]
        size: Size,
    }

    let mut conn =
        database("id INTEGER PRIMARY KEY, name TEXT NOT NULL, width INTEGER NOT NULL", "1, 'a', 1");
    let loaded = Tracked::new(Thing { id: 1, name: "a".into(), size: Size { width: 1 } });
    conn.batch_execute("UPDATE things SET name = 'b'").unwrap();
    let mut wider = loaded.clone();
    wider.size.width = 2;
    assert!(matches!(wider.save_optimistic(&mut conn), Err(Error::Stale(_))));
    conn.batch_execute("UPDATE things SET name = 'a'").unwrap();
    wider.save_optimistic(&mut conn).unwrap();
}

/// That nobody has moved a version tells nothing where there is none.
#[test]
fn without_a_version_a_field_that_was_sent_before_is_no_more_mine_than_others() {
    diesel::table! { things (id) { id -> Integer, name -> Text } }

    #[derive(Clone, Debug, Queryable, Selectable, OptimisticLock)]
    #[occ(check = dirty)]
    struct Thing {
        id: i32,
        name: String,
    }

    let mut conn = database("id INTEGER PRIMARY KEY, name TEXT NOT NULL", "1, 'a'");
    let mut mine = Tracked::new(Thing { id: 1, name: "a".into() });
    mine.name = "b".into();
    mine.save_optimistic(&mut conn).unwrap();
    conn.batch_execute("UPDATE things SET name = 'c'").unwrap();
    mine.name = "d".into();
    assert!(matches!(mine.rebase(&mut conn), Err(Error::Unmerged(_))));
}
