//! Batches lock their rows in one order, whatever the order of the slices: they wait for each other, and never in a circle.

use std::sync::Barrier;

use diesel::prelude::*;
use occ_runtime::{Error, OptimisticLock, Tracked, Transient};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, Conn, Database, all, batch, begin, block_on, connect, delete_all, insert_all, record, rollback,
    save_all, save_all_tracked,
};
use super::product::{Product, products};

/// Leaves `note` alone where it is `None`: its rows go one by one.
#[derive(Clone, Debug, PartialEq, OptimisticLock)]
#[diesel(table_name = products, treat_none_as_null = false)]
struct Patch {
    id: i32,
    note: Option<String>,
    version: i32,
}

/// Of some values other columns are changed than of others.
#[derive(Clone, Debug, PartialEq, OptimisticLock)]
#[diesel(table_name = products)]
#[occ(tracked)]
struct Item {
    id: i32,
    name: String,
    quantity: i32,
    version: i32,
}

diesel::table! {
    grid (a, b) {
        a -> Integer,
        b -> Integer,
        quantity -> Integer,
        version -> Integer,
    }
}

/// Names the key as the index has it.
#[derive(Clone, Debug, PartialEq, OptimisticLock)]
#[diesel(table_name = grid, primary_key(a, b))]
struct ByA {
    a: i32,
    b: i32,
    quantity: i32,
    version: i32,
}

/// The other way round.
#[derive(Clone, Debug, PartialEq, OptimisticLock)]
#[diesel(table_name = grid, primary_key(b, a))]
struct ByB {
    b: i32,
    a: i32,
    quantity: i32,
    version: i32,
}

/// What is sent at once.
enum Batch {
    Saved(Vec<Product>),
    OneByOne(Vec<Patch>),
    Deleted(Vec<Product>),
    Inserted(Vec<Product>),
    InsertedOneByOne(Vec<Patch>),
    ByA(Vec<ByA>),
    ByB(Vec<ByB>),
    Tracked(Vec<Tracked<Item>>),
}

impl Batch {
    async fn send(&self, conn: &mut Conn) -> Result<(), Error> {
        match self {
            Self::Saved(rows) => save_all(&mut rows.clone(), conn).await,
            Self::OneByOne(rows) => save_all(&mut rows.clone(), conn).await,
            Self::Deleted(rows) => delete_all(rows, conn).await,
            Self::Inserted(rows) => insert_all(&mut rows.clone(), conn).await,
            Self::InsertedOneByOne(rows) => insert_all(&mut rows.clone(), conn).await,
            Self::ByA(rows) => save_all(&mut rows.clone(), conn).await,
            Self::ByB(rows) => save_all(&mut rows.clone(), conn).await,
            Self::Tracked(rows) => save_all_tracked(&mut rows.clone(), conn).await,
        }
    }
}

async fn insert(rows: i32, database: &Database) -> Vec<Product> {
    let conn = &mut connect(database).await;
    batch("DELETE FROM products", conn).await.unwrap();
    let rows: Vec<_> = (1..=rows).map(|id| format!("({id}, 'row {id}', NULL, {id}, 1)")).collect();
    batch(&format!("INSERT INTO products VALUES {}", rows.join(", ")), conn).await.unwrap();
    all(products::table.order(products::id).select(Product::as_select()), conn).await.unwrap()
}

/// Writes both batches at once, each in a transaction that is rolled back, so that neither is stale. How many times one of them
/// was the victim of a deadlock.
fn deadlocks(rounds: usize, batches: &[Batch; 2], database: &Database) -> usize {
    let start = Barrier::new(2);
    let write = async |rows: &Batch| {
        let conn = &mut connect(database).await;
        if BACKEND == Backend::Postgres {
            // It looks for deadlocks after this time only.
            batch("SET deadlock_timeout = '5ms'", conn).await.unwrap();
        }
        let mut victim = 0;
        for _ in 0..rounds {
            start.wait();
            begin(conn).await.unwrap();
            match rows.send(conn).await {
                Ok(()) => {}
                Err(Error::Database(error)) if Transient::of(&error) == Some(Transient::Deadlock) => {
                    victim += 1;
                }
                Err(error) => panic!("{error}"),
            }
            // On MySQL a deadlock has ended it.
            let _ = rollback(conn).await;
        }
        victim
    };
    let [first, second] = batches;
    std::thread::scope(|scope| {
        let first = scope.spawn(|| block_on(write(first)));
        let second = scope.spawn(|| block_on(write(second)));
        first.join().unwrap() + second.join().unwrap()
    })
}

fn reversed<M: Clone>(rows: &[M]) -> Vec<M> {
    rows.iter().rev().cloned().collect()
}

/// Tracked values of the rows: those for which `names` holds have another name, and all have another quantity.
fn edited(rows: &[Product], names: impl Fn(i32) -> bool) -> Vec<Tracked<Item>> {
    let edit = |row: &Product| {
        let mut item =
            Tracked::new(Item { id: row.id, name: row.name.clone(), quantity: row.quantity, version: 1 });
        item.quantity += 1;
        if names(row.id) {
            item.name.push('!');
        }
        item
    };
    rows.iter().map(edit).collect()
}

