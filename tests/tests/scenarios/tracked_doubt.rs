//! A save of which nobody knows whether it was written, whose edit is taken back: the row may still have it.

use diesel::prelude::*;
use occ_runtime::{OptimisticLock, Tracked};
use occ_tests::cell::caught;

use super::broken_off::{ByAll, ByDirty, ByVersion, Price, break_off_at, create_table, goods, reset, rows};
use super::cell::{Conn, batch, connect, first, rebase, record, save_tracked, save_tracked_expecting};

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

/// A row whose save of the price 20 was broken off.
macro_rules! broken_off {
    ($row:ty, $database:ident) => {{
        let mut conn = connect($database).await;
        reset(1, &mut conn).await;
        let mut mine: Tracked<$row> =
            first(goods::table.find(1).select(Tracked::<$row>::as_select()), &mut conn).await.unwrap();
        mine.price = Price(20);
        break_off_at(20);
        assert!(caught(save_tracked(&mut mine, &mut conn)).await.is_none());
        mine
    }};
}

async fn row(conn: &mut Conn) -> (i32, i32) {
    rows(conn).await[0]
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
        create_table(&mut connect(database).await).await;
        taken_back!(ByAll, database);
        taken_back!(ByDirty, database);
        // Last, as the others move no version of the table, which is watched from here on.
        taken_back!(ByVersion, database);
    }

    async fn a_version_that_a_client_sent_does_not_hold_for_what_may_have_been_written(database) {
        create_table(&mut connect(database).await).await;
        let conn = &mut connect(database).await;
        let mut mine = broken_off!(ByVersion, database);
        mine.price = Price(10);
        save_tracked_expecting(&mut mine, &1, conn).await.unwrap();
        batch("UPDATE goods SET price = 20, version = 2", conn).await.unwrap();
        assert!(save_tracked_expecting(&mut mine, &1, conn).await.unwrap_err().is_stale());
    }

    async fn a_doubt_about_a_column_that_cannot_be_compared_is_not_settled_by_a_save_of_others(database) {
        create_table(&mut connect(database).await).await;
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
