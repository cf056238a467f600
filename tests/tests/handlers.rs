//! Whatever a closure captures: what takes it is awaited in an axum handler, in a spawned task and as a boxed future, on
//! connections of every kind. That this file compiles is most of the proof; on SQLite it also runs.
#![cfg(all(feature = "async", feature = "http"))]

#[path = "handlers/modify.rs"]
#[macro_use]
mod modify;
#[path = "handlers/run.rs"]
#[macro_use]
mod run;
#[path = "handlers/service.rs"]
mod service;
#[path = "handlers/transaction.rs"]
#[macro_use]
mod transaction;
#[path = "handlers/uses.rs"]
#[macro_use]
mod uses;

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::routing::post;
use diesel::prelude::*;
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, bb8, deadpool};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{
    AsyncConnection, AsyncMysqlConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _,
};
use http::{Method, Request, StatusCode};
use occ_runtime::async_prelude::*;
use occ_runtime::http::Problem;
use occ_runtime::{
    AsyncModifiesOn, AsyncReloadsOn, AsyncSavesOn, Choice, Error, Tracked,
    bound::SendAsyncFnOnce,
    retry::{Failure, RetryError},
};
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

diesel::table! { products (id) { id -> Integer, name -> Text, version -> Integer } }

#[derive(Clone, Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
pub struct Product {
    id: i32,
    name: String,
    version: i32,
}

/// What the closures capture. A handler has made it of its request, and lends it.
pub struct Given {
    id: i32,
    name: String,
    notes: Vec<String>,
    policy: RetryPolicy,
}

impl Given {
    fn new(name: String) -> Self {
        Self { id: 1, name, notes: vec!["old".into()], policy: RetryPolicy::new().attempts(2) }
    }
}

/// The version of row 1 afterwards.
type Answer<E = Error> = Result<i32, E>;

/// Errors of a kind that cannot be named without a lifetime, though it is `'static`.
type Boxed = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug)]
enum SaleError {
    NoName,
    Occ(Error),
}

impl From<Error> for SaleError {
    fn from(error: Error) -> Self {
        Self::Occ(error)
    }
}

impl From<diesel::result::Error> for SaleError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Occ(error.into())
    }
}

impl RetryError for SaleError {
    fn failure(&mut self) -> Option<Failure<'_>> {
        match self {
            Self::NoName => None,
            Self::Occ(error) => error.failure(),
        }
    }
}

impl From<SaleError> for Error {
    fn from(error: SaleError) -> Self {
        match error {
            SaleError::NoName => panic!("every request has a name"),
            SaleError::Occ(error) => error,
        }
    }
}

/// An error that borrows from the request.
#[derive(Debug)]
struct Unwanted<'n> {
    name: &'n str,
    cause: Option<Error>,
}

impl From<Error> for Unwanted<'_> {
    fn from(error: Error) -> Self {
        Self { name: "", cause: Some(error) }
    }
}

impl From<diesel::result::Error> for Unwanted<'_> {
    fn from(error: diesel::result::Error) -> Self {
        Error::from(error).into()
    }
}

impl RetryError for Unwanted<'_> {
    fn failure(&mut self) -> Option<Failure<'_>> {
        self.cause.as_mut()?.failure()
    }
}

