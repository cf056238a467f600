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

mod embedded {
    use super::*;

    diesel::table! { things (id) { id -> Integer, name -> Text, width -> Integer, height -> Nullable<Integer>, depth -> Integer, version -> Integer } }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset)]
    #[diesel(table_name = things, treat_none_as_null = true)]
    struct Size {
        width: i32,
        height: Option<i32>,
    }

    /// Without `Debug`.
    #[derive(Clone, PartialEq, Queryable, Selectable, AsChangeset)]
    #[diesel(table_name = things)]
    struct Depth {
        depth: i32,
    }

    #[derive(Clone, Queryable, Selectable, OptimisticLock)]
    #[diesel(table_name = things)]
    #[occ(tracked)]
    struct Thing {
        id: i32,
        #[diesel(embed)]
        size: Size,
        name: String,
        #[diesel(embed)]
        depth: Depth,
        version: i32,
    }

    #[test]
    fn an_embedded_struct_is_one_field_whose_columns_are_written_together() {
        let conn = &mut database(
            "id INTEGER, name TEXT, width INTEGER, height INTEGER, depth INTEGER, version INTEGER",
            "1, 'box', 2, 3, 4, 1",
        );
        let load = |conn: &mut SqliteConnection| {
            things::table.select(Tracked::<Thing>::as_select()).first(conn).unwrap()
        };
        let (mut mine, mut theirs) = (load(conn), load(conn));
        let recorder = record(conn);
        theirs.size.height = None;
        theirs.save_optimistic(conn).unwrap();
        assert_eq!(
            recorder.take(),
            [
                "UPDATE things SET width = ?, height = ?, version = ? WHERE id = ? AND version = ? -- [2, None, 2, 1, 1]",
            ]
        );
        assert_eq!(recorder.take_prepared(), 0);
        mine.depth.depth = 5;
        assert_eq!(mine.dirty_fields(), ["depth"]);
        mine.rebase(conn).unwrap();
        let _ = recorder.take();
        mine.save_optimistic(conn).unwrap();
        assert_eq!(
            recorder.take(),
            ["UPDATE things SET depth = ?, version = ? WHERE id = ? AND version = ? -- [5, 3, 1, 2]"]
        );
        assert_eq!((mine.size.height, mine.name.as_str()), (None, "box"));

        mine.size.width = 7;
        theirs.reload(conn).unwrap();
        theirs.size.width = 8;
        theirs.depth.depth = 9;
        theirs.save_optimistic(conn).unwrap();
        mine.depth.depth = 10;
        let Err(Error::Unmerged(error)) = mine.rebase(conn) else { panic!("both have changed both") };
        let [size, depth] = error.differences() else { panic!("{error}") };
        assert_eq!((size.field(), size.mine()), ("size", "Size { width: 7, height: None }"));
        assert!(depth.mine().starts_with("a value of type "), "{}", depth.mine());
    }
}

mod left_alone {
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
}

mod converted {
    use super::*;

    diesel::table! { things (id) { id -> Integer, colour -> Text, version -> Integer } }

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Colour {
        Red,
        Blue,
    }

    impl From<Colour> for String {
        fn from(colour: Colour) -> Self {
            format!("{colour:?}")
        }
    }

    #[derive(Clone, OptimisticLock)]
    #[diesel(table_name = things)]
    #[occ(tracked)]
    struct Thing(
        #[diesel(column_name = id)] i32,
        #[diesel(column_name = colour, serialize_as = String)] Colour,
        #[diesel(column_name = version)] i32,
    );

    #[test]
    fn fields_of_a_tuple_struct_have_numbers_and_are_converted() {
        let conn = &mut database("id INTEGER, colour TEXT, version INTEGER", "1, 'Red', 1");
        let mut thing = Tracked::new(Thing(1, Colour::Red, 1));
        thing.1 = Colour::Blue;
        assert_eq!(thing.dirty_fields(), ["1"]);
        let recorder = record(conn);
        thing.save_optimistic(conn).unwrap();
        assert_eq!(
            recorder.take(),
            ["UPDATE things SET colour = ?, version = ? WHERE id = ? AND version = ? -- [\"Blue\", 2, 1, 1]"]
        );
        assert_eq!(format!("{thing:?}"), "Tracked { table: \"things\", version: 2, 0: 1, 1: Blue }");
    }
}

mod borrowed_and_generic {
    use super::*;

    diesel::table! { things (id) { id -> Integer, name -> Text, size -> Integer, version -> Integer } }

    #[derive(Clone, Debug, PartialEq, OptimisticLock)]
    #[diesel(table_name = things)]
    #[occ(tracked)]
    struct Thing<'a, T: Clone + std::fmt::Debug + 'static> {
        id: i32,
        name: &'a str,
        #[occ(merge = mine)]
        size: T,
        version: i32,
    }

    #[test]
    fn borrowed_and_generic_fields_are_tracked() {
        let conn = &mut database("id INTEGER, name TEXT, size INTEGER, version INTEGER", "1, 'box', 2, 1");
        let name = String::from("crate");
        let mut thing = Tracked::new(Thing { id: 1, name: "box", size: 2_i32, version: 1 });
        thing.name = &name;
        thing.save_optimistic(conn).unwrap();
        thing.size = 3;
        assert_eq!(thing.dirty_fields(), ["size"]);
        thing.save_optimistic(conn).unwrap();
        assert_eq!(things::table.first::<(i32, String, i32, i32)>(conn).unwrap(), (1, "crate".into(), 3, 3));
    }
}

