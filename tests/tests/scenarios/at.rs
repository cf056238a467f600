//! `Product::at(key, version)`: a row that is not in memory.

use diesel::prelude::*;
use occ_runtime::{Error, Operation, OptimisticLock};
use occ_tests::cell::is_diesels_own;

use super::cell::{
    Conn, batch, begin, commit, connect, delete_at, record, rollback, save, touch_at, update_at, verify_at,
};
use super::product::{Product, load, products};

diesel::table! {
    stocks (shop, article) {
        shop -> Integer,
        article -> Text,
        amount -> Integer,
        version -> BigInt,
    }
}

/// Cannot be loaded: what it has is borrowed, and not all of the row.
#[derive(OptimisticLock)]
#[diesel(table_name = stocks, primary_key(shop, article))]
pub struct Amount<'a> {
    shop: i32,
    article: &'a str,
    version: i64,
}

async fn create_stocks(key: &str, conn: &mut Conn) {
    batch(
        &format!(
            "CREATE TABLE stocks (shop INTEGER NOT NULL, article VARCHAR(50) NOT NULL, amount INTEGER NOT NULL, \
             version BIGINT NOT NULL{key});
             INSERT INTO stocks VALUES (1, 'blue', 5, 1);
             INSERT INTO stocks VALUES (1, 'red', 6, 1);"
        ),
        conn,
    )
    .await
    .unwrap();
}

async fn amounts(conn: &mut Conn) -> Vec<(i32, i64)> {
    let all = stocks::table.order(stocks::amount).select((stocks::amount, stocks::version));
    super::cell::all(all, conn).await.unwrap()
}

super::scenarios! {
    async fn a_write_is_one_statement_and_gives_the_new_version_back(database) {
        let conn = &mut connect(database).await;
        let recorder = record(conn);
        let version = update_at(Product::at(1, 1), products::quantity.eq(products::quantity - 1), conn).await.unwrap();
        assert_eq!(version, 2);
        let version = touch_at(Product::at(1, version), conn).await.unwrap();
        assert_eq!(version, 3);
        verify_at(Product::at(1, version), conn).await.unwrap();
        assert_eq!(recorder.take(), [
            "UPDATE products SET quantity = (products.quantity - ?), version = ? WHERE (products.id = ?) AND version = ? \
             -- [1, 2, 1, 1]",
            "UPDATE products SET version = ? WHERE (products.id = ?) AND version = ? -- [3, 1, 2]",
            "SELECT version FROM products WHERE (products.id = ?) LIMIT 2 -- [1]",
        ].map(|sql| if is_diesels_own::<Conn>() { sql.to_owned() } else { sql.replace(" LIMIT 2", "") }));
        let row = load(1, conn).await;
        assert_eq!((row.quantity, row.version), (9, 3));
        let _ = recorder.take();
        delete_at(Product::at(1, version), conn).await.unwrap();
        assert_eq!(recorder.take(), ["DELETE FROM products WHERE (products.id = ?) AND version = ? -- [1, 3]"]);
        assert_eq!(load(2, conn).await.version, 1);
    }

    async fn a_conflict_names_the_row_and_both_versions(database) {
        let conn = &mut connect(database).await;
        save(&mut load(1, conn).await, conn).await.unwrap();
        let before = load(1, conn).await;
        let old = Product::at(1, 1);
        let results = [
            (Operation::Update, update_at(old, products::name.eq("x"), conn).await.map(|_| ())),
            (Operation::Touch, touch_at(old, conn).await.map(|_| ())),
            (Operation::Delete, delete_at(old, conn).await),
            (Operation::Verify, verify_at(old, conn).await),
        ];
        for (operation, result) in results {
            let Err(Error::Stale(stale)) = result else { panic!("{operation}: the row is at version 2") };
            assert_eq!((stale.operation(), stale.table(), stale.key()), (operation, "products", "1"));
            assert_eq!((stale.expected(), stale.actual(), stale.is_deleted()), ("1", Some("2"), false));
        }
        assert_eq!(load(1, conn).await, before);
        let none = Product::at(77, 1);
        for result in [
            update_at(none, products::name.eq("x"), conn).await.map(|_| ()),
            touch_at(none, conn).await.map(|_| ()),
            delete_at(none, conn).await,
            verify_at(none, conn).await,
        ] {
            let Err(Error::Stale(stale)) = result else { panic!("there is no such row") };
            assert!(stale.is_deleted());
            assert_eq!((stale.key(), stale.expected()), ("77", "1"));
        }
    }

    async fn an_exhausted_version_sends_nothing(database) {
        let conn = &mut connect(database).await;
        let recorder = record(conn);
        let result = touch_at(Product::at(1, i32::MAX), conn).await;
        assert!(matches!(result, Err(Error::Version(_))), "{result:?}");
        assert_eq!(recorder.take(), [] as [&str; 0]);
    }

    async fn a_key_of_several_columns_finds_its_own_row_only(database) {
        let conn = &mut connect(database).await;
        create_stocks(", PRIMARY KEY (shop, article)", conn).await;
        let changes = stocks::amount.eq(stocks::amount * 10);
        assert_eq!(update_at(Amount::at((1, "blue"), 1), changes, conn).await.unwrap(), 2);
        assert_eq!(amounts(conn).await, [(6, 1), (50, 2)]);
        let Err(Error::Stale(stale)) = touch_at(Amount::at((1, "blue".to_owned()), 1), conn).await else {
            panic!("it is at version 2")
        };
        assert_eq!((stale.table(), stale.key(), stale.actual()), ("stocks", "(1, \"blue\")", Some("2")));
        delete_at(Amount::at((1, "blue"), 2), conn).await.unwrap();
        assert_eq!(amounts(conn).await, [(6, 1)]);
    }

    async fn rows_that_share_the_key_are_an_error(database) {
        let conn = &mut connect(database).await;
        create_stocks("", conn).await;
        batch("UPDATE stocks SET article = 'blue'", conn).await.unwrap();
        begin(conn).await.unwrap();
        let at = Amount::at((1, "blue"), 1);
        for result in [touch_at(at, conn).await.map(|_| ()), verify_at(at, conn).await] {
            let Err(Error::AmbiguousKey(error)) = result else { panic!("{result:?}: there are two") };
            assert_eq!(error.table(), "stocks");
        }
        rollback(conn).await.unwrap();
        assert_eq!(amounts(conn).await, [(5, 1), (6, 1)]);
    }

    async fn in_a_transaction_it_counts_once_that_has_committed(database) {
        let conn = &mut connect(database).await;
        for (ends_well, version) in [(false, 1), (true, 2)] {
            begin(conn).await.unwrap();
            assert_eq!(touch_at(Product::at(1, 1), conn).await.unwrap(), 2);
            if ends_well { commit(conn).await.unwrap() } else { rollback(conn).await.unwrap() }
            assert_eq!(load(1, &mut connect(database).await).await.version, version);
        }
    }
}

