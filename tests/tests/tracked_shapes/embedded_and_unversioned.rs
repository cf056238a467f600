//! Embedded structs beside fields without a version.

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
