//! Tracked values in a transaction that is run again: their changes and mine are in the row, and each of them once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use occ_runtime::{Error, Tracked};

use super::article::{Article, create_table, load, somebody_counts};
use super::cell::{
    Conn, Database, begin, commit, connect, rebase, record, reload_tracked, retry, retry_with, rollback,
    save_tracked, transaction,
};
use super::retry::at_once;

/// What a server says when somebody else was faster.
fn lost() -> Error {
    let what = Box::new("could not serialize access".to_owned());
    DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, what).into()
}

async fn rebase_and_save(mine: &mut Tracked<Article>, conn: &mut Conn) -> Result<(), Error> {
    rebase(mine, conn).await?;
    save_tracked(mine, conn).await
}

/// The same for a value that a closure has captured, which may be called more than once.
async fn rebase_and_save_captured(mine: &Mutex<Tracked<Article>>, conn: &mut Conn) -> Result<(), Error> {
    let mut value = mine.lock().unwrap().clone();
    let outcome = rebase_and_save(&mut value, conn).await;
    *mine.lock().unwrap() = value;
    outcome
}

/// Somebody else takes a title and an editor.
async fn somebody_names(name: &str, database: &Database) {
    let conn = &mut connect(database).await;
    let mut theirs = load(1, conn).await;
    theirs.title = name.into();
    theirs.editor = name.into();
    save_tracked(&mut theirs, conn).await.unwrap();
}

/// Saved in a transaction of occ's that is rolled back, and that it was not handed to.
async fn save_beside_what_is_rolled_back(mine: &mut Tracked<Article>, conn: &mut Conn) {
    let mut other = super::product::load(1, conn).await;
    let outcome: Result<(), Error> = transaction(conn, &mut other, async |conn, _| {
        save_tracked(mine, conn).await?;
        Err(DieselError::RollbackTransaction.into())
    })
    .await;
    assert!(outcome.is_err());
}