super::scenarios! {
    async fn two_batches_over_the_same_rows_one_of_them_reversed_never_meet_in_a_deadlock(database) {
        let rows = insert(500, database).await;
        let found = deadlocks(200, &[Batch::Saved(reversed(&rows)), Batch::Saved(rows)], database);
        assert_eq!(found, 0, "deadlocks in 200 rounds");
    }

    async fn nor_do_batches_that_are_deleted(database) {
        let rows = insert(200, database).await;
        let found = deadlocks(100, &[Batch::Deleted(reversed(&rows)), Batch::Deleted(rows)], database);
        assert_eq!(found, 0, "deadlocks in 100 rounds");
    }

    async fn nor_do_a_long_batch_and_a_short_one_which_the_database_plans_differently(database) {
        let rows = insert(500, database).await;
        if BACKEND == Backend::Postgres {
            batch("ANALYZE products", &mut connect(database).await).await.unwrap();
        }
        let short: Vec<_> = [490, 250, 10, 120, 370, 5].map(|place: usize| rows[place].clone()).into();
        let found = deadlocks(200, &[Batch::Saved(rows[..300].to_vec()), Batch::Saved(short[1..].to_vec())], database)
            + deadlocks(200, &[Batch::Saved(reversed(&rows)), Batch::Saved(short)], database);
        assert_eq!(found, 0, "deadlocks in 400 rounds");
    }

    async fn nor_do_rows_that_go_one_by_one(database) {
        let rows = insert(40, database).await;
        let patch = |row: &Product| Patch { id: row.id, note: (row.id % 2 == 0).then(|| "even".into()), version: 1 };
        let patches: Vec<Patch> = rows.iter().map(patch).collect();
        let found = deadlocks(100, &[Batch::OneByOne(reversed(&patches)), Batch::OneByOne(patches)], database);
        assert_eq!(found, 0, "deadlocks in 100 rounds");
    }

    async fn nor_do_tracked_values_of_which_different_columns_were_changed(database) {
        let rows = insert(40, database).await;
        let found = deadlocks(100, &[
            Batch::Tracked(reversed(&edited(&rows, |id| id % 2 == 0))),
            Batch::Tracked(edited(&rows, |id| id % 3 == 0)),
        ], database);
        assert_eq!(found, 0, "deadlocks in 100 rounds");
        // Neighbours, which go together on PostgreSQL; and all of them together.
        let found = deadlocks(100, &[
            Batch::Tracked(reversed(&edited(&rows, |id| id / 7 % 2 == 0))),
            Batch::Tracked(edited(&rows, |id| id / 11 % 2 == 0)),
        ], database) + deadlocks(100, &[
            Batch::Tracked(reversed(&edited(&rows, |_| false))),
            Batch::Tracked(edited(&rows, |id| id % 3 == 0)),
        ], database);
        assert_eq!(found, 0, "deadlocks in 200 rounds");
    }

    async fn nor_do_new_rows(database) {
        let rows = insert(300, database).await;
        batch("DELETE FROM products", &mut connect(database).await).await.unwrap();
        let found = deadlocks(100, &[Batch::Inserted(reversed(&rows)), Batch::Inserted(rows)], database);
        assert_eq!(found, 0, "deadlocks in 100 rounds");
    }

    async fn nor_do_new_rows_that_go_one_by_one(database) {
        // Of `products` without what has no default.
        batch("DROP TABLE products; CREATE TABLE products (id INTEGER PRIMARY KEY, note VARCHAR(100), version INTEGER NOT NULL)", &mut connect(database).await)
            .await
            .unwrap();
        let patch = |id| Patch { id, note: (id % 2 == 0).then(|| "even".into()), version: 1 };
        let rows: Vec<Patch> = (1..=40).map(patch).collect();
        let found =
            deadlocks(100, &[Batch::InsertedOneByOne(reversed(&rows)), Batch::InsertedOneByOne(rows)], database);
        assert_eq!(found, 0, "deadlocks in 100 rounds");
    }

    async fn nor_do_structs_that_name_the_columns_of_the_key_in_another_order(database) {
        let conn = &mut connect(database).await;
        batch(
            "CREATE TABLE grid (a INTEGER NOT NULL, b INTEGER NOT NULL, quantity INTEGER NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (a, b))",
            conn,
        )
        .await
        .unwrap();
        let keys: Vec<(i32, i32)> = (1..=20).flat_map(|a| (1..=20).map(move |b| (a, b))).collect();
        let rows: Vec<_> = keys.iter().map(|(a, b)| format!("({a}, {b}, 1, 1)")).collect();
        batch(&format!("INSERT INTO grid VALUES {}", rows.join(", ")), conn).await.unwrap();
        let by_a: Vec<ByA> = keys.iter().map(|(a, b)| ByA { a: *a, b: *b, quantity: 2, version: 1 }).collect();
        let by_b: Vec<ByB> = keys.iter().map(|(a, b)| ByB { b: *b, a: *a, quantity: 2, version: 1 }).collect();
        let some: Vec<ByB> = by_b.iter().step_by(7).cloned().collect();
        // As it is sent, whatever the servers make of it.
        let row = |a, b, quantity| ByB { b, a, quantity, version: 1 };
        let recorder = record(conn);
        save_all(&mut [row(2, 1, 2222), row(1, 2, 1111)], conn).await.unwrap();
        let sent = recorder.take().into_iter().find(|sql| sql.contains("1111")).unwrap();
        assert!(sent.find("1111").unwrap() < sent.find("2222").unwrap(), "{sent}");
        batch("UPDATE grid SET version = 1", conn).await.unwrap();
        let found = deadlocks(100, &[Batch::ByB(some), Batch::ByB(by_b.clone())], database)
            + deadlocks(100, &[Batch::ByA(by_a), Batch::ByB(by_b)], database);
        assert_eq!(found, 0, "deadlocks in 200 rounds");
    }
}
