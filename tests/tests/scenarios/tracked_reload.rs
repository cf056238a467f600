//! After a rollback a reload is the way on, also within another transaction.

use diesel::result::Error as DieselError;
use occ_runtime::{Error, Tracked};

use super::article::{Article, create_table, load, somebody_counts};
use super::cell::{
    Conn, Database, begin, commit, connect, delete_tracked, first, reload_tracked, rollback, save_tracked,
    transaction,
};
use diesel::prelude::*;

/// Counts one more, in a transaction that is rolled back; and somebody else takes the row to the same version.
async fn count_and_roll_back(by_occ: bool, conn: &mut Conn, database: &Database) -> Tracked<Article> {
    let mut mine = load(1, conn).await;
    mine.views += 1;
    if by_occ {
        let mut other = super::product::load(1, conn).await;
        let outcome: Result<(), Error> = transaction(conn, &mut other, async |conn, _| {
            save_tracked(&mut mine, conn).await?;
            Err(DieselError::RollbackTransaction.into())
        })
        .await;
        assert!(outcome.is_err());
    } else {
        begin(conn).await.unwrap();
        save_tracked(&mut mine, conn).await.unwrap();
        rollback(conn).await.unwrap();
    }
    somebody_counts(database).await;
    mine
}

async fn reload_and_count(mine: &mut Tracked<Article>, conn: &mut Conn) -> Result<(), Error> {
    reload_tracked(mine, conn).await?;
    mine.views += 1;
    save_tracked(mine, conn).await
}

super::scenarios! {
    async fn what_is_reloaded_in_a_plain_transaction_is_saved_in_it(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        for (by_occ, views) in [(false, 16), (true, 22)] {
            let mut mine = count_and_roll_back(by_occ, conn, database).await;
            begin(conn).await.unwrap();
            reload_and_count(&mut mine, conn).await.unwrap();
            commit(conn).await.unwrap();
            let row = load(1, conn).await;
            assert_eq!((row.views, &mine), (views, &row), "by occ: {by_occ}");
        }
    }

    async fn what_is_reloaded_in_a_transaction_of_occ_is_saved_in_it_handed_over_or_not(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut other = super::product::load(1, conn).await;
        for (round, (by_occ, handed_over)) in [(false, false), (false, true), (true, false), (true, true)].into_iter().enumerate() {
            let mut mine = count_and_roll_back(by_occ, conn, database).await;
            if handed_over {
                transaction(conn, &mut mine, async |conn, mine| reload_and_count(mine, conn).await).await.unwrap();
            } else {
                transaction(conn, &mut other, async |conn, _| reload_and_count(&mut mine, conn).await).await.unwrap();
            }
            let row = load(1, conn).await;
            let views = 10 + 6 * (i32::try_from(round).unwrap() + 1);
            assert_eq!((row.views, &mine), (views, &row), "by occ: {by_occ}, handed over: {handed_over}");
        }
    }

    async fn what_is_reloaded_and_saved_and_rolled_back_once_more_can_be_reloaded_again(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        for (by_occ, views) in [(false, 16), (true, 22)] {
            let mut mine = count_and_roll_back(by_occ, conn, database).await;
            for _ in 0..2 {
                begin(conn).await.unwrap();
                reload_and_count(&mut mine, conn).await.unwrap();
                rollback(conn).await.unwrap();
            }
            begin(conn).await.unwrap();
            reload_and_count(&mut mine, conn).await.unwrap();
            commit(conn).await.unwrap();
            let row = load(1, conn).await;
            assert_eq!((row.views, &mine), (views, &row), "by occ: {by_occ}");
        }
    }

    async fn what_is_reloaded_in_a_transaction_is_deleted_in_it(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        for by_occ in [false, true] {
            let mut mine = count_and_roll_back(by_occ, conn, database).await;
            if by_occ {
                transaction(conn, &mut mine, async |conn, mine| {
                    reload_tracked(mine, conn).await?;
                    delete_tracked(mine, conn).await?;
                    Err::<(), Error>(DieselError::RollbackTransaction.into())
                })
                .await
                .unwrap_err();
            }
            begin(conn).await.unwrap();
            reload_tracked(&mut mine, conn).await.unwrap();
            delete_tracked(&mine, conn).await.unwrap();
            if by_occ { commit(conn).await.unwrap() } else { rollback(conn).await.unwrap() }
        }
        let left: i64 = first(super::article::articles::table.count(), conn).await.unwrap();
        assert_eq!(left, 1);
    }
}
