//! `settle` where nothing was lost: what it says of a row, and what it leaves in memory. With lost answers: the target `faults`.

use diesel::prelude::*;
use occ_runtime::{Error, NoVersion, OptimisticLock, Outcome, Tracked};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, batch, begin, connect, delete, first, insert, record, rollback, save, save_tracked, settle,
    settle_tracked,
};
use super::product::{Product, load, products};

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = products)]
#[occ(tracked)]
struct Item {
    id: i32,
    name: String,
    #[occ(merge = add)]
    quantity: i32,
    version: i32,
}

diesel::table! { plain (id) { id -> Integer, name -> Text, size -> Integer } }

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = plain)]
#[occ(check = dirty)]
struct Plain {
    id: i32,
    name: String,
    size: i32,
}

super::scenarios! {
    async fn a_row_that_is_as_the_value_is_stored(database) {
        let conn = &mut connect(database).await;
        // What is not answered is known to the program as a whole, and other tests break off writes of the other rows.
        let mut lamp = Product { id: 901, ..load(1, conn).await };
        insert(&mut lamp, conn).await.unwrap();
        assert_eq!(settle(&mut lamp, conn).await.unwrap(), Outcome::Stored);
        lamp.quantity += 1;
        let edited = lamp.clone();
        assert_eq!(settle(&mut lamp, conn).await.unwrap(), Outcome::NotStored);
        assert_eq!(lamp, edited);
        save(&mut lamp, conn).await.unwrap();
        let recorder = record(conn);
        assert_eq!(settle(&mut lamp, conn).await.unwrap(), Outcome::Stored);
        let sent = recorder.take();
        let lock = match BACKEND {
            Backend::Sqlite => "",
            Backend::Postgres => " FOR SHARE",
            Backend::Mysql => " LOCK IN SHARE MODE",
        };
        assert_eq!(sent[0], format!("SELECT version FROM products WHERE id = ?{lock} -- [901]"));
        assert_eq!(sent.len(), 2, "{sent:?}");
        assert_eq!(lamp, load(901, conn).await);
    }

    async fn what_somebody_else_has_written_since_is_overtaken(database) {
        let conn = &mut connect(database).await;
        let (mut mine, mut theirs) = (load(1, conn).await, load(1, conn).await);
        mine.quantity = 3;
        theirs.quantity = 4;
        save(&mut theirs, conn).await.unwrap();
        let before = mine.clone();
        assert_eq!(settle(&mut mine, conn).await.unwrap(), Outcome::Overtaken);
        delete(&theirs, conn).await.unwrap();
        assert_eq!(settle(&mut mine, conn).await.unwrap(), Outcome::Overtaken);
        assert_eq!(mine, before);
        let mut new = Product { id: 77, ..before };
        assert_eq!(settle(&mut new, conn).await.unwrap(), Outcome::Overtaken, "nobody has tried to make it");
        insert(&mut new, conn).await.unwrap();
        assert_eq!(settle(&mut new, conn).await.unwrap(), Outcome::Stored);
    }

    async fn a_tracked_value_goes_on_from_where_the_row_is(database) {
        let conn = &mut connect(database).await;
        let mut mine: Tracked<Item> =
            first(products::table.find(1).select(Tracked::<Item>::as_select()), conn).await.unwrap();
        mine.name = "desk lamp".into();
        assert_eq!(settle_tracked(&mut mine, conn).await.unwrap(), Outcome::NotStored);
        assert_eq!(mine.dirty_fields(), ["name"]);
        // As the row is when the answer to a save of it was lost.
        let mut same = mine.clone();
        save_tracked(&mut same, conn).await.unwrap();
        assert_eq!(settle_tracked(&mut mine, conn).await.unwrap(), Outcome::Stored);
        assert!(!mine.is_dirty());
        assert_eq!(mine, same);
        // Two may have added the same.
        mine.quantity += 1;
        let mut same = mine.clone();
        save_tracked(&mut same, conn).await.unwrap();
        let before = mine.clone();
        assert_eq!(settle_tracked(&mut mine, conn).await.unwrap(), Outcome::Overtaken);
        assert_eq!(mine, before);
    }

    async fn a_tracked_value_of_a_plain_transaction_that_is_rolled_back_is_not_said_to_be_stored(database) {
        let conn = &mut connect(database).await;
        let mut mine: Tracked<Item> =
            first(products::table.find(1).select(Tracked::<Item>::as_select()), conn).await.unwrap();
        mine.name = "desk lamp".into();
        begin(conn).await.unwrap();
        save_tracked(&mut mine, conn).await.unwrap();
        rollback(conn).await.unwrap();
        let mut theirs = load(1, conn).await;
        theirs.name = "theirs".into();
        save(&mut theirs, conn).await.unwrap();
        assert_eq!(theirs.version, mine.version, "the same version by somebody else");
        assert_eq!(settle_tracked(&mut mine, conn).await.unwrap(), Outcome::Overtaken);
        mine.name = "floor lamp".into();
        assert!(matches!(save_tracked(&mut mine, conn).await, Err(Error::Stale(_))));
        assert_eq!(load(1, conn).await, theirs);
    }

    async fn without_a_version_the_columns_tell(database) {
        let conn = &mut connect(database).await;
        batch("CREATE TABLE plain (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, size INTEGER NOT NULL)", conn)
            .await
            .unwrap();
        batch("INSERT INTO plain VALUES (1, 'lamp', 3)", conn).await.unwrap();
        let mut mine: Tracked<Plain> =
            first(plain::table.find(1).select(Tracked::<Plain>::as_select()), conn).await.unwrap();
        mine.size = 4;
        assert_eq!(settle_tracked(&mut mine, conn).await.unwrap(), Outcome::NotStored);
        let mut same = mine.clone();
        save_tracked(&mut same, conn).await.unwrap();
        assert_eq!(settle_tracked(&mut mine, conn).await.unwrap(), Outcome::Stored);
        assert!(!mine.is_dirty());
        batch("UPDATE plain SET name = 'desk' WHERE id = 1", conn).await.unwrap();
        mine.size = 5;
        assert_eq!(settle_tracked(&mut mine, conn).await.unwrap(), Outcome::Overtaken);
        batch("DELETE FROM plain", conn).await.unwrap();
        assert_eq!(settle_tracked(&mut mine, conn).await.unwrap(), Outcome::Overtaken);
        let _: &NoVersion = mine.version();
    }
}