// Pooled, plain and borrowed from a pool; each of another backend, so that there is one of each.
type Sqlite = SyncConnectionWrapper<SqliteConnection>;
uses!(sqlite, deadpool::Pool<Sqlite>, deadpool::Object<Sqlite>);
uses!(postgres, One<AsyncPgConnection>, AsyncPgConnection);
uses!(mysql, bb8::Pool<AsyncMysqlConnection>, bb8::PooledConnection<'_, AsyncMysqlConnection>);

/// A connection that is not pooled, as a pool of one.
pub struct One<C>(Arc<tokio::sync::Mutex<C>>);

impl<C> Clone for One<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C> One<C> {
    async fn get(&self) -> Result<tokio::sync::OwnedMutexGuard<C>, Infallible> {
        Ok(Arc::clone(&self.0).lock_owned().await)
    }
}

/// In code that is generic over the connection. Of a row by hand, as a query would need half a page of bounds.
async fn generic<C>(conn: &mut C, given: &Given) -> Answer
where
    C: AsyncConnection,
    Product: AsyncSavesOn<C> + AsyncReloadsOn<C> + for<'k> AsyncModifiesOn<C, &'k i32>,
{
    let mut lamp = Product { id: given.id, name: String::new(), version: 0 };
    lamp.reload(conn).await?;
    let (mut calls, name) = (0, given.name.as_str());
    optimistic_transaction(conn, &mut lamp, async |conn, lamp| {
        calls += 1;
        lamp.name = name.to_owned();
        lamp.save_optimistic(conn).await
    })
    .await
    .map_err(|error: Error| error)?;
    lamp.with_children(conn, async |_| Ok::<_, Error>(())).await?;
    let modified = given.policy.modify(&given.id, conn, |lamp: &mut Product| {
        calls += 1;
        lamp.name.clone_from(&given.name);
    });
    lamp.version = modified.await?.version;
    assert_eq!(calls, 2);
    lamp.version = handed_on(conn, &given.policy, async |conn| {
        let mut lamp = lamp.clone();
        name.clone_into(&mut lamp.name);
        lamp.save_optimistic(conn).await?;
        Ok::<_, Error>(lamp.version)
    })
    .await?;
    called_within_another(conn, &given.policy, async |conn| {
        let mut lamp = lamp.clone();
        name.clone_into(&mut lamp.name);
        lamp.save_optimistic(conn).await?;
        Ok(lamp.version)
    })
    .await
}

/// Functions of a user's own that take a closure.
async fn handed_on<C, T, E, F>(conn: &mut C, policy: &RetryPolicy, f: F) -> Result<T, E>
where
    C: AsyncConnection,
    T: Send,
    E: RetryError + From<diesel::result::Error> + Send,
    for<'r> F:
        AsyncFnOnce(&'r mut C) -> Result<T, E> + SendAsyncFnOnce<(&'r mut C,), Result<T, E>> + Clone + Send,
{
    policy.run(conn, f).await
}

async fn called_within_another<C, T, E, F>(conn: &mut C, policy: &RetryPolicy, f: F) -> Result<T, E>
where
    C: AsyncConnection,
    T: Send,
    E: RetryError + From<diesel::result::Error> + Send,
    for<'r> F:
        AsyncFnOnce(&'r mut C) -> Result<T, E> + SendAsyncFnOnce<(&'r mut C,), Result<T, E>> + Clone + Send,
{
    policy.run(conn, async move |conn| f.call((conn,)).await).await
}

async fn database() -> deadpool::Pool<Sqlite> {
    let manager = AsyncDieselConnectionManager::<Sqlite>::new(":memory:");
    let pool = deadpool::Pool::builder(manager).max_size(1).build().unwrap();
    pool.get()
        .await
        .unwrap()
        .batch_execute(
            "CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL);
             INSERT INTO products VALUES (1, 'lamp', 1), (2, 'desk', 1);",
        )
        .await
        .unwrap();
    pool
}

async fn version(pool: &deadpool::Pool<Sqlite>) -> i32 {
    products::table.find(1).select(products::version).first(&mut pool.get().await.unwrap()).await.unwrap()
}

async fn call(router: Router, path: &str) -> String {
    let request = Request::builder().method(Method::POST).uri(path).body(Body::from("desk lamp")).unwrap();
    let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
    let body = to_bytes(body, 1 << 16).await.unwrap();
    assert_eq!(parts.status, StatusCode::OK, "{path}: {}", String::from_utf8_lossy(&body));
    String::from_utf8(body.to_vec()).unwrap()
}

/// Each use three times, on SQLite.
macro_rules! each_use_of {
    ($function:ident) => {
        occ_tests::cell::wait(async {
            use sqlite::$function::{NAMES, boxed, router, spawn};

            let pool = database().await;
            for name in NAMES {
                let before = version(&pool).await;
                let answered = call(router(pool.clone()), &format!("/{name}")).await;
                assert_eq!(answered, version(&pool).await.to_string(), "{name}");

                let spawned = spawn(name, pool.clone(), Given::new("spawned".into())).await.unwrap();
                assert_eq!(spawned.unwrap(), version(&pool).await, "{name}");

                let given = Given::new("boxed".into());
                let boxed = boxed(name, &mut pool.get().await.unwrap(), &given).await;
                let after = version(&pool).await;
                assert_eq!(boxed.unwrap(), after, "{name}");
                assert!(before + 3 <= after, "{name} has saved three times");
            }
        })
    };
}

#[test]
fn run_is_awaited_in_a_handler_in_a_task_and_boxed_whatever_its_closure_captures() {
    each_use_of!(run);
}

#[test]
fn so_is_a_transaction() {
    each_use_of!(transaction);
}

#[test]
fn so_is_what_else_takes_a_closure_or_borrows() {
    each_use_of!(modify);
}

#[test]
fn each_attempt_finds_what_was_moved_into_the_closure_as_it_was() {
    occ_tests::cell::wait(async {
        let pool = database().await;
        let attempts = AtomicU32::new(0);
        let (counter, mut notes) = (&attempts, vec!["lamp", "desk lamp"]);
        let result: Answer = RetryPolicy::new()
            .run(&mut pool.get().await.unwrap(), async move |conn| {
                let mut lamp = products::table.find(1).select(Product::as_select()).first(conn).await?;
                lamp.name = notes.pop().unwrap().to_owned();
                if counter.fetch_add(1, Relaxed) < 3 {
                    lamp.version = 7;
                }
                lamp.save_optimistic(conn).await?;
                assert_eq!((lamp.name.as_str(), notes.as_slice()), ("desk lamp", &["lamp"][..]));
                Ok(lamp.version)
            })
            .await;
        assert_eq!((result.unwrap(), attempts.into_inner()), (2, 4));
    });
}
