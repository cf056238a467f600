//! Embedded structs, and fields that are converted.

use diesel::prelude::*;
use occ_runtime::Error;
use occ_runtime::prelude::*;

use super::{connection, items, row};

#[test]
fn an_embedded_struct_writes_its_own_columns() {
    #[derive(Queryable, Selectable, AsChangeset)]
    #[diesel(table_name = items, treat_none_as_null = true)]
    struct Details {
        name: String,
        note: Option<String>,
    }

    #[derive(Queryable, Selectable, OptimisticLock)]
    #[diesel(table_name = items)]
    struct Item {
        id: i32,
        #[diesel(embed)]
        details: Details,
        size: i32,
        version: i32,
    }

    let (mut conn, recorder) = connection();
    let mut item: Item = items::table.select(Item::as_select()).first(&mut conn).unwrap();
    item.details = Details { name: "embedded".into(), note: None };
    item.size = 8;
    let _ = recorder.take();
    item.save_optimistic(&mut conn).unwrap();
    assert_eq!(
        recorder.take(),
        ["UPDATE items SET items.name = ?, items.note = ?, size = ?, version = ? WHERE id = ? \
         AND version = ? -- [\"embedded\", None, 8, 2, 1, 1]"
            .replace("items.", "")]
    );
    assert_eq!(row(&mut conn), (1, "embedded".into(), 8, None, 2));
}

#[test]
fn an_embedded_struct_that_has_nothing_to_write_leaves_no_comma() {
    #[derive(AsChangeset)]
    #[diesel(table_name = items)]
    struct Patch {
        name: Option<String>,
    }

    #[derive(OptimisticLock)]
    #[diesel(table_name = items)]
    struct Item {
        id: i32,
        #[diesel(embed)]
        patch: Patch,
        version: i32,
    }

    let (mut conn, _) = connection();
    let mut item = Item { id: 1, patch: Patch { name: None }, version: 1 };
    item.save_optimistic(&mut conn).unwrap();
    item.patch.name = Some("some".into());
    item.save_optimistic(&mut conn).unwrap();
    item.patch.name = None;
    item.save_optimistic(&mut conn).unwrap();
    assert_eq!((row(&mut conn).1, row(&mut conn).4), ("some".into(), 4));
}

/// Kept in the table as text.
#[derive(Clone, Copy)]
pub(super) enum Size {
    Small,
    Large,
}

impl From<Size> for i32 {
    fn from(size: Size) -> Self {
        match size {
            Size::Small => 1,
            Size::Large => 100,
        }
    }
}

#[derive(Clone)]
struct Note(&'static str);

impl From<Note> for String {
    fn from(note: Note) -> Self {
        note.0.to_owned()
    }
}

#[test]
fn a_field_with_serialize_as_is_converted_from_a_clone() {
    #[derive(OptimisticLock)]
    #[diesel(table_name = items)]
    struct Item {
        id: i32,
        #[diesel(serialize_as = i32)]
        size: Size,
        #[diesel(serialize_as = String)]
        note: Option<Note>,
        version: i32,
    }

    let (mut conn, _) = connection();
    let mut item = Item { id: 1, size: Size::Large, note: Some(Note("converted")), version: 1 };
    item.save_optimistic(&mut conn).unwrap();
    assert_eq!(row(&mut conn), (1, "old".into(), 100, Some("converted".into()), 2));
    (item.size, item.note) = (Size::Small, None);
    item.save_optimistic(&mut conn).unwrap();
    assert_eq!(row(&mut conn), (1, "old".into(), 1, None, 3));
}

#[test]
fn a_none_with_serialize_as_may_leave_the_column_alone() {
    #[derive(OptimisticLock)]
    #[diesel(table_name = items, treat_none_as_null = false)]
    struct Item {
        id: i32,
        #[diesel(serialize_as = i32)]
        size: Option<Size>,
        version: i32,
    }

    let (mut conn, _) = connection();
    let mut item = Item { id: 1, size: Some(Size::Large), version: 1 };
    item.save_optimistic(&mut conn).unwrap();
    item.size = None;
    item.save_optimistic(&mut conn).unwrap();
    assert_eq!((row(&mut conn).2, row(&mut conn).4), (100, 3));
}

#[test]
fn a_key_with_serialize_as_finds_its_row() {
    #[derive(Clone)]
    struct Id(i32);

    impl From<Id> for i32 {
        fn from(id: Id) -> Self {
            id.0
        }
    }

    #[derive(OptimisticLock)]
    #[diesel(table_name = items)]
    struct Item {
        #[diesel(serialize_as = i32)]
        id: Id,
        version: i32,
    }

    let (mut conn, _) = connection();
    let mut item = Item { id: Id(1), version: 1 };
    item.save_optimistic(&mut conn).unwrap();
    let Err(Error::Stale(stale)) = Item { id: Id(7), version: 1 }.delete_optimistic(&mut conn) else {
        panic!()
    };
    assert_eq!(stale.key(), "7");
}
