//! What happens to the one who comes second.

use diesel::prelude::*;
use occ_runtime::{Error, Operation, StaleObjectError};

use super::cell::{batch, connect, delete, record, reload, save, save_expecting, touch, update, verify};
use super::product::{Product, load, products};

fn stale(result: Result<(), Error>) -> StaleObjectError {
    match result {
        Err(Error::Stale(stale)) => stale,
        other => panic!("expected a stale object, got {other:?}"),
    }
}

super::scenarios! {
    async fn the_second_of_two_savers_is_refused_and_the_row_keeps_the_first(database) {
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut first, mut second) = (load(1, a).await, load(1, b).await);
        first.name = "first".into();
        save(&mut first, a).await.unwrap();
        second.name = "second".into();
        let before = second.clone();
        let error = stale(save(&mut second, b).await);
        assert_eq!(second, before, "memory is what it was");
        assert_eq!(load(1, b).await, first);
        assert_eq!((error.table(), error.key(), error.operation()), ("products", "1", Operation::Save));
        assert_eq!((error.expected(), error.actual(), error.is_deleted()), ("1", Some("2"), false));
        assert_eq!(
            error.to_string(),
            "cannot save row 1 of `products`: it was read at version 1, but it is at version 2 now; reload it \
             and apply the change again"
        );
    }

    async fn a_stale_value_stays_refused_until_it_is_reloaded(database) {
        let conn = &mut connect(database).await;
        let mut old = load(1, conn).await;
        save(&mut load(1, conn).await, conn).await.unwrap();
        for _ in 0..3 {
            stale(save(&mut old, conn).await);
        }
        reload(&mut old, conn).await.unwrap();
        save(&mut old, conn).await.unwrap();
        assert_eq!(load(1, conn).await.version, 3);
    }

    async fn every_operation_refuses_a_stale_value_and_leaves_row_and_memory(database) {
        let conn = &mut connect(database).await;
        let mut old = load(1, conn).await;
        save(&mut load(1, conn).await, conn).await.unwrap();
        let (row, before) = (load(1, conn).await, old.clone());
        let errors = [
            stale(save(&mut old, conn).await),
            stale(update(&mut old, products::name.eq("x"), conn).await),
            stale(touch(&mut old, conn).await),
            stale(delete(&old, conn).await),
            stale(verify(&old, conn).await),
        ];
        let operations = [Operation::Save, Operation::Update, Operation::Touch, Operation::Delete, Operation::Verify];
        for (error, operation) in errors.iter().zip(operations) {
            assert_eq!((error.operation(), error.actual()), (operation, Some("2")));
        }
        assert_eq!((load(1, conn).await, old), (row, before));
    }

    async fn every_operation_tells_a_row_that_is_gone_from_one_that_moved_on(database) {
        let conn = &mut connect(database).await;
        let mut old = load(1, conn).await;
        delete(&load(1, conn).await, conn).await.unwrap();
        let before = old.clone();
        let errors = [
            stale(save(&mut old, conn).await),
            stale(update(&mut old, products::name.eq("x"), conn).await),
            stale(touch(&mut old, conn).await),
            stale(delete(&old, conn).await),
            stale(verify(&old, conn).await),
            stale(reload(&mut old, conn).await),
        ];
        for error in &errors {
            assert!(error.is_deleted());
            assert_eq!((error.actual(), error.expected()), (None, "1"));
        }
        assert_eq!(old, before);
        assert_eq!(
            errors[3].to_string(),
            "cannot delete row 1 of `products`: it was read at version 1, but it is gone or not visible to this \
             connection"
        );
    }

    async fn a_conflict_costs_one_select_more_and_success_none(database) {
        let conn = &mut connect(database).await;
        let mut old = load(1, conn).await;
        let mut current = load(1, conn).await;
        let recorder = record(conn);
        save(&mut current, conn).await.unwrap();
        assert_eq!(recorder.take().len(), 1);
        stale(save(&mut old, conn).await);
        let sent = recorder.take();
        assert_eq!(sent.len(), 2, "{sent:?}");
        assert!(sent[0].starts_with("UPDATE products SET"));
        assert_eq!(sent[1], "SELECT version FROM products WHERE id = ? -- [1]");
        stale(delete(&old, conn).await);
        assert_eq!(recorder.take().len(), 2);
    }

    async fn the_expected_version_counts_and_not_the_one_in_memory(database) {
        let conn = &mut connect(database).await;
        let mut fresh = load(1, conn).await;
        save(&mut fresh, conn).await.unwrap();
        save(&mut fresh, conn).await.unwrap();
        let before = fresh.clone();
        assert_eq!(stale(save_expecting(&mut fresh, &2, conn).await).expected(), "2");
        assert_eq!(fresh, before);
        save_expecting(&mut fresh, &3, conn).await.unwrap();
        assert_eq!((fresh.version, load(1, conn).await.version), (4, 4));
    }

    async fn a_value_that_is_older_than_the_version_it_expects_is_refused_and_nothing_is_sent_but_a_look(database) {
        let conn = &mut connect(database).await;
        let mut old = load(1, conn).await;
        let mut theirs = load(1, conn).await;
        theirs.note = Some("theirs".into());
        save(&mut theirs, conn).await.unwrap();
        old.quantity = 99;
        let before = old.clone();
        let recorder = record(conn);
        let error = stale(save_expecting(&mut old, &2, conn).await);
        assert_eq!(recorder.take(), ["SELECT version FROM products WHERE id = ? -- [1]"]);
        assert_eq!((error.expected(), error.actual()), ("1", Some("2")), "it is the value that is behind");
        assert_eq!(old, before);
        assert_eq!(load(1, conn).await, theirs);
    }

    async fn a_version_from_the_future_is_refused(database) {
        let conn = &mut connect(database).await;
        let mut product = Product { version: 5, ..load(1, conn).await };
        let error = stale(save(&mut product, conn).await);
        assert_eq!((error.expected(), error.actual()), ("5", Some("1")));
        assert_eq!(product.version, 5);
    }

    async fn a_negative_version_is_a_version_like_any_other(database) {
        let conn = &mut connect(database).await;
        batch("UPDATE products SET version = -3 WHERE id = 1", conn).await.unwrap();
        let mut product = load(1, conn).await;
        save(&mut product, conn).await.unwrap();
        assert_eq!((product.version, load(1, conn).await.version), (-2, -2));
    }

    async fn a_row_deleted_and_inserted_again_at_another_version_is_refused(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        save(&mut product, conn).await.unwrap();
        batch("DELETE FROM products WHERE id = 1; INSERT INTO products VALUES (1, 'new', NULL, 0, 1)", conn)
            .await
            .unwrap();
        assert_eq!(stale(save(&mut product, conn).await).actual(), Some("1"));
        assert_eq!(load(1, conn).await.name, "new");
    }

    async fn disjoint_changes_by_two_writers_are_still_a_conflict(database) {
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut one, mut two) = (load(1, a).await, load(1, b).await);
        one.name = "renamed".into();
        two.quantity = 0;
        save(&mut one, a).await.unwrap();
        stale(save(&mut two, b).await);
        assert_eq!(load(1, b).await, one);
    }

    async fn a_moved_boxed_and_cloned_value_is_as_good_as_the_loaded_one(database) {
        let conn = &mut connect(database).await;
        let boxed = Box::new(load(1, conn).await);
        let mut elsewhere = std::thread::spawn(move || *boxed).join().unwrap();
        elsewhere.quantity = 1;
        let mut copy = elsewhere.clone();
        save(&mut elsewhere, conn).await.unwrap();
        stale(save(&mut copy, conn).await);
    }

    async fn a_write_that_bypasses_the_check_but_moves_the_version_is_noticed(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        batch("UPDATE products SET quantity = 0, version = version + 1 WHERE id = 1", conn).await.unwrap();
        stale(save(&mut product, conn).await);
    }
}
