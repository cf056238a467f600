//! Batches of rows that the database deletes along with others.

use diesel::prelude::*;
use occ_runtime::{Error, OptimisticLock};
use occ_tests::cell::Backend;

use super::cell::{BACKEND, Conn, KNOWN_AS, all, batch, connect, delete_all, insert_all};

diesel::table! { nodes (id) { id -> Integer, parent -> Nullable<Integer>, version -> Integer } }

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = nodes)]
struct Node {
    id: i32,
    parent: Option<i32>,
    version: i32,
}

/// 2 and 4 hang on 1, and 3 on 2.
async fn tree(conn: &mut Conn) -> Vec<Node> {
    if BACKEND == Backend::Sqlite {
        batch("PRAGMA foreign_keys = ON", conn).await.unwrap();
    }
    batch("DROP TABLE IF EXISTS nodes", conn).await.unwrap();
    batch(
        "CREATE TABLE nodes (id INTEGER PRIMARY KEY, parent INTEGER, version INTEGER NOT NULL,
                             FOREIGN KEY (parent) REFERENCES nodes (id) ON DELETE CASCADE);
         INSERT INTO nodes VALUES (1, NULL, 1); INSERT INTO nodes VALUES (2, 1, 1);
         INSERT INTO nodes VALUES (3, 2, 1); INSERT INTO nodes VALUES (4, 1, 1)",
        conn,
    )
    .await
    .unwrap();
    stored(conn).await
}

async fn stored(conn: &mut Conn) -> Vec<Node> {
    all(nodes::table.order(nodes::id).select(Node::as_select()), conn).await.unwrap()
}

const ORDERS: &[&[usize]] = &[
    &[0, 1],
    &[1, 0],
    &[0, 1, 2, 3],
    &[3, 2, 1, 0],
    &[1, 0, 2, 3],
    &[2, 0, 3, 1],
    &[3, 0, 2, 1],
    &[0, 2, 1],
];

super::scenarios! {
    async fn rows_are_deleted_along_with_the_row_they_hang_on(database) {
        let conn = &mut connect(database).await;
        for order in ORDERS {
            let rows = tree(conn).await;
            let batch: Vec<Node> = order.iter().map(|index| rows[*index].clone()).collect();
            delete_all(&batch, conn).await.unwrap_or_else(|error| panic!("{order:?}: {error}"));
            assert_eq!(stored(conn).await, []);
        }
    }

    async fn rows_that_are_deleted_along_with_each_other_are_no_conflict(database) {
        let conn = &mut connect(database).await;
        tree(conn).await;
        batch("UPDATE nodes SET parent = 3 WHERE id = 1", conn).await.unwrap();
        let rows = stored(conn).await;
        let outcome = delete_all(&rows, conn).await;
        if KNOWN_AS == Backend::Postgres {
            // One statement for all of them.
            outcome.unwrap();
            assert_eq!(stored(conn).await, []);
        } else {
            assert!(matches!(outcome, Err(Error::DuplicateRow(_))), "{outcome:?}");
            assert_eq!(stored(conn).await, rows);
        }
    }

    async fn a_stale_row_among_rows_that_hang_together_is_the_one_that_is_named(database) {
        let conn = &mut connect(database).await;
        for order in ORDERS {
            for stale in *order {
                let rows = tree(conn).await;
                batch(&format!("UPDATE nodes SET version = 2 WHERE id = {}", rows[*stale].id), conn).await.unwrap();
                let before = stored(conn).await;
                let batch: Vec<Node> = order.iter().map(|index| rows[*index].clone()).collect();
                let Err(Error::StaleBatch(error)) = delete_all(&batch, conn).await else { panic!("{order:?}: {stale} is stale") };
                let named: Vec<_> = error.rows().iter().map(|row| (row.key().to_owned(), row.is_deleted())).collect();
                assert_eq!(named, [(rows[*stale].id.to_string(), false)], "{order:?}");
                assert_eq!(stored(conn).await, before);
            }
        }
    }

    async fn rows_that_hang_on_each_other_are_inserted_in_the_order_of_the_slice(database) {
        let conn = &mut connect(database).await;
        for rows in [&[(5, None), (3, Some(5)), (4, Some(3)), (1, Some(4))][..], &[(9, None), (8, Some(9))]] {
            tree(conn).await;
            batch("DELETE FROM nodes", conn).await.unwrap();
            let mut rows: Vec<Node> = rows.iter().map(|(id, parent)| Node { id: *id, parent: *parent, version: 7 }).collect();
            insert_all(&mut rows, conn).await.unwrap();
            assert!(rows.iter().all(|row| row.version == 1));
            rows.sort_by_key(|row| row.id);
            assert_eq!(stored(conn).await, rows);
        }
    }
}
