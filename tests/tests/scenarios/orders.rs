//! An aggregate: an order, and lines whose total must not exceed its credit.

use diesel::prelude::*;
use occ_runtime::OptimisticLock;

use super::cell::{Conn, Database, all, batch, connect, first};

diesel::table! {
    orders (id) { id -> Integer, name -> Text, credit -> Integer, version -> Integer }
}

diesel::table! {
    order_lines (id) { id -> Integer, order_id -> Integer, amount -> Integer, version -> Integer }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
pub struct Order {
    pub id: i32,
    pub name: String,
    pub credit: i32,
    pub version: i32,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = order_lines)]
#[occ(tracked)]
pub struct Line {
    pub id: i32,
    pub order_id: i32,
    pub amount: i32,
    pub version: i32,
}

/// Orders 1 and 2, of a credit of 100 each. Lines 1 and 2 are of the first, line 3 of the second, each of 40.
pub async fn create_tables(database: &Database) -> Conn {
    let mut conn = connect(database).await;
    let tables = "CREATE TABLE orders (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL, credit INTEGER NOT NULL, \
         version INTEGER NOT NULL);
         CREATE TABLE order_lines (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, amount INTEGER NOT NULL, \
         version INTEGER NOT NULL);
         INSERT INTO orders VALUES (1, 'books', 100, 1), (2, 'lamps', 100, 1);
         INSERT INTO order_lines VALUES (1, 1, 40, 1), (2, 1, 40, 1), (3, 2, 40, 1);";
    batch(tables, &mut conn).await.unwrap();
    conn
}

pub async fn order(id: i32, conn: &mut Conn) -> Order {
    first(orders::table.find(id).select(Order::as_select()), conn).await.unwrap()
}

pub async fn line(id: i32, conn: &mut Conn) -> Line {
    first(order_lines::table.find(id).select(Line::as_select()), conn).await.unwrap()
}

pub async fn lines(order: i32, conn: &mut Conn) -> Vec<Line> {
    let of_order = order_lines::table.filter(order_lines::order_id.eq(order));
    all(of_order.order(order_lines::id).select(Line::as_select()), conn).await.unwrap()
}

pub fn total(lines: &[Line]) -> i32 {
    lines.iter().map(|line| line.amount).sum()
}
