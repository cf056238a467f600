//! Writes that expect the row at a version which has travelled through a client.

use diesel::prelude::*;
use occ_runtime::{Error, Operation};

use super::cell::{connect, delete_expecting, record, save, touch_expecting, update_expecting};
use super::product::{load, products};

super::scenarios! {
    async fn a_value_at_the_expected_version_is_written(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        update_expecting(&mut product, &1, products::name.eq("updated"), conn).await.unwrap();
        assert_eq!((product.name.as_str(), product.version, &product), ("updated", 2, &load(1, conn).await));
        touch_expecting(&mut product, &2, conn).await.unwrap();
        assert_eq!((product.version, &product), (3, &load(1, conn).await));
        delete_expecting(&product, &3, conn).await.unwrap();
        let Err(Error::Stale(gone)) = delete_expecting(&product, &3, conn).await else { panic!("it is gone") };
        assert!(gone.is_deleted());
    }

    async fn a_value_at_another_version_is_refused_and_not_sent(database) {
        let conn = &mut connect(database).await;
        let mut old = load(1, conn).await;
        save(&mut load(1, conn).await, conn).await.unwrap();
        let before = old.clone();
        let recorder = record(conn);
        // The row is at version 2: the person has seen it, and the value has not.
        for (expected, seen) in [(2, ("1", Some("2"))), (7, ("7", Some("2")))] {
            let results = [
                (Operation::Update, update_expecting(&mut old, &expected, products::name.eq("x"), conn).await),
                (Operation::Touch, touch_expecting(&mut old, &expected, conn).await),
                (Operation::Delete, delete_expecting(&old, &expected, conn).await),
            ];
            for (operation, result) in results {
                let Err(Error::Stale(stale)) = result else { panic!("{operation} is refused") };
                assert_eq!((stale.operation(), stale.expected(), stale.actual()), (operation, seen.0, seen.1));
                assert_eq!(recorder.take(), if operation == Operation::Update {
                    vec!["SELECT version FROM products WHERE id = ? -- [1]"; 3]
                } else {
                    vec![]
                });
            }
        }
        assert_eq!((old, load(1, conn).await.version), (before, 2));
    }
}
