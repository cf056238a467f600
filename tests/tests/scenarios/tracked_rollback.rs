//! Tracked values whose transactions are rolled back.

use occ_runtime::{Error, Tracked};

use super::article::{Article, create_table, load, somebody_counts};
use super::cell::{
    Conn, begin, commit, connect, delete_tracked, rebase, record, reload_tracked, rollback, save_tracked,
    transaction,
};

/// In a plain transaction.
async fn save_and_roll_back(mine: &mut Tracked<Article>, conn: &mut Conn) {
    begin(conn).await.unwrap();
    save_tracked(mine, conn).await.unwrap();
    rollback(conn).await.unwrap();
}

super::scenarios! {
    async fn a_rebase_that_is_rolled_back_is_not_merged_twice(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        mine.views += 1;
        somebody_counts(database).await;
        for ends_well in [false, true] {
            let before = mine.clone();
            let outcome = transaction(conn, &mut mine, async |conn, mine| {
                rebase(mine, conn).await?;
                save_tracked(mine, conn).await?;
                if ends_well { Ok(()) } else { Err(Error::from(diesel::result::Error::RollbackTransaction)) }
            })
            .await;
            assert_eq!(outcome.is_ok(), ends_well);
            if !ends_well {
                assert_eq!(mine, before, "value and base are back together");
            }
        }
        assert_eq!((mine.views, load(1, conn).await.views), (16, 16));
    }

    async fn edits_that_a_rolled_back_closure_has_made_are_to_be_saved_again(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        let outcome: Result<(), Error> = transaction(conn, &mut mine, async |conn, mine| {
            mine.views += 1;
            save_tracked(mine, conn).await?;
            Err(diesel::result::Error::RollbackTransaction.into())
        })
        .await;
        assert!(outcome.is_err());
        assert_eq!((mine.views, mine.version, mine.dirty_fields()), (11, 1, vec!["views"]));
        save_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(load(1, conn).await.views, 11);
    }

    async fn a_reload_that_is_rolled_back_is_undone(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        mine.title = "Mine".into();
        let before = mine.clone();
        somebody_counts(database).await;
        let outcome: Result<(), Error> = transaction(conn, &mut mine, async |conn, mine| {
            reload_tracked(mine, conn).await?;
            Err(diesel::result::Error::RollbackTransaction.into())
        })
        .await;
        assert!(outcome.is_err());
        assert_eq!(mine, before);
    }

    async fn tracked_values_that_are_swapped_in_a_transaction_are_back_in_their_places(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let (mut a, mut b) = (load(1, conn).await, load(2, conn).await);
        let before = (a.clone(), b.clone());
        let outcome: Result<(), Error> = transaction(conn, (&mut a, &mut b), async |conn, (a, b)| {
            std::mem::swap(a, b);
            a.title = "Swapped".into();
            save_tracked(a, conn).await?;
            Err(diesel::result::Error::RollbackTransaction.into())
        })
        .await;
        assert!(outcome.is_err());
        assert_eq!((a, b), before);
    }

    async fn after_a_plain_rollback_the_edit_is_written_again(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        mine.title = "Mine".into();
        save_and_roll_back(&mut mine, conn).await;
        save_tracked(&mut mine, conn).await.unwrap();
        let row = load(1, conn).await;
        assert_eq!((row.title.as_str(), row.version), ("Mine", 2));
        assert_eq!(*row, *mine);
        // And from then on it is as any other value.
        let recorder = record(conn);
        save_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(recorder.take(), Vec::<String>::new());
    }

    async fn after_a_plain_rollback_a_row_that_somebody_took_to_that_version_is_not_mine(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        mine.title = "Mine".into();
        save_and_roll_back(&mut mine, conn).await;
        somebody_counts(database).await;
        let before = mine.clone();
        assert_eq!((mine.version, load(1, conn).await.version), (2, 2));
        assert!(save_tracked(&mut mine, conn).await.unwrap_err().is_stale(), "a clean value");
        mine.body = "Mine too.".into();
        assert!(save_tracked(&mut mine, conn).await.unwrap_err().is_stale(), "a changed value");
        assert!(delete_tracked(&mine, conn).await.unwrap_err().is_stale());
        assert!(rebase(&mut mine, conn).await.unwrap_err().is_stale(), "whose row it is, nobody can tell");
        assert_eq!((mine.title.as_str(), mine.version), (before.title.as_str(), before.version));
        let row = load(1, conn).await;
        assert_eq!((row.title.as_str(), row.views), ("Doors", 15));
        reload_tracked(&mut mine, conn).await.unwrap();
        mine.title = "Mine".into();
        save_tracked(&mut mine, conn).await.unwrap();
    }

    async fn after_a_plain_rollback_a_rebase_knows_what_it_starts_from(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        mine.views += 1;
        save_and_roll_back(&mut mine, conn).await;
        rebase(&mut mine, conn).await.unwrap();
        assert_eq!((mine.views, mine.version, mine.dirty_fields()), (11, 1, vec!["views"]));
        save_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(load(1, conn).await.views, 11);
    }

    async fn after_a_plain_rollback_the_row_can_be_deleted(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        mine.views += 1;
        save_and_roll_back(&mut mine, conn).await;
        delete_tracked(&mine, conn).await.unwrap();
    }

    async fn after_a_plain_commit_it_goes_on(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        begin(conn).await.unwrap();
        mine.title = "One".into();
        save_tracked(&mut mine, conn).await.unwrap();
        mine.title = "Two".into();
        mine.summary = Some("S".into());
        save_tracked(&mut mine, conn).await.unwrap();
        commit(conn).await.unwrap();
        save_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(mine.version, 3, "clean, so nothing is written");
        somebody_counts(database).await;
        mine.views += 1;
        assert!(save_tracked(&mut mine, conn).await.unwrap_err().is_stale());
        rebase(&mut mine, conn).await.unwrap();
        save_tracked(&mut mine, conn).await.unwrap();
        let row = load(1, conn).await;
        assert_eq!((row.title.as_str(), row.views, row.version), ("Two", 16, 5));
    }

    async fn the_same_edit_by_somebody_else_does_not_stand_for_one_that_was_rolled_back(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        mine.views += 5;
        save_and_roll_back(&mut mine, conn).await;
        somebody_counts(database).await;
        assert_eq!((mine.views, load(1, conn).await.views), (15, 15));
        assert!(save_tracked(&mut mine, conn).await.unwrap_err().is_stale());
        assert!(rebase(&mut mine, conn).await.unwrap_err().is_stale());
        // In a transaction of occ's, which knows how it has ended, it is both.
        let mut mine = load(1, conn).await;
        mine.views += 5;
        let outcome: Result<(), Error> = transaction(conn, &mut mine, async |conn, mine| {
            save_tracked(mine, conn).await?;
            Err(diesel::result::Error::RollbackTransaction.into())
        })
        .await;
        assert!(outcome.is_err());
        somebody_counts(database).await;
        assert!(save_tracked(&mut mine, conn).await.unwrap_err().is_stale());
        rebase(&mut mine, conn).await.unwrap();
        save_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(load(1, conn).await.views, 25);
    }

    async fn a_value_that_was_not_handed_over_learns_how_its_transaction_has_ended(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut other = super::product::load(1, conn).await;
        let mut mine = load(1, conn).await;
        for ends_well in [false, true] {
            mine.views = 11;
            let outcome = transaction(conn, &mut other, async |conn, _| {
                save_tracked(&mut mine, conn).await?;
                save_tracked(&mut mine, conn).await?;
                if ends_well { Ok(()) } else { Err(Error::from(diesel::result::Error::RollbackTransaction)) }
            })
            .await;
            assert_eq!(outcome.is_ok(), ends_well);
        }
        let recorder = record(conn);
        save_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(recorder.take(), Vec::<String>::new());
        assert_eq!((mine.version, load(1, conn).await.views), (2, 11));
    }

    async fn a_savepoint_that_is_rolled_back_within_a_transaction_that_commits_is_noticed(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        mine.title = "Mine".into();
        transaction(conn, &mut mine, async |conn, mine| {
            begin(conn).await?;
            save_tracked(mine, conn).await?;
            rollback(conn).await?;
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
        save_tracked(&mut mine, conn).await.unwrap();
        let row = load(1, conn).await;
        assert_eq!((row.title.as_str(), row.version, mine.version), ("Mine", 2, 2));
    }

    async fn a_transaction_of_occ_settles_what_was_written_in_it(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        mine.title = "Mine".into();
        transaction(conn, &mut mine, async |conn, mine| {
            transaction(conn, &mut *mine, async |conn, mine| save_tracked(mine, conn).await).await
        })
        .await
        .unwrap();
        let recorder = record(conn);
        save_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(recorder.take(), Vec::<String>::new(), "clean, and known to be committed");
    }

    #[cfg(feature = "retry")]
    async fn a_value_from_outside_of_a_retried_transaction_is_right_or_refused(database) {
        use super::cell::{batch, retry, retry_with};
        use occ_runtime::RetryPolicy;
        use std::sync::Mutex;
        use std::sync::atomic::{AtomicU32, Ordering};
        use std::time::Duration;

        create_table(database).await;
        let conn = &mut connect(database).await;
        let lost = || diesel::result::Error::DatabaseError(
            diesel::result::DatabaseErrorKind::SerializationFailure, Box::new("lost".to_owned()),
        );
        let policy = RetryPolicy::new().attempts(3).backoff(Duration::ZERO, Duration::ZERO);

        let attempts = AtomicU32::new(0);

        // Nobody else was there: the edit is written by the second attempt.
        let mine = Mutex::new(load(1, conn).await);
        mine.lock().unwrap().title = "Mine".into();
        retry(&policy, conn, async |conn| {
            let attempt = attempts.fetch_add(1, Ordering::Relaxed);
            let mut value = mine.lock().unwrap().clone();
            let saved = save_tracked(&mut value, conn).await;
            *mine.lock().unwrap() = value;
            if attempt == 0 { Err(Error::from(lost())) } else { saved }
        })
        .await
        .unwrap();
        assert_eq!(load(1, conn).await.title, "Mine");

        // Somebody takes the row to the very version that was lost.
        let mine = Mutex::new(load(2, conn).await);
        mine.lock().unwrap().title = "Mine".into();
        attempts.store(0, Ordering::Relaxed);
        let outcome = retry(&policy, conn, async |conn| {
            let attempt = attempts.fetch_add(1, Ordering::Relaxed);
            if attempt == 1 {
                // Within this transaction, as good as committed by somebody else before it began.
                batch("UPDATE articles SET body = 'Theirs', version = 2 WHERE id = 2", conn).await?;
            }
            let mut value = mine.lock().unwrap().clone();
            let saved = save_tracked(&mut value, conn).await;
            *mine.lock().unwrap() = value;
            if attempt == 0 { Err(Error::from(lost())) } else { saved }
        })
        .await;
        assert_eq!(outcome.is_ok(), load(2, conn).await.title == "Mine", "{outcome:?}");

        // Handed over, it is put back before each attempt.
        let mut mine = load(1, conn).await;
        mine.views += 1;
        attempts.store(0, Ordering::Relaxed);
        retry_with(&policy, conn, &mut mine, async |conn, mine| {
            let attempt = attempts.fetch_add(1, Ordering::Relaxed);
            rebase(mine, conn).await?;
            save_tracked(mine, conn).await?;
            if attempt < 2 { Err(Error::from(lost())) } else { Ok(()) }
        })
        .await
        .unwrap();
        let row = load(1, conn).await;
        assert_eq!((row.views, row.version, mine.version), (11, 3, 3));
    }
}
