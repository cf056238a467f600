//! Many tracked values at once: of each what was changed, of all of them or of none.

use std::sync::Barrier;

use diesel::prelude::*;
use occ_runtime::{Error, OptimisticLock, StaleObjectError, Tracked};
use occ_tests::cell::{Backend, is_diesels_own};

use super::article;
use super::batch::MOST;
use super::cell::{
    Conn, KNOWN_AS, all, batch, block_on, connect, delete_all_tracked, execute, record, save_all_tracked,
    save_tracked,
};
use super::product::products;

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = products)]
#[occ(tracked)]
struct Item {
    id: i32,
    name: String,
    note: Option<String>,
    quantity: i32,
    version: i32,
}

/// So many rows, each at another version.
async fn items(rows: i32, conn: &mut Conn) -> Vec<Tracked<Item>> {
    batch("DELETE FROM products", conn).await.unwrap();
    let rows: Vec<_> = (1..=rows).map(|id| format!("({id}, 'row {id}', NULL, {id}, {})", id * 10)).collect();
    batch(&format!("INSERT INTO products VALUES {}", rows.join(", ")), conn).await.unwrap();
    load_all(conn).await
}

async fn load_all(conn: &mut Conn) -> Vec<Tracked<Item>> {
    all(products::table.order(products::id).select(Tracked::<Item>::as_select()), conn).await.unwrap()
}

/// All that can be seen of values.
fn shown(items: &[Tracked<Item>]) -> Vec<(Item, Item, Vec<&'static str>)> {
    items.iter().map(|item| ((**item).clone(), item.original().clone(), item.dirty_fields())).collect()
}

/// The rows that the error names.
fn stale(error: &Error) -> Vec<(&str, &str, Option<&str>)> {
    let Error::StaleBatch(stale) = error else { panic!("{error:?}") };
    stale.rows().iter().map(|row| (row.key(), row.expected(), row.actual())).collect()
}

/// The columns that each `UPDATE` sets, of the statements that were recorded.
fn set(statements: &[String]) -> Vec<Vec<String>> {
    let columns = |statement: &String| {
        let rest = statement.strip_prefix("UPDATE products SET ")?;
        let end = if rest.contains(" FROM ") { " FROM " } else { " WHERE id" };
        let is_set =
            |column: &&str| rest.split(end).next().is_some_and(|set| set.contains(&format!("{column} = ")));
        Some(["name", "note", "quantity", "version"].into_iter().filter(is_set).map(str::to_owned).collect())
    };
    statements.iter().filter_map(columns).collect()
}

