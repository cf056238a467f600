//! Columns that a save leaves alone.

use super::*;

diesel::table! { things (id) { id -> Integer, #[sql_name = "type"] kind -> Text, note -> Nullable<Text>, stamp -> Integer, version -> Integer } }

#[derive(Clone, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = things)]
#[occ(tracked)]
struct Thing {
    id: i32,
    kind: String,
    #[diesel(treat_none_as_null = false)]
    note: Option<String>,
    #[diesel(skip_update)]
    stamp: i32,
    version: i32,
}

#[test]
fn what_a_save_does_not_write_is_no_change_and_becomes_theirs() {
    let conn = &mut database(
        "id INTEGER, type TEXT, note TEXT, stamp INTEGER, version INTEGER",
        "1, 'a', 'b', 1, 1",
    );
    let mut thing =
        Tracked::new(Thing { id: 1, kind: "a".into(), note: Some("b".into()), stamp: 1, version: 1 });
    thing.note = None;
    thing.stamp = 2;
    assert!(!thing.is_dirty());
    let recorder = record(conn);
    thing.save_optimistic(conn).unwrap();
    assert_eq!(recorder.take(), Vec::<String>::new());
    thing.kind = "c".into();
    thing.save_optimistic(conn).unwrap();
    assert_eq!(
        recorder.take(),
        ["UPDATE things SET type = ?, version = ? WHERE id = ? AND version = ? -- [\"c\", 2, 1, 1]"]
    );
    conn.batch_execute("UPDATE things SET note = 'theirs', stamp = 3, version = 3").unwrap();
    thing.kind = "d".into();
    thing.rebase(conn).unwrap();
    assert_eq!((thing.kind.as_str(), thing.note.as_deref(), thing.stamp), ("d", Some("theirs"), 3));
    assert_eq!(thing.dirty_fields(), ["kind"]);
}
