// The row that most scenarios are about. Also included by targets with a cell of their own, hence no `//!`.

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
