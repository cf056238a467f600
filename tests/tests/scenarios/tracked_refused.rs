//! What a tracked value says of itself after a rollback, and what a save that fails leaves of it: all of it.

use diesel::result::Error as DieselError;
use occ_runtime::{Choice, Error, Tracked};
use occ_tests::cell::Backend;

use super::article::{Article, create_table, load, somebody_counts};
use super::cell::{
    BACKEND, Conn, batch, begin, commit, conflict, connect, rebase, rebase_with, record, reload_tracked,
    rollback, save_tracked, save_tracked_expecting, transaction,
};

/// In a transaction that is rolled back: a plain one, or one of occ's that it was not handed to.
async fn save_and_roll_back(mine: &mut Tracked<Article>, by_occ: bool, conn: &mut Conn) {
    if !by_occ {
        begin(conn).await.unwrap();
        save_tracked(mine, conn).await.unwrap();
        rollback(conn).await.unwrap();
        return;
    }
    let mut other = super::product::load(1, conn).await;
    let outcome: Result<(), Error> = transaction(conn, &mut other, async |conn, _| {
        save_tracked(mine, conn).await?;
        Err(DieselError::RollbackTransaction.into())
    })
    .await;
    assert!(outcome.is_err());
}

/// All that a value shows of itself.
fn shown(mine: &Tracked<Article>) -> (Article, Article, Vec<&'static str>, String) {
    // What the struct is, without a look at what its transaction has come to.
    let value = mine.clone().into_inner();
    (value, mine.original().clone(), mine.dirty_fields(), format!("{mine:?}"))
}

/// No row gets this title.
async fn hold_back_bad_titles(conn: &mut Conn) {
    let trigger = match BACKEND {
        Backend::Postgres => {
            "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
             CREATE TRIGGER no BEFORE UPDATE ON articles FOR EACH ROW WHEN (NEW.title = 'bad') EXECUTE FUNCTION no()"
        }
        Backend::Mysql => {
            "CREATE TRIGGER no BEFORE UPDATE ON articles FOR EACH ROW \
             IF NEW.title = 'bad' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF"
        }
        Backend::Sqlite => {
            "CREATE TRIGGER no BEFORE UPDATE ON articles WHEN NEW.title = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END"
        }
    };
    batch(trigger, conn).await.unwrap();
}

