//! Every shape of struct that the derive works on, each saved to a real table.
#![cfg(feature = "sqlite")]

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use occ_runtime::Error;
use occ_runtime::prelude::*;
use occ_tests::recorder::Recorder;

/// A connection on which each table of this file has row 1, at version 1.
fn connection() -> (SqliteConnection, Recorder) {
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    conn.batch_execute(
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, note TEXT,
                             version INTEGER NOT NULL);
         INSERT INTO items VALUES (1, 'old', 1, 'note', 1);
         CREATE TABLE order_items (id INTEGER PRIMARY KEY, version INTEGER NOT NULL);
         INSERT INTO order_items VALUES (1, 1);",
    )
    .unwrap();
    let recorder = Recorder::default();
    conn.set_instrumentation(recorder.clone());
    (conn, recorder)
}

diesel::table! {
    items (id) {
        id -> Integer,
        name -> Text,
        size -> Integer,
        note -> Nullable<Text>,
        version -> Integer,
    }
}

diesel::table! { order_items (id) { id -> Integer, version -> Integer } }

type Row = (i32, String, i32, Option<String>, i32);

fn row(conn: &mut SqliteConnection) -> Row {
    items::table.find(1).first(conn).unwrap()
}

#[test]
fn the_table_is_named_after_the_struct_as_diesel_does() {
    #[derive(OptimisticLock)]
    struct OrderItem {
        id: i32,
        version: i32,
    }

    let (mut conn, recorder) = connection();
    let mut item = OrderItem { id: 1, version: 1 };
    item.save_optimistic(&mut conn).unwrap();
    assert_eq!(item.version, 2);
    assert_eq!(
        recorder.take(),
        ["UPDATE order_items SET version = ? WHERE id = ? AND version = ? -- [2, 1, 1]"]
    );
    assert_eq!(OrderItem::table_name(), "order_items");
}

#[test]
fn a_tuple_struct_names_its_columns() {
    #[derive(Queryable, Selectable, OptimisticLock)]
    #[diesel(table_name = items)]
    struct Item(
        #[diesel(column_name = id)] i32,
        #[diesel(column_name = name)] String,
        #[diesel(column_name = version)] i32,
    );

    let (mut conn, _) = connection();
    let mut item: Item = items::table.select(Item::as_select()).first(&mut conn).unwrap();
    item.1 = "new".into();
    item.save_optimistic(&mut conn).unwrap();
    assert_eq!(row(&mut conn), (1, "new".into(), 1, Some("note".into()), 2));
    assert_eq!(item.2, 2);
}

#[test]
fn a_struct_may_borrow_its_fields() {
    #[derive(OptimisticLock)]
    #[diesel(table_name = items)]
    struct Item<'a> {
        id: &'a i32,
        name: &'a str,
        note: Option<&'a str>,
        version: i32,
    }

    let (mut conn, recorder) = connection();
    let name = String::from("borrowed");
    let mut item = Item { id: &1, name: &name, note: None, version: 1 };
    item.save_optimistic(&mut conn).unwrap();
    item.save_optimistic(&mut conn).unwrap();
    assert_eq!(recorder.take_prepared(), 1, "one text, whatever the lifetime");
    assert_eq!(row(&mut conn), (1, "borrowed".into(), 1, None, 3));
}

#[test]
fn a_struct_may_be_generic() {
    use diesel::sql_types::Text;

    #[derive(OptimisticLock)]
    #[diesel(table_name = items)]
    struct Item<T, const N: usize>
    where
        T: Clone,
    {
        id: i32,
        name: T,
        version: i32,
    }

    fn save<T>(name: T, version: i32, conn: &mut SqliteConnection) -> Result<(), Error>
    where
        T: Clone + diesel::serialize::ToSql<Text, diesel::sqlite::Sqlite>,
    {
        Item::<T, 3> { id: 1, name, version }.save_optimistic(conn)
    }

    let (mut conn, recorder) = connection();
    save("text", 1, &mut conn).unwrap();
    save(String::from("string"), 2, &mut conn).unwrap();
    assert_eq!(recorder.take_prepared(), 1, "the parameter changes the value, not the statement");
    assert_eq!(row(&mut conn).1, "string");
}

