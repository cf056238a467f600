//! `lock_optimistic`: who holds the lock is not refused by the save.

use occ_runtime::{Error, LockMode, Operation, OptimisticLock, Transient};
use occ_tests::cell::Backend;

use super::cell::{BACKEND, batch, begin, commit, connect, delete, lock, lock_at, rollback, save, touch_at};
use super::product::{Product, load, products};

pub fn transient(error: &Error) -> Option<Transient> {
    match error {
        Error::Database(error) => Transient::of(error),
        _ => None,
    }
}

/// A statement that has to wait fails soon.
fn impatient() -> &'static str {
    match BACKEND {
        Backend::Postgres => "SET lock_timeout = '50ms'",
        _ => "SET SESSION innodb_lock_wait_timeout = 1",
    }
}

#[derive(Clone, Debug, PartialEq, OptimisticLock)]
#[diesel(table_name = products, primary_key(name))]
#[occ(unique_key)]
struct ByName {
    name: String,
    quantity: i32,
    version: i32,
}

super::scenarios! {
    async fn a_key_that_is_not_unique_locks_no_row_for_another(database) {
        let conn = &mut connect(database).await;
        batch("UPDATE products SET name = 'lamp', version = id", conn).await.unwrap();
        for version in [1, 2, 3] {
            begin(conn).await.unwrap();
            for mode in [LockMode::for_update(), LockMode::for_share(), LockMode::for_update().no_wait(), LockMode::for_update().skip_locked()] {
                let lamp = ByName { name: "lamp".into(), quantity: 1, version };
                let Err(Error::AmbiguousKey(error)) = lock(&lamp, mode, conn).await else { panic!("there are two") };
                assert_eq!(error.rows(), 2);
            }
            rollback(conn).await.unwrap();
        }
        batch("UPDATE products SET name = 'desk' WHERE id = 2", conn).await.unwrap();
        begin(conn).await.unwrap();
        lock(&ByName { name: "lamp".into(), quantity: 1, version: 1 }, LockMode::for_update(), conn).await.unwrap();
        commit(conn).await.unwrap();
    }

    async fn a_lock_outside_of_a_transaction_is_refused(database) {
        let conn = &mut connect(database).await;
        let product = load(1, conn).await;
        let error = lock(&product, LockMode::for_update(), conn).await.unwrap_err();
        assert!(matches!(error, Error::Database(diesel::result::Error::NotInTransaction)));
    }

    async fn a_row_that_is_not_in_memory_is_locked_by_its_key_and_version(database) {
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let error = lock_at(Product::at(1, 1), LockMode::for_update(), a).await.unwrap_err();
        assert!(matches!(error, Error::Database(diesel::result::Error::NotInTransaction)));
        begin(a).await.unwrap();
        lock_at(Product::at(1, 1), LockMode::for_update(), a).await.unwrap();
        batch(impatient(), b).await.unwrap();
        assert_eq!(transient(&touch_at(Product::at(1, 1), b).await.unwrap_err()), Some(Transient::LockTimeout));
        begin(b).await.unwrap();
        let error = lock_at(Product::at(1, 1), LockMode::for_update().no_wait(), b).await.unwrap_err();
        assert_eq!(transient(&error), Some(Transient::LockTimeout));
        rollback(b).await.unwrap();
        begin(b).await.unwrap();
        let Err(Error::Locked(locked)) = lock_at(Product::at(1, 1), LockMode::for_update().skip_locked(), b).await else {
            panic!("the row is locked")
        };
        assert_eq!((locked.table(), locked.key()), ("products", "1"));
        for (id, actual) in [(2, Some("1")), (77, None)] {
            let Err(Error::Stale(stale)) = lock_at(Product::at(id, 9), LockMode::for_update().skip_locked(), b).await else {
                panic!("not at version 9")
            };
            assert_eq!((stale.operation(), stale.expected(), stale.actual()), (Operation::Lock, "9", actual));
        }
        rollback(b).await.unwrap();
        assert_eq!(touch_at(Product::at(1, 1), a).await.unwrap(), 2);
        commit(a).await.unwrap();
    }

    async fn a_held_row_keeps_other_lockers_and_writers_out_until_the_commit(database) {
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        batch(impatient(), b).await.unwrap();
        let (mut mine, mut theirs) = (load(1, a).await, load(1, b).await);
        begin(a).await.unwrap();
        lock(&mine, LockMode::for_update(), a).await.unwrap();

        begin(b).await.unwrap();
        let error = lock(&theirs, LockMode::for_update().no_wait(), b).await.unwrap_err();
        assert_eq!((transient(&error), error.is_retryable()), (Some(Transient::LockTimeout), true));
        rollback(b).await.unwrap();

        begin(b).await.unwrap();
        let Err(Error::Locked(locked)) = lock(&theirs, LockMode::for_update().skip_locked(), b).await else {
            panic!("the row is held")
        };
        assert_eq!((locked.table(), locked.key()), ("products", "1"));
        assert_eq!(locked.to_string(), "row 1 of `products` is locked by another transaction; try again later");
        rollback(b).await.unwrap();

        let before = theirs.clone();
        let error = save(&mut theirs, b).await.unwrap_err();
        assert_eq!(transient(&error), Some(Transient::LockTimeout));
        assert_eq!(theirs, before);

        save(&mut mine, a).await.unwrap();
        commit(a).await.unwrap();

        begin(b).await.unwrap();
        let Err(Error::Stale(stale)) = lock(&theirs, LockMode::for_update(), b).await else { panic!("the row moved on") };
        assert_eq!((stale.operation(), stale.actual()), (Operation::Lock, Some("2")));
        rollback(b).await.unwrap();
    }

    async fn two_may_share_a_row_and_a_third_may_not_write_it(database) {
        let (a, b, c) = (&mut connect(database).await, &mut connect(database).await, &mut connect(database).await);
        batch(impatient(), c).await.unwrap();
        let mut product = load(1, a).await;
        begin(a).await.unwrap();
        begin(b).await.unwrap();
        lock(&product, LockMode::for_share(), a).await.unwrap();
        lock(&product, LockMode::for_share(), b).await.unwrap();
        let error = save(&mut product, c).await.unwrap_err();
        assert_eq!(transient(&error), Some(Transient::LockTimeout));
        rollback(a).await.unwrap();
        rollback(b).await.unwrap();
        save(&mut product, c).await.unwrap();
    }

    async fn a_shared_lock_waits_for_nobody_where_it_is_told_not_to(database) {
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (lamp, desk) = (load(1, a).await, load(2, a).await);
        let modes = [LockMode::for_share(), LockMode::for_share().no_wait(), LockMode::for_share().skip_locked()];
        begin(a).await.unwrap();
        lock(&lamp, LockMode::for_update(), a).await.unwrap();
        for mode in modes {
            lock(&desk, mode, a).await.unwrap();
        }
        for mode in modes {
            begin(b).await.unwrap();
            lock(&desk, mode, b).await.unwrap();
            rollback(b).await.unwrap();
        }
        begin(b).await.unwrap();
        let error = lock(&lamp, modes[1], b).await.unwrap_err();
        assert_eq!((transient(&error), error.is_retryable()), (Some(Transient::LockTimeout), true), "{error:?}");
        rollback(b).await.unwrap();
        begin(b).await.unwrap();
        let error = lock(&lamp, modes[2], b).await.unwrap_err();
        assert!(matches!(error, Error::Locked(_)), "{error:?}");
        // It is a lock: nobody writes the row meanwhile.
        lock(&desk, modes[1], b).await.unwrap();
        rollback(a).await.unwrap();
        batch(impatient(), a).await.unwrap();
        assert_eq!(transient(&touch_at(Product::at(2, 1), a).await.unwrap_err()), Some(Transient::LockTimeout));
        rollback(b).await.unwrap();
        assert_eq!(touch_at(Product::at(2, 1), a).await.unwrap(), 2);
    }

    async fn a_lock_on_a_row_that_is_gone_says_so(database) {
        let conn = &mut connect(database).await;
        let product = load(1, conn).await;
        delete(&product, conn).await.unwrap();
        begin(conn).await.unwrap();
        for mode in [LockMode::for_update(), LockMode::for_update().skip_locked(), LockMode::for_update().no_wait()] {
            let Err(Error::Stale(stale)) = lock(&product, mode, conn).await else { panic!("it is gone") };
            assert!(stale.is_deleted());
        }
        rollback(conn).await.unwrap();
    }

    async fn locks_of_postgresql_alone_are_refused_elsewhere(database) {
        let conn = &mut connect(database).await;
        let product = load(1, conn).await;
        begin(conn).await.unwrap();
        for mode in [LockMode::for_no_key_update(), LockMode::for_key_share()] {
            let result = lock(&product, mode, conn).await;
            if BACKEND == Backend::Postgres {
                result.unwrap();
            } else {
                let message = result.unwrap_err().to_string();
                assert!(message.contains("use `LockMode::for_update()` or `LockMode::for_share()`"), "{message}");
            }
        }
        rollback(conn).await.unwrap();
    }
}
