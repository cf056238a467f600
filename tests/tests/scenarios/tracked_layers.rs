//! A tracked value that was written or read in several transactions within each other, of which nobody knows how the outermost
//! has ended: what it was in between is the row only if the row looks so.

use occ_runtime::{Error, Tracked};

use super::article::{Article, create_table, load, somebody_counts};
use super::cell::{
    Conn, Database, batch, begin, connect, delete_tracked, rebase, reload_tracked, rollback, save_tracked,
    transaction,
};

/// A transaction of occ's in which the value is saved without being handed over.
async fn save_within(mine: &mut Tracked<Article>, conn: &mut Conn) {
    let mut other = super::product::load(1, conn).await;
    transaction(conn, &mut other, async |conn, _| save_tracked(mine, conn).await).await.unwrap();
}

/// A value whose sum is saved, in a transaction that goes on.
async fn counted(conn: &mut Conn) -> Tracked<Article> {
    let mut mine = load(1, conn).await;
    begin(conn).await.unwrap();
    mine.views += 5;
    save_tracked(&mut mine, conn).await.unwrap();
    mine
}

/// Somebody writes other columns than mine, and the row is at the version that mine had in between.
async fn somebody_writes(database: &Database) {
    let conn = &mut connect(database).await;
    let mut theirs = load(1, conn).await;
    theirs.title = "Theirs".into();
    theirs.summary = Some("Theirs.".into());
    save_tracked(&mut theirs, conn).await.unwrap();
    assert_eq!(theirs.version, 2);
}

async fn assert_refused(mine: &mut Tracked<Article>, conn: &mut Conn) {
    let before = mine.clone();
    for error in [
        rebase(mine, conn).await.unwrap_err(),
        save_tracked(mine, conn).await.unwrap_err(),
        delete_tracked(mine, conn).await.unwrap_err(),
    ] {
        assert!(error.is_stale(), "{error}");
    }
    assert_eq!(*mine, before);
}

super::scenarios! {
    async fn what_was_written_in_between_and_rolled_back_is_not_the_base_of_a_merge(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        begin(conn).await.unwrap();
        mine.title = "Mine".into();
        save_tracked(&mut mine, conn).await.unwrap();
        mine.body = "Mine too.".into();
        save_within(&mut mine, conn).await;
        rollback(conn).await.unwrap();
        somebody_writes(database).await;
        assert_refused(&mut mine, conn).await;
        mine.title = "Mine again".into();
        assert_refused(&mut mine, conn).await;
        let row = load(1, conn).await;
        assert_eq!((row.title.as_str(), row.body.as_str(), row.version), ("Theirs", "They close.", 2));
        reload_tracked(&mut mine, conn).await.unwrap();
        mine.title = "Mine".into();
        save_tracked(&mut mine, conn).await.unwrap();
    }

    async fn nor_is_what_was_read_there(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        begin(conn).await.unwrap();
        batch("UPDATE articles SET title = 'Nobody', version = 2 WHERE id = 1", conn).await.unwrap();
        reload_tracked(&mut mine, conn).await.unwrap();
        mine.title = "Mine".into();
        save_within(&mut mine, conn).await;
        rollback(conn).await.unwrap();
        somebody_writes(database).await;
        assert_refused(&mut mine, conn).await;
        assert_eq!(load(1, conn).await.title, "Theirs");
    }

    async fn nor_is_a_sum_that_somebody_has_made_the_same(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = counted(conn).await;
        mine.title = "Mine".into();
        save_within(&mut mine, conn).await;
        rollback(conn).await.unwrap();
        somebody_counts(database).await;
        assert_refused(&mut mine, conn).await;
        assert_eq!(load(1, conn).await.views, 15);
    }

    async fn a_sum_that_was_read_again_before_it_was_rolled_back_may_be_somebody_elses_too(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        for reloads in [false, true] {
            let mut mine = counted(conn).await;
            let (views, version) = (mine.views, mine.version);
            if reloads {
                reload_tracked(&mut mine, conn).await.unwrap();
            } else {
                rebase(&mut mine, conn).await.unwrap();
            }
            mine.views += 1;
            rollback(conn).await.unwrap();
            somebody_counts(database).await;
            assert_refused(&mut mine, conn).await;
            let row = load(1, conn).await;
            assert_eq!((row.views, row.version), (views, version));
        }
    }

    async fn what_lies_under_all_of_them_is(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        for saves in [false, true] {
            let mut mine = counted(conn).await;
            let (views, version) = (mine.views, mine.version);
            mine.title = "Mine".into();
            save_within(&mut mine, conn).await;
            rollback(conn).await.unwrap();
            if !saves {
                rebase(&mut mine, conn).await.unwrap();
                assert_eq!((mine.views, mine.version), (views, version - 1));
            }
            save_tracked(&mut mine, conn).await.unwrap();
            let row = load(1, conn).await;
            assert_eq!((row.views, row.version, row.title.as_str()), (views, version, "Mine"));
        }
    }

    async fn so_is_what_a_transaction_of_occ_has_committed_before_a_savepoint_was_rolled_back(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        for saves in [false, true] {
            let mut mine = load(1, conn).await;
            let (views, version) = (mine.views, mine.version);
            let mut other = super::product::load(1, conn).await;
            transaction(conn, &mut other, async |conn, _| {
                mine.views += 5;
                save_tracked(&mut mine, conn).await?;
                begin(conn).await?;
                mine.title = format!("Mine {saves}");
                save_tracked(&mut mine, conn).await?;
                rollback(conn).await?;
                Ok::<_, Error>(())
            })
            .await
            .unwrap();
            if !saves {
                rebase(&mut mine, conn).await.unwrap();
            }
            save_tracked(&mut mine, conn).await.unwrap();
            let row = load(1, conn).await;
            assert_eq!((row.views, row.version), (views + 5, version + 2));
            assert_eq!(row.title, format!("Mine {saves}"));
        }
    }
}
