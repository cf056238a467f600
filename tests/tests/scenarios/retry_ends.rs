//! How a retry loop ends without success, and what becomes of the error: the user's types that hold one of occ's.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use occ_runtime::retry::{Failure, RetryError};
use occ_runtime::{Error, RetryPolicy};

use super::cell::{batch, begin, connect, delete, modify, modify_with, record, retry, rollback, save};
use super::product::{Product, load};
use super::retry::{at_once, meanwhile, observed, somebody_saves};

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

super::scenarios! {
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

        // What is no conflict ends it at once, as does the caller's own error with nothing behind it.
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
