//! The row whose saves are counted, in instructions and in allocations.
#![allow(missing_docs, reason = "its columns are those of every scenario")]

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use occ_runtime::OptimisticLock;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        note -> Nullable<Text>,
        quantity -> Integer,
        version -> Integer,
    }
}

#[derive(Debug, Queryable, Selectable, AsChangeset, OptimisticLock)]
#[diesel(treat_none_as_null = true)]
pub struct Product {
    pub id: i32,
    pub name: String,
    pub note: Option<String>,
    pub quantity: i32,
    pub version: i32,
}

/// A database in memory with so many rows.
#[must_use]
pub fn connection(rows: u32) -> SqliteConnection {
    let mut conn = SqliteConnection::establish(":memory:").expect("memory can be had");
    conn.batch_execute(&format!(
        "CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT, quantity INTEGER NOT NULL,
                                version INTEGER NOT NULL);
         WITH RECURSIVE ids (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM ids WHERE id < {rows})
         INSERT INTO products SELECT id, 'lamp', 'bright', 10, 1 FROM ids"
    ))
    .expect("the table can be made");
    conn
}
