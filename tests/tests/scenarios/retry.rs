//! Retry loops: what is lost to another writer is done again, and nothing else is.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

use diesel::prelude::*;
use occ_runtime::{
    Error, OptimisticLock, RetryPolicy,
    retry::{Failure, RetryError},
};
use occ_tests::cell::Backend;
use occ_tests::report::measured;

use super::cell::{
    BACKEND, Database, KNOWN_AS, batch, begin, block_on, connect, delete, modify, modify_with, record, retry,
    rollback, save,
};
use super::product::{Product, load};

/// Waits for nothing, so that no test does.
pub(super) fn at_once() -> RetryPolicy {
    RetryPolicy::new().backoff(Duration::ZERO, Duration::ZERO)
}

/// Somebody else does something, between two statements of ours: in a thread, since the closure of `modify` cannot wait.
fn meanwhile(work: impl AsyncFnOnce() + Send) {
    std::thread::scope(|scope| scope.spawn(|| block_on(work())).join().unwrap());
}

/// Somebody else saves row 1.
pub(super) fn somebody_saves(database: &Database) {
    meanwhile(async || {
        let conn = &mut connect(database).await;
        save(&mut load(1, conn).await, conn).await.unwrap();
    });
}

/// What the observer of a policy was told: number, whether it failed, whether another follows, whether it was locked.
type Seen = Arc<Mutex<Vec<(u32, bool, bool, bool)>>>;

fn observed(policy: RetryPolicy) -> (RetryPolicy, Seen) {
    let seen = Seen::default();
    let told = Arc::clone(&seen);
    let policy = policy.observe(move |attempt| {
        let (failed, again) = (attempt.error().is_some(), attempt.delay().is_some());
        told.lock().unwrap().push((attempt.number(), failed, again, attempt.is_escalated()));
    });
    (policy, seen)
}

/// A user's error, with room for those of occ and of Diesel.
#[derive(Debug)]
enum SaleError {
    SoldOut,
    Occ(Error),
    Diesel(diesel::result::Error),
}

impl From<Error> for SaleError {
    fn from(error: Error) -> Self {
        Self::Occ(error)
    }
}

impl From<diesel::result::Error> for SaleError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Diesel(error)
    }
}

impl RetryError for SaleError {
    fn failure(&mut self) -> Option<Failure<'_>> {
        match self {
            Self::SoldOut => None,
            Self::Occ(error) => error.failure(),
            Self::Diesel(error) => error.failure(),
        }
    }
}

/// A user's error that has another one behind it.
#[derive(Debug)]
struct Selling(Box<dyn std::error::Error + Send + Sync>);

impl std::fmt::Display for Selling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("nothing was sold")
    }
}

impl std::error::Error for Selling {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}

/// Whether rows can be locked here.
const LOCKS: bool = !matches!(KNOWN_AS, Backend::Sqlite);

