//! What a save writes of a field, beside what Diesel's own `AsChangeset` of the same struct writes: for each of Diesel's
//! keys, and for each two of them.
//!
//! Left out, since Diesel's derive refuses them: `embed` with `serialize_as` or with `treat_none_as_null`, and
//! `treat_none_as_null` on a field that is no `Option`; but see `diesel_keys/never_written.rs`.
#![cfg(feature = "sqlite")]

use diesel::connection::SimpleConnection as _;
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::prelude::*;
use diesel::serialize::{IsNull, Output, ToSql};
use diesel::sql_types::{Nullable, Text};
use diesel::sqlite::Sqlite;
use occ_runtime::prelude::*;

diesel::table! {
    items (id) {
        id -> Integer,
        name -> Text,
        note -> Nullable<Text>,
        size -> Integer,
        version -> Integer,
    }
}

/// Name, note and size of the row.
type Row = (String, Option<String>, i32);

/// A table with one row.
fn connection() -> SqliteConnection {
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    conn.batch_execute(
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT, size INTEGER NOT NULL,
                             version INTEGER NOT NULL);
         INSERT INTO items VALUES (1, 'old name', 'old note', 1, 1);",
    )
    .unwrap();
    conn
}

fn row(conn: &mut SqliteConnection) -> Row {
    items::table.select((items::name, items::note, items::size)).first(conn).unwrap()
}

/// A save, and an update with the struct as Diesel's changeset, make the same of the row.
#[track_caller]
fn same(diesel: &Row, occ: &Row) {
    assert_eq!(occ, diesel);
}

/// The one difference: a `None` about which nothing is said leaves the column alone in Diesel, and is NULL here.
#[track_caller]
fn null_here(diesel: &Row, occ: &Row) {
    assert_eq!(diesel.1.as_deref(), Some("old note"));
    assert_eq!(occ, &(diesel.0.clone(), None, diesel.2));
}

/// One test for each line `name: [keys on the struct] [keys on the field] field: type { value => outcome, .. }`.
macro_rules! fields {
    ($(
        $test:ident: [$($on_struct:tt)*] [$($on_field:tt)*] $field:ident: $ty:ty { $($value:expr => $outcome:ident),+ $(,)? };
    )+) => {$(
        #[test]
        fn $test() {
            #[derive(Clone, AsChangeset, OptimisticLock)]
            #[diesel(table_name = items, $($on_struct)*)]
            #[allow(dead_code, reason = "some keys say that nobody is to read the field")]
            struct Item {
                id: i32,
                #[diesel($($on_field)*)]
                $field: $ty,
                size: i32,
                version: i32,
            }

            $(
                let mut item = Item { id: 1, $field: $value, size: 7, version: 1 };
                let mut conn = connection();
                diesel::update(items::table.find(1)).set(item.clone()).execute(&mut conn).unwrap();
                let diesel = row(&mut conn);
                let mut conn = connection();
                item.save_optimistic(&mut conn).unwrap();
                assert_eq!((item.id, item.version), (1, 2));
                $outcome(&diesel, &row(&mut conn));
            )+
        }
    )+};
}

/// Fields that are never `None`.
macro_rules! texts {
    ($($test:ident: [$($on_field:tt)*];)+) => {
        fields! { $($test: [] [$($on_field)*] name: String { "new".to_owned() => same };)+ }
    };
}

/// Fields that may be `None`, and nothing is said about that.
macro_rules! options {
    ($($test:ident: [$($on_field:tt)*];)+) => {
        fields! { $($test: [] [$($on_field)*] note: Option<String> { some() => same, None => null_here };)+ }
    };
}

/// Fields that may be `None`, and either it is said what that means or they are never written.
macro_rules! decided_options {
    ($($test:ident: [$($on_struct:tt)*] [$($on_field:tt)*];)+) => {
        fields! { $($test: [$($on_struct)*] [$($on_field)*] note: Option<String> { some() => same, None => same };)+ }
    };
}

