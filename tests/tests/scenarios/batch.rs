//! Many rows at once: all or nothing.

use std::sync::Barrier;

use diesel::prelude::*;
use occ_runtime::Error;
use occ_tests::cell::Backend;

use super::cell::{
    Conn, KNOWN_AS, all, batch, begin, block_on, connect, delete_all, record, rollback, save, save_all,
};
use super::product::{Product, load, products};

const ROWS: i32 = 50;

/// How many rows a statement writes at most.
pub(crate) const MOST: usize = match KNOWN_AS {
    Backend::Sqlite => 1,
    Backend::Postgres => 128,
    Backend::Mysql => 32,
};

/// Fifty rows, each at another version.
async fn load_all(conn: &mut Conn) -> Vec<Product> {
    let mut products = Vec::new();
    for id in 1..=ROWS {
        products.push(load(id, conn).await);
    }
    products
}

async fn insert_all(conn: &mut Conn) {
    insert(ROWS, conn).await;
}

async fn insert(rows: i32, conn: &mut Conn) {
    batch("DELETE FROM products", conn).await.unwrap();
    let rows: Vec<_> = (1..=rows).map(|id| format!("({id}, 'row {id}', NULL, {id}, {})", id * 10)).collect();
    batch(&format!("INSERT INTO products VALUES {}", rows.join(", ")), conn).await.unwrap();
}

/// The statements of one kind, of those that were recorded.
fn only(kind: &str, statements: Vec<String>) -> Vec<String> {
    statements.into_iter().filter(|statement| statement.starts_with(kind)).collect()
}

