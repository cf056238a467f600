//! Structs that embed others.

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
