//! Tables of an attached database, which `table!` names with their schema.

use diesel::prelude::*;
use diesel::result::Error as DieselError;
use occ_runtime::{Created, DatabaseGenerated, Error, Expect, OptimisticLock};

use super::cell::{
    all, batch, connect, create, create_if_absent, delete, insert, insert_all, save, touch_at, update,
    update_at, upsert,
};

diesel::table! {
    other.gadgets (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
struct Gadget {
    id: i32,
    name: String,
    version: i32,
}

/// The same, whose version the database makes.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = gadgets)]
struct Stamped {
    id: i32,
    name: String,
    #[occ(version, generator = DatabaseGenerated)]
    #[diesel(skip_update)]
    version: i32,
}

fn gadget(id: i32, name: &str, version: i32) -> Gadget {
    Gadget { id, name: name.into(), version }
}

super::scenarios! {
    async fn rows_of_an_attached_database_live_as_others_do(database) {
        let conn = &mut connect(database).await;
        batch(
            "ATTACH DATABASE ':memory:' AS other;
             CREATE TABLE other.gadgets (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 41);
             CREATE TABLE gadgets (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 9);
             INSERT INTO gadgets (name) VALUES ('main'), ('main'), ('main'), ('main');
             CREATE TABLE other.log (id INTEGER PRIMARY KEY, gadget INTEGER NOT NULL);
             INSERT INTO log (gadget) VALUES (1), (2), (3);
             CREATE TRIGGER other.logs AFTER INSERT ON gadgets BEGIN
                 UPDATE gadgets SET name = upper(name) WHERE id = NEW.id;
                 INSERT INTO log (gadget) VALUES (NEW.id);
             END",
            conn,
        )
        .await
        .unwrap();
        let mut one: Gadget = create(gadgets::name.eq("one"), conn).await.unwrap();
        assert_eq!(one, gadget(1, "ONE", 1));
        let two: Stamped = create(gadgets::name.eq("two"), conn).await.unwrap();
        assert_eq!(two, Stamped { id: 2, name: "TWO".into(), version: 41 });
        let values = (gadgets::id.eq(7), gadgets::name.eq("seven"));
        let made = create_if_absent::<Gadget, _, _>(values, 7, conn).await.unwrap();
        assert_eq!(made, Created::New(gadget(7, "SEVEN", 1)));
        let found = create_if_absent::<Gadget, _, _>(values, 7, conn).await.unwrap();
        assert_eq!(found, Created::Existing(gadget(7, "SEVEN", 1)));
        let other = (gadgets::id.eq(8), gadgets::name.eq("eight"));
        assert!(create_if_absent::<Gadget, _, _>(other, 7, conn).await.is_err());
        assert!(create_if_absent::<Stamped, _, _>(other, 7, conn).await.is_err());
        assert!(create_if_absent::<Gadget, _, _>(gadgets::name.eq("none"), 7, conn).await.is_err());
        let mut three = gadget(3, "THREE", 0);
        insert(&mut three, conn).await.unwrap();
        assert!(matches!(insert(&mut three.clone(), conn).await, Err(Error::Exists(_))));
        insert_all(&mut [gadget(4, "FOUR", 0), gadget(5, "FIVE", 0)], conn).await.unwrap();
        upsert(&mut three, Expect::Any, conn).await.unwrap();
        save(&mut one, conn).await.unwrap();
        update(&mut one, gadgets::name.eq("first"), conn).await.unwrap();
        assert_eq!(one, gadget(1, "first", 3));
        assert_eq!(update_at(Gadget::at(1, 3), gadgets::name.eq("First"), conn).await.unwrap(), 4);
        assert_eq!(touch_at(Gadget::at(1, 4), conn).await.unwrap(), 5);
        delete(&gadget(1, "", 5), conn).await.unwrap();
        let rows: Vec<(i32, i32)> =
            all(gadgets::table.order(gadgets::id).select((gadgets::id, gadgets::version)), conn).await.unwrap();
        assert_eq!(rows, [(2, 41), (3, 2), (4, 1), (5, 1), (7, 1)]);
    }

    async fn a_row_that_an_attached_table_leaves_out_is_not_taken_for_the_last_one_made(database) {
        let conn = &mut connect(database).await;
        batch(
            "ATTACH DATABASE ':memory:' AS other;
             CREATE TABLE other.gadgets (
                 id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE ON CONFLICT IGNORE, version INTEGER NOT NULL DEFAULT 41
             )",
            conn,
        )
        .await
        .unwrap();
        let one: Gadget = create(gadgets::name.eq("one"), conn).await.unwrap();
        let last: Gadget = create(gadgets::name.eq("last"), conn).await.unwrap();
        let is_not_found = |error: &Error| matches!(error, Error::Database(DieselError::NotFound));
        let error = create::<Gadget, _>(gadgets::name.eq("one"), conn).await.unwrap_err();
        assert!(is_not_found(&error), "{error:?}");
        let error = create::<Stamped, _>(gadgets::name.eq("one"), conn).await.unwrap_err();
        assert!(is_not_found(&error), "{error:?}");
        let rows: Vec<Gadget> = all(gadgets::table.order(gadgets::id).select(Gadget::as_select()), conn).await.unwrap();
        assert_eq!(rows, [one, last]);
    }
}
