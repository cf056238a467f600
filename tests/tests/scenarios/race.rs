//! Many threads, one row.

use std::sync::Barrier;

use occ_tests::report::measured;

use super::cell::{BACKEND, Database, batch, block_on, connect, reload, save};
use super::product::load;

/// Adds one to `rows` rows in turn, `rounds` times in each of `threads` threads, and counts the conflicts on the way.
fn increment(database: &Database, threads: usize, rounds: usize, rows: i32) -> usize {
    let start = Barrier::new(threads);
    let worker = || {
        block_on(async {
            let conn = &mut connect(database).await;
            let mut products = Vec::new();
            for id in 1..=rows {
                products.push(load(id, conn).await);
            }
            start.wait();
            let mut conflicts = 0;
            for round in 0..rounds {
                let turn = round % products.len();
                let product = &mut products[turn];
                loop {
                    product.quantity += 1;
                    match save(product, conn).await {
                        Ok(()) => break,
                        Err(error) if error.is_stale() => reload(product, conn).await.unwrap(),
                        // The statement failed as a whole, and memory is as before but for the quantity.
                        Err(error) if error.is_retryable() => product.quantity -= 1,
                        Err(error) => panic!("{error}"),
                    }
                    conflicts += 1;
                }
            }
            conflicts
        })
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    })
}

super::scenarios! {
    async fn two_thousand_increments_by_eight_threads_are_two_thousand(database) {
        let conflicts = increment(database, 8, 250, 1);
        let row = load(1, &mut connect(database).await).await;
        assert_eq!((row.quantity, row.version), (10 + 2000, 1 + 2000));
        measured(format_args!("{BACKEND:?}: {conflicts} conflicts on the way to 2000 increments of one row"));
    }

    async fn five_thousand_increments_by_sixteen_workers_on_four_rows_are_five_thousand(database) {
        let conn = &mut connect(database).await;
        batch("DELETE FROM products", conn).await.unwrap();
        for id in 1..=4 {
            batch(&format!("INSERT INTO products VALUES ({id}, 'row {id}', NULL, 0, 1)"), conn).await.unwrap();
        }
        // 312.5 each: eight workers with 312 rounds and eight with 313 would do it, 8 more increments do too.
        let conflicts = increment(database, 16, 312, 4) + increment(database, 1, 8, 4);
        let (mut quantity, mut version) = (0, 0);
        for id in 1..=4 {
            let row = load(id, conn).await;
            (quantity, version) = (quantity + row.quantity, version + row.version - 1);
        }
        assert_eq!((quantity, version), (5000, 5000));
        measured(format_args!("{BACKEND:?}: {conflicts} conflicts on the way to 5000 increments of four rows by 16 workers"));
    }
}
