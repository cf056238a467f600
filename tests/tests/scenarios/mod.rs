//! The scenarios, written once and included by each cell, whose names they use.

mod conflict;
mod errors;
mod keys;
mod names;
mod options;
mod partial_update;
mod race;
mod save;
mod versions;

use super::cell;

/// Declares scenarios: async functions that get the cell's database with the table `products` in it.
macro_rules! scenarios {
    ($($(#[$meta:meta])* async fn $name:ident($database:ident) $body:block)*) => {$(
        #[test]
        $(#[$meta])*
        fn $name() {
            let Some(database) = <super::cell::Database as occ_tests::database::TestDatabase>::create() else {
                return;
            };
            super::cell::block_on(async {
                let $database = &database;
                super::product::create_table($database).await;
                $body
            });
        }
    )*};
}
use scenarios;

mod product {
    //! The row that most scenarios are about.

    use diesel::prelude::*;
    use occ_runtime::OptimisticLock;

    use super::cell::{Conn, Database, batch, connect, first};

    diesel::table! {
        products (id) {
            id -> Integer,
            name -> Text,
            note -> Nullable<Text>,
            quantity -> Integer,
            version -> Integer,
        }
    }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
    pub struct Product {
        pub id: i32,
        pub name: String,
        pub note: Option<String>,
        pub quantity: i32,
        pub version: i32,
    }

    pub async fn create_table(database: &Database) {
        batch(
            "CREATE TABLE products (id INTEGER PRIMARY KEY, name VARCHAR(100) NOT NULL, note VARCHAR(100), \
             quantity INTEGER NOT NULL, version INTEGER NOT NULL);
             INSERT INTO products VALUES (1, 'lamp', 'bright', 10, 1);
             INSERT INTO products VALUES (2, 'desk', NULL, 20, 1);",
            &mut connect(database).await,
        )
        .await
        .unwrap();
    }

    /// The row as it is in the database.
    pub async fn load(id: i32, conn: &mut Conn) -> Product {
        first(products::table.find(id).select(Product::as_select()), conn).await.unwrap()
    }
}