#[expect(clippy::unnecessary_wraps, reason = "it is the value of a field that may be `None`")]
fn some() -> Option<String> {
    Some("new".to_owned())
}

#[derive(Clone, AsChangeset)]
#[diesel(table_name = items)]
struct Label {
    name: String,
    note: Option<String>,
}

fn label() -> Label {
    Label { name: "new".to_owned(), note: None }
}

/// Becomes text by `serialize_as`.
#[derive(Clone)]
struct Word(&'static str);

impl From<Word> for String {
    fn from(word: Word) -> Self {
        format!("the word {}", word.0)
    }
}

/// Made of a whole `Option`, as the wrappers of other crates' types are.
#[derive(Debug)]
struct MaybeText(Option<String>);

impl From<Option<Word>> for MaybeText {
    fn from(word: Option<Word>) -> Self {
        Self(word.map(|word| format!("perhaps {}", word.0)))
    }
}

impl AsExpression<Nullable<Text>> for MaybeText {
    type Expression = Bound<Nullable<Text>, Self>;

    fn as_expression(self) -> Self::Expression {
        Bound::new(self)
    }
}

impl<'a> AsExpression<Nullable<Text>> for &'a MaybeText {
    type Expression = Bound<Nullable<Text>, &'a MaybeText>;

    fn as_expression(self) -> Self::Expression {
        Bound::new(self)
    }
}

impl ToSql<Nullable<Text>, Sqlite> for MaybeText {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> diesel::serialize::Result {
        match &self.0 {
            Some(text) => ToSql::<Text, Sqlite>::to_sql(text, out),
            None => Ok(IsNull::Yes),
        }
    }
}

// One key.

texts! {
    text: [];
    skip_insertion: [skip_insertion];
    skip_update: [skip_update];
    deserialize_as: [deserialize_as = String];
    column_name: [column_name = note];
    column_name_as_text: [column_name = "note"];
    select_expression: [select_expression = items::name];
    select_expression_type: [select_expression_type = items::name];
}

options! {
    option: [];
    option_skip_insertion: [skip_insertion];
    option_deserialize_as: [deserialize_as = String];
    option_column_name: [column_name = note];
    option_select_expression: [select_expression = items::note];
    option_select_expression_type: [select_expression_type = items::note];
}

decided_options! {
    option_skip_update: [] [skip_update];
    treat_none_as_null: [] [treat_none_as_null = true];
    treat_none_as_null_not: [] [treat_none_as_null = false];
    struct_treat_none_as_null: [treat_none_as_null = true] [];
    struct_treat_none_as_null_not: [treat_none_as_null = false] [];
}

fields! {
    serialize_as: [] [serialize_as = String] name: Word { Word("new") => same };
    option_serialize_as: [] [serialize_as = String] note: Option<Word> { Some(Word("new")) => same, None => null_here };
    embed: [] [embed] label: Label { label() => same };
    option_embed: [] [embed] label: Option<Label> { Some(label()) => same, None => same };
}

// `embed` and another.

fields! {
    embed_skip_update: [] [embed, skip_update] label: Label { label() => same };
    option_embed_skip_update: [] [embed, skip_update] label: Option<Label> { Some(label()) => same, None => same };
    embed_skip_insertion: [] [embed, skip_insertion] label: Label { label() => same };
    embed_deserialize_as: [] [embed, deserialize_as = String] label: Label { label() => same };
    embed_column_name: [] [embed, column_name = note] label: Label { label() => same };
    embed_struct_treat_none_as_null: [treat_none_as_null = true] [embed] label: Label { label() => same };
    embed_struct_treat_none_as_null_not: [treat_none_as_null = false] [embed] label: Label { label() => same };
    embed_select_expression: [] [embed, select_expression = items::name] label: Label { label() => same };
    embed_select_expression_type: [] [embed, select_expression_type = items::name] label: Label { label() => same };
}

// `skip_update` and another.

texts! {
    skip_update_skip_insertion: [skip_update, skip_insertion];
    skip_update_deserialize_as: [skip_update, deserialize_as = String];
    skip_update_column_name: [skip_update, column_name = note];
    skip_update_select_expression: [skip_update, select_expression = items::name];
    skip_update_select_expression_type: [skip_update, select_expression_type = items::name];
}

decided_options! {
    skip_update_treat_none_as_null: [] [skip_update, treat_none_as_null = true];
    skip_update_treat_none_as_null_not: [] [skip_update, treat_none_as_null = false];
    skip_update_struct_treat_none_as_null: [treat_none_as_null = true] [skip_update];
    skip_update_struct_treat_none_as_null_not: [treat_none_as_null = false] [skip_update];
}

fields! {
    skip_update_serialize_as: [] [skip_update, serialize_as = String] name: Word { Word("new") => same };
}

// `skip_insertion` and another.

texts! {
    skip_insertion_deserialize_as: [skip_insertion, deserialize_as = String];
    skip_insertion_column_name: [skip_insertion, column_name = note];
    skip_insertion_select_expression: [skip_insertion, select_expression = items::name];
    skip_insertion_select_expression_type: [skip_insertion, select_expression_type = items::name];
}

decided_options! {
    skip_insertion_treat_none_as_null: [] [skip_insertion, treat_none_as_null = true];
    skip_insertion_treat_none_as_null_not: [] [skip_insertion, treat_none_as_null = false];
    skip_insertion_struct_treat_none_as_null: [treat_none_as_null = true] [skip_insertion];
    skip_insertion_struct_treat_none_as_null_not: [treat_none_as_null = false] [skip_insertion];
}

fields! {
    skip_insertion_serialize_as: [] [skip_insertion, serialize_as = String] name: Word { Word("new") => same };
}

// `serialize_as` and another. With `treat_none_as_null = true` it converts the whole `Option`, else what is inside.

fields! {
    serialize_as_deserialize_as: [] [serialize_as = String, deserialize_as = String] name: Word { Word("new") => same };
    serialize_as_column_name: [] [serialize_as = String, column_name = note] name: Word { Word("new") => same };
    serialize_as_select_expression: [] [serialize_as = String, select_expression = items::name] name: Word {
        Word("new") => same
    };
    serialize_as_select_expression_type: [] [serialize_as = String, select_expression_type = items::name] name: Word {
        Word("new") => same
    };
    serialize_as_treat_none_as_null: [] [serialize_as = MaybeText, treat_none_as_null = true] note: Option<Word> {
        Some(Word("new")) => same, None => same
    };
    serialize_as_treat_none_as_null_not: [] [serialize_as = String, treat_none_as_null = false] note: Option<Word> {
        Some(Word("new")) => same, None => same
    };
    serialize_as_struct_treat_none_as_null: [treat_none_as_null = true] [serialize_as = MaybeText] note: Option<Word> {
        Some(Word("new")) => same, None => same
    };
    serialize_as_struct_treat_none_as_null_not: [treat_none_as_null = false] [serialize_as = String] note: Option<Word> {
        Some(Word("new")) => same, None => same
    };
}

// `deserialize_as` and another.

texts! {
    deserialize_as_column_name: [deserialize_as = String, column_name = note];
    deserialize_as_select_expression: [deserialize_as = String, select_expression = items::name];
    deserialize_as_select_expression_type: [deserialize_as = String, select_expression_type = items::name];
}

decided_options! {
    deserialize_as_treat_none_as_null: [] [deserialize_as = String, treat_none_as_null = true];
    deserialize_as_treat_none_as_null_not: [] [deserialize_as = String, treat_none_as_null = false];
    deserialize_as_struct_treat_none_as_null: [treat_none_as_null = true] [deserialize_as = String];
    deserialize_as_struct_treat_none_as_null_not: [treat_none_as_null = false] [deserialize_as = String];
}

// `column_name` and another.

texts! {
    column_name_select_expression: [column_name = note, select_expression = items::note];
    column_name_select_expression_type: [column_name = note, select_expression_type = items::note];
}

fields! {
    column_name_treat_none_as_null: [] [column_name = note, treat_none_as_null = true] other: Option<String> {
        some() => same, None => same
    };
    column_name_treat_none_as_null_not: [] [column_name = note, treat_none_as_null = false] other: Option<String> {
        some() => same, None => same
    };
    column_name_struct_treat_none_as_null: [treat_none_as_null = true] [column_name = note] other: Option<String> {
        some() => same, None => same
    };
    column_name_struct_treat_none_as_null_not: [treat_none_as_null = false] [column_name = note] other: Option<String> {
        some() => same, None => same
    };
}

// `treat_none_as_null` and another: the field's own counts.

decided_options! {
    both_treat_none_as_null: [treat_none_as_null = true] [treat_none_as_null = true];
    both_treat_none_as_null_not: [treat_none_as_null = false] [treat_none_as_null = false];
    treat_none_as_null_in_a_struct_that_does_not: [treat_none_as_null = false] [treat_none_as_null = true];
    treat_none_as_null_not_in_a_struct_that_does: [treat_none_as_null = true] [treat_none_as_null = false];
    treat_none_as_null_select_expression: [] [treat_none_as_null = true, select_expression = items::note];
    treat_none_as_null_not_select_expression: [] [treat_none_as_null = false, select_expression = items::note];
    treat_none_as_null_select_expression_type: [] [treat_none_as_null = true, select_expression_type = items::note];
    treat_none_as_null_not_select_expression_type: [] [treat_none_as_null = false, select_expression_type = items::note];
    struct_treat_none_as_null_select_expression: [treat_none_as_null = true] [select_expression = items::note];
    struct_treat_none_as_null_not_select_expression: [treat_none_as_null = false] [select_expression = items::note];
    struct_treat_none_as_null_select_expression_type: [treat_none_as_null = true] [select_expression_type = items::note];
    struct_treat_none_as_null_not_select_expression_type: [treat_none_as_null = false] [select_expression_type = items::note];
}

fields! {
    an_option_of_an_option: [] [treat_none_as_null = false] note: Option<Option<String>> {
        Some(some()) => same, Some(None) => same, None => same
    };
}

// The two of reading.

texts! {
    select_expression_select_expression_type: [select_expression = items::name, select_expression_type = items::name];
}

// A key that is given twice: the last one counts, wherever it comes from.

fields! {
    column_name_twice: [] [column_name = name, column_name = note] it: String { "new".to_owned() => same };
    treat_none_as_null_twice: [] [treat_none_as_null = true, treat_none_as_null = false] note: Option<String> {
        some() => same, None => same
    };
    struct_treat_none_as_null_twice: [treat_none_as_null = false, treat_none_as_null = true] [] note: Option<String> {
        some() => same, None => same
    };
    serialize_as_twice: [] [serialize_as = MaybeText, serialize_as = String] name: Word { Word("new") => same };
    primary_key_twice: [primary_key(name), primary_key(id)] [] name: String { "new".to_owned() => same };
}

#[test]
fn a_key_that_is_given_again_under_a_condition_counts() {
    #[derive(Clone, AsChangeset, OptimisticLock)]
    #[diesel(table_name = items, primary_key(name))]
    #[cfg_attr(all(), diesel(primary_key(id)))]
    struct Item {
        id: i32,
        #[diesel(column_name = name)]
        #[cfg_attr(all(), diesel(column_name = note))]
        it: String,
        version: i32,
    }

    let mut item = Item { id: 1, it: "new".to_owned(), version: 1 };
    let mut conn = connection();
    diesel::update(items::table.find(1)).set(&item).execute(&mut conn).unwrap();
    let diesel = row(&mut conn);
    let mut conn = connection();
    item.save_optimistic(&mut conn).unwrap();
    same(&diesel, &row(&mut conn));
    assert_eq!(diesel, ("old name".to_owned(), Some("new".to_owned()), 1));
}

#[path = "diesel_keys/never_written.rs"]
mod never_written;
