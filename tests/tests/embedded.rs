//! A column that a struct holds, and an embedded struct too, is written by neither: the save is refused, and nothing sent.
#![cfg(feature = "sqlite")]
#![allow(dead_code, reason = "some fields are there not to be written")]

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use occ_runtime::prelude::*;
use occ_runtime::{Error, Tracked};
use occ_tests::recorder::Recorder;

diesel::table! {
    items (id) {
        id -> Integer,
        name -> Text,
        note -> Nullable<Text>,
        size -> Integer,
        version -> Integer,
    }
}

type Row = (i32, String, Option<String>, i32, i32);

fn connection() -> (SqliteConnection, Recorder) {
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    conn.batch_execute(
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT, size INTEGER NOT NULL,
                             version INTEGER NOT NULL);
         INSERT INTO items VALUES (1, 'old', 'note', 1, 1);",
    )
    .unwrap();
    let recorder = Recorder::default();
    conn.set_instrumentation(recorder.clone());
    (conn, recorder)
}

fn row(conn: &mut SqliteConnection) -> Row {
    items::table.first(conn).unwrap()
}

/// That it was refused for this column, before anything was sent.
#[track_caller]
fn refused(outcome: Result<(), Error>, column: &str, recorder: &Recorder) {
    let error = outcome.unwrap_err().to_string();
    assert!(error.contains(&format!("the column `{column}` of `items` would be written twice")), "{error}");
    assert_eq!(recorder.take(), [""; 0]);
}

#[derive(Clone, PartialEq, AsChangeset)]
#[diesel(table_name = items)]
struct Named {
    name: String,
}

fn named() -> Named {
    Named { name: "new".to_owned() }
}

#[test]
fn the_version() {
    #[derive(AsChangeset)]
    #[diesel(table_name = items)]
    struct Meta {
        name: String,
        version: i32,
    }

    #[derive(OptimisticLock)]
    #[diesel(table_name = items)]
    struct Item {
        id: i32,
        #[diesel(embed)]
        meta: Meta,
        version: i32,
    }

    let (mut conn, recorder) = connection();
    let mut item = Item { id: 1, meta: Meta { name: "new".to_owned(), version: 1 }, version: 1 };
    refused(item.save_optimistic(&mut conn), "version", &recorder);
    refused(item.save_optimistic(&mut conn), "version", &recorder);
    assert_eq!(item.version, 1);
    let error = item.save_optimistic(&mut conn).unwrap_err().to_string();
    assert!(error.contains("by `Item` and by `Meta`, which is embedded; nothing was sent"), "{error}");
    assert_eq!(row(&mut conn), (1, "old".into(), Some("note".into()), 1, 1));
}

#[test]
fn the_key_which_would_move_the_row() {
    #[derive(AsChangeset)]
    #[diesel(table_name = items, primary_key(name))]
    struct Identity {
        id: i32,
        size: i32,
    }

    #[derive(OptimisticLock)]
    #[diesel(table_name = items)]
    struct Item {
        id: i32,
        #[diesel(embed)]
        identity: Identity,
        version: i32,
    }

    let (mut conn, recorder) = connection();
    let mut item = Item { id: 1, identity: Identity { id: 7, size: 2 }, version: 1 };
    refused(item.save_optimistic(&mut conn), "id", &recorder);
    assert_eq!(row(&mut conn).0, 1);
}

#[test]
fn the_key_which_diesel_leaves_alone_is_no_mistake() {
    #[derive(AsChangeset)]
    #[diesel(table_name = items)]
    struct Identity {
        id: i32,
        size: i32,
    }

    #[derive(OptimisticLock)]
    #[diesel(table_name = items)]
    struct Item {
        id: i32,
        #[diesel(embed)]
        identity: Identity,
        version: i32,
    }

    let (mut conn, _) = connection();
    let mut item = Item { id: 1, identity: Identity { id: 7, size: 2 }, version: 1 };
    item.save_optimistic(&mut conn).unwrap();
    assert_eq!(row(&mut conn), (1, "old".into(), Some("note".into()), 2, 2));
}

#[test]
fn a_value() {
    #[derive(OptimisticLock)]
    #[diesel(table_name = items)]
    struct Item {
        id: i32,
        name: String,
        #[diesel(embed)]
        named: Option<Named>,
        version: i32,
    }

    let (mut conn, recorder) = connection();
    let mut item = Item { id: 1, name: "mine".to_owned(), named: None, version: 1 };
    // Also where today's value writes nothing.
    refused(item.save_optimistic(&mut conn), "name", &recorder);
    item.named = Some(named());
    refused(item.save_optimistic(&mut conn), "name", &recorder);
}

#[test]
fn a_value_that_is_never_written_here() {
    #[derive(OptimisticLock)]
    #[diesel(table_name = items)]
    struct Item {
        id: i32,
        #[diesel(skip_update)]
        name: String,
        #[diesel(embed)]
        named: Named,
        version: i32,
    }

    let (mut conn, _) = connection();
    let mut item = Item { id: 1, name: "mine".to_owned(), named: named(), version: 1 };
    item.save_optimistic(&mut conn).unwrap();
    assert_eq!((row(&mut conn).1, item.name), ("new".to_owned(), "mine".to_owned()));
}