super::scenarios! {
    async fn every_row_gets_its_own_values_and_its_own_next_version(database) {
        let conn = &mut connect(database).await;
        insert_all(conn).await;
        let mut products = load_all(conn).await;
        products.reverse();
        for product in &mut products {
            product.quantity += 1000;
        }
        save_all(&mut products, conn).await.unwrap();
        for product in &products {
            assert_eq!((product.quantity, product.version), (product.id + 1000, product.id * 10 + 1));
        }
        products.reverse();
        assert_eq!(load_all(conn).await, products);
        save_all(&mut products, conn).await.unwrap();
        delete_all(&products, conn).await.unwrap();
        let error = delete_all(&products, conn).await.unwrap_err();
        let Error::StaleBatch(stale) = error else { panic!("{error:?}") };
        assert_eq!(stale.rows().len(), 50);
        assert!(stale.rows().iter().all(occ_runtime::StaleObjectError::is_deleted));
    }

    async fn one_stale_and_one_missing_row_are_named_and_nothing_is_written(database) {
        let conn = &mut connect(database).await;
        insert_all(conn).await;
        let mut products = load_all(conn).await;
        save(&mut load(7, conn).await, conn).await.unwrap();
        batch("DELETE FROM products WHERE id = 30", conn).await.unwrap();
        for product in &mut products {
            product.name = "changed".into();
        }
        let before = products.clone();
        let error = save_all(&mut products, conn).await.unwrap_err();
        assert!(error.is_stale() && error.is_retryable());
        let Error::StaleBatch(stale) = error else { panic!("{error:?}") };
        let rows: Vec<_> = stale.rows().iter().map(|row| (row.key(), row.expected(), row.actual())).collect();
        assert_eq!(rows, [("7", "70", Some("71")), ("30", "300", None)]);
        assert!(stale.to_string().starts_with("the batch is not written: 2 of its rows are stale: cannot save row 7"));
        assert_eq!(products, before, "no version has moved");
        assert_eq!(load(1, conn).await.name, "row 1");
        assert_eq!(load(50, conn).await.version, 500);
        assert!(delete_all(&products, conn).await.unwrap_err().is_stale());
        assert_eq!(load(1, conn).await.version, 10);
    }

    async fn two_values_for_one_row_and_no_values_send_nothing(database) {
        let conn = &mut connect(database).await;
        let product = load(1, conn).await;
        let mut twice = vec![product.clone(), load(2, conn).await, product];
        let recorder = record(conn);
        let Err(Error::DuplicateRow(error)) = save_all(&mut twice, conn).await else { panic!("it is twice") };
        assert_eq!((error.key(), error.to_string().contains("row 1 of `products` appears twice")), ("1", true));
        assert!(matches!(delete_all(&twice, conn).await, Err(Error::DuplicateRow(_))));
        save_all::<Product>(&mut [], conn).await.unwrap();
        delete_all::<Product>(&[], conn).await.unwrap();
        assert_eq!(recorder.take(), [""; 0]);
    }

    async fn a_version_without_successor_ends_the_whole_batch(database) {
        let conn = &mut connect(database).await;
        batch("UPDATE products SET version = 2147483647 WHERE id = 2", conn).await.unwrap();
        let mut products = [load(1, conn).await, load(2, conn).await];
        let before = products.clone();
        assert!(matches!(save_all(&mut products, conn).await, Err(Error::Version(_))));
        assert_eq!(products, before);
        assert_eq!(load(1, conn).await.version, 1);
    }

    async fn within_a_transaction_a_failed_batch_leaves_what_was_done_before(database) {
        let conn = &mut connect(database).await;
        let mut products = [load(1, conn).await, load(2, conn).await];
        begin(conn).await.unwrap();
        save(&mut products[0], conn).await.unwrap();
        products[1].version = 9;
        assert!(save_all(&mut products, conn).await.unwrap_err().is_stale());
        assert_eq!((load(1, conn).await.version, products[0].version), (2, 2));
        products[1].version = 1;
        save_all(&mut products, conn).await.unwrap();
        assert_eq!((products[0].version, products[1].version), (3, 2));
        rollback(conn).await.unwrap();
        assert_eq!((load(1, conn).await.version, load(2, conn).await.version), (1, 1));
    }

    async fn the_statement_of_a_batch_is_prepared_once(database) {
        let conn = &mut connect(database).await;
        insert_all(conn).await;
        let mut products = load_all(conn).await;
        let recorder = record(conn);
        save_all(&mut products, conn).await.unwrap();
        assert_eq!(recorder.take_prepared(), 1);
    }

    async fn every_size_is_written_with_as_few_statements_as_the_server_allows(database) {
        let conn = &mut connect(database).await;
        insert(300, conn).await;
        let mut products: Vec<Product> =
            all(products::table.order(products::id).select(Product::as_select()), conn).await.unwrap();
        let recorder = record(conn);
        for rows in [1, 2, 3, 5, 8, 16, 31, 33, 64, 127, 128, 129, 300] {
            for product in &mut products[..rows] {
                product.quantity += 1;
                product.note = (product.id % 3 == 0).then(|| format!("one of {rows}"));
            }
            let _ = recorder.take();
            save_all(&mut products[..rows], conn).await.unwrap();
            let statements = only("UPDATE", recorder.take()).len();
            assert_eq!(statements, rows.div_ceil(MOST), "{rows} rows");
            let stored: Vec<Product> =
                all(products::table.order(products::id).select(Product::as_select()), conn).await.unwrap();
            assert_eq!(stored, products, "{rows} rows");
        }
        // A text for each power of two, and that of a save for a slice of one row.
        let prepared = recorder.take_prepared();
        let _ = recorder.take();
        let (some, others) = products.split_at(100);
        delete_all(some, conn).await.unwrap();
        assert_eq!(only("DELETE", recorder.take()).len(), 100_usize.div_ceil(MOST));
        assert_eq!(all::<_, i32>(products::table.select(products::id), conn).await.unwrap().len(), others.len());
        let texts = if MOST == 1 { 1 } else { 2 + MOST.ilog2() };
        assert_eq!(prepared, usize::try_from(texts).unwrap());
    }

    async fn what_the_database_takes_in_one_order_only_is_written_in_that_order(database) {
        let conn = &mut connect(database).await;
        insert(20, conn).await;
        batch("CREATE UNIQUE INDEX quantities ON products (quantity)", conn).await.unwrap();
        let mut products = Vec::new();
        for id in 1..=20 {
            products.push(load(id, conn).await);
        }
        // Each takes the value that the one before it has just given up.
        products.reverse();
        for product in &mut products {
            product.quantity += 1;
        }
        save_all(&mut products, conn).await.unwrap();
        for product in &products {
            assert_eq!(&load(product.id, conn).await, product);
        }
        products.reverse();
        for product in &mut products {
            product.quantity += 1;
        }
        let before = products.clone();
        match save_all(&mut products, conn).await {
            Err(Error::Database(_)) => {
                assert_eq!(products, before);
                assert_eq!(load(1, conn).await.quantity, 2);
            }
            // Sent as a set: the plan may have them in an order that goes well.
            Ok(()) if KNOWN_AS == Backend::Postgres => {
                for product in &products {
                    assert_eq!(&load(product.id, conn).await, product);
                }
            }
            outcome => panic!("{outcome:?}"),
        }
    }

    async fn of_two_batches_at_once_each_row_goes_to_one(database) {
        insert(64, &mut connect(database).await).await;
        let start = Barrier::new(4);
        let won: i32 = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..4).map(|worker| {
                let start = &start;
                scope.spawn(move || block_on(async move {
                    let conn = &mut connect(database).await;
                    let mut won = 0;
                    start.wait();
                    while won < 3 {
                        let mut rows: Vec<Product> =
                            all(products::table.order(products::id).select(Product::as_select()), conn).await.unwrap();
                        if worker % 2 == 1 {
                            rows.reverse();
                        }
                        for row in &mut rows {
                            row.quantity += 1;
                        }
                        match save_all(&mut rows, conn).await {
                            Ok(()) => won += 1,
                            // Not a deadlock, although half of the workers have the rows in the opposite order.
                            Err(error) => assert!(error.is_stale(), "{error}"),
                        }
                    }
                    won
                }))
            }).collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).sum()
        });
        let conn = &mut connect(database).await;
        for id in 1..=64 {
            let row = load(id, conn).await;
            assert_eq!((row.quantity, row.version), (id + won, id * 10 + won));
        }
    }
}
