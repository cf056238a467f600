//! Rows that are found by a key that is not the table's primary key: `#[occ(unique_key)]`. Where it turns out not to be
//! unique, a write that met several rows has not happened, and no row is taken for the one that was meant.

use diesel::prelude::*;
use occ_runtime::{Created, DatabaseGenerated, Error, OptimisticLock, Tracked, VersionTrigger};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, Conn, all, batch, begin, commit, conflict, connect, create_if_absent, delete, delete_all,
    into_conflict, rebase, reload, reload_tracked, save, save_all, save_expecting, save_tracked,
    save_unversioned, touch, verify,
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

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = order_lines, primary_key(order_id))]
#[occ(unique_key, tracked)]
struct Generated {
    order_id: i32,
    text: String,
    #[occ(version, generator = DatabaseGenerated)]
    version: i32,
}

/// By the key that `table!` names.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = order_lines)]
struct ById {
    id: i32,
    text: String,
    #[occ(version, generator = DatabaseGenerated)]
    version: i32,
}

#[derive(Clone, Debug, PartialEq, OptimisticLock)]
#[diesel(table_name = order_lines)]
struct CountedById {
    id: i32,
    text: String,
    version: i32,
}

async fn count_up(conn: &mut Conn) {
    let trigger = VersionTrigger::counter("order_lines", "version");
    let sql = match BACKEND {
        Backend::Sqlite => trigger.sqlite(),
        Backend::Postgres => trigger.postgres(),
        Backend::Mysql => trigger.mysql(),
    };
    batch(&sql, conn).await.unwrap();
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
        Err(Error::AmbiguousKey(error)) => {
            let said = error.to_string();
            assert!(said.contains("and nothing is written: make the key unique in the database"), "{said}");
            error.rows() == 2 && !error.is_written()
        }
        other => panic!("{other:?}"),
    }
}

