//! Rows with keys of several columns, and other keys than `id`.

use diesel::prelude::*;
use occ_runtime::{Error, OptimisticLock};

use super::cell::{Conn, batch, connect, delete, first, record, reload, save};

diesel::table! {
    stocks (shop, article) {
        shop -> Integer,
        article -> Text,
        amount -> Integer,
        version -> BigInt,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = stocks, primary_key(shop, article))]
struct Stock {
    amount: i32,
    article: String,
    shop: i32,
    version: i64,
}

/// Names only half of the key, and claims that it is enough.
#[derive(Clone, Debug, PartialEq, OptimisticLock)]
#[diesel(table_name = stocks, primary_key(shop))]
#[occ(unique_key)]
struct HalfKey {
    shop: i32,
    amount: i32,
    version: i64,
}

async fn create(conn: &mut Conn) {
    batch(
        "CREATE TABLE stocks (shop INTEGER NOT NULL, article VARCHAR(50) NOT NULL, amount INTEGER NOT NULL, \
         version BIGINT NOT NULL, PRIMARY KEY (shop, article));
         INSERT INTO stocks VALUES (1, 'blue', 5, 1);
         INSERT INTO stocks VALUES (1, 'red', 6, 1);
         INSERT INTO stocks VALUES (2, 'blue', 7, 1);",
        conn,
    )
    .await
    .unwrap();
}

async fn amounts(conn: &mut Conn) -> Vec<(i32, String, i32, i64)> {
    let mut all = Vec::new();
    for key in [(1, "blue"), (1, "red"), (2, "blue")] {
        all.push(first(stocks::table.find(key).select(stocks::all_columns), conn).await.unwrap());
    }
    all
}

super::scenarios! {
    async fn a_composite_key_finds_its_own_row_only(database) {
        let conn = &mut connect(database).await;
        create(conn).await;
        let mut stock: Stock = first(stocks::table.find((1, "blue")).select(Stock::as_select()), conn).await.unwrap();
        stock.amount = 50;
        let recorder = record(conn);
        save(&mut stock, conn).await.unwrap();
        assert_eq!(recorder.take(), [
            "UPDATE stocks SET amount = ?, version = ? WHERE article = ? AND shop = ? AND version = ? \
             -- [50, 2, \"blue\", 1, 1]",
        ]);
        assert_eq!(amounts(conn).await, [
            (1, "blue".into(), 50, 2), (1, "red".into(), 6, 1), (2, "blue".into(), 7, 1),
        ]);
        let before = stock.clone();
        reload(&mut stock, conn).await.unwrap();
        assert_eq!(stock, before);
    }

    async fn an_error_names_every_column_of_the_key(database) {
        let conn = &mut connect(database).await;
        create(conn).await;
        let gone = Stock { amount: 0, article: "green".into(), shop: 3, version: 1 };
        let Err(Error::Stale(stale)) = delete(&gone, conn).await else { panic!("there is no such row") };
        assert_eq!((stale.key(), stale.is_deleted()), ("(\"green\", 3)", true));
    }

    async fn half_a_key_that_meets_two_rows_is_an_error_and_memory_is_unchanged(database) {
        let conn = &mut connect(database).await;
        create(conn).await;
        let mut half = HalfKey { shop: 1, amount: 0, version: 1 };
        let before = half.clone();
        let Err(Error::AmbiguousKey(error)) = save(&mut half, conn).await else { panic!("two rows have this key") };
        assert_eq!(error.rows(), 2);
        assert_eq!(half, before);
        assert_eq!((error.table(), error.key(), error.is_written()), ("stocks", "1", false));
        assert_eq!(
            error.to_string(),
            "key 1 of `stocks` matched 2 rows instead of one, and nothing is written: make the key unique in the database, \
             or name another one in `#[diesel(primary_key(..))]`"
        );
    }
}