#[test]
fn names_may_be_raw_and_columns_renamed() {
    #[derive(OptimisticLock)]
    #[diesel(table_name = items, primary_key(id))]
    struct Item {
        #[diesel(column_name = id)]
        r#fn: i32,
        #[diesel(column_name = "name")]
        r#type: String,
        #[occ(version)]
        #[diesel(column_name = version)]
        r#match: i32,
    }

    let (mut conn, _) = connection();
    let mut item = Item { r#fn: 1, r#type: "raw".into(), r#match: 1 };
    item.save_optimistic(&mut conn).unwrap();
    assert_eq!(item.r#match, 2);
    assert_eq!(row(&mut conn), (1, "raw".into(), 1, Some("note".into()), 2));
}

#[test]
fn a_column_with_skip_update_is_never_written() {
    #[derive(Queryable, Selectable, OptimisticLock)]
    #[diesel(table_name = items)]
    struct Item {
        id: i32,
        #[diesel(skip_update)]
        name: String,
        size: i32,
        version: i32,
    }

    let (mut conn, recorder) = connection();
    let mut item = Item { id: 1, name: "ignored".into(), size: 3, version: 1 };
    item.save_optimistic(&mut conn).unwrap();
    assert_eq!(
        recorder.take(),
        ["UPDATE items SET size = ?, version = ? WHERE id = ? AND version = ? -- [3, 2, 1, 1]"]
    );
    item.reload(&mut conn).unwrap();
    assert_eq!(item.name, "old");
}

#[test]
fn a_struct_with_only_some_of_the_columns_is_as_good_as_a_whole_one() {
    #[derive(OptimisticLock)]
    #[diesel(table_name = items)]
    struct Part {
        version: i32,
        size: i32,
        id: i32,
    }

    let (mut conn, _) = connection();
    let mut part = Part { version: 1, size: 9, id: 1 };
    let mut old = Part { ..part };
    part.save_optimistic(&mut conn).unwrap();
    assert!(old.save_optimistic(&mut conn).unwrap_err().is_stale());
    assert_eq!(row(&mut conn), (1, "old".into(), 9, Some("note".into()), 2));
}

#[test]
fn other_derives_of_diesel_are_left_alone() {
    #[derive(Queryable, Selectable, Identifiable, Insertable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = items, primary_key(id), check_for_backend(diesel::sqlite::Sqlite))]
    struct Item {
        id: i32,
        name: String,
        size: i32,
        #[diesel(deserialize_as = Option<String>, select_expression = items::note.nullable())]
        note: Option<String>,
        version: i32,
    }

    let (mut conn, _) = connection();
    let mut item = Item { id: 1, name: "all".into(), size: 1, note: None, version: 1 };
    item.save_optimistic(&mut conn).unwrap();
    assert_eq!(item.id(), &1);
    diesel::update(&item).set(&item).execute(&mut conn).unwrap();
    assert_eq!(row(&mut conn), (1, "all".into(), 1, None, 2));
}

macro_rules! make_struct {
    ($name:ident in $table:ident, $($field:ident: $ty:ty),*) => {
        #[derive(OptimisticLock)]
        #[diesel(table_name = $table)]
        struct $name { $($field: $ty),* }
    };
}

#[test]
fn a_struct_may_be_made_by_macro_rules() {
    make_struct!(Item in items, id: i32, name: String, note: Option<String>, version: i32);

    let (mut conn, _) = connection();
    Item { id: 1, name: "macro".into(), note: None, version: 1 }.save_optimistic(&mut conn).unwrap();
    assert_eq!(row(&mut conn), (1, "macro".into(), 1, None, 2));
}

#[test]
fn table_and_struct_may_live_in_a_function_body() {
    diesel::table! { order_items (id) { id -> Integer, version -> Integer } }

    #[derive(OptimisticLock)]
    struct OrderItem {
        id: i32,
        version: i32,
    }

    let (mut conn, _) = connection();
    let item = OrderItem { id: 1, version: 1 };
    item.verify_optimistic(&mut conn).unwrap();
    item.delete_optimistic(&mut conn).unwrap();
}

mod next_to_hostile_names {
    #![allow(dead_code, reason = "the names are there to be in the way")]

    pub struct Option;
    pub struct Result;
    pub struct String;
    pub struct Ok;
    pub struct Some;
    pub struct None;
    pub trait Clone {}
    pub trait Into {}
    pub trait Columns {}
    pub mod core {}
    pub mod std {}
    pub mod diesel {}
    pub mod occ {}

    #[derive(::occ_runtime::OptimisticLock)]
    #[diesel(table_name = super::items, treat_none_as_null = false)]
    pub struct Item {
        pub id: i32,
        pub name: ::std::string::String,
        #[diesel(serialize_as = i32)]
        pub size: ::std::option::Option<super::conversions::Size>,
        pub note: ::std::option::Option<&'static str>,
        pub version: i32,
    }
}

#[test]
fn items_named_like_the_prelude_are_in_nobodys_way() {
    let (mut conn, _) = connection();
    let mut item =
        next_to_hostile_names::Item { id: 1, name: "here".into(), size: None, note: None, version: 1 };
    item.save_optimistic(&mut conn).unwrap();
    assert_eq!(row(&mut conn), (1, "here".into(), 1, Some("note".into()), 2));
}

#[path = "shapes/conversions.rs"]
mod conversions;
#[path = "shapes/own_types.rs"]
mod own_types;