#[cfg(feature = "version_types")]
mod generated {
    use diesel::prelude::*;
    use occ_runtime::{DatabaseGenerated, Error, OptimisticLock, VersionTrigger};
    use occ_tests::cell::Backend;

    use super::super::cell::{BACKEND, batch, connect, touch_at, update, update_at};
    use super::super::cell::{begin, rollback};
    use super::super::product::{load, products};

    #[derive(OptimisticLock)]
    #[diesel(table_name = products)]
    pub struct Product {
        id: i32,
        name: String,
        #[occ(version, generator = DatabaseGenerated)]
        version: i32,
    }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
    #[diesel(table_name = products)]
    struct Loaded {
        id: i32,
        name: String,
        #[occ(version, generator = DatabaseGenerated)]
        version: i32,
    }

    crate::scenarios::scenarios! {
        async fn a_key_that_the_changes_set_is_followed_or_refused(database) {
            let conn = &mut connect(database).await;
            let trigger = VersionTrigger::counter("products", "version");
            let sql = match BACKEND {
                Backend::Sqlite => trigger.sqlite(),
                Backend::Postgres => trigger.postgres(),
                Backend::Mysql => trigger.mysql(),
            };
            batch(&sql, conn).await.unwrap();
            begin(conn).await.unwrap();
            let mut loaded = Loaded { id: 2, name: "desk".into(), version: 1 };
            match update(&mut loaded, products::id.eq(8), conn).await {
                Ok(()) => assert_eq!((loaded.id, loaded.version), (8, 2)),
                Err(error) => {
                    assert!(error.to_string().contains("set the key"), "{error}");
                    assert_eq!((loaded.id, loaded.version, load(2, conn).await.version), (2, 1, 1));
                }
            }
            match update_at(Product::at(1, 1), products::id.eq(9), conn).await {
                Ok(version) => assert_eq!((version, load(9, conn).await.version), (2, 2)),
                Err(error) => {
                    let said = error.to_string();
                    assert!(said.contains("row 1 of `products`") && said.contains("set the key"), "{said}");
                    assert_eq!(load(1, conn).await.version, 1, "it is rolled back");
                }
            }
            rollback(conn).await.unwrap();
        }

        async fn a_version_that_the_database_makes_is_read_back(database) {
            let conn = &mut connect(database).await;
            let result = update_at(Product::at(1, 1), products::name.eq("x"), conn).await;
            assert!(matches!(result, Err(Error::Version(_))), "{result:?}: there is no trigger yet");
            let (trigger, at) = (VersionTrigger::counter("products", "version"), load(1, conn).await.version);
            let sql = match BACKEND {
                Backend::Sqlite => trigger.sqlite(),
                Backend::Postgres => trigger.postgres(),
                Backend::Mysql => trigger.mysql(),
            };
            batch(&sql, conn).await.unwrap();
            let version = update_at(Product::at(1, at), products::name.eq("renamed"), conn).await.unwrap();
            assert_eq!(version, at + 1);
            assert_eq!(touch_at(Product::at(1, version), conn).await.unwrap(), at + 2);
            let row = load(1, conn).await;
            assert_eq!((row.name.as_str(), row.version), ("renamed", at + 2));
            let Err(Error::Stale(stale)) = touch_at(Product::at(1, version), conn).await else { panic!("it is stale") };
            assert_eq!(stale.actual().map(str::to_owned), Some((at + 2).to_string()));
        }
    }
}