super::scenarios! {
    async fn a_captured_value_that_is_rebased_in_each_attempt_holds_their_change_and_mine_once(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        mine.views += 1;
        let mine = Mutex::new(mine);
        somebody_counts(database).await;
        let attempts = AtomicU32::new(0);
        retry(&at_once(), conn, async |conn| {
            let attempt = attempts.fetch_add(1, Relaxed);
            if attempt == 1 {
                somebody_counts(database).await;
            }
            rebase_and_save_captured(&mine, conn).await?;
            if attempt == 0 { Err(lost()) } else { Ok(()) }
        })
        .await
        .unwrap();
        let (mine, row) = (mine.into_inner().unwrap(), load(1, conn).await);
        assert_eq!((row.views, row.version, attempts.load(Relaxed)), (10 + 5 + 5 + 1, 4, 2));
        assert_eq!(mine, row);
    }

    async fn what_a_lost_attempt_has_merged_is_not_taken_for_my_change_in_the_next(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        mine.body = "Mine.".into();
        let mine = Mutex::new(mine);
        let attempts = AtomicU32::new(0);
        retry(&at_once(), conn, async |conn| {
            let attempt = attempts.fetch_add(1, Relaxed);
            match attempt {
                0 => somebody_names("first", database).await,
                1 => somebody_names("second", database).await,
                _ => {}
            }
            rebase_and_save_captured(&mine, conn).await?;
            if attempt == 0 { Err(lost()) } else { Ok(()) }
        })
        .await
        .unwrap();
        let (mine, row) = (mine.into_inner().unwrap(), load(1, conn).await);
        assert_eq!((row.title.as_str(), row.editor.as_str(), row.body.as_str()), ("second", "second", "Mine."));
        assert_eq!((&mine, attempts.load(Relaxed)), (&row, 2));
    }

    async fn a_value_that_is_not_handed_over_is_merged_once_after_a_rollback(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut other = super::product::load(1, conn).await;
        for (plain, views) in [(false, 16), (true, 22)] {
            let mut mine = load(1, conn).await;
            mine.views += 1;
            save_beside_what_is_rolled_back(&mut mine, conn).await;
            somebody_counts(database).await;
            if plain {
                begin(conn).await.unwrap();
                rebase_and_save(&mut mine, conn).await.unwrap();
                commit(conn).await.unwrap();
            }
            for _ in 0..3 {
                if !plain {
                    transaction(conn, &mut other, async |conn, _| rebase_and_save(&mut mine, conn).await)
                        .await
                        .unwrap();
                }
                let row = load(1, conn).await;
                assert_eq!((row.views, &mine), (views, &row), "plain: {plain}");
            }
        }
    }

    async fn a_rebase_and_a_save_that_are_rolled_back_too_are_merged_once_in_the_end(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut other = super::product::load(1, conn).await;
        let mut mine = load(1, conn).await;
        mine.views += 1;
        for _ in 0..3 {
            somebody_counts(database).await;
            let outcome: Result<(), Error> = transaction(conn, &mut other, async |conn, _| {
                rebase_and_save(&mut mine, conn).await?;
                Err(DieselError::RollbackTransaction.into())
            })
            .await;
            assert!(outcome.is_err());
            assert_eq!(mine.dirty_fields(), ["views"]);
        }
        rebase_and_save(&mut mine, conn).await.unwrap();
        let row = load(1, conn).await;
        assert_eq!((row.views, &mine), (10 + 3 * 5 + 1, &row));
    }

    async fn a_value_whose_earlier_transaction_was_rolled_back_is_accepted_at_the_first_attempt(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let attempts = AtomicU32::new(0);
        for reloads in [false, true] {
            let mut mine = load(1, conn).await;
            let before = load(1, conn).await.views;
            mine.views += 1;
            save_beside_what_is_rolled_back(&mut mine, conn).await;
            somebody_counts(database).await;
            attempts.store(0, Relaxed);
            retry_with(&at_once(), conn, &mut mine, async |conn, mine| {
                attempts.fetch_add(1, Relaxed);
                if !reloads {
                    return rebase_and_save(mine, conn).await;
                }
                reload_tracked(mine, conn).await?;
                mine.views += 1;
                save_tracked(mine, conn).await
            })
            .await
            .unwrap();
            let row = load(1, conn).await;
            assert_eq!((row.views, attempts.load(Relaxed)), (before + 5 + 1, 1), "reloads: {reloads}");
            assert_eq!(mine, row);
            // It is settled: nothing more is asked, and nothing written.
            let recorder = record(conn);
            save_tracked(&mut mine, conn).await.unwrap();
            assert_eq!(recorder.take(), Vec::<String>::new());
        }
    }

    async fn after_a_plain_rollback_a_reload_in_each_attempt_is_the_way_on(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let attempts = AtomicU32::new(0);
        for handed_over in [false, true] {
            let mut mine = load(1, conn).await;
            let before = mine.views;
            mine.views += 1;
            begin(conn).await.unwrap();
            save_tracked(&mut mine, conn).await.unwrap();
            rollback(conn).await.unwrap();
            somebody_counts(database).await;
            attempts.store(0, Relaxed);
            if handed_over {
                retry_with(&at_once(), conn, &mut mine, async |conn, mine| {
                    attempts.fetch_add(1, Relaxed);
                    reload_tracked(mine, conn).await?;
                    mine.views += 1;
                    save_tracked(mine, conn).await
                })
                .await
                .unwrap();
            } else {
                let captured = Mutex::new(mine);
                retry(&at_once(), conn, async |conn| {
                    attempts.fetch_add(1, Relaxed);
                    let mut value = captured.lock().unwrap().clone();
                    reload_tracked(&mut value, conn).await?;
                    value.views += 1;
                    let saved = save_tracked(&mut value, conn).await;
                    *captured.lock().unwrap() = value;
                    saved
                })
                .await
                .unwrap();
                mine = captured.into_inner().unwrap();
            }
            let row = load(1, conn).await;
            assert_eq!((row.views, attempts.load(Relaxed)), (before + 5 + 1, 1), "handed over: {handed_over}");
            assert_eq!(mine, row);
        }
    }
}
