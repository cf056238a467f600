//! Slices and vectors in `optimistic_transaction`: each value gets the version of its row, wherever the closure has put it.

use diesel::prelude::*;
use diesel::result::Error as DieselError;
use occ_runtime::{Error, Tracked};

use super::article::{Article, articles, create_table, load as load_article, somebody_counts};
use super::cell::{Conn, all, connect, rebase, save, save_all, save_tracked, transaction};
use super::product::{Product, load};

async fn tracked(conn: &mut Conn) -> Vec<Tracked<Article>> {
    all(articles::table.order(articles::id).select(Tracked::<Article>::as_select()), conn).await.unwrap()
}

fn roll_back() -> Result<(), Error> {
    Err(DieselError::RollbackTransaction.into())
}

super::scenarios! {
    async fn a_vec_may_be_sorted_emptied_and_filled(database) {
        let conn = &mut connect(database).await;
        let mut rows = vec![load(1, conn).await, load(2, conn).await];
        let outcome = transaction(conn, &mut rows, async |conn: &mut Conn, rows: &mut Vec<Product>| {
            save_all(rows, conn).await?;
            rows.reverse();
            save(&mut rows[0], conn).await?;
            assert_eq!((rows[0].version, rows[1].version), (3, 2));
            let lamp = rows.pop().unwrap();
            rows.push(Product { id: 3, ..lamp });
            roll_back()
        })
        .await;
        assert!(outcome.is_err());
        // The desk is back; the third was the lamp, whose save is rolled back too.
        assert_eq!((rows[0].id, rows[0].version, rows[1].id, rows[1].version), (2, 1, 3, 1));
        save(&mut rows[0], conn).await.unwrap();
        let outcome: Result<(), Error> = transaction(conn, &mut rows, async |conn: &mut Conn, rows: &mut Vec<Product>| {
            rows.truncate(1);
            save_all(rows, conn).await
        })
        .await;
        outcome.unwrap();
        assert_eq!((rows.len(), rows[0].version, load(2, conn).await.version), (1, 3, 3));
    }

    async fn tracked_values_in_a_slice_are_put_back_each_for_itself(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut rows = tracked(conn).await;
        let outcome = transaction(conn, &mut rows[..], async |conn: &mut Conn, rows: &mut [Tracked<Article>]| {
            for row in rows.iter_mut() {
                row.views += 1;
                save_tracked(row, conn).await?;
            }
            rows.swap(0, 1);
            roll_back()
        })
        .await;
        assert!(outcome.is_err());
        let memory: Vec<_> = rows.iter().map(|row| (row.id, row.version, row.views, row.original().views)).collect();
        assert_eq!(memory, [(2, 1, 21, 20), (1, 1, 11, 10)], "the edits are to be saved again");
        for row in &mut rows {
            save_tracked(row, conn).await.unwrap();
        }
        assert_eq!((load_article(1, conn).await.views, load_article(2, conn).await.views), (11, 21));
    }

    async fn a_tracked_value_that_was_merged_is_put_back_whole_wherever_it_is(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut rows = tracked(conn).await;
        rows[0].views += 1;
        rows[1].views += 1;
        let before = rows.clone();
        somebody_counts(database).await;
        let outcome = transaction(conn, &mut rows, async |conn: &mut Conn, rows: &mut Vec<Tracked<Article>>| {
            rebase(&mut rows[0], conn).await?;
            save_tracked(&mut rows[0], conn).await?;
            assert_eq!((rows[0].views, rows[0].version), (16, 3));
            rows.rotate_left(1);
            roll_back()
        })
        .await;
        assert!(outcome.is_err());
        rows.rotate_left(1);
        assert_eq!(rows, before);
        rebase(&mut rows[0], conn).await.unwrap();
        for row in &mut rows {
            save_tracked(row, conn).await.unwrap();
        }
        assert_eq!((load_article(1, conn).await.views, load_article(2, conn).await.views), (16, 21));
    }

    async fn another_value_in_a_slice_gives_way_to_the_one_that_was_there(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut rows = tracked(conn).await;
        let before = rows.clone();
        let outcome = transaction(conn, &mut rows[..1], async |conn: &mut Conn, rows: &mut [Tracked<Article>]| {
            rows[0] = load_article(2, conn).await;
            roll_back()
        })
        .await;
        assert!(outcome.is_err());
        assert_eq!(rows, before);
    }

    async fn they_stand_in_tuples_with_others(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let (mut lamp, mut desks) = (load(1, conn).await, vec![load(2, conn).await]);
        let mut rows = tracked(conn).await;
        let values = (&mut lamp, &mut desks, &mut rows[..]);
        let outcome = transaction(
            conn,
            values,
            async |conn: &mut Conn, (lamp, desks, rows): (&mut Product, &mut Vec<Product>, &mut [Tracked<Article>])| {
                save(lamp, conn).await?;
                save_all(desks, conn).await?;
                rows[0].views += 1;
                save_tracked(&mut rows[0], conn).await?;
                roll_back()
            },
        )
        .await;
        assert!(outcome.is_err());
        assert_eq!((lamp.version, desks[0].version, rows[0].version, rows[0].original().views), (1, 1, 1, 10));
    }
}