super::scenarios! {
    async fn a_row_that_the_database_keeps_from_being_written_is_not_tried_for_ever(database) {
        let conn = &mut connect(database).await;
        let trigger = match BACKEND {
            Backend::Postgres => {
                "CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                 CREATE TRIGGER held BEFORE UPDATE ON products FOR EACH ROW EXECUTE FUNCTION held()"
            }
            Backend::Sqlite => "CREATE TRIGGER held BEFORE UPDATE ON products BEGIN SELECT RAISE(IGNORE); END",
            Backend::Mysql => return, // Its triggers cannot leave a row out.
        };
        batch(trigger, conn).await.unwrap();
        // Without a lock it might have been another writer, until the row is read again and has not moved.
        let locked = if LOCKS { 1 } else { 2 };
        for (policy, attempts) in [(at_once(), 2), (at_once().attempts(1), 1), (at_once().escalate_after(0), locked)] {
            let (policy, seen) = observed(policy);
            let error = modify_with(&policy, 1, conn, |row: &mut Product| row.quantity += 1).await.unwrap_err();
            assert!(matches!(error, Error::Guard(_)), "{error:?}");
            assert!(error.to_string().contains("a trigger"), "{error}");
            assert_eq!(seen.lock().unwrap().len(), attempts);
        }
    }

    async fn a_thousand_modifications_by_twenty_five_threads_are_a_thousand_and_none_surfaces_an_error(database) {
        let start = Barrier::new(25);
        let begun = std::time::Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..25 {
                scope.spawn(|| {
                    block_on(async {
                        let conn = &mut connect(database).await;
                        start.wait();
                        for _ in 0..40 {
                            modify(1, conn, |product: &mut Product| product.quantity += 1).await.unwrap();
                        }
                    });
                });
            }
        });
        let row = load(1, &mut connect(database).await).await;
        assert_eq!((row.quantity, row.version), (10 + 1000, 1 + 1000));
        measured(format_args!("{BACKEND:?}: 1000 modifications of one row by 25 threads in {:?}", begun.elapsed()));
    }

    async fn transactions_that_lose_are_run_again_until_all_are_done(database) {
        let start = Barrier::new(6);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    block_on(async {
                        let conn = &mut connect(database).await;
                        start.wait();
                        for _ in 0..20 {
                            retry(&RetryPolicy::new(), conn, async |conn| {
                                let (mut from, mut to) = (load(1, conn).await, load(2, conn).await);
                                from.quantity -= 1;
                                to.quantity += 1;
                                save(&mut from, conn).await?;
                                save(&mut to, conn).await
                            })
                            .await
                            .unwrap();
                        }
                    });
                });
            }
        });
        let conn = &mut connect(database).await;
        let (from, to) = (load(1, conn).await, load(2, conn).await);
        assert_eq!((from.quantity, from.version), (10 - 120, 1 + 120));
        assert_eq!((to.quantity, to.version), (20 + 120, 1 + 120));
    }

    async fn a_modification_is_a_select_and_an_update_and_returns_the_saved_row(database) {
        let conn = &mut connect(database).await;
        let recorder = record(conn);
        let product: Product = modify(1, conn, |product: &mut Product| product.quantity = 3).await.unwrap();
        let statements = recorder.take();
        assert_eq!(statements.len(), 2, "{statements:?}");
        assert!(statements[0].ends_with("FROM products WHERE (products.id = ?) -- [1]"), "{statements:?}");
        assert!(statements[1].starts_with("UPDATE products SET"), "{statements:?}");
        assert_eq!((product.quantity, product.version), (3, 2));
        assert_eq!(load(1, conn).await, product);
    }

    async fn a_key_of_several_columns_is_a_tuple(database) {
        diesel::table! {
            order_lines (order_id, number) {
                order_id -> Integer,
                number -> Integer,
                quantity -> Integer,
                version -> Integer,
            }
        }

        #[derive(Queryable, Selectable, OptimisticLock)]
        #[diesel(table_name = order_lines, primary_key(order_id, number))]
        struct Line {
            order_id: i32,
            number: i32,
            quantity: i32,
            version: i32,
        }

        let conn = &mut connect(database).await;
        batch(
            "CREATE TABLE order_lines (order_id INTEGER, number INTEGER, quantity INTEGER NOT NULL, version INTEGER NOT NULL, \
             PRIMARY KEY (order_id, number));
             INSERT INTO order_lines VALUES (1, 1, 10, 1);
             INSERT INTO order_lines VALUES (1, 2, 20, 1);",
            conn,
        )
        .await
        .unwrap();
        let line = modify((1, 2), conn, |line: &mut Line| line.quantity += 1).await.unwrap();
        assert_eq!((line.order_id, line.number, line.quantity, line.version), (1, 2, 21, 2));
    }

    async fn a_lost_modification_is_done_again_on_the_row_as_it_is_then(database) {
        let conn = &mut connect(database).await;
        let (policy, seen) = observed(at_once());
        let mut versions = Vec::new();
        let product = modify_with(&policy, 1, conn, |product: &mut Product| {
            versions.push(product.version);
            if versions.len() < 3 {
                somebody_saves(database);
            }
            product.quantity += 1;
        })
        .await
        .unwrap();
        assert_eq!(versions, [1, 2, 3]);
        assert_eq!((product.quantity, product.version), (11, 4));
        let seen = seen.lock().unwrap();
        assert_eq!(*seen, [(1, true, true, false), (2, true, true, false), (3, false, false, false)]);
    }

    async fn after_so_many_losses_the_row_is_locked_and_its_version_checked_all_the_same(database) {
        let conn = &mut connect(database).await;
        let (policy, seen) = observed(at_once().escalate_after(2));
        let mut attempt = 0;
        let recorder = record(conn);
        let product = modify_with(&policy, 1, conn, |product: &mut Product| {
            attempt += 1;
            if attempt < 3 {
                somebody_saves(database);
            }
            product.quantity += 1;
        })
        .await
        .unwrap();
        assert_eq!((attempt, product.version), (3, 4));
        let statements = recorder.take();
        // Twice a read and a save that is refused; then the attempt that succeeds.
        let last: Vec<_> = statements[4..].iter().map(|sql| sql.split(" -- ").next().unwrap()).collect();
        let select = "SELECT products.id, products.name, products.note, products.quantity, products.version FROM products \
                      WHERE (products.id = ?)";
        let update = "UPDATE products SET name = ?, note = ?, quantity = ?, version = ? WHERE id = ? AND version = ?";
        if LOCKS {
            assert_eq!(last, ["BEGIN", &format!("{select} FOR UPDATE"), update, "COMMIT"]);
        } else {
            assert_eq!(last, [select, update]);
        }
        assert!(statements[..4].iter().all(|sql| !sql.contains("FOR UPDATE") && sql != "BEGIN"), "{statements:?}");
        let seen = seen.lock().unwrap();
        assert_eq!(*seen, [(1, true, true, false), (2, true, true, false), (3, false, false, LOCKS)]);
    }

    async fn an_adaptive_policy_locks_from_the_start_once_most_rows_were_lost(database) {
        let conn = &mut connect(database).await;
        let (policy, seen) = observed(at_once().escalate_after(1).adaptive());
        for run in 1..=5 {
            let mut attempt = 0;
            let save_after_somebody = |product: &mut Product| {
                attempt += 1;
                if run < 5 && attempt == 1 {
                    somebody_saves(database);
                }
                product.quantity += 1;
            };
            modify_with(&policy.clone(), 1, conn, save_after_somebody).await.unwrap();
        }
        let mut expected = [(1, true, true, false), (2, false, false, LOCKS)].repeat(4);
        expected.push((1, false, false, LOCKS));
        assert_eq!(*seen.lock().unwrap(), expected);
        assert_eq!((load(1, conn).await.quantity, load(1, conn).await.version), (15, 10));
    }

    async fn a_locked_row_is_not_saved_at_another_version(database) {
        let conn = &mut connect(database).await;
        let (policy, seen) = observed(at_once().attempts(2).escalate_after(0));
        // As if somebody had written the row in spite of the lock.
        let error = modify_with(&policy, 1, conn, |product: &mut Product| product.version = 7).await.unwrap_err();
        assert!(error.is_stale());
        assert_eq!(*seen.lock().unwrap(), [(1, true, true, LOCKS), (2, true, false, LOCKS)]);
        assert_eq!(load(1, conn).await.version, 1);
        // The transaction of each attempt is over.
        begin(conn).await.unwrap();
        rollback(conn).await.unwrap();
        modify(1, conn, |product: &mut Product| product.quantity += 1).await.unwrap();
    }

    async fn used_up_attempts_say_how_many_and_what_the_last_one_met(database) {
        let conn = &mut connect(database).await;
        let old = load(1, conn).await;
        somebody_saves(database);
        let (policy, seen) = observed(at_once().attempts(3));
        let error = retry(&policy, conn, async |conn| save(&mut old.clone(), conn).await).await.unwrap_err();
        assert_eq!((error.is_stale(), error.is_retryable(), error.needs_new_connection()), (true, false, false));
        assert_eq!(
            error.to_string(),
            "gave up on row 1 of `products` after 3 attempts; try later, or give the `RetryPolicy` more attempts or more time"
        );
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.starts_with("cannot save row 1 of `products`: it was read at version 1"), "{source}");
        let Error::RetriesExhausted(given_up) = error else { panic!("it has given up") };
        assert_eq!((given_up.attempts(), given_up.last().is_stale()), (3, true));
        assert_eq!(
            *seen.lock().unwrap(),
            [(1, true, true, false), (2, true, true, false), (3, true, false, false)]
        );
    }

    async fn used_up_attempts_stay_where_the_users_error_had_the_last_one(database) {
        let conn = &mut connect(database).await;
        let old = load(1, conn).await;
        somebody_saves(database);
        let policy = at_once().attempts(2);
        let result: Result<(), SaleError> =
            retry(&policy, conn, async |conn| Ok(save(&mut old.clone(), conn).await?)).await;
        let Err(SaleError::Occ(Error::RetriesExhausted(given_up))) = result else { panic!("it was in `Occ`") };
        assert_eq!(given_up.attempts(), 2);

        let result: Result<(), SaleError> = retry(&policy, conn, async |conn| {
            save(&mut old.clone(), conn).await.map_err(|error| SaleError::Diesel(error.into()))
        })
        .await;
        let Err(SaleError::Diesel(error)) = result else { panic!("it was in `Diesel`") };
        let Error::RetriesExhausted(given_up) = Error::from(error) else { panic!("it has given up") };
        assert_eq!(given_up.attempts(), 2);

        let result: Result<(), diesel::result::Error> =
            retry(&policy, conn, async |conn| Ok(save(&mut old.clone(), conn).await?)).await;
        assert!(matches!(Error::from(result.unwrap_err()), Error::RetriesExhausted(_)));
    }

    async fn no_attempt_begins_after_the_deadline(database) {
        let conn = &mut connect(database).await;
        let old = load(1, conn).await;
        somebody_saves(database);
        let policy = at_once().deadline(Duration::ZERO);
        let error = retry(&policy, conn, async |conn| save(&mut old.clone(), conn).await).await.unwrap_err();
        let Error::RetriesExhausted(given_up) = error else { panic!("its time was over") };
        assert_eq!(given_up.attempts(), 1);
    }

    async fn an_error_of_the_callers_own_rolls_back_and_ends_it(database) {
        let conn = &mut connect(database).await;
        let (policy, seen) = observed(at_once());
        let attempts = AtomicU32::new(0);
        let result: Result<(), SaleError> = retry(&policy, conn, async |conn| {
            attempts.fetch_add(1, Relaxed);
            save(&mut load(1, conn).await, conn).await?;
            Err(SaleError::SoldOut)
        })
        .await;
        assert!(matches!(result, Err(SaleError::SoldOut)));
        assert_eq!((attempts.load(Relaxed), load(1, conn).await.version), (1, 1));

        let result: Result<Product, SaleError> = modify_with(&policy, 1, conn, |product: &mut Product| {
            attempts.fetch_add(1, Relaxed);
            product.quantity = 0;
            Err(SaleError::SoldOut)
        })
        .await;
        assert!(matches!(result, Err(SaleError::SoldOut)));
        assert_eq!((attempts.load(Relaxed), load(1, conn).await.version), (2, 1));
        assert!(seen.lock().unwrap().is_empty());
    }

    async fn an_error_of_the_closure_of_modify_is_the_callers_even_if_it_could_be_retried(database) {
        let conn = &mut connect(database).await;
        let mut old = load(1, conn).await;
        somebody_saves(database);
        let mut stale = Some(save(&mut old, conn).await.unwrap_err());
        let result: Result<Product, Error> =
            modify_with(&at_once(), 1, conn, |_: &mut Product| stale.take().map_or(Ok(()), Err)).await;
        assert!(matches!(result, Err(Error::Stale(_))));
    }

    async fn what_the_database_refuses_is_not_retried(database) {
        let conn = &mut connect(database).await;
        let (policy, seen) = observed(at_once());
        let error = retry(&policy, conn, async |conn| {
            Ok::<_, Error>(batch("INSERT INTO products VALUES (1, 'twice', NULL, 0, 1)", conn).await?)
        })
        .await
        .unwrap_err();
        assert!(matches!(error, Error::Database(diesel::result::Error::DatabaseError(..))), "{error}");
        assert_eq!(*seen.lock().unwrap(), [(1, true, false, false)]);
    }

    async fn a_predicate_says_what_is_retried(database) {
        let conn = &mut connect(database).await;
        let (policy, seen) = observed(at_once().attempts(3).retry_if(|error| !error.is_stale()));
        let error = modify_with(&policy, 1, conn, |product: &mut Product| product.version = 7).await.unwrap_err();
        assert!(matches!(error, Error::Stale(_)), "{error}");
        let error = modify_with(&policy, 99, conn, |_: &mut Product| ()).await.unwrap_err();
        assert!(matches!(error, Error::RetriesExhausted(_)), "{error}");
        let seen: Vec<_> = seen.lock().unwrap().iter().map(|seen| seen.0).collect();
        assert_eq!(seen, [1, 1, 2, 3]);
    }

    async fn within_a_transaction_it_is_refused_and_nothing_is_sent(database) {
        let conn = &mut connect(database).await;
        begin(conn).await.unwrap();
        let recorder = record(conn);
        let mut called = false;
        let error = modify(1, conn, |_: &mut Product| called = true).await.unwrap_err();
        assert!(!called);
        assert!(matches!(error, Error::NestedRetry(_)));
        assert!(!error.is_retryable());
        assert!(error.to_string().starts_with("`modify` of a row of `products` cannot be retried inside a transaction"));
        let policy = RetryPolicy::new();
        let result: Result<(), Error> = retry(&policy, conn, async |_| panic!("there is nothing to run")).await;
        let error = result.unwrap_err();
        assert!(matches!(error, Error::NestedRetry(_)));
        assert!(error.to_string().starts_with("a transaction cannot be retried inside a transaction"));
        assert_eq!(recorder.take(), [] as [&str; 0]);
        rollback(conn).await.unwrap();
    }

    async fn a_row_that_is_not_there_is_not_found(database) {
        let conn = &mut connect(database).await;
        let (policy, seen) = observed(at_once());
        let not_found = |error: &Error| matches!(error, Error::Database(diesel::result::Error::NotFound));
        let error = modify_with(&policy, 99, conn, |_: &mut Product| ()).await.unwrap_err();
        assert!(not_found(&error), "{error}");
        // Deleted between the read and the save: the next attempt does not find it.
        let error = modify_with(&policy, 1, conn, |product: &mut Product| {
            let product = product.clone();
            meanwhile(async || delete(&product, &mut connect(database).await).await.unwrap());
        })
        .await
        .unwrap_err();
        assert!(not_found(&error), "{error}");
        let seen: Vec<_> = seen.lock().unwrap().iter().map(|seen| seen.0).collect();
        assert_eq!(seen, [1, 1, 2]);
    }

    async fn each_attempt_has_a_transaction_of_its_own(database) {
        let conn = &mut connect(database).await;
        let recorder = record(conn);
        let attempts = AtomicU32::new(0);
        let version = retry(&at_once(), conn, async |conn| {
            let mut product = load(1, conn).await;
            if attempts.fetch_add(1, Relaxed) == 0 {
                product.version = 7;
            }
            save(&mut product, conn).await?;
            Ok::<_, Error>(product.version)
        })
        .await
        .unwrap();
        assert_eq!((attempts.load(Relaxed), version), (2, 2));
        let ends: Vec<_> = recorder
            .take()
            .into_iter()
            .filter(|sql| !sql.contains("products") && !sql.contains("SAVEPOINT"))
            .collect();
        assert_eq!(ends, ["BEGIN", "ROLLBACK", "BEGIN", "COMMIT"]);
    }

    async fn a_conflict_behind_an_error_in_a_box_is_retried_and_the_box_comes_back_as_it_is(database) {
        type Boxed = Box<dyn std::error::Error + Send + Sync>;
        let conn = &mut connect(database).await;
        let attempts = AtomicU32::new(0);
        let version = retry(&at_once(), conn, async |conn| {
            let mut product = load(1, conn).await;
            if attempts.fetch_add(1, Relaxed) == 0 {
                product.version = 7;
            }
            save(&mut product, conn).await.map_err(|error| Selling(Box::new(Selling(error.into()))))?;
            Ok::<_, Boxed>(product.version)
        })
        .await
        .unwrap();
        assert_eq!((attempts.load(Relaxed), version), (2, 2));

        let old = load(1, conn).await;
        somebody_saves(database);
        let (policy, seen) = observed(at_once().attempts(3));
        let error = retry(&policy, conn, async |conn| {
            save(&mut old.clone(), conn).await.map_err(|error| Selling(error.into()).into())
        })
        .await
        .map(|()| "saved")
        .map_err(|error: Boxed| error.downcast::<Selling>().unwrap())
        .unwrap_err();
        assert!(error.0.downcast_ref::<Error>().is_some_and(Error::is_stale));
        assert_eq!(seen.lock().unwrap().len(), 3);

        // What is no conflict ends it at once, as does an error of one's own with nothing behind it.
        attempts.store(0, Relaxed);
        let refused = retry(&policy, conn, async |conn| {
            attempts.fetch_add(1, Relaxed);
            let refused = batch("INSERT INTO products VALUES (1, 'twice', NULL, 0, 1)", conn).await;
            refused.map_err(|error| Boxed::from(Selling(error.into())))
        })
        .await;
        assert!(refused.is_err_and(|error| error.is::<Selling>()));
        let own = retry(&policy, conn, async |_| {
            attempts.fetch_add(1, Relaxed);
            Err::<(), Boxed>("sold out".into())
        })
        .await;
        assert_eq!(own.unwrap_err().to_string(), "sold out");
        assert_eq!(attempts.load(Relaxed), 2);
    }
}