mod versions_of_the_database {
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
        let conn = &mut database(
            "id INTEGER PRIMARY KEY, name TEXT, size INTEGER, version INTEGER",
            "1, 'box', 2, 1",
        );
        conn.batch_execute(
            "CREATE TRIGGER moves AFTER UPDATE ON things WHEN new.version = old.version
             BEGIN UPDATE things SET version = old.version + 1 WHERE id = new.id; END",
        )
        .unwrap();
        let mut thing = things::table.select(Tracked::<Thing>::as_select()).first(conn).unwrap();
        thing.size = 3;
        let recorder = record(conn);
        thing.save_optimistic(conn).unwrap();
        assert_eq!(
            recorder.take()[1],
            "UPDATE things SET size = ? WHERE id = ? AND version = ? -- [3, 1, 1]"
        );
        assert_eq!((thing.version, thing.original().version), (2, 2));
        thing.save_optimistic(conn).unwrap();
        assert_eq!(recorder.take(), Vec::<String>::new());
    }
}

mod without_a_version {
    use super::*;

    diesel::table! { things (id, part) { id -> Integer, part -> Text, #[sql_name = "type"] kind -> Nullable<Text>, size -> Integer, version -> Text } }

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Kind {
        Round,
        Square,
    }

    impl From<Kind> for String {
        fn from(kind: Kind) -> Self {
            format!("{kind:?}")
        }
    }

    /// Its `version` is a column as any other.
    #[derive(Clone, Debug, PartialEq, OptimisticLock)]
    #[diesel(table_name = things, primary_key(id, part))]
    #[occ(check = all)]
    struct Thing<'a, T: Clone + std::fmt::Debug + 'static> {
        id: i32,
        part: &'a str,
        #[diesel(serialize_as = String)]
        kind: Option<Kind>,
        size: T,
        #[occ(version = false)]
        version: String,
    }

    #[test]
    fn composite_keys_conversions_borrowed_and_generic_fields_are_compared() {
        let conn = &mut database(
            "id INTEGER, part TEXT, type TEXT, size INTEGER, version TEXT",
            "1, 'lid', NULL, 2, 'a'",
        );
        let thing = Thing { id: 1, part: "lid", kind: None, size: 2_i32, version: "a".into() };
        let (mut mine, mut old) = (Tracked::new(thing.clone()), Tracked::new(thing));
        let recorder = record(conn);
        mine.kind = Some(Kind::Square);
        mine.save_optimistic(conn).unwrap();
        mine.kind = Some(Kind::Round);
        mine.version = "b".into();
        mine.save_optimistic(conn).unwrap();
        let condition = "WHERE id = ? AND part = ? AND (type IS NOT NULL AND type = ? COLLATE BINARY OR type IS NULL AND ? IS NULL) \
                         AND size = ? AND version = ? COLLATE BINARY";
        assert_eq!(
            recorder.take(),
            [
                format!(
                    "UPDATE things SET type = ? {condition} -- [\"Square\", 1, \"lid\", None, None, 2, \"a\"]"
                ),
                format!(
                    "UPDATE things SET type = ?, version = ? {condition} \
                     -- [\"Round\", \"b\", 1, \"lid\", \"Square\", \"Square\", 2, \"a\"]"
                ),
            ]
        );
        old.size = 3;
        let Err(Error::Stale(stale)) = old.save_optimistic(conn) else { panic!("it was changed twice") };
        assert_eq!(
            (stale.key(), stale.expected(), stale.actual()),
            ("(1, \"lid\")", "as it was loaded", Some("changed"))
        );
        assert!(old.delete_optimistic(conn).unwrap_err().is_stale());
        mine.delete_optimistic(conn).unwrap();
    }
}

mod embedded_and_unversioned {
    use super::*;

    diesel::table! { things (id) { id -> Integer, views -> Integer, hits -> Nullable<Integer>, width -> Integer, version -> Integer } }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset)]
    #[diesel(table_name = things)]
    struct Counts {
        views: i32,
        hits: Option<i32>,
    }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset)]
    #[diesel(table_name = things)]
    struct Size {
        width: i32,
    }

    #[derive(Clone, Queryable, Selectable, OptimisticLock)]
    #[diesel(table_name = things)]
    #[occ(tracked)]
    struct Thing {
        id: i32,
        #[diesel(embed)]
        #[occ(unversioned)]
        counts: Counts,
        #[diesel(embed)]
        size: Size,
        version: i32,
    }

    #[test]
    fn an_embedded_struct_after_one_that_a_save_leaves_alone_is_written() {
        let conn = &mut database(
            "id INTEGER, views INTEGER, hits INTEGER, width INTEGER, version INTEGER",
            "1, 2, 3, 4, 1",
        );
        let mut thing = things::table.select(Tracked::<Thing>::as_select()).first(conn).unwrap();
        let recorder = record(conn);
        thing.counts.views = 9;
        thing.size.width = 5;
        assert_eq!(thing.dirty_fields(), ["size"]);
        thing.save_optimistic(conn).unwrap();
        thing.save_unversioned(conn).unwrap();
        thing.counts.hits = None;
        thing.save_unversioned(conn).unwrap();
        assert_eq!(
            recorder.take(),
            [
                "UPDATE things SET width = ?, version = ? WHERE id = ? AND version = ? -- [5, 2, 1, 1]",
                "UPDATE things SET views = ?, hits = ? WHERE id = ? -- [9, 3, 1]",
                "UPDATE things SET views = ? WHERE id = ? -- [9, 1]",
            ]
        );
        assert_eq!(recorder.take_prepared(), 0, "texts without end are not kept");
    }
}

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
