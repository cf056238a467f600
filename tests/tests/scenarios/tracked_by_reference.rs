//! Saved in a transaction of occ's that is rolled back, without being handed to it, a tracked value is at the version that its row
//! has: for whatever looks at it.

use diesel::prelude::*;
use diesel::result::Error as DieselError;
use occ_runtime::{Error, Tracked};

use super::article::{Article, articles, create_table, load, somebody_counts};
use super::cell::{
    Conn, Database, connect, delete, delete_if, first, record, save, save_if, save_tracked, touch,
    transaction, verify,
};
use super::product::Product;

/// Saves the title, and is rolled back or not.
async fn save_beside(
    mine: &mut Tracked<Article>,
    title: &str,
    ends_well: bool,
    other: &mut Product,
    conn: &mut Conn,
) {
    let outcome = transaction(conn, other, async |conn, _| {
        mine.title = title.into();
        save_tracked(mine, conn).await?;
        if ends_well { Ok(()) } else { Err(Error::from(DieselError::RollbackTransaction)) }
    })
    .await;
    assert_eq!(outcome.is_ok(), ends_well);
}

/// Somebody else is at the version then that was rolled back.
async fn saved_and_rolled_back(conn: &mut Conn, database: &Database) -> Tracked<Article> {
    let mut mine = load(1, conn).await;
    let mut other = super::product::load(1, conn).await;
    save_beside(&mut mine, "Mine", false, &mut other, conn).await;
    somebody_counts(database).await;
    mine
}

super::scenarios! {
    async fn a_value_that_was_rolled_back_is_at_its_version_for_whatever_takes_it_by_reference(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mine = saved_and_rolled_back(conn, database).await;
        let recorder = record(conn);
        assert_eq!((mine.version, mine.title.as_str(), mine.original().version), (1, "Mine", 1));
        let shown = format!("{mine:?}");
        assert!(shown.contains("version: 1") && shown.contains("Mine (was Doors)"), "{shown}");
        assert_eq!(recorder.take(), Vec::<String>::new(), "nobody has to be asked");
        assert!(verify(&*mine, conn).await.unwrap_err().is_stale());
        assert!(delete(&*mine, conn).await.unwrap_err().is_stale());
        assert!(delete_if(&*mine, articles::id.gt(0), conn).await.unwrap_err().is_stale());
        let mut inner = mine.clone().into_inner();
        assert_eq!((inner.version, inner.title.as_str()), (1, "Mine"));
        assert!(save(&mut inner, conn).await.unwrap_err().is_stale());
        let mut mine = mine;
        assert!(save_if(&mut *mine, articles::id.gt(0), conn).await.unwrap_err().is_stale());
        assert!(touch(&mut *mine, conn).await.unwrap_err().is_stale());
        let row = load(1, conn).await;
        assert_eq!((row.title.as_str(), row.views, row.version), ("Doors", 15, 2), "somebody else's row is as it was");
    }

    async fn a_copy_of_a_value_that_was_rolled_back_is_equal_to_it(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mine = saved_and_rolled_back(conn, database).await;
        assert_eq!(mine.version, 1);
        let mut copy = mine.clone();
        assert_eq!(copy, mine);
        copy.views += 1;
        assert_eq!((copy.version, copy.views, mine.views), (1, 11, 10), "what was looked at is not what is edited");
        assert_eq!((copy.dirty_fields(), mine.dirty_fields()), (vec!["title", "views"], vec!["title"]));
    }

    async fn while_its_transaction_is_open_a_value_is_as_it_was_written(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        let mut other = super::product::load(1, conn).await;
        transaction(conn, &mut other, async |conn, _| {
            mine.title = "Mine".into();
            save_tracked(&mut mine, conn).await?;
            assert_eq!(mine.version, 2);
            verify(&*mine, conn).await
        })
        .await
        .unwrap();
        verify(&*mine, conn).await.unwrap();
        assert_eq!((mine.version, mine.is_dirty()), (2, false));
    }

    async fn a_value_that_was_saved_in_two_transactions_learns_how_each_has_ended(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        for (round, (inner, outer)) in [(false, false), (false, true), (true, false), (true, true)].into_iter().enumerate() {
            let mut mine = load(1, conn).await;
            let version = mine.version;
            let mut other = super::product::load(1, conn).await;
            let (one, two) = (format!("One {round}"), format!("Two {round}"));
            let outcome = transaction(conn, &mut other, async |conn, other| {
                mine.title = one.clone();
                save_tracked(&mut mine, conn).await?;
                save_beside(&mut mine, &two, inner, other, conn).await;
                let stored = if inner { &two } else { &one };
                assert_eq!((&mine.original().title, &mine.title), (stored, &two));
                assert_eq!((mine.is_dirty(), mine.version), (!inner, version + 1 + i32::from(inner)));
                if outer { Ok(()) } else { Err(Error::from(DieselError::RollbackTransaction)) }
            })
            .await;
            assert_eq!(outcome.is_ok(), outer);
            let row = load(1, conn).await;
            let recorder = record(conn);
            assert_eq!((mine.original(), mine.version, &mine.title), (&*row, row.version, &two), "{inner} {outer}");
            assert_eq!(mine.is_dirty(), !(inner && outer));
            save_tracked(&mut mine, conn).await.unwrap();
            assert_eq!(recorder.take().len(), usize::from(!(inner && outer)), "nobody has to be asked: {inner} {outer}");
            assert_eq!(mine, load(1, conn).await);
        }
    }

    async fn a_value_that_is_saved_once_more_after_a_nested_rollback_is_in_the_row(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        let mut other = super::product::load(1, conn).await;
        transaction(conn, &mut other, async |conn, other| {
            mine.views += 1;
            save_tracked(&mut mine, conn).await?;
            for round in 0..3 {
                save_beside(&mut mine, "Two", false, other, conn).await;
                mine.views += 1;
                save_beside(&mut mine, &format!("{round}"), true, other, conn).await;
            }
            save_tracked(&mut mine, conn).await
        })
        .await
        .unwrap();
        let row = load(1, conn).await;
        assert_eq!((row.views, row.title.as_str(), row.version, &mine), (14, "2", 5, &row));
        let left: i64 = first(articles::table.count(), conn).await.unwrap();
        assert_eq!(left, 2);
    }
}
