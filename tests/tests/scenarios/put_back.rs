//! Values whose key the closure of a transaction has changed: after a rollback they pass for no row that others have saved.

use occ_runtime::Error;

use super::cell::{Conn, batch, connect, reload, save, touch, transaction};
use super::product::{Product, load};

fn rolled_back() -> Result<(), Error> {
    Err(diesel::result::Error::RollbackTransaction.into())
}

/// Each under its old key again, after somebody else has brought its row to the version that it had in the transaction.
async fn assert_stale_after(others: &str, rows: &mut [(i32, &mut Product)], conn: &mut Conn) {
    batch(others, conn).await.unwrap();
    for (id, row) in rows {
        let row = &mut **row;
        row.id = *id;
        assert!(save(row, conn).await.unwrap_err().is_stale(), "{row:?}");
        reload(row, conn).await.unwrap();
        save(row, conn).await.unwrap();
    }
}

super::scenarios! {
    async fn a_value_whose_key_was_changed_after_its_save_gets_its_version_back(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        let outcome = transaction(conn, &mut product, async |conn, product| {
            save(product, conn).await?;
            touch(product, conn).await?;
            product.id = 9;
            rolled_back()
        })
        .await;
        assert!(outcome.is_err());
        assert_eq!((product.id, product.version), (9, 1));
        assert_stale_after("UPDATE products SET version = 3", &mut [(1, &mut product)], conn).await;
    }

    async fn so_does_one_that_got_the_key_of_another_value(database) {
        let conn = &mut connect(database).await;
        batch("UPDATE products SET version = 5 WHERE id = 2", conn).await.unwrap();
        let (mut a, mut b) = (load(1, conn).await, load(2, conn).await);
        let outcome = transaction(conn, (&mut a, &mut b), async |conn, (a, b)| {
            save(a, conn).await?;
            save(b, conn).await?;
            a.id = 2;
            rolled_back()
        })
        .await;
        assert!(outcome.is_err());
        assert_eq!(((a.id, a.version), (b.id, b.version)), ((2, 1), (2, 5)));
        assert_stale_after("UPDATE products SET version = 2 WHERE id = 1", &mut [(1, &mut a)], conn).await;
        save(&mut b, conn).await.unwrap();
    }

    async fn so_do_values_of_a_slice_that_were_moved_as_well(database) {
        let conn = &mut connect(database).await;
        batch("UPDATE products SET version = 5 WHERE id = 2", conn).await.unwrap();
        let mut rows = vec![load(1, conn).await, load(2, conn).await];
        let outcome = transaction(conn, rows.as_mut_slice(), async |conn, rows| {
            for row in rows.iter_mut() {
                save(row, conn).await?;
            }
            rows.swap(0, 1);
            rows[0].id = 8;
            rows[1].id = 9;
            rolled_back()
        })
        .await;
        assert!(outcome.is_err());
        let seen: Vec<_> = rows.iter().map(|row| (row.id, row.version)).collect();
        assert_eq!(seen, [(8, 5), (9, 1)]);
        let [two, one] = &mut rows[..] else { panic!("they are two") };
        let others = "UPDATE products SET version = version + 1";
        assert_stale_after(others, &mut [(2, two), (1, one)], conn).await;
    }

    async fn so_does_one_that_was_saved_under_both_keys(database) {
        let conn = &mut connect(database).await;
        batch("UPDATE products SET version = 2 WHERE id = 2", conn).await.unwrap();
        let mut product = load(1, conn).await;
        let outcome = transaction(conn, &mut product, async |conn, product| {
            save(product, conn).await?;
            product.id = 2;
            save(product, conn).await?;
            rolled_back()
        })
        .await;
        assert!(outcome.is_err());
        assert_eq!((product.id, product.version), (2, 1));
        let others = "UPDATE products SET version = 3";
        assert_stale_after(others, &mut [(1, &mut product)], conn).await;
    }

    async fn so_does_one_whose_key_was_changed_around_an_inner_transaction(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        let outcome = transaction(conn, &mut product, async |conn, product| {
            transaction(conn, &mut *product, async |conn, product| save(product, conn).await).await?;
            product.id = 9;
            rolled_back()
        })
        .await;
        assert!(outcome.is_err());
        assert_eq!((product.id, product.version), (9, 1));
    }

    async fn a_row_of_another_key_that_was_loaded_in_the_closure_keeps_its_version(database) {
        let conn = &mut connect(database).await;
        batch("UPDATE products SET version = 5 WHERE id = 2", conn).await.unwrap();
        let mut product = load(1, conn).await;
        let outcome = transaction(conn, &mut product, async |conn, product| {
            save(product, conn).await?;
            *product = load(2, conn).await;
            rolled_back()
        })
        .await;
        assert!(outcome.is_err());
        assert_eq!((product.id, product.version), (2, 5));
        save(&mut product, conn).await.unwrap();
    }
}
