//! Batches of tracked values that end otherwise than well: by a rollback around them, or so that nobody knows how.

use diesel::prelude::*;
use diesel::result::Error as DieselError;
use occ_runtime::{Error, StaleObjectError, Tracked};
use occ_tests::cell::caught;

use super::answers::{Answers, ask};
use super::article::{self, Article, articles};
use super::cell::{
    Conn, all, batch, begin, commit, connect, delete_all_tracked, record, rollback, save_all_tracked,
    save_tracked, transaction,
};

use super::broken_off::{self, ByAll, ByDirty, ByVersion, Price, break_off_at, goods};
use super::panics::{LEFT, create_table, read};

async fn both(conn: &mut Conn) -> Vec<Tracked<Article>> {
    all(articles::table.order(articles::id).select(Tracked::<Article>::as_select()), conn).await.unwrap()
}

/// Two values with different columns changed.
async fn edited(conn: &mut Conn) -> Vec<Tracked<Article>> {
    let mut rows = both(conn).await;
    rows[0].title = "Mine".into();
    rows[1].views += 1;
    rows
}

fn versions(rows: &[Tracked<Article>]) -> Vec<i32> {
    rows.iter().map(|row| row.version).collect()
}

/// Two rows whose batch was broken off at the price of the second one.
macro_rules! broken_off {
    ($row:ty, $database:ident) => {{
        let mut conn = connect($database).await;
        broken_off::reset(2, &mut conn).await;
        let query = goods::table.order(goods::id).select(Tracked::<$row>::as_select());
        let mut mine: Vec<Tracked<$row>> = all(query, &mut conn).await.unwrap();
        (mine[0].price, mine[1].price) = (Price(20), Price(21));
        let before = mine.clone();
        break_off_at(21);
        assert!(caught(save_all_tracked(&mut mine, &mut conn)).await.is_none());
        assert_eq!(mine, before, "{}", stringify!($row));
        mine
    }};
}

macro_rules! taken_back {
    ($row:ty, $database:ident) => {{
        let conn = &mut connect($database).await;
        // It was written: neither is taken back by a save of nothing, alone or in a batch.
        let mut mine = broken_off!($row, $database);
        batch("UPDATE goods SET price = id + 19, version = 2", conn).await.unwrap();
        (mine[0].price, mine[1].price) = (Price(10), Price(10));
        let Err(Error::StaleBatch(stale)) = save_all_tracked(&mut mine, conn).await else { panic!() };
        assert_eq!(stale.rows().iter().map(StaleObjectError::key).collect::<Vec<_>>(), ["1", "2"]);
        mine[1].stock += 1;
        let Err(Error::StaleBatch(stale)) = save_all_tracked(&mut mine, conn).await else { panic!() };
        assert_eq!(stale.rows().iter().map(StaleObjectError::key).collect::<Vec<_>>(), ["1", "2"]);
        for row in &mut mine {
            assert!(save_tracked(row, conn).await.unwrap_err().is_stale());
        }
        assert_eq!(broken_off::rows(conn).await, [(20, 5), (21, 5)]);

        // It was not: a look at each says so, and the doubt is over once they are written.
        let mut mine = broken_off!($row, $database);
        (mine[0].price, mine[1].price) = (Price(10), Price(10));
        let recorder = record(conn);
        save_all_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(recorder.take().len(), 2, "{}: a look at each", stringify!($row));
        for row in &mut mine {
            row.stock += 1;
        }
        save_all_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(broken_off::rows(conn).await, [(10, 6), (10, 6)]);
        let _ = recorder.take();
        save_all_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(recorder.take().len(), 0, "{}: no doubt is left", stringify!($row));
    }};
}

