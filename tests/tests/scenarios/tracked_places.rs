//! Tracked values that a closure puts in the places of others: no content gets a newer version than its own.

use diesel::result::Error as DieselError;
use occ_runtime::{Error, Tracked};

use super::article::{Article, create_table, load};
use super::cell::{Conn, batch, connect, save_tracked, transaction};

/// A value at version 2, whose title is another than that of the copy, which is at version 1.
async fn saved_and_older_copy(conn: &mut Conn) -> (Tracked<Article>, Tracked<Article>) {
    batch("UPDATE articles SET title = 'Doors', views = 10, version = 1 WHERE id = 1", conn).await.unwrap();
    let mut value = load(1, conn).await;
    let older = value.clone();
    value.title = "Locks".into();
    save_tracked(&mut value, conn).await.unwrap();
    (value, older)
}

super::scenarios! {
    async fn an_older_clone_that_is_put_in_place_never_gets_the_newer_version(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        for saves in [false, true] {
            let (mut value, older) = saved_and_older_copy(conn).await;
            let before = value.clone();
            let outcome: Result<(), Error> = transaction(conn, &mut value, async |conn, value| {
                *value = older.clone();
                value.views += 1;
                if saves {
                    save_tracked(value, conn).await?;
                }
                Err(DieselError::RollbackTransaction.into())
            })
            .await;
            let error = outcome.unwrap_err();
            assert_eq!(error.is_stale(), saves, "{error}");
            assert_eq!(value, before, "the value that was handed over is back");
            value.views += 2;
            save_tracked(&mut value, conn).await.unwrap();
            let row = load(1, conn).await;
            assert_eq!((row.title.as_str(), row.views, row.version), ("Locks", 12, 3));
            assert_eq!(value, row);
        }
    }

    async fn an_older_clone_that_is_kept_by_a_commit_is_still_refused(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let (mut value, older) = saved_and_older_copy(conn).await;
        transaction(conn, &mut value, async |_, value| {
            *value = older.clone();
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
        assert_eq!(value, older);
        value.views += 1;
        assert!(save_tracked(&mut value, conn).await.unwrap_err().is_stale());
        assert_eq!((value.version, load(1, conn).await.title.as_str()), (1, "Locks"));
    }

    async fn two_clones_of_one_row_that_are_swapped_are_back_in_their_places(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        for saves in [false, true] {
            let (mut newer, mut older) = saved_and_older_copy(conn).await;
            let before = (newer.clone(), older.clone());
            let outcome: Result<(), Error> = transaction(conn, (&mut newer, &mut older), async |conn, (newer, older)| {
                std::mem::swap(newer, older);
                if saves {
                    // The newer one, in the place of the older.
                    older.views += 1;
                    save_tracked(older, conn).await?;
                }
                Err(DieselError::RollbackTransaction.into())
            })
            .await;
            assert!(outcome.is_err());
            assert_eq!((&newer, &older), (&before.0, &before.1));
            older.views += 1;
            assert!(save_tracked(&mut older, conn).await.unwrap_err().is_stale());
            newer.views += 1;
            save_tracked(&mut newer, conn).await.unwrap();
            let row = load(1, conn).await;
            assert_eq!((row.title.as_str(), row.views, &newer), ("Locks", 11, &row));
        }
    }

    async fn two_values_whose_contents_are_swapped_keep_the_versions_of_their_rows(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        for saves in [false, true] {
            batch("UPDATE articles SET version = 7 WHERE id = 1", conn).await.unwrap();
            batch("UPDATE articles SET version = 3 WHERE id = 2", conn).await.unwrap();
            let (mut a, mut b) = (load(1, conn).await, load(2, conn).await);
            let before = (a.clone(), b.clone());
            let outcome: Result<(), Error> = transaction(conn, (&mut a, &mut b), async |conn, (a, b)| {
                // Their contents, and not what occ knows of them.
                std::mem::swap(&mut **a, &mut **b);
                if saves {
                    save_tracked(a, conn).await?;
                }
                Err(DieselError::RollbackTransaction.into())
            })
            .await;
            assert!(outcome.is_err());
            assert_eq!((&a, &b), (&before.0, &before.1));
            // Row 2 gets to the version that row 1 was at.
            batch("UPDATE articles SET views = 99, version = 7 WHERE id = 2", conn).await.unwrap();
            b.views += 1;
            assert!(save_tracked(&mut b, conn).await.unwrap_err().is_stale());
            a.views += 1;
            save_tracked(&mut a, conn).await.unwrap();
            assert_eq!((load(1, conn).await.version, load(2, conn).await.views), (8, 99));
            assert_eq!(a, load(1, conn).await);
            batch("UPDATE articles SET views = 10 WHERE id = 1", conn).await.unwrap();
        }
    }
}
