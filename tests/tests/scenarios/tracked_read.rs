//! A tracked value that was only read in a transaction, which is rolled back: what it has read may never have been committed.

use diesel::result::Error as DieselError;
use occ_runtime::{Error, Tracked};

use super::article::{Article, create_table, load, somebody_counts};
use super::cell::{
    Conn, begin, commit, connect, delete_tracked, rebase, record, reload_tracked, rollback, save_tracked,
    touch, transaction, verify,
};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Reads {
    Reload,
    Rebase,
}

const BOTH: [Reads; 2] = [Reads::Reload, Reads::Rebase];

/// Another copy of the row is written first, and read.
async fn write_and_read(reads: Reads, mine: &mut Tracked<Article>, conn: &mut Conn) -> Result<(), Error> {
    let mut copy = load(1, conn).await;
    copy.body = "Rolled back.".into();
    save_tracked(&mut copy, conn).await?;
    match reads {
        Reads::Reload => reload_tracked(mine, conn).await,
        Reads::Rebase => rebase(mine, conn).await,
    }
}

/// In a plain transaction, or in one of occ's, which is not given the value.
async fn in_transaction(
    plain: bool,
    ends_well: bool,
    reads: Reads,
    mine: &mut Tracked<Article>,
    conn: &mut Conn,
) {
    if plain {
        begin(conn).await.unwrap();
        write_and_read(reads, mine, conn).await.unwrap();
        if ends_well {
            commit(conn).await.unwrap();
        } else {
            rollback(conn).await.unwrap();
        }
        return;
    }
    let mut other = super::product::load(1, conn).await;
    let outcome = transaction(conn, &mut other, async |conn, _| {
        write_and_read(reads, mine, conn).await?;
        if ends_well { Ok(()) } else { Err(Error::from(DieselError::RollbackTransaction)) }
    })
    .await;
    assert_eq!(outcome.is_ok(), ends_well);
}

super::scenarios! {
    async fn what_was_read_in_a_plain_transaction_that_is_rolled_back_is_refused(database) {
        for reads in BOTH {
            let conn = &mut connect(database).await;
            super::cell::batch("DROP TABLE IF EXISTS articles", conn).await.unwrap();
            create_table(database).await;
            let mut mine = load(1, conn).await;
            in_transaction(true, false, reads, &mut mine, conn).await;
            somebody_counts(database).await;
            assert_eq!((mine.version, load(1, conn).await.version), (2, 2), "they have come to the same version");
            mine.title = "Mine".into();
            for error in [
                save_tracked(&mut mine, conn).await.unwrap_err(),
                delete_tracked(&mine, conn).await.unwrap_err(),
                rebase(&mut mine, conn).await.unwrap_err(),
            ] {
                let Error::Stale(stale) = &error else { panic!("{error}") };
                assert!(!stale.is_from_old_snapshot() && !error.is_retryable(), "{reads:?}: {error}");
                assert!(error.to_string().ends_with(
                    "the transaction in which this value was last written or read may have been rolled back, and somebody else may \
                     have written the row since; reload it and apply the change again"
                ), "{error}");
            }
            let row = load(1, conn).await;
            assert_eq!((row.title.as_str(), row.views, row.body.as_str()), ("Doors", 15, "They close."));
            reload_tracked(&mut mine, conn).await.unwrap();
            mine.title = "Mine".into();
            save_tracked(&mut mine, conn).await.unwrap();
            assert_eq!(load(1, conn).await, mine);
        }
    }

    async fn what_was_read_beside_a_transaction_that_is_rolled_back_is_forgotten(database) {
        for reads in BOTH {
            let conn = &mut connect(database).await;
            super::cell::batch("DROP TABLE IF EXISTS articles", conn).await.unwrap();
            create_table(database).await;
            let mut mine = load(1, conn).await;
            mine.title = "Mine".into();
            let before = mine.clone();
            in_transaction(false, false, reads, &mut mine, conn).await;
            assert_eq!((&mine, mine.version, mine.body.as_str()), (&before, 1, "They close."), "as if it was handed over");
            somebody_counts(database).await;
            assert!(verify(&*mine, conn).await.unwrap_err().is_stale());
            assert!(save_tracked(&mut mine, conn).await.unwrap_err().is_stale());
            rebase(&mut mine, conn).await.unwrap();
            save_tracked(&mut mine, conn).await.unwrap();
            let row = load(1, conn).await;
            assert_eq!((row.title.as_str(), row.views, row.body.as_str(), &mine), ("Mine", 15, "They close.", &row));
        }
    }

    async fn what_was_read_in_a_transaction_that_has_committed_is_saved(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        for reads in BOTH {
            for plain in [false, true] {
                let mut mine = load(1, conn).await;
                super::cell::batch("UPDATE articles SET body = 'They close.' WHERE id = 1", conn).await.unwrap();
                in_transaction(plain, true, reads, &mut mine, conn).await;
                let recorder = record(conn);
                mine.title = format!("{reads:?} {plain}");
                save_tracked(&mut mine, conn).await.unwrap();
                assert_eq!(recorder.take().len(), 1 + usize::from(plain), "a look, where the end of the transaction is not known");
                mine.views += 1;
                save_tracked(&mut mine, conn).await.unwrap();
                assert_eq!(recorder.take().len(), 1);
                assert_eq!(load(1, conn).await, mine);
                mine = load(1, conn).await;
                in_transaction(plain, true, reads, &mut mine, conn).await;
                save_tracked(&mut mine, conn).await.unwrap();
                assert_eq!(load(1, conn).await, mine, "{reads:?} {plain}");
            }
        }
    }

    async fn a_row_that_is_read_as_it_is_known_costs_no_look(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        begin(conn).await.unwrap();
        reload_tracked(&mut mine, conn).await.unwrap();
        mine.title = "Mine".into();
        rebase(&mut mine, conn).await.unwrap();
        let recorder = record(conn);
        save_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(recorder.take().len(), 1);
        commit(conn).await.unwrap();
        assert_eq!(load(1, conn).await, mine);
    }

    async fn what_was_touched_and_read_in_a_plain_transaction_that_is_rolled_back_is_refused(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        begin(conn).await.unwrap();
        touch(&mut *mine, conn).await.unwrap();
        reload_tracked(&mut mine, conn).await.unwrap();
        rollback(conn).await.unwrap();
        somebody_counts(database).await;
        mine.title = "Mine".into();
        assert!(save_tracked(&mut mine, conn).await.unwrap_err().is_stale());
        assert_eq!(load(1, conn).await.views, 15);
    }

    async fn a_save_on_what_was_read_in_a_rolled_back_transaction_is_forgotten_with_it(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        let mut other = super::product::load(1, conn).await;
        mine.views += 1;
        let before = mine.clone();
        for _ in 0..3 {
            let outcome: Result<(), Error> = transaction(conn, &mut other, async |conn, _| {
                write_and_read(Reads::Rebase, &mut mine, conn).await?;
                save_tracked(&mut mine, conn).await?;
                Err(DieselError::RollbackTransaction.into())
            })
            .await;
            assert!(outcome.is_err());
            assert_eq!(mine, before);
        }
        save_tracked(&mut mine, conn).await.unwrap();
        let row = load(1, conn).await;
        assert_eq!((row.views, row.body.as_str(), row.version, &mine), (11, "They close.", 2, &row));
    }
}
