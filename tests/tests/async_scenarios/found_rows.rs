//! `AsyncMysqlConnection::try_from` keeps the driver's setting, by which MySQL counts changed rows and not found ones.

use diesel::prelude::*;
use diesel_async::AsyncMysqlConnection;
use occ_runtime::{
    AsyncOptimisticDsl as _, AsyncTrackedDsl as _, DatabaseGenerated, Error, OptimisticLock, Tracked,
};
use occ_tests::database::TestDatabase as _;

use super::cell::{Database, batch, begin, connect, first, rollback};
use super::product::load;
use crate::scenarios::server::{is_newer_than_snapshot, refuses_old_snapshots};

diesel::table! {
    pages (id) { id -> Integer, title -> Text, views -> Double, price -> Double, version -> Integer }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = pages)]
struct Counted {
    id: i32,
    title: String,
    #[occ(unversioned)]
    views: f64,
    version: i32,
}

/// The same row, as if it had no version. The column of the title drops what does not fit.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = pages)]
#[occ(check = all)]
struct Compared {
    id: i32,
    title: String,
    #[occ(unchecked)]
    price: f64,
}

diesel::table! { stamped (id) { id -> Integer, name -> Text, version -> Timestamp } }

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = stamped)]
struct Stamped {
    id: i32,
    name: String,
    #[occ(version, generator = DatabaseGenerated)]
    version: chrono::NaiveDateTime,
}

/// A connection that counts changed rows.
async fn counts_changes(database: &Database) -> AsyncMysqlConnection {
    let driver = mysql_async::Conn::from_url(database.url()).await.unwrap();
    AsyncMysqlConnection::try_from(driver).await.unwrap()
}

async fn create_pages(database: &Database) {
    let conn = &mut connect(database).await;
    batch("CREATE TABLE pages (id INTEGER PRIMARY KEY, title VARCHAR(5) NOT NULL, views DOUBLE NOT NULL, price DECIMAL(10, 2) NOT NULL, \
           version INTEGER NOT NULL)", conn).await.unwrap();
    batch("INSERT INTO pages VALUES (1, 'Doors', 0.1, 1.00, 1)", conn).await.unwrap();
}

crate::scenarios::scenarios! {
    async fn a_version_that_the_database_leaves_is_said_so_where_changed_rows_are_counted(database) {
        let found = &mut connect(database).await;
        batch("CREATE TABLE stamped (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL,
                   version DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6));
               INSERT INTO stamped (id, name) VALUES (1, 'a')", found).await.unwrap();
        let refuses = refuses_old_snapshots(found).await;
        let conn = &mut counts_changes(database).await;
        let mut row: Stamped = first(stamped::table.select(Stamped::as_select()), found).await.unwrap();
        let before = row.clone();
        for within in [false, true] {
            if within {
                begin(conn).await.unwrap();
            }
            for result in [row.save_optimistic(conn).await, row.touch_optimistic(conn).await] {
                assert!(matches!(result, Err(Error::Version(_))), "{result:?}");
            }
            if within {
                rollback(conn).await.unwrap();
            }
            let stored: Stamped = first(stamped::table.select(Stamped::as_select()), found).await.unwrap();
            assert_eq!((&row, &stored), (&before, &before));
        }
        // A conflict is one, also where the transaction still sees the row as it was loaded.
        batch("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", conn).await.unwrap();
        begin(conn).await.unwrap();
        let _: Stamped = first(stamped::table.select(Stamped::as_select()), conn).await.unwrap();
        batch("UPDATE stamped SET name = 'theirs'", found).await.unwrap();
        match row.save_optimistic(conn).await {
            Err(Error::Stale(stale)) => assert!(!refuses && !stale.is_from_old_snapshot(), "{stale}"),
            Err(error) => assert!(refuses && is_newer_than_snapshot(&error), "{error:?}"),
            Ok(()) => panic!("it is stale"),
        }
        rollback(conn).await.unwrap();
        assert_eq!(row, before);
    }

    async fn a_save_that_changes_only_the_version_is_no_conflict_where_changed_rows_are_counted(database) {
        let mut product = load(1, &mut connect(database).await).await;
        let conn = &mut counts_changes(database).await;
        product.save_optimistic(conn).await.unwrap();
        product.touch_optimistic(conn).await.unwrap();
        assert_eq!((product.version, load(1, conn).await.version), (3, 3));
    }

    async fn the_unversioned_value_that_is_there_is_no_conflict_where_changed_rows_are_counted(database) {
        create_pages(database).await;
        let conn = &mut counts_changes(database).await;
        let page: Counted = first(pages::table.find(1).select(Counted::as_select()), conn).await.unwrap();
        page.save_unversioned(conn).await.unwrap();
        let gone = Counted { id: 9, ..page };
        assert!(gone.save_unversioned(conn).await.unwrap_err().is_stale(), "it is not there");
    }

    async fn a_change_that_the_column_drops_is_no_conflict_where_changed_rows_are_counted(database) {
        create_pages(database).await;
        let conn = &mut counts_changes(database).await;
        let mut page: Tracked<Compared> = first(pages::table.find(1).select(Tracked::<Compared>::as_select()), conn).await.unwrap();
        let mut stale = page.clone();
        page.price = 1.001;
        page.save_optimistic(conn).await.unwrap();
        page.title = "Locks".into();
        page.save_optimistic(conn).await.unwrap();
        stale.price = 2.0;
        for _ in 0..2 {
            assert!(stale.save_optimistic(conn).await.unwrap_err().is_stale(), "the title is another");
        }
        // The same within a transaction of the caller's.
        begin(conn).await.unwrap();
        page.price = 1.002;
        page.save_optimistic(conn).await.unwrap();
        rollback(conn).await.unwrap();
    }
}