super::scenarios! {
    async fn after_a_rollback_a_save_expects_the_version_that_the_row_has(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        for by_occ in [false, true] {
            batch("UPDATE articles SET title = 'Doors', version = 1 WHERE id = 1", conn).await.unwrap();
            let mut mine = load(1, conn).await;
            mine.title = "Mine".into();
            save_and_roll_back(&mut mine, by_occ, conn).await;
            let before = shown(&mine);
            let error = save_tracked_expecting(&mut mine, &2, conn).await.unwrap_err();
            assert!(error.is_stale(), "no row has ever been at 2: {error}");
            assert_eq!((shown(&mine), load(1, conn).await.title.as_str()), (before, "Doors"), "by occ: {by_occ}");
            save_tracked_expecting(&mut mine, &1, conn).await.unwrap();
            let row = load(1, conn).await;
            assert_eq!((row.title.as_str(), row.version, &mine), ("Mine", 2, &row), "by occ: {by_occ}");
        }
    }

    async fn after_a_rollback_that_occ_knows_of_a_value_is_what_it_was_before(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        mine.title = "Mine".into();
        let before = (mine.original().clone(), mine.dirty_fields());
        save_and_roll_back(&mut mine, true, conn).await;
        let recorder = record(conn);
        assert!(mine.is_dirty());
        assert_eq!((mine.original().clone(), mine.dirty_fields()), before);
        assert!(format!("{mine:?}").contains("Mine (was Doors)"), "{mine:?}");
        assert_eq!(recorder.take(), Vec::<String>::new(), "nobody has to be asked");
        save_tracked(&mut mine, conn).await.unwrap();
        assert!(!mine.is_dirty());
        assert_eq!((load(1, conn).await.title.as_str(), &mine), ("Mine", &load(1, conn).await));
    }

    async fn a_value_that_is_saved_when_it_is_dirty_is_saved_after_a_rollback(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut other = super::product::load(1, conn).await;
        let mut mine = load(1, conn).await;
        mine.title = "Mine".into();
        for ends_well in [false, true] {
            let outcome = transaction(conn, &mut other, async |conn, _| {
                if mine.is_dirty() {
                    save_tracked(&mut mine, conn).await?;
                }
                if ends_well { Ok(()) } else { Err(Error::from(DieselError::RollbackTransaction)) }
            })
            .await;
            assert_eq!(outcome.is_ok(), ends_well);
        }
        let row = load(1, conn).await;
        assert_eq!((row.title.as_str(), row.version, &mine), ("Mine", 2, &row));
    }

    async fn a_conflict_after_a_rollback_names_what_was_in_the_row(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        mine.title = "Mine".into();
        save_and_roll_back(&mut mine, true, conn).await;
        let seen = conflict(&mine, conn).await.unwrap();
        assert_eq!((seen.my_version(), seen.their_version()), (&1, Some(&1)));
        assert_eq!(seen.base().map(|base| base.title.as_str()), Some("Doors"), "`Mine` was never in the row");
        somebody_counts(database).await;
        let seen = conflict(&mine, conn).await.unwrap();
        assert_eq!((seen.my_version(), seen.their_version()), (&1, Some(&2)));
        assert_eq!(seen.base().map(|base| (base.title.as_str(), base.views)), Some(("Doors", 10)));
        rebase(&mut mine, conn).await.unwrap();
        save_tracked(&mut mine, conn).await.unwrap();
        let row = load(1, conn).await;
        assert_eq!((row.title.as_str(), row.views, &mine), ("Mine", 15, &row));
    }

    async fn a_save_that_the_database_holds_back_leaves_everything_as_it_was(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        hold_back_bad_titles(conn).await;
        for (by_occ, views) in [(None, 11), (Some(false), 12), (Some(true), 13)] {
            let mut mine = load(1, conn).await;
            mine.views += 1;
            if let Some(by_occ) = by_occ {
                save_and_roll_back(&mut mine, by_occ, conn).await;
            }
            mine.title = "bad".into();
            let before = shown(&mine);
            for _ in 0..2 {
                let error = save_tracked(&mut mine, conn).await.unwrap_err();
                assert!(matches!(error, Error::Database(_)), "{error:?}");
                assert_eq!(shown(&mine), before, "by occ: {by_occ:?}");
            }
            mine.title = "good".into();
            save_tracked(&mut mine, conn).await.unwrap();
            let row = load(1, conn).await;
            assert_eq!((row.title.as_str(), row.views, &mine), ("good", views, &row), "by occ: {by_occ:?}");
        }
    }

    async fn a_save_that_is_refused_leaves_everything_as_it_was(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        for (by_occ, views) in [(false, 16), (true, 22)] {
            let mut mine = load(1, conn).await;
            mine.views += 1;
            save_and_roll_back(&mut mine, by_occ, conn).await;
            somebody_counts(database).await;
            let before = shown(&mine);
            for _ in 0..2 {
                assert!(save_tracked(&mut mine, conn).await.unwrap_err().is_stale());
                assert_eq!(shown(&mine), before, "by occ: {by_occ}");
            }
            if by_occ {
                rebase(&mut mine, conn).await.unwrap();
            } else {
                assert!(rebase(&mut mine, conn).await.unwrap_err().is_stale(), "whose row it is, nobody can tell");
                assert_eq!(shown(&mine), before);
                mine = load(1, conn).await;
                mine.views += 1;
            }
            save_tracked(&mut mine, conn).await.unwrap();
            let row = load(1, conn).await;
            assert_eq!((row.views, &mine), (views, &row), "by occ: {by_occ}");
        }
    }

    async fn a_save_in_a_snapshot_from_before_a_commit_is_refused_and_leaves_everything_as_it_was(database) {
        create_table(database).await;
        let (conn, old) = (&mut connect(database).await, &mut connect(database).await);
        for (rebases, views) in [(false, 11), (true, 12)] {
            let mut mine = load(1, conn).await;
            begin(old).await.unwrap();
            if BACKEND == Backend::Postgres {
                batch("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", old).await.unwrap();
            }
            // The first read makes the snapshot.
            load(2, old).await;
            begin(conn).await.unwrap();
            mine.views += 1;
            save_tracked(&mut mine, conn).await.unwrap();
            commit(conn).await.unwrap();
            if rebases {
                // It sees the row as it was, and takes the change for one that was rolled back.
                let outcome = rebase(&mut mine, old).await;
                assert!(outcome.is_ok() || outcome.is_err_and(|error| error.is_stale()));
            }
            mine.title = format!("Title {views}");
            let before = shown(&mine);
            save_tracked(&mut mine, old).await.unwrap_err();
            assert_eq!(shown(&mine), before, "rebases: {rebases}");
            rollback(old).await.unwrap();
            match rebase(&mut mine, conn).await {
                Ok(()) => {}
                // It may be my own change that is in the row: asked, I can tell.
                Err(Error::Unmerged(_)) => {
                    let choose = |field: &str| if field == "views" { Choice::Theirs } else { Choice::Mine };
                    rebase_with(&mut mine, conn, |field, _, _, _| choose(field)).await.unwrap();
                }
                // One more is there: whose it is, nobody can tell.
                Err(error) => {
                    assert!(error.is_stale(), "{error}");
                    reload_tracked(&mut mine, conn).await.unwrap();
                    mine.title = format!("Title {views}");
                }
            }
            save_tracked(&mut mine, conn).await.unwrap();
            let row = load(1, conn).await;
            assert_eq!((row.title.clone(), row.views, &mine), (format!("Title {views}"), views, &row));
        }
    }
}