super::scenarios! {
    async fn a_row_is_created_if_there_is_none_with_the_key_by_which_it_is_found(database) {
        let conn = &mut connect(database).await;
        let before = create(conn).await;
        let values = |id: i32, order_id: i32| {
            (
                order_lines::id.eq(id),
                order_lines::order_id.eq(order_id),
                order_lines::text.eq("new"),
                order_lines::seen.eq(0),
            )
        };
        // Row 3 is there, of another order.
        let found = create_if_absent::<OrderLine, _, _>(values(3, 70), 3, conn).await.unwrap();
        assert_eq!(found, Created::Existing(before[2].clone()));
        let made = create_if_absent::<OrderLine, _, _>(values(5, 71), 5, conn).await.unwrap();
        assert_eq!(made, Created::New(OrderLine { order_id: 71, text: "new".into(), seen: 0, version: 1 }));
        batch("CREATE UNIQUE INDEX one_text ON order_lines (text)", conn).await.unwrap();
        let refused = create_if_absent::<OrderLine, _, _>(values(6, 72), 6, conn).await.unwrap_err();
        assert!(matches!(refused, Error::Database(_)), "{refused:?}");
        assert_eq!(stored(conn).await.len(), 5);
    }

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

    async fn the_version_of_another_row_is_never_taken_for_that_of_a_row_that_was_written(database) {
        let conn = &mut connect(database).await;
        create(conn).await;
        batch("UPDATE order_lines SET version = 7 WHERE id = 1", conn).await.unwrap();
        count_up(conn).await;
        let before = stored(conn).await;
        for within in [false, true] {
            if within {
                begin(conn).await.unwrap();
            }
            // The second of the two, which alone is at this version.
            let mut line = Generated { order_id: 7, text: "mine".into(), version: 1 };
            let in_memory = line.clone();
            assert!(is_ambiguous(save(&mut line, conn).await));
            assert!(is_ambiguous(touch(&mut line, conn).await));
            assert_eq!(line, in_memory);
            let select = order_lines::table.filter(order_lines::id.eq(2)).select(Tracked::<Generated>::as_select());
            let mut tracked = super::cell::first(select, conn).await.unwrap();
            tracked.text = "mine".into();
            let in_memory = tracked.clone();
            assert!(is_ambiguous(save_tracked(&mut tracked, conn).await));
            assert_eq!(tracked, in_memory);
            if within {
                commit(conn).await.unwrap();
            }
            assert_eq!(stored(&mut connect(database).await).await, before);
        }
        let mut line = Generated { order_id: 8, text: "mine".into(), version: 1 };
        save(&mut line, conn).await.unwrap();
        assert_eq!((line.version, stored(conn).await[2].version), (2, 2));
    }

    async fn no_read_takes_one_of_several_rows(database) {
        let conn = &mut connect(database).await;
        create(conn).await;
        batch("UPDATE order_lines SET version = 7 WHERE id = 2", conn).await.unwrap();
        let before = stored(conn).await;
        for within in [false, true] {
            if within {
                begin(conn).await.unwrap();
            }
            for version in [1, 5, 7] {
                let mut line = OrderLine { version, ..before[0].clone() };
                let in_memory = line.clone();
                assert!(is_ambiguous(reload(&mut line, conn).await));
                assert!(is_ambiguous(verify(&line, conn).await));
                assert!(is_ambiguous(into_conflict(line.clone(), conn).await.map(|_| ())));
                assert!(is_ambiguous(save_expecting(&mut line, &9, conn).await));
                if version == 5 {
                    assert!(is_ambiguous(save(&mut line, conn).await));
                    assert!(is_ambiguous(delete(&line, conn).await));
                }
                assert_eq!(line, in_memory);
            }
            let select = order_lines::table.filter(order_lines::id.eq(2)).select(Tracked::<Generated>::as_select());
            let mut tracked = super::cell::first(select, conn).await.unwrap();
            tracked.text = "mine".into();
            let in_memory = tracked.clone();
            assert!(is_ambiguous(rebase(&mut tracked, conn).await));
            assert!(is_ambiguous(reload_tracked(&mut tracked, conn).await));
            assert!(is_ambiguous(conflict(&tracked, conn).await.map(|_| ())));
            assert_eq!(tracked, in_memory);
            if within {
                commit(conn).await.unwrap();
            }
            assert_eq!(stored(&mut connect(database).await).await, before);
        }
        // A row that is the only one, and one that is gone, are what they are.
        let mut line = OrderLine { text: "?".into(), ..before[2].clone() };
        reload(&mut line, conn).await.unwrap();
        assert_eq!(line, before[2]);
        verify(&line, conn).await.unwrap();
        line.order_id = 10;
        assert!(reload(&mut line, conn).await.unwrap_err().is_stale());
        assert!(verify(&line, conn).await.unwrap_err().is_stale());
    }

    async fn a_primary_key_that_the_database_does_not_enforce_gives_no_row_the_version_of_another(database) {
        let conn = &mut connect(database).await;
        batch(
            "CREATE TABLE order_lines (id INTEGER NOT NULL, order_id INTEGER NOT NULL, text VARCHAR(20) NOT NULL, \
             seen INTEGER NOT NULL, version INTEGER NOT NULL);
             INSERT INTO order_lines VALUES (1, 7, 'a', 0, 7);
             INSERT INTO order_lines VALUES (1, 7, 'b', 0, 1);",
            conn,
        )
        .await
        .unwrap();
        count_up(conn).await;
        let before = stored(conn).await;
        let mut line = ById { id: 1, text: "mine".into(), version: 1 };
        let saved = save(&mut line, conn).await;
        let versions: Vec<i32> = all(
            order_lines::table.order(order_lines::version.desc()).select(order_lines::version),
            &mut connect(database).await,
        )
        .await
        .unwrap();
        if saved.is_ok() {
            // PostgreSQL answers with the version of the row that it has written.
            assert_eq!((line.version, versions), (2, vec![7, 2]));
        } else {
            assert!(is_ambiguous(saved));
            assert_eq!((line.version, stored(conn).await), (1, before));
        }
    }

    async fn the_error_says_whether_the_rows_are_written(database) {
        let conn = &mut connect(database).await;
        batch(
            "CREATE TABLE order_lines (id INTEGER NOT NULL, order_id INTEGER NOT NULL, text VARCHAR(20) NOT NULL, \
             seen INTEGER NOT NULL, version INTEGER NOT NULL);
             INSERT INTO order_lines VALUES (1, 7, 'a', 0, 1);
             INSERT INTO order_lines VALUES (1, 8, 'b', 0, 1);",
            conn,
        )
        .await
        .unwrap();
        let before = stored(conn).await;
        let mut line = CountedById { id: 1, text: "mine".into(), version: 1 };
        let in_memory = line.clone();
        // A batch is a transaction, and has rolled it back.
        for batch in [save_all(std::slice::from_mut(&mut line), conn).await, delete_all(&[line.clone()], conn).await] {
            assert!(is_ambiguous(batch));
            assert_eq!(stored(&mut connect(database).await).await, before);
        }
        let Err(Error::AmbiguousKey(error)) = save(&mut line, conn).await else { panic!("there are two") };
        assert!(error.is_written());
        assert_eq!(
            error.to_string(),
            "key 1 of `order_lines` matched 2 rows instead of one, and all of them are written: roll this transaction back, \
             and create in the database the primary key that `table!` names"
        );
        assert_eq!(line, in_memory);
        assert!(stored(&mut connect(database).await).await.iter().all(|line| line.version == 2));
    }
}
