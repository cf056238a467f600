//! One derived struct in a program with blocking and async connections, and every trait of both worlds in scope.
#![cfg(all(feature = "sqlite", feature = "async"))]

mod model {
    // Diesel's `RunQueryDsl` and that of diesel-async: in such a place `.execute(..)` is ambiguous, and the derive must
    // not need it.
    #![allow(unused_imports, reason = "they are there to be in the way")]
    use diesel::prelude::*;
    use diesel_async::RunQueryDsl as _;
    use occ_runtime::prelude::*;

    diesel::table! { products (id) { id -> Integer, name -> Text, version -> Integer } }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
    pub struct Product {
        pub id: i32,
        pub name: String,
        pub version: i32,
    }
}

mod blocking {
    use diesel::SqliteConnection;
    use occ_runtime::Error;
    use occ_runtime::prelude::*;

    pub fn rename(product: &mut super::model::Product, conn: &mut SqliteConnection) -> Result<(), Error> {
        product.name = "blocking".into();
        product.save_optimistic(conn)
    }
}

mod waiting {
    use diesel_async::AsyncConnection;
    use occ_runtime::async_prelude::*;
    use occ_runtime::{AsyncSavesOn, Error};

    /// Generic, so that its future is `Send` for every connection.
    pub async fn rename<C>(product: &mut super::model::Product, conn: &mut C) -> Result<(), Error>
    where
        C: AsyncConnection,
        super::model::Product: AsyncSavesOn<C>,
    {
        product.name = "waiting".into();
        product.save_optimistic(conn).await
    }
}

use diesel::Connection as _;
use diesel::connection::SimpleConnection as _;
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncMysqlConnection, AsyncPgConnection};
use model::Product;
use occ_runtime::{AsyncOptimisticDsl, OptimisticDsl};

fn lamp() -> Product {
    Product { id: 1, name: "lamp".into(), version: 1 }
}

#[test]
fn one_struct_is_saved_through_connections_of_blocking_and_async() {
    let mut conn = diesel::SqliteConnection::establish(":memory:").unwrap();
    conn.batch_execute(
        "CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL);
         INSERT INTO products VALUES (1, 'lamp', 1)",
    )
    .unwrap();
    let mut product = lamp();
    blocking::rename(&mut product, &mut conn).unwrap();
    // Where both traits are in scope, the path says which.
    OptimisticDsl::save_optimistic(&mut product, &mut conn).unwrap();
    let mut conn: SyncConnectionWrapper<diesel::SqliteConnection> = SyncConnectionWrapper::new(conn);
    occ_tests::cell::wait(async {
        waiting::rename(&mut product, &mut conn).await.unwrap();
        AsyncOptimisticDsl::save_optimistic(&mut product, &mut conn).await.unwrap();
        assert!(AsyncOptimisticDsl::save_optimistic(&mut lamp(), &mut conn).await.unwrap_err().is_stale());
    });
    assert_eq!(product.version, 5);
}

#[test]
fn the_futures_are_send() {
    fn is_send<T: Send>(_: T) {}
    // Never run: a function is enough for the compiler.
    #[allow(dead_code, reason = "it is there to be type-checked")]
    fn all(product: &mut Product, pg: &mut AsyncPgConnection, mysql: &mut AsyncMysqlConnection) {
        is_send(AsyncOptimisticDsl::save_optimistic(product, pg));
        is_send(waiting::rename(product, mysql));
        is_send(AsyncOptimisticDsl::delete_optimistic(product, pg));
        is_send(AsyncOptimisticDsl::verify_optimistic(product, pg));
        is_send(AsyncOptimisticDsl::reload(product, mysql));
        is_send(AsyncOptimisticDsl::update_optimistic(product, changes(), pg));
        is_send(occ_runtime::async_optimistic_transaction::<_, _, _, occ_runtime::Error, _>(
            pg,
            &mut *product,
            async |conn, product| AsyncOptimisticDsl::save_optimistic(product, conn).await,
        ));
    }
    is_send(lamp());
}

#[test]
#[cfg(feature = "retry")]
fn the_futures_of_retries_are_send() {
    use diesel_async::pooled_connection::deadpool::Object;
    use occ_runtime::{AsyncRetryDsl as _, Error, RetryPolicy};

    fn is_send<T: Send>(_: T) {}
    // Never run, as above.
    #[allow(dead_code, reason = "it is there to be type-checked")]
    fn all(
        pg: &mut AsyncPgConnection,
        mysql: &mut AsyncMysqlConnection,
        sqlite: &mut SyncConnectionWrapper<diesel::SqliteConnection>,
        pooled: &mut Object<AsyncPgConnection>,
        policy: &RetryPolicy,
    ) {
        is_send(<Product as AsyncOptimisticDsl>::modify_optimistic(1, pg, |product| product.name.clear()));
        is_send(<Product as AsyncOptimisticDsl>::modify_optimistic(1, mysql, |product| product.name.clear()));
        is_send(<Product as AsyncOptimisticDsl>::modify_optimistic(1, sqlite, |product| {
            product.name.clear();
        }));
        is_send(<Product as AsyncOptimisticDsl>::modify_optimistic(1, pooled, |product| {
            product.name.clear();
        }));
        is_send(policy.modify(1, pg, |product: &mut Product| product.name.clear()));
        is_send(policy.run(pg, async |conn| {
            AsyncOptimisticDsl::save_optimistic(&mut lamp(), conn).await?;
            Ok::<_, Error>(())
        }));
        is_send(
            policy.run(sqlite, async |conn| AsyncOptimisticDsl::save_optimistic(&mut lamp(), conn).await),
        );
    }
    assert!(format!("{:?}", RetryPolicy::new().retry_if(|_| true)).contains("Fn(&Error) -> bool"));
}

fn changes() -> diesel::dsl::Eq<model::products::name, &'static str> {
    diesel::ExpressionMethods::eq(model::products::name, "x")
}
