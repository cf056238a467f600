//! Several saves of a tracked value in one plain transaction, such as a test is in: what it has written there is its own.

use diesel::result::Error as DieselError;
use occ_runtime::Error;

use super::article::{create_table, load, somebody_counts};
use super::cell::{
    begin, commit, connect, delete_tracked, rebase, record, reload_tracked, rollback, save_tracked,
    transaction,
};

super::scenarios! {
    async fn a_sum_is_saved_more_than_once_in_one_transaction(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        begin(conn).await.unwrap();
        for _ in 0..3 {
            mine.views += 1;
            save_tracked(&mut mine, conn).await.unwrap();
            save_tracked(&mut mine, conn).await.unwrap();
        }
        mine.views += 1;
        rebase(&mut mine, conn).await.unwrap();
        assert_eq!((mine.views, mine.dirty_fields()), (14, vec!["views"]));
        save_tracked(&mut mine, conn).await.unwrap();
        commit(conn).await.unwrap();
        let row = load(1, conn).await;
        assert_eq!((row.views, row.version, &mine), (14, 5, &row));
    }

    async fn a_sum_that_was_saved_is_deleted_in_the_same_transaction(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        begin(conn).await.unwrap();
        mine.views += 1;
        save_tracked(&mut mine, conn).await.unwrap();
        delete_tracked(&mine, conn).await.unwrap();
        commit(conn).await.unwrap();
    }

    async fn transactions_of_occ_within_a_plain_one_go_on_from_each_other(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        let mut other = super::product::load(1, conn).await;
        begin(conn).await.unwrap();
        for handed_over in [false, true, false, true] {
            mine.views += 1;
            if handed_over {
                transaction(conn, &mut mine, async |conn, mine| save_tracked(mine, conn).await).await.unwrap();
            } else {
                transaction(conn, &mut other, async |conn, _| save_tracked(&mut mine, conn).await).await.unwrap();
            }
            mine.views += 1;
            save_tracked(&mut mine, conn).await.unwrap();
            let outcome: Result<(), Error> = transaction(conn, &mut other, async |conn, _| {
                mine.title = "Rolled back".into();
                save_tracked(&mut mine, conn).await?;
                Err(DieselError::RollbackTransaction.into())
            })
            .await;
            assert!(outcome.is_err());
            assert_eq!((mine.title.as_str(), mine.dirty_fields()), ("Rolled back", vec!["title"]));
            mine.title = "Doors".into();
            save_tracked(&mut mine, conn).await.unwrap();
        }
        commit(conn).await.unwrap();
        let row = load(1, conn).await;
        assert_eq!((row.views, row.title.as_str(), row.version, &mine), (18, "Doors", 9, &row));
    }

    async fn a_sum_whose_savepoint_is_over_may_be_somebody_elses(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        begin(conn).await.unwrap();
        begin(conn).await.unwrap();
        mine.views += 1;
        save_tracked(&mut mine, conn).await.unwrap();
        rollback(conn).await.unwrap();
        save_tracked(&mut mine, conn).await.unwrap();
        commit(conn).await.unwrap();
        assert_eq!(load(1, conn).await.views, 11);
    }

    async fn why_a_sum_is_refused_after_a_plain_transaction_is_said_in_a_sentence_of_its_own(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        begin(conn).await.unwrap();
        mine.views += 5;
        save_tracked(&mut mine, conn).await.unwrap();
        rollback(conn).await.unwrap();
        somebody_counts(database).await;
        mine.views += 1;
        let recorder = record(conn);
        let error = save_tracked(&mut mine, conn).await.unwrap_err();
        assert!(recorder.take().iter().all(|statement| statement.starts_with("SELECT")));
        assert_eq!(
            error.to_string(),
            "cannot save row 1 of `articles`: the transaction in which this value was last written or read may have been rolled \
             back, and somebody else may have written the row since; reload it and apply the change again"
        );
        let Error::Stale(stale) = &error else { panic!("{error}") };
        assert_eq!((stale.expected(), stale.actual(), stale.is_from_old_snapshot()), ("2", Some("2"), false));
        assert!(error.is_stale() && !error.is_retryable() && !stale.is_deleted());
        reload_tracked(&mut mine, conn).await.unwrap();
        mine.views += 6;
        save_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(load(1, conn).await.views, 21);
    }
}
