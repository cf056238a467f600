//! Tracked values whose transactions are rolled back, and columns that keep something else than what was sent.

use diesel::prelude::*;
use occ_runtime::{Error, OptimisticLock, Tracked};
use occ_tests::cell::Backend;

use super::article::{create_table, load};
use super::cell::{
    BACKEND, Conn, Database, batch, begin, commit, connect, delete_tracked, first, rebase, record,
    reload_tracked, rollback, save_if, save_tracked, transaction,
};

/// Somebody else counts five views.
async fn somebody_counts(database: &Database) {
    let conn = &mut connect(database).await;
    let mut theirs = load(1, conn).await;
    theirs.views += 5;
    save_tracked(&mut theirs, conn).await.unwrap();
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
        begin(conn).await.unwrap();
        save_tracked(&mut mine, conn).await.unwrap();
        rollback(conn).await.unwrap();
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
        begin(conn).await.unwrap();
        save_tracked(&mut mine, conn).await.unwrap();
        rollback(conn).await.unwrap();
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
        begin(conn).await.unwrap();
        save_tracked(&mut mine, conn).await.unwrap();
        rollback(conn).await.unwrap();
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
        begin(conn).await.unwrap();
        save_tracked(&mut mine, conn).await.unwrap();
        rollback(conn).await.unwrap();
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
        begin(conn).await.unwrap();
        save_tracked(&mut mine, conn).await.unwrap();
        rollback(conn).await.unwrap();
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
        use super::cell::{retry, retry_with};
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

diesel::table! {
    prices (id) {
        id -> Integer,
        amount -> Integer,
        label -> Text,
        visits -> Integer,
        version -> Integer,
    }
}

/// The database makes of its columns what it likes.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
pub struct Price {
    id: i32,
    #[occ(merge = theirs)]
    amount: i32,
    #[occ(merge = theirs)]
    label: String,
    #[occ(merge = add)]
    visits: i32,
    version: i32,
}

/// A trigger rounds the amount up to an even number.
async fn create_prices(conn: &mut Conn) {
    let trigger = match BACKEND {
        Backend::Postgres => {
            "CREATE FUNCTION rounded() RETURNS trigger LANGUAGE plpgsql AS \
             'BEGIN NEW.amount = NEW.amount + NEW.amount % 2; RETURN NEW; END';
             CREATE TRIGGER prices_rounded BEFORE UPDATE ON prices FOR EACH ROW EXECUTE FUNCTION rounded()"
        }
        Backend::Mysql => {
            "CREATE TRIGGER prices_rounded BEFORE UPDATE ON prices FOR EACH ROW \
             SET NEW.amount = NEW.amount + NEW.amount % 2"
        }
        Backend::Sqlite => {
            "CREATE TRIGGER prices_rounded AFTER UPDATE ON prices WHEN NEW.amount % 2 = 1
             BEGIN UPDATE prices SET amount = NEW.amount + 1 WHERE id = NEW.id; END"
        }
    };
    batch(
        "CREATE TABLE prices (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL, label VARCHAR(50) NOT NULL, \
         visits INTEGER NOT NULL, version INTEGER NOT NULL);
         INSERT INTO prices VALUES (1, 1, 'a', 10, 1);",
        conn,
    )
    .await
    .unwrap();
    batch(trigger, conn).await.unwrap();
}

async fn load_price(conn: &mut Conn) -> Tracked<Price> {
    first(prices::table.find(1).select(Tracked::<Price>::as_select()), conn).await.unwrap()
}

super::scenarios! {
    async fn what_the_database_has_made_of_my_write_is_nobodys_change(database) {
        let conn = &mut connect(database).await;
        create_prices(conn).await;
        let mut mine = load_price(conn).await;
        mine.amount = 3;
        save_tracked(&mut mine, conn).await.unwrap();
        mine.amount = 8;
        rebase(&mut mine, conn).await.unwrap();
        assert_eq!((mine.amount, mine.original().amount), (8, 4), "my edit is kept, on what the row holds");
        save_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(load_price(conn).await.amount, 8);
    }

    async fn a_base_that_comes_from_elsewhere_is_compared_at_the_rows_own_version_too(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        somebody_counts(database).await;
        // What a form was filled in from, with the version of the row as it is.
        let mut seen = load(1, conn).await.into_inner();
        seen.views = 10;
        seen.title = "Old".into();
        let mut mine = Tracked::new(seen);
        mine.views += 1;
        mine.title = "Mine".into();
        let Err(Error::Unmerged(error)) = rebase(&mut mine, conn).await else { panic!("both have changed the title") };
        assert_eq!(error.differences().len(), 1);
        mine.title = "Old".into();
        rebase(&mut mine, conn).await.unwrap();
        assert_eq!((mine.views, mine.title.as_str()), (16, "Doors"));
    }

    async fn an_edit_does_not_give_way_to_what_the_database_has_made_of_the_one_before(database) {
        let conn = &mut connect(database).await;
        create_prices(conn).await;
        let mut mine = load_price(conn).await;
        mine.amount = 3;
        save_tracked(&mut mine, conn).await.unwrap();
        let mut theirs = load_price(conn).await;
        theirs.visits += 1;
        save_tracked(&mut theirs, conn).await.unwrap();
        mine.amount = 8;
        assert!(save_tracked(&mut mine, conn).await.unwrap_err().is_stale());
        let Err(Error::Unmerged(error)) = rebase(&mut mine, conn).await else { panic!("4 is not what they have made of 3") };
        assert_eq!(error.differences().len(), 1);
        super::cell::rebase_with(&mut mine, conn, |_, _, _, _| occ_runtime::Choice::Mine).await.unwrap();
        save_tracked(&mut mine, conn).await.unwrap();
        let row = load_price(conn).await;
        assert_eq!((row.amount, row.visits), (8, 11));
    }

    async fn what_a_method_of_the_struct_has_written_is_not_added_twice(database) {
        let conn = &mut connect(database).await;
        create_prices(conn).await;
        let mut mine = load_price(conn).await;
        mine.visits += 1;
        // It writes the value, and not what the value was loaded as.
        save_if(&mut *mine, prices::label.eq("a"), conn).await.unwrap();
        assert_eq!((mine.version, mine.original().version), (2, 1));
        rebase(&mut mine, conn).await.unwrap();
        assert_eq!((mine.visits, mine.is_dirty()), (11, false));

        let mut mine = load_price(conn).await;
        mine.visits += 1;
        save_if(&mut *mine, prices::label.eq("a"), conn).await.unwrap();
        let mut theirs = load_price(conn).await;
        theirs.visits += 5;
        save_tracked(&mut theirs, conn).await.unwrap();
        match rebase(&mut mine, conn).await {
            Ok(()) => assert_eq!(mine.visits, 17),
            Err(error) => assert!(matches!(error, Error::Unmerged(_)), "{error}"),
        }
    }

    async fn a_tracked_row_whose_key_was_changed_in_memory_is_the_one_that_is_deleted(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        mine.id = 2;
        delete_tracked(&mine, conn).await.unwrap();
        load(2, conn).await;
        let left: i64 = first(super::article::articles::table.count(), conn).await.unwrap();
        assert_eq!(left, 1);
    }
}
