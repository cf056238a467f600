//! Rows whose save can be broken off in the middle, so that nobody knows whether they were written.

use std::cell::Cell;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Integer;
use occ_runtime::OptimisticLock;

use super::cell::{Conn, all, batch};

diesel::table! {
    goods (id) { id -> Integer, price -> Integer, stock -> Integer, weight -> Integer, version -> Integer }
}

thread_local! {
    static BROKEN_OFF: Cell<Option<i32>> = const { Cell::new(None) };
}

/// The next time that this price is sent on this thread, it panics.
pub(crate) fn break_off_at(price: i32) {
    BROKEN_OFF.set(Some(price));
}

#[derive(Clone, Debug, PartialEq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Integer)]
pub(crate) struct Price(pub i32);

impl<DB: Backend> ToSql<Integer, DB> for Price
where
    i32: ToSql<Integer, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        if BROKEN_OFF.get() == Some(self.0) {
            BROKEN_OFF.set(None);
            panic!("broken off");
        }
        self.0.to_sql(out)
    }
}

impl<DB: Backend> FromSql<Integer, DB> for Price
where
    i32: FromSql<Integer, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i32::from_sql(value).map(Self)
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = goods)]
#[occ(tracked)]
pub(crate) struct ByVersion {
    pub id: i32,
    pub price: Price,
    pub stock: i32,
    pub version: i32,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = goods)]
#[occ(check = all)]
pub(crate) struct ByAll {
    pub id: i32,
    pub price: Price,
    pub stock: i32,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = goods)]
#[occ(check = dirty)]
pub(crate) struct ByDirty {
    pub id: i32,
    pub price: Price,
    pub stock: i32,
}

pub(crate) async fn create_table(conn: &mut Conn) {
    let columns =
        "price INTEGER NOT NULL, stock INTEGER NOT NULL, weight INTEGER NOT NULL, version INTEGER NOT NULL";
    batch(&format!("CREATE TABLE goods (id INTEGER PRIMARY KEY, {columns})"), conn).await.unwrap();
}

/// As many rows as that, and no others: of the price 10, with 5 in stock.
pub(crate) async fn reset(rows: i32, conn: &mut Conn) {
    batch("DELETE FROM goods", conn).await.unwrap();
    for id in 1..=rows {
        batch(&format!("INSERT INTO goods VALUES ({id}, 10, 5, 3, 1)"), conn).await.unwrap();
    }
}

/// Price and stock of each row.
pub(crate) async fn rows(conn: &mut Conn) -> Vec<(i32, i32)> {
    all(goods::table.order(goods::id).select((goods::price, goods::stock)), conn).await.unwrap()
}
