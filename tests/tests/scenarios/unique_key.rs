//! Rows that are found by a key that is not the table's primary key: `#[occ(unique_key)]`. Where it turns out not to be
//! unique, a write that met several rows has not happened.

use diesel::prelude::*;
use occ_runtime::{Error, OptimisticLock};

use super::cell::{
    Conn, all, batch, begin, commit, connect, delete, delete_all, save, save_all, save_unversioned, touch,
};

diesel::table! {
    order_lines (id) {
        id -> Integer,
        order_id -> Integer,
        text -> Text,
        seen -> Integer,
        version -> Integer,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(primary_key(order_id))]
#[occ(unique_key)]
struct OrderLine {
    order_id: i32,
    text: String,
    #[occ(unversioned)]
    seen: i32,
    version: i32,
}

async fn create(conn: &mut Conn) -> Vec<OrderLine> {
    batch(
        "CREATE TABLE order_lines (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, text VARCHAR(20) NOT NULL, \
         seen INTEGER NOT NULL, version INTEGER NOT NULL);
         INSERT INTO order_lines VALUES (1, 7, 'a', 0, 1);
         INSERT INTO order_lines VALUES (2, 7, 'b', 0, 1);
         INSERT INTO order_lines VALUES (3, 8, 'c', 0, 1);
         INSERT INTO order_lines VALUES (4, 9, 'd', 0, 1);",
        conn,
    )
    .await
    .unwrap();
    stored(conn).await
}

async fn stored(conn: &mut Conn) -> Vec<OrderLine> {
    all(order_lines::table.order(order_lines::id).select(OrderLine::as_select()), conn).await.unwrap()
}

fn is_ambiguous(result: Result<(), Error>) -> bool {
    match result {
        Err(Error::AmbiguousKey(error)) => error.rows() == 2,
        other => panic!("{other:?}"),
    }
}

super::scenarios! {
    async fn a_write_that_met_several_rows_has_not_happened(database) {
        let conn = &mut connect(database).await;
        let before = create(conn).await;
        for within in [false, true] {
            if within {
                begin(conn).await.unwrap();
            }
            let mut line = OrderLine { text: "mine".into(), seen: 3, ..before[0].clone() };
            let in_memory = line.clone();
            assert!(is_ambiguous(save(&mut line, conn).await));
            assert!(is_ambiguous(touch(&mut line, conn).await));
            assert!(is_ambiguous(save_unversioned(&line, conn).await));
            assert!(is_ambiguous(delete(&line, conn).await));
            assert!(is_ambiguous(delete_all(&[line.clone()], conn).await));
            assert_eq!(line, in_memory);
            if within {
                commit(conn).await.unwrap();
            }
            assert_eq!(stored(&mut connect(database).await).await, before);
        }
        let mut line = OrderLine { text: "mine".into(), ..before[2].clone() };
        save(&mut line, conn).await.unwrap();
        assert_eq!((line.version, &stored(conn).await[2]), (2, &line));
        delete(&line, conn).await.unwrap();
        assert_eq!(stored(&mut connect(database).await).await.len(), 3);
    }

    async fn in_a_batch_a_row_that_is_met_twice_does_not_make_up_for_one_that_is_stale(database) {
        let conn = &mut connect(database).await;
        let before = create(conn).await;
        for stale_first in [false, true] {
            let stale = OrderLine { version: 5, ..before[3].clone() };
            let mut rows = vec![before[0].clone(), stale];
            if stale_first {
                rows.reverse();
            }
            let in_memory = rows.clone();
            assert!(is_ambiguous(save_all(&mut rows, conn).await));
            assert!(is_ambiguous(delete_all(&rows, conn).await));
            assert_eq!(rows, in_memory);
            assert_eq!(stored(&mut connect(database).await).await, before);
        }
    }
}