super::scenarios! {
    async fn of_each_value_the_changed_columns_are_written_and_of_others_nothing(database) {
        let conn = &mut connect(database).await;
        let mut rows = items(6, conn).await;
        rows[0].name = "first".into();
        rows[2].note = Some("third".into());
        rows[2].quantity = 33;
        rows[5].name = "last".into();
        // What somebody writes past the versions, in columns that were not changed, stays.
        execute(diesel::update(products::table).set(products::quantity.eq(products::quantity + 100)).filter(products::id.ne(3)), conn).await.unwrap();
        rows.reverse();
        save_all_tracked(&mut rows, conn).await.unwrap();
        rows.reverse();
        let versions: Vec<i32> = rows.iter().map(|row| row.version).collect();
        assert_eq!(versions, [11, 20, 31, 40, 50, 61]);
        assert!(rows.iter().all(|row| !row.is_dirty()));
        let now = load_all(conn).await;
        let stored: Vec<_> = now.iter().map(|row| (row.name.as_str(), row.note.as_deref(), row.quantity, row.version)).collect();
        assert_eq!(stored, [
            ("first", None, 101, 11),
            ("row 2", None, 102, 20),
            ("row 3", Some("third"), 33, 31),
            ("row 4", None, 104, 40),
            ("row 5", None, 105, 50),
            ("last", None, 106, 61),
        ]);
        let recorder = record(conn);
        save_all_tracked(&mut rows, conn).await.unwrap();
        save_all_tracked::<Item>(&mut [], conn).await.unwrap();
        delete_all_tracked::<Item>(&[], conn).await.unwrap();
        assert_eq!(recorder.take(), [""; 0], "nothing was changed");
        // And each can be saved once more.
        for row in &mut rows {
            row.note = Some("again".into());
        }
        let now = shown(&rows);
        assert!(save_all_tracked(&mut rows, conn).await.is_ok(), "{now:?}");
        assert_eq!(load_all(conn).await.iter().map(|row| row.version).collect::<Vec<_>>(), [12, 21, 32, 41, 51, 62]);
    }

    async fn values_of_which_the_same_columns_were_changed_go_together(database) {
        let conn = &mut connect(database).await;
        let mut rows = items(40, conn).await;
        let recorder = record(conn);
        for row in &mut rows {
            row.name.push('!');
        }
        save_all_tracked(&mut rows, conn).await.unwrap();
        let statements = recorder.take();
        assert_eq!(set(&statements), vec![vec!["name", "version"]; 40_usize.div_ceil(MOST)], "{statements:?}");
        assert_eq!(shown(&load_all(conn).await), shown(&rows));

        // Two neighbours, eight, thirty.
        for row in &mut rows {
            match row.id {
                1 | 2 => row.note = Some("two".into()),
                3..11 => row.quantity += 1,
                _ => {
                    row.name.push('?');
                    row.quantity += 1;
                }
            }
        }
        rows.reverse();
        let _ = recorder.take();
        save_all_tracked(&mut rows, conn).await.unwrap();
        let statements = recorder.take();
        let (two, eight, thirty) = (vec!["note", "version"], vec!["quantity", "version"], vec!["name", "quantity", "version"]);
        if KNOWN_AS == Backend::Postgres {
            assert_eq!(set(&statements), [two, eight, thirty], "{statements:?}");
        } else {
            let mut all: Vec<_> = [vec![two; 2], vec![eight; 8], vec![thirty; 30]].concat();
            // Where the type says that it has no row locks; else in the order of the keys.
            if KNOWN_AS == Backend::Sqlite && is_diesels_own::<Conn>() {
                all.reverse();
            }
            assert_eq!(set(&statements), all, "{statements:?}");
        }
        rows.reverse();
        assert_eq!(shown(&load_all(conn).await), shown(&rows));
    }

    async fn a_batch_stays_prepared_where_there_are_few_texts(database) {
        article::create_table(database).await;
        let conn = &mut connect(database).await;
        let mut rows = items(16, conn).await;
        let mut articles = [article::load(1, conn).await, article::load(2, conn).await];
        let recorder = record(conn);
        for (columns, prepared) in [(1, 1), (1, 0), (2, 1), (2, 0)] {
            for row in &mut rows {
                row.quantity += 1;
                if columns == 2 {
                    row.name.push('!');
                }
            }
            let _ = recorder.take_prepared();
            save_all_tracked(&mut rows, conn).await.unwrap();
            assert_eq!(recorder.take_prepared(), prepared, "{columns} of three columns");
            for article in &mut articles {
                article.views += 1;
                if columns == 2 {
                    article.title.push('!');
                }
            }
            save_all_tracked(&mut articles, conn).await.unwrap();
            assert_eq!(recorder.take_prepared(), if columns == 1 { prepared } else { 0 }, "{columns} of many");
        }
        assert_eq!(shown(&load_all(conn).await), shown(&rows));
    }

    async fn stale_and_missing_rows_are_named_and_nothing_is_written_and_memory_is_what_it_was(database) {
        let (conn, other) = (&mut connect(database).await, &mut connect(database).await);
        for mixed in [false, true] {
            let mut rows = items(30, conn).await;
            let mut theirs = load_all(other).await;
            theirs[6].quantity = -1;
            save_tracked(&mut theirs[6], other).await.unwrap();
            batch("DELETE FROM products WHERE id = 20", other).await.unwrap();
            for row in &mut rows {
                row.name = "mine".into();
                if mixed && row.id % 3 == 0 {
                    row.quantity += 1;
                }
            }
            rows.reverse();
            let before = shown(&rows);
            for _ in 0..2 {
                let error = save_all_tracked(&mut rows, conn).await.unwrap_err();
                assert!(error.is_stale() && error.is_retryable());
                assert_eq!(stale(&error), [("20", "200", None), ("7", "70", Some("71"))], "in the order of the slice");
                assert_eq!(shown(&rows), before);
            }
            // Of what was refused nobody asks any more, once the edits are taken back.
            let mut taken_back = rows.clone();
            for row in &mut taken_back {
                let original = row.original().clone();
                **row = original;
            }
            let recorder = record(conn);
            save_all_tracked(&mut taken_back, conn).await.unwrap();
            assert_eq!(recorder.take(), [""; 0], "no doubt is left");
            let error = delete_all_tracked(&rows, conn).await.unwrap_err();
            assert_eq!(stale(&error), [("20", "200", None), ("7", "70", Some("71"))]);
            assert_eq!(load_all(other).await.len(), 29);
            assert!(load_all(other).await.iter().all(|row| row.name != "mine"));
            // Without those two they are written.
            rows.retain(|row| ![7, 20].contains(&row.id));
            save_all_tracked(&mut rows, conn).await.unwrap();
            let mine = load_all(other).await;
            assert_eq!(mine.iter().filter(|row| row.name == "mine" && row.version == row.id * 10 + 1).count(), 28);
            delete_all_tracked(&rows, conn).await.unwrap();
            assert_eq!(load_all(other).await.iter().map(|row| row.id).collect::<Vec<_>>(), [7]);
            let error = delete_all_tracked(&rows, conn).await.unwrap_err();
            let Error::StaleBatch(stale) = error else { panic!("{error:?}") };
            assert!(stale.rows().len() == 28 && stale.rows().iter().all(StaleObjectError::is_deleted));
        }
    }

    async fn two_values_for_one_row_are_refused_before_anything_is_sent(database) {
        let conn = &mut connect(database).await;
        let mut rows = items(3, conn).await;
        rows[0].name = "mine".into();
        let recorder = record(conn);
        let copy = rows[1].clone();
        rows.push(copy);
        let before = shown(&rows);
        for error in [
            save_all_tracked(&mut rows, conn).await.unwrap_err(),
            delete_all_tracked(&rows, conn).await.unwrap_err(),
        ] {
            let Error::DuplicateRow(duplicate) = error else { panic!("{error:?}") };
            assert_eq!((duplicate.table(), duplicate.key()), ("products", "2"));
        }
        // The key in memory is the row that is written, and the one that was loaded is deleted.
        rows.truncate(3);
        rows[0].id = 3;
        assert!(matches!(save_all_tracked(&mut rows, conn).await, Err(Error::DuplicateRow(same)) if same.key() == "3"));
        assert_eq!(recorder.take(), [""; 0]);
        rows[0].id = 1;
        assert_eq!(shown(&rows), before[..3]);
        rows[0].id = 3;
        delete_all_tracked(&rows, conn).await.unwrap();
        assert!(load_all(conn).await.is_empty());
    }

    async fn a_version_without_successor_ends_the_whole_batch(database) {
        let conn = &mut connect(database).await;
        items(3, conn).await;
        batch("UPDATE products SET version = 2147483647 WHERE id = 2", conn).await.unwrap();
        for changed in [vec![0, 1, 2], vec![0, 2]] {
            let mut rows = load_all(conn).await;
            for place in &changed {
                rows[*place].name = "mine".into();
            }
            let before = shown(&rows);
            match save_all_tracked(&mut rows, conn).await {
                Err(Error::Version(_)) if changed.len() == 3 => assert_eq!(shown(&rows), before),
                Ok(()) if changed.len() == 2 => {}
                outcome => panic!("{changed:?}: {outcome:?}"),
            }
        }
        assert_eq!(load_all(conn).await.iter().map(|row| row.version).collect::<Vec<_>>(), [11, i32::MAX, 31]);
    }

    async fn what_the_database_takes_in_one_order_only_is_written_in_that_order(database) {
        let conn = &mut connect(database).await;
        let mut rows = items(20, conn).await;
        batch("CREATE UNIQUE INDEX quantities ON products (quantity)", conn).await.unwrap();
        for mixed in [false, true] {
            // Each takes the value that the one before it has just given up.
            rows.reverse();
            for row in &mut rows {
                row.quantity += 1;
                if mixed && row.id % 2 == 0 {
                    row.name.push('!');
                }
            }
            save_all_tracked(&mut rows, conn).await.unwrap();
            rows.reverse();
            assert_eq!(shown(&load_all(conn).await), shown(&rows));
        }
        // No order does.
        let (one, two) = (rows[0].quantity, rows[1].quantity);
        (rows[0].quantity, rows[1].quantity) = (two, one);
        rows[2].name = "mine".into();
        let before = shown(&rows);
        assert!(matches!(save_all_tracked(&mut rows, conn).await, Err(Error::Database(_))));
        assert_eq!(shown(&rows), before);
        (rows[0].quantity, rows[1].quantity) = (one, two);
        save_all_tracked(&mut rows, conn).await.unwrap();
        assert_eq!(shown(&load_all(conn).await), shown(&rows));
    }

    async fn of_two_batches_at_once_each_row_goes_to_one(database) {
        items(24, &mut connect(database).await).await;
        let start = Barrier::new(3);
        let won: i32 = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..3).map(|worker| {
                let start = &start;
                scope.spawn(move || block_on(async move {
                    let conn = &mut connect(database).await;
                    let mut won = 0;
                    start.wait();
                    while won < 3 {
                        let mut rows = load_all(conn).await;
                        if worker == 1 {
                            rows.reverse();
                        }
                        for row in &mut rows {
                            row.quantity += 1;
                            if (row.id + worker) % 3 == 0 {
                                row.name.push('!');
                            }
                        }
                        let before = shown(&rows);
                        match save_all_tracked(&mut rows, conn).await {
                            Ok(()) => won += 1,
                            // Not a deadlock.
                            Err(error) => {
                                assert!(error.is_stale(), "{error}");
                                assert_eq!(shown(&rows), before);
                            }
                        }
                    }
                    won
                }))
            }).collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).sum()
        });
        for row in load_all(&mut connect(database).await).await {
            assert_eq!((row.quantity, row.version), (row.id + won, row.id * 10 + won));
        }
    }
}
