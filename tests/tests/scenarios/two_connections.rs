//! A transaction of occ's on one connection within that of another one: what the one comes to says nothing of the other.

use diesel::result::Error as DieselError;
use occ_runtime::Error;
use occ_tests::cell::Backend;

use super::article::{create_table, load, somebody_counts};
use super::cell::{
    BACKEND, Conn, batch, begin, commit, connect, rebase, reload_tracked, rollback, save, save_tracked,
    transaction,
};
use super::product::{Product, load as load_product};

/// How many plain transactions are within each other: as many as are open on the other connection, too.
const LEVELS: [usize; 2] = [1, 2];

async fn begin_levels(levels: usize, conn: &mut Conn) {
    for _ in 0..levels {
        begin(conn).await.unwrap();
    }
}

async fn commit_levels(levels: usize, conn: &mut Conn) {
    for _ in 0..levels {
        commit(conn).await.unwrap();
    }
}

async fn roll_back_levels(levels: usize, conn: &mut Conn) {
    for _ in 0..levels {
        rollback(conn).await.unwrap();
    }
}

super::scenarios! {
    async fn what_was_committed_on_one_connection_stays_so_when_the_other_rolls_back(database) {
        create_table(database).await;
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut outer, mut inner) = (load_product(1, a).await, load_product(2, b).await);
        for (handed_over, views) in [(false, 11), (true, 12)] {
            let mut mine = load(1, b).await;
            mine.views += 1;
            let outcome: Result<(), Error> = transaction(a, &mut outer, async |_, _| {
                if handed_over {
                    transaction(b, &mut mine, async |b, mine| save_tracked(mine, b).await).await?;
                } else {
                    transaction(b, &mut inner, async |b, _| save_tracked(&mut mine, b).await).await?;
                }
                Err(DieselError::RollbackTransaction.into())
            })
            .await;
            assert!(outcome.is_err());
            let row = load(1, b).await;
            assert_eq!((row.views, &mine), (views, &row), "it is committed");
            rebase(&mut mine, b).await.unwrap();
            save_tracked(&mut mine, b).await.unwrap();
            assert_eq!((load(1, b).await, mine.is_dirty()), (row, false));
        }
    }

    async fn what_was_committed_in_a_plain_transaction_of_one_connection_is_not_added_twice(database) {
        create_table(database).await;
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut outer, mut inner) = (load_product(1, a).await, load_product(2, b).await);
        for (levels, views) in LEVELS.into_iter().zip(11..) {
            let mut mine = load(1, b).await;
            mine.views += 1;
            let outcome: Result<(), Error> = transaction(a, &mut outer, async |_, _| {
                begin_levels(levels, b).await;
                transaction(b, &mut inner, async |b, _| save_tracked(&mut mine, b).await).await?;
                commit_levels(levels, b).await;
                Err(DieselError::RollbackTransaction.into())
            })
            .await;
            assert!(outcome.is_err());
            assert_eq!(load(1, b).await.views, views);
            match rebase(&mut mine, b).await {
                Ok(()) => {}
                // A counter, and a transaction that occ has not begun: whose the row is, nobody can tell.
                Err(error) => {
                    assert!(error.is_stale(), "{error}");
                    reload_tracked(&mut mine, b).await.unwrap();
                }
            }
            save_tracked(&mut mine, b).await.unwrap();
            let row = load(1, b).await;
            assert_eq!((row.views, &mine), (views, &row), "{levels} levels");
        }
    }

    async fn what_was_rolled_back_on_one_connection_is_written_again_though_the_other_commits(database) {
        create_table(database).await;
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut outer, mut inner) = (load_product(1, a).await, load_product(2, b).await);
        for levels in [0, 1, 2] {
            batch("UPDATE articles SET title = 'Doors', version = 1 WHERE id = 1", b).await.unwrap();
            let mut mine = load(1, b).await;
            mine.title = "Mine".into();
            transaction(a, &mut outer, async |_, _| {
                if levels > 0 {
                    begin_levels(levels, b).await;
                    transaction(b, &mut inner, async |b, _| save_tracked(&mut mine, b).await).await?;
                    roll_back_levels(levels, b).await;
                } else {
                    let outcome: Result<(), Error> = transaction(b, &mut inner, async |b, _| {
                        save_tracked(&mut mine, b).await?;
                        Err(DieselError::RollbackTransaction.into())
                    })
                    .await;
                    assert!(outcome.is_err());
                }
                Ok::<_, Error>(())
            })
            .await
            .unwrap();
            assert_eq!(load(1, b).await.title, "Doors");
            save_tracked(&mut mine, b).await.unwrap();
            let row = load(1, b).await;
            assert_eq!((row.title.as_str(), row.version, &mine), ("Mine", 2, &row), "{levels} levels");
        }
    }

    async fn somebody_elses_change_after_a_rollback_within_another_connections_commit_is_not_overwritten(database) {
        create_table(database).await;
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut outer, mut inner) = (load_product(1, a).await, load_product(2, b).await);
        for (levels, views) in LEVELS.into_iter().zip([15, 20]) {
            let mut mine = load(1, b).await;
            mine.body = "Mine.".into();
            transaction(a, &mut outer, async |_, _| {
                begin_levels(levels, b).await;
                transaction(b, &mut inner, async |b, _| save_tracked(&mut mine, b).await).await?;
                roll_back_levels(levels, b).await;
                Ok::<_, Error>(())
            })
            .await
            .unwrap();
            // To the version that mine was at.
            somebody_counts(database).await;
            mine.title = "Mine".into();
            assert!(save_tracked(&mut mine, b).await.unwrap_err().is_stale());
            reload_tracked(&mut mine, b).await.unwrap();
            mine.title = format!("Title {levels}");
            save_tracked(&mut mine, b).await.unwrap();
            let row = load(1, b).await;
            assert_eq!((row.body.as_str(), row.views, &mine), ("They close.", views, &row), "{levels} levels");
        }
    }

    async fn what_ends_a_transaction_within_that_of_another_connection_is_noticed(database) {
        if BACKEND != Backend::Sqlite {
            return; // What SQLite alone has: `RAISE(ROLLBACK, ..)`. Of a deadlock, the servers' cells have a scenario.
        }
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let trigger = "CREATE TRIGGER floor BEFORE UPDATE ON products WHEN NEW.quantity < 0 \
                       BEGIN SELECT RAISE(ROLLBACK, 'quantity below zero'); END";
        batch(trigger, a).await.unwrap();
        let (mut mine, mut bad) = (load_product(1, a).await, load_product(2, a).await);
        mine.quantity = 11;
        bad.quantity = -1;
        let mut theirs = load_product(1, b).await;
        let before = (mine.clone(), bad.clone());
        for goes_on in [false, true] {
            let outcome = transaction(a, &mut mine, async |a, mine| {
                save(mine, a).await?;
                let inner = transaction(b, &mut theirs, async |_, _| {
                    transaction(a, &mut bad, async |a, bad| save(bad, a).await).await
                })
                .await;
                assert_eq!(inner.unwrap_err().to_string(), "quantity below zero");
                if goes_on { save(mine, a).await } else { Ok(()) }
            })
            .await;
            assert!(matches!(outcome, Err(Error::TransactionAborted(_))), "{outcome:?}");
            assert_eq!((&mine, &bad), (&before.0, &before.1));
            let witness = &mut connect(database).await;
            let row = load_product(1, witness).await;
            assert_eq!((row.quantity, row.version), (10, 1), "goes on: {goes_on}");
        }
        save(&mut mine, a).await.unwrap();
        assert_eq!(load_product(1, b).await, Product { version: 2, ..before.0 });
    }
}
