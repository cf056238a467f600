//! `AUTO_INCREMENT` columns that are not the key, and keys that are none.

use diesel::prelude::*;
use occ_runtime::{Created, DatabaseGenerated, Error, Expect, OptimisticLock};

use super::cell::{
    Conn, all, batch, begin, connect, create, create_if_absent, execute, insert, rollback, upsert,
};
use super::product::{Product, products};

diesel::table! { parts (id) { id -> Integer, name -> Text, version -> Integer } }
diesel::table! { words (id) { id -> Text, name -> Text, version -> Integer } }

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
struct Part {
    id: i32,
    name: String,
    version: i32,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = parts)]
struct Stamped {
    id: i32,
    name: String,
    #[occ(version, generator = DatabaseGenerated)]
    #[diesel(skip_update)]
    version: i32,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
struct Word {
    id: String,
    name: String,
    version: i32,
}

/// By a column that no index is on.
#[derive(Clone, Debug, PartialEq, OptimisticLock)]
#[diesel(table_name = products, primary_key(name))]
#[occ(unique_key)]
struct ByName {
    name: String,
    id: i32,
    quantity: i32,
    version: i32,
}

fn is_not_known<T: std::fmt::Debug>(result: Result<T, Error>) -> bool {
    let said = result.unwrap_err().to_string();
    said.contains("is rolled back, since its key is not known")
}

async fn parts(conn: &mut Conn) -> Vec<Part> {
    all(parts::table.order(parts::id).select(Part::as_select()), conn).await.unwrap()
}

super::scenarios! {
    async fn a_number_that_was_made_for_another_column_is_not_taken_for_the_key(database) {
        let conn = &mut connect(database).await;
        for id in ["INTEGER PRIMARY KEY", "INTEGER NOT NULL DEFAULT 0 PRIMARY KEY", "INTEGER NOT NULL DEFAULT 2 PRIMARY KEY"] {
            batch(
                &format!(
                    "DROP TABLE IF EXISTS parts; CREATE TABLE parts (id {id}, name VARCHAR(20) NOT NULL, version INTEGER NOT NULL DEFAULT 1,
                     nr INTEGER AUTO_INCREMENT UNIQUE);
                     INSERT INTO parts (id, name) VALUES (3, 'theirs'), (4, 'theirs'), (5, 'theirs'), (6, 'theirs');"
                ),
                conn,
            )
            .await
            .unwrap();
            let before = parts(conn).await;
            let values = (parts::id.eq(50), parts::name.eq("mine"));
            assert!(is_not_known(create::<Part, _>(values, conn).await), "{id}");
            assert!(is_not_known(create::<Stamped, _>(values, conn).await), "{id}");
            // The same values as those of the row that is there.
            let values = (parts::id.eq(50), parts::name.eq("theirs"));
            assert!(is_not_known(create::<Part, _>(values, conn).await), "{id}");
            let result = create::<Part, _>(parts::name.eq("theirs"), conn).await;
            assert!(result.is_err(), "{id}: {result:?}");
            assert_eq!(parts(conn).await, before);
            // What says its key is known by it, whatever numbers are made, and be it 0.
            for key in [50, 0] {
                let values = (parts::id.eq(key), parts::name.eq("mine"));
                let made = create_if_absent::<Part, _, _>(values, key, conn).await.unwrap();
                assert_eq!(made, Created::New(Part { id: key, name: "mine".into(), version: 1 }));
            }
            execute(diesel::delete(parts::table.find(0)), conn).await.unwrap();
            let mut zero = Part { id: 0, name: "mine".into(), version: 77 };
            insert(&mut zero, conn).await.unwrap();
            assert_eq!(parts(conn).await[0], zero);
        }
    }

    async fn a_key_that_is_a_text_is_never_the_number(database) {
        let conn = &mut connect(database).await;
        for default in ["", "DEFAULT '3 of them'"] {
            batch(
                &format!(
                    "DROP TABLE IF EXISTS words; CREATE TABLE words (id VARCHAR(20) NOT NULL {default} PRIMARY KEY, name VARCHAR(20) NOT NULL,
                     version INTEGER NOT NULL DEFAULT 1, nr INTEGER AUTO_INCREMENT UNIQUE);
                     INSERT INTO words (id, name) VALUES ('3 of them', 'theirs'), ('4', 'theirs');"
                ),
                conn,
            )
            .await
            .unwrap();
            for _ in 0..3 {
                let values = (words::id.eq("mine"), words::name.eq("mine"));
                assert!(is_not_known(create::<Word, _>(values, conn).await));
            }
            let rows: Vec<Word> = all(words::table.select(Word::as_select()), conn).await.unwrap();
            assert_eq!(rows.len(), 2);
        }
    }

    async fn a_key_that_is_made_is_known_within_another_database_and_beside_a_trigger(database) {
        let conn = &mut connect(database).await;
        batch(
            "CREATE TABLE parts (id INTEGER AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) NOT NULL, version INTEGER NOT NULL DEFAULT 1);
             CREATE TABLE log (id INTEGER AUTO_INCREMENT PRIMARY KEY, part INTEGER NOT NULL);
             INSERT INTO log (part) VALUES (1), (1), (1);
             INSERT INTO parts (name) VALUES ('theirs'), ('theirs'), ('theirs'), ('theirs'), ('theirs');
             CREATE TRIGGER logs AFTER INSERT ON parts FOR EACH ROW INSERT INTO log (part) VALUES (NEW.id)",
            conn,
        )
        .await
        .unwrap();
        let made: Part = create(parts::name.eq("mine"), conn).await.unwrap();
        assert_eq!(made, Part { id: 6, name: "mine".into(), version: 1 });
        let made: Stamped = create(parts::name.eq("mine"), conn).await.unwrap();
        assert_eq!((made.id, made.version), (7, 1));
        assert!(is_not_known(create::<Part, _>((parts::id.eq(50), parts::name.eq("mine")), conn).await));
        assert!(is_not_known(create::<Stamped, _>((parts::id.eq(50), parts::name.eq("mine")), conn).await));
        assert_eq!(parts(conn).await.len(), 7);
    }

    async fn a_lock_that_a_look_at_the_key_does_not_get_is_what_is_said(database) {
        let a = &mut connect(database).await;
        // The row 1 is free, by which the INSERT is refused, and that of the key is locked.
        begin(a).await.unwrap();
        batch("UPDATE products SET quantity = 5 WHERE id = 2", a).await.unwrap();
        let mut desk = ByName { name: "desk".into(), id: 1, quantity: 1, version: 7 };
        let values = (products::id.eq(1), products::name.eq("new"), products::quantity.eq(1));
        // Each by a connection of its own, since MariaDB's client waits forever when a statement is sent again whose rows ended in
        // an error.
        for way in 0..3 {
            let b = &mut connect(database).await;
            batch("SET innodb_lock_wait_timeout = 1", b).await.unwrap();
            begin(b).await.unwrap();
            let refused = match way {
                0 => insert(&mut desk, b).await.unwrap_err(),
                1 => upsert(&mut desk, Expect::Absent, b).await.unwrap_err(),
                _ => create_if_absent::<Product, _, _>(values, 2, b).await.unwrap_err(),
            };
            assert!(refused.is_retryable(), "{way}: {refused:?}");
        }
        // Where the look finds nobody the INSERT's own error is what is to be known.
        let refused = create_if_absent::<Product, _, _>(values, 9, &mut connect(database).await).await.unwrap_err();
        assert!(!refused.is_retryable(), "{refused:?}");
        rollback(a).await.unwrap();
        assert_eq!(desk.version, 7);
    }
}
