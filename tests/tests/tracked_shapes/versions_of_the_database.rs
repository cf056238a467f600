//! Versions that the database makes.

use super::*;

diesel::table! { things (id) { id -> Integer, name -> Text, size -> Integer, version -> Integer } }

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = things)]
#[occ(tracked)]
struct Thing {
    id: i32,
    name: String,
    size: i32,
    #[occ(version, generator = occ_runtime::DatabaseGenerated)]
    version: i32,
}

#[test]
fn a_version_made_by_the_database_is_read_back() {
    let conn =
        &mut database("id INTEGER PRIMARY KEY, name TEXT, size INTEGER, version INTEGER", "1, 'box', 2, 1");
    conn.batch_execute(
        "CREATE TRIGGER moves AFTER UPDATE ON things WHEN new.version = old.version
         BEGIN UPDATE things SET version = old.version + 1 WHERE id = new.id; END",
    )
    .unwrap();
    let mut thing = things::table.select(Tracked::<Thing>::as_select()).first(conn).unwrap();
    thing.size = 3;
    let recorder = record(conn);
    thing.save_optimistic(conn).unwrap();
    assert_eq!(recorder.take()[1], "UPDATE things SET size = ? WHERE id = ? AND version = ? -- [3, 1, 1]");
    assert_eq!((thing.version, thing.original().version), (2, 2));
    thing.save_optimistic(conn).unwrap();
    assert_eq!(recorder.take(), Vec::<String>::new());
}