#[test]
fn a_value_that_is_never_written_there() {
    #[derive(AsChangeset)]
    #[diesel(table_name = items)]
    struct Meta {
        name: String,
        #[diesel(skip_update)]
        version: i32,
    }

    #[derive(OptimisticLock)]
    #[diesel(table_name = items)]
    struct Item {
        id: i32,
        #[diesel(embed)]
        meta: Meta,
        version: i32,
    }

    let (mut conn, _) = connection();
    let mut item = Item { id: 1, meta: Meta { name: "new".to_owned(), version: 7 }, version: 1 };
    item.save_optimistic(&mut conn).unwrap();
    assert_eq!(row(&mut conn), (1, "new".into(), Some("note".into()), 1, 2));
}

#[test]
fn a_column_of_two_embedded_structs() {
    #[derive(AsChangeset)]
    #[diesel(table_name = items)]
    struct Noted {
        note: Option<String>,
        #[diesel(embed)]
        inner: Named,
    }

    #[derive(OptimisticLock)]
    #[diesel(table_name = items)]
    struct Item {
        id: i32,
        #[diesel(embed)]
        named: Named,
        #[diesel(embed)]
        noted: Noted,
        version: i32,
    }

    let (mut conn, recorder) = connection();
    let noted = Noted { note: None, inner: named() };
    let mut item = Item { id: 1, named: named(), noted, version: 1 };
    refused(item.save_optimistic(&mut conn), "name", &recorder);
}

#[test]
fn in_a_tracked_struct_and_in_what_is_unversioned() {
    #[derive(Clone, OptimisticLock)]
    #[diesel(table_name = items)]
    #[occ(tracked)]
    struct Item {
        id: i32,
        name: String,
        #[occ(unversioned)]
        #[diesel(embed)]
        named: Named,
        version: i32,
    }

    let (mut conn, recorder) = connection();
    let mut item = Tracked::new(Item { id: 1, name: "mine".to_owned(), named: named(), version: 1 });
    item.name = "other".to_owned();
    refused(item.save_optimistic(&mut conn), "name", &recorder);
    refused(item.save_unversioned(&mut conn), "name", &recorder);
}

#[test]
fn in_a_generic_struct_it_depends_on_the_type() {
    trait Kind {
        type Column: AsChangeset<Target = items::table, Changeset: Send + Sync>;
        fn column(&self) -> Self::Column;
    }

    struct Part<K>(K);

    impl<K: Kind> AsChangeset for &Part<K> {
        type Target = items::table;
        type Changeset = <K::Column as AsChangeset>::Changeset;

        fn as_changeset(self) -> Self::Changeset {
            self.0.column().as_changeset()
        }
    }

    struct Size;

    impl Kind for Size {
        type Column = diesel::dsl::Eq<items::size, i32>;

        fn column(&self) -> Self::Column {
            items::size.eq(7)
        }
    }

    struct Name;

    impl Kind for Name {
        type Column = diesel::dsl::Eq<items::name, &'static str>;

        fn column(&self) -> Self::Column {
            items::name.eq("theirs")
        }
    }

    #[derive(OptimisticLock)]
    #[diesel(table_name = items)]
    struct Item<K: Kind> {
        id: i32,
        name: String,
        #[diesel(embed)]
        part: Part<K>,
        version: i32,
    }

    let (mut conn, recorder) = connection();
    let mut item = Item { id: 1, name: "mine".to_owned(), part: Part(Size), version: 1 };
    item.save_optimistic(&mut conn).unwrap();
    assert_eq!(row(&mut conn), (1, "mine".into(), Some("note".into()), 7, 2));
    let _ = recorder.take();
    let mut item = Item { id: 1, name: "mine".to_owned(), part: Part(Name), version: 2 };
    refused(item.save_optimistic(&mut conn), "name", &recorder);
}

/// A changeset that is no type of Diesel's could write anything.
#[test]
fn a_changeset_that_does_not_tell_its_columns_is_refused() {
    struct Opaque;

    impl AsChangeset for &Opaque {
        type Target = items::table;
        type Changeset = Sql;

        fn as_changeset(self) -> Sql {
            Sql
        }
    }

    struct Sql;

    impl<DB: diesel::backend::Backend> QueryFragment<DB> for Sql {
        fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
            out.push_sql("version = 7");
            Ok(())
        }
    }

    #[derive(OptimisticLock)]
    #[diesel(table_name = items)]
    struct Item {
        id: i32,
        #[diesel(embed)]
        opaque: Opaque,
        version: i32,
    }

    let (mut conn, recorder) = connection();
    let mut item = Item { id: 1, opaque: Opaque, version: 1 };
    let error = item.save_optimistic(&mut conn).unwrap_err().to_string();
    assert!(
        error.contains("the changeset of `Opaque`, which is embedded in `Item`, does not tell"),
        "{error}"
    );
    assert_eq!(recorder.take(), [""; 0]);
}