super::scenarios! {
    async fn a_rollback_puts_back_what_was_handed_over(database) {
        article::create_table(database).await;
        let conn = &mut connect(database).await;
        let mut rows = edited(conn).await;
        let before = rows.clone();
        let save = async |conn: &mut Conn, rows: &mut [Tracked<Article>]| {
            save_all_tracked(rows, conn).await?;
            assert!(rows.iter().all(|row| row.version == 2 && !row.is_dirty()));
            rows.reverse();
            Err::<(), _>(Error::from(DieselError::RollbackTransaction))
        };
        assert!(transaction(conn, &mut rows, async |conn, rows| save(conn, rows).await).await.is_err());
        rows.reverse();
        assert_eq!(rows, before, "a Vec");
        assert!(transaction(conn, &mut rows[..], async |conn, rows| save(conn, rows).await).await.is_err());
        rows.reverse();
        assert_eq!(rows, before, "a slice");
        transaction(conn, &mut rows, async |conn, rows| save_all_tracked(rows, conn).await).await.unwrap();
        assert_eq!((versions(&rows), &both(conn).await), (vec![2, 2], &rows));
    }

    async fn values_that_were_not_handed_over_learn_how_the_transaction_has_ended(database) {
        article::create_table(database).await;
        let conn = &mut connect(database).await;
        let mut other = super::product::load(1, conn).await;
        let mut rows = edited(conn).await;
        let before = rows.clone();
        let outcome: Result<(), Error> = transaction(conn, &mut other, async |conn, _| {
            save_all_tracked(&mut rows, conn).await?;
            assert_eq!(versions(&rows), [2, 2]);
            Err(DieselError::RollbackTransaction.into())
        })
        .await;
        outcome.unwrap_err();
        assert_eq!(rows, before);
        assert_eq!(versions(&rows), [1, 1]);
        let recorder = record(conn);
        transaction(conn, &mut other, async |conn, _| save_all_tracked(&mut rows, conn).await).await.unwrap();
        assert!(recorder.take().iter().all(|sql| !sql.starts_with("SELECT")), "nothing is looked for");
        assert_eq!((versions(&rows), &both(conn).await), (vec![2, 2], &rows));
    }

    async fn after_a_plain_transaction_each_value_looks(database) {
        article::create_table(database).await;
        let conn = &mut connect(database).await;
        for committed in [true, false] {
            let mut rows = both(conn).await;
            let from = versions(&rows);
            rows[0].title.push('!');
            rows[1].body.push('!');
            begin(conn).await.unwrap();
            save_all_tracked(&mut rows, conn).await.unwrap();
            if committed { commit(conn).await.unwrap() } else { rollback(conn).await.unwrap() }
            rows[1].title.push('?');
            save_all_tracked(&mut rows, conn).await.unwrap();
            let expected = vec![from[0] + 1, from[1] + if committed { 2 } else { 1 }];
            assert_eq!((versions(&rows), &both(conn).await), (expected, &rows), "{committed}");
        }
        let titles: Vec<_> = both(conn).await.iter().map(|row| (row.title.clone(), row.body.clone())).collect();
        let expected = [("Doors!!", "They close."), ("Keys??", "They turn.!!")];
        assert_eq!(titles, expected.map(|(title, body)| (title.to_owned(), body.to_owned())));
    }

    async fn rows_that_may_be_somebody_elses_are_named_with_the_stale_ones(database) {
        article::create_table(database).await;
        let conn = &mut connect(database).await;
        batch("INSERT INTO articles VALUES (3, 'Gates', 'They stand.', NULL, 30, 'nobody', 0, 'friend', 1)", conn).await.unwrap();
        let mut rows = both(conn).await;
        rows[1].body = "Mine".into();
        begin(conn).await.unwrap();
        save_all_tracked(&mut rows, conn).await.unwrap();
        rollback(conn).await.unwrap();
        // Somebody comes to the version that it had.
        article::somebody_counts(database).await;
        batch("UPDATE articles SET title = 'Theirs', version = version + 1 WHERE id IN (2, 3)", conn).await.unwrap();
        rows[1].title = "Mine".into();
        rows[2].title = "Mine".into();
        for changes_first in [false, true] {
            if changes_first {
                rows[0].title = "Mine".into();
            }
            let before = rows.clone();
            for deletes in [false, true] {
                let error = if deletes {
                    delete_all_tracked(&rows, conn).await.unwrap_err()
                } else {
                    save_all_tracked(&mut rows, conn).await.unwrap_err()
                };
                assert!(error.is_stale() && !error.is_retryable(), "only a reload helps: {error}");
                let Error::StaleBatch(stale) = error else { panic!("{error:?}") };
                let keys: Vec<_> = stale.rows().iter().map(StaleObjectError::key).collect();
                let expected = if deletes || changes_first { vec!["1", "2", "3"] } else { vec!["2", "3"] };
                assert_eq!(keys, expected);
                assert_eq!(rows, before);
            }
        }
        assert_eq!(both(conn).await.iter().filter(|row| row.title == "Mine").count(), 0);
    }

    async fn within_a_transaction_a_failed_batch_leaves_what_was_done_before(database) {
        article::create_table(database).await;
        let conn = &mut connect(database).await;
        let mut rows = edited(conn).await;
        begin(conn).await.unwrap();
        save_tracked(&mut rows[0], conn).await.unwrap();
        rows[0].title = "Mine again".into();
        batch("UPDATE articles SET version = 9 WHERE id = 2", conn).await.unwrap();
        let before = rows.clone();
        let error = save_all_tracked(&mut rows, conn).await.unwrap_err();
        let Error::StaleBatch(stale) = &error else { panic!("{error:?}") };
        assert_eq!(stale.rows().iter().map(StaleObjectError::key).collect::<Vec<_>>(), ["2"]);
        assert_eq!(rows, before);
        let row = article::load(1, conn).await;
        assert_eq!((row.title.as_str(), row.version), ("Mine", 2));
        batch("UPDATE articles SET version = 1 WHERE id = 2", conn).await.unwrap();
        save_all_tracked(&mut rows, conn).await.unwrap();
        commit(conn).await.unwrap();
        assert_eq!((versions(&rows), &both(conn).await), (vec![3, 2], &rows));
    }

    async fn a_batch_that_was_broken_off_is_in_doubt_for_each_of_its_values(database) {
        broken_off::create_table(&mut connect(database).await).await;
        taken_back!(ByAll, database);
        taken_back!(ByDirty, database);
        // Last, as the others move no version of the table, which is watched from here on.
        taken_back!(ByVersion, database);
    }

    async fn a_panic_at_any_call_of_the_users_code_leaves_all_values(database) {
        create_table(database).await;
        let mut answers = Answers::default();
        for (deletes, mixed) in [(false, false), (false, true), (true, false)] {
            for panics_at in 0.. {
                let conn = &mut connect(database).await;
                batch("DELETE FROM touchies", conn).await.unwrap();
                batch("INSERT INTO touchies VALUES (1, 10, 1), (2, 20, 1), (3, 30, 1)", conn).await.unwrap();
                let mut rows = vec![Tracked::new(read(1, conn).await), Tracked::new(read(2, conn).await)];
                rows[0].amount.0 += 1;
                rows[1].amount.0 += 1;
                if mixed {
                    // One of them is another row, which is written as a whole.
                    rows[1].id.0 = 3;
                }
                let shown = |rows: &[Tracked<_>]| -> Vec<_> {
                    rows.iter().map(|row: &Tracked<super::panics::Row>| (row.plain(), row.original().plain())).collect()
                };
                let before = shown(&rows);
                LEFT.with(|left| left.set(Some(panics_at)));
                let ended = caught(async {
                    if deletes { delete_all_tracked(&rows, conn).await } else { save_all_tracked(&mut rows, conn).await }
                })
                .await;
                LEFT.with(|left| left.set(None));
                if let Some(ended) = ended {
                    ended.unwrap();
                    assert!(panics_at > 5, "{panics_at}");
                    break;
                }
                assert_eq!(shown(&rows), before, "at call {panics_at}");
                ask(database, conn, &mut answers).await;
            }
        }
        assert_eq!(answers.wrong, Vec::<String>::new());
        assert!(answers.right + answers.refused > 50);
    }
}
