//! A save of which nobody knows whether it was written, whose edit is taken back: the row may still have it.

use std::cell::Cell;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Integer;
use occ_runtime::{OptimisticLock, Tracked};
use occ_tests::cell::caught;

use super::cell::{Conn, batch, connect, first, rebase, record, save_tracked, save_tracked_expecting};

diesel::table! {
    goods (id) { id -> Integer, price -> Integer, stock -> Integer, weight -> Integer, version -> Integer }
}

thread_local! {
    static BREAKS: Cell<bool> = const { Cell::new(false) };
}

/// Breaks a save off when it is told to.
#[derive(Clone, Debug, PartialEq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Integer)]
struct Price(i32);

impl<DB: Backend> ToSql<Integer, DB> for Price
where
    i32: ToSql<Integer, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        assert!(!BREAKS.take(), "broken off");
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
struct ByVersion {
    id: i32,
    price: Price,
    stock: i32,
    version: i32,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = goods)]
#[occ(check = all)]
struct ByAll {
    id: i32,
    price: Price,
    stock: i32,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = goods)]
#[occ(check = dirty)]
struct ByDirty {
    id: i32,
    price: Price,
    stock: i32,
}

/// What was sent of this column, nobody can ask for.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = goods)]
#[occ(check = dirty)]
struct Unchecked {
    id: i32,
    #[occ(unchecked)]
    price: Price,
    stock: i32,
}

async fn reset(conn: &mut Conn) {
    batch("DELETE FROM goods", conn).await.unwrap();
    batch("INSERT INTO goods VALUES (1, 10, 5, 3, 1)", conn).await.unwrap();
}

async fn create(conn: &mut Conn) {
    let columns =
        "price INTEGER NOT NULL, stock INTEGER NOT NULL, weight INTEGER NOT NULL, version INTEGER NOT NULL";
    batch(&format!("CREATE TABLE goods (id INTEGER PRIMARY KEY, {columns})"), conn).await.unwrap();
}

/// A row whose save of the price 20 was broken off.
macro_rules! broken_off {
    ($row:ty, $database:ident) => {{
        let mut conn = connect($database).await;
        reset(&mut conn).await;
        let mut mine: Tracked<$row> =
            first(goods::table.find(1).select(Tracked::<$row>::as_select()), &mut conn).await.unwrap();
        mine.price = Price(20);
        BREAKS.set(true);
        assert!(caught(save_tracked(&mut mine, &mut conn)).await.is_none());
        mine
    }};
}

async fn row(conn: &mut Conn) -> (i32, i32) {
    first(goods::table.find(1).select((goods::price, goods::stock)), conn).await.unwrap()
}

macro_rules! taken_back {
    ($row:ty, $database:ident) => {{
        let conn = &mut connect($database).await;
        // It was written.
        let mut mine = broken_off!($row, $database);
        batch("UPDATE goods SET price = 20, version = 2", conn).await.unwrap();
        mine.price = Price(10);
        let error = save_tracked(&mut mine, conn).await.unwrap_err();
        assert!(
            error.is_stale(),
            "{}: nothing is changed, and the row has another price: {error}",
            stringify!($row)
        );
        mine.stock += 1;
        assert!(save_tracked(&mut mine, conn).await.unwrap_err().is_stale(), "{}", stringify!($row));
        assert_eq!((mine.price.clone(), row(conn).await), (Price(10), (20, 5)));
        rebase(&mut mine, conn).await.unwrap();
        save_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(((mine.price.0, mine.stock), row(conn).await), ((20, 6), (20, 6)));

        // It was not.
        let mut mine = broken_off!($row, $database);
        mine.price = Price(10);
        let recorder = record(conn);
        save_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(recorder.take().len(), 1, "a look");
        mine.stock += 1;
        save_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(recorder.take().len(), 1);
        save_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(recorder.take(), Vec::<String>::new(), "no doubt is left");
        assert_eq!(row(conn).await, (10, 6));
    }};
}

super::scenarios! {
    async fn an_edit_that_may_have_been_written_is_not_taken_back_by_saving_nothing(database) {
        create(&mut connect(database).await).await;
        taken_back!(ByVersion, database);
        taken_back!(ByAll, database);
        taken_back!(ByDirty, database);
    }

    async fn a_version_that_a_client_sent_does_not_hold_for_what_may_have_been_written(database) {
        create(&mut connect(database).await).await;
        let conn = &mut connect(database).await;
        let mut mine = broken_off!(ByVersion, database);
        mine.price = Price(10);
        save_tracked_expecting(&mut mine, &1, conn).await.unwrap();
        batch("UPDATE goods SET price = 20, version = 2", conn).await.unwrap();
        assert!(save_tracked_expecting(&mut mine, &1, conn).await.unwrap_err().is_stale());
    }

    async fn a_doubt_about_a_column_that_cannot_be_compared_is_not_settled_by_a_save_of_others(database) {
        create(&mut connect(database).await).await;
        let conn = &mut connect(database).await;
        let mut mine = broken_off!(Unchecked, database);
        batch("UPDATE goods SET price = 20", conn).await.unwrap();
        mine.price = Price(10);
        mine.stock += 1;
        save_tracked(&mut mine, conn).await.unwrap();
        let error = save_tracked(&mut mine, conn).await.unwrap_err();
        assert!(error.is_stale(), "the price is another: {error}");
        assert_eq!(row(conn).await, (20, 6));
    }
}
