//! A future that is dropped at any of its await points, and then the *same* connection: it answers rightly, or says that it
//! is of no more use.

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, bb8, deadpool};
use occ_runtime::{
    AsyncAggregateDsl, AsyncExpectingDsl, AsyncOptimisticBatchDsl, AsyncOptimisticDsl, AsyncRetryDsl, Error,
    OnStale, RetryPolicy,
};
use occ_tests::cell::Backend;
use occ_tests::database::TestDatabase as _;
use occ_tests::report::measured;

use super::answers::{Answers, ask, insert_rows};
use super::cell::{BACKEND, Conn, Database, batch, begin, connect, rollback, save, transaction};
use super::poll_at_most;
use super::product::{Product, load, products};

/// What can be broken off.
#[derive(Clone, Copy, Debug)]
enum Call {
    Load,
    Save,
    StaleSave,
    Update,
    Delete,
    Verify,
    Reload,
    Batch,
    StaleBatch,
    DeleteBatch,
    Modify,
    LockingModify,
    Transaction,
    Run,
    Children,
    ReportedSave,
    ReportedDelete,
}

const CALLS: &[Call] = &[
    Call::Load,
    Call::Save,
    Call::StaleSave,
    Call::Update,
    Call::Delete,
    Call::Verify,
    Call::Reload,
    Call::Batch,
    Call::StaleBatch,
    Call::DeleteBatch,
    Call::Modify,
    Call::LockingModify,
    Call::Transaction,
    Call::Run,
    Call::Children,
    Call::ReportedSave,
    Call::ReportedDelete,
];

impl Call {
    async fn run(self, a: &mut Product, b: &mut Product, conn: &mut Conn) -> Result<(), Error> {
        match self {
            // Diesel's own, within a guard of ours.
            Self::Load => {
                transaction(conn, &mut *a, async |conn, _| {
                    let read = products::table.select(Product::as_select());
                    let _: Vec<Product> = diesel_async::RunQueryDsl::load(read, conn).await?;
                    Ok(())
                })
                .await
            }
            Self::Save => a.save_optimistic(conn).await,
            Self::StaleSave => Product { version: -1, ..a.clone() }.save_optimistic(conn).await,
            Self::Update => a.update_optimistic(products::note.eq("x"), conn).await,
            Self::Delete => a.delete_optimistic(conn).await,
            Self::Verify => a.verify_optimistic(conn).await,
            Self::Reload => a.reload(conn).await,
            Self::Batch => [a.clone(), b.clone()].save_all_optimistic(conn).await,
            Self::StaleBatch => {
                [a.clone(), Product { version: -1, ..b.clone() }].save_all_optimistic(conn).await
            }
            Self::DeleteBatch => [a.clone(), b.clone()].delete_all_optimistic(conn).await,
            Self::Modify => Product::modify_optimistic(1, conn, |row| row.quantity += 1).await.map(|_| ()),
            Self::LockingModify => {
                let policy = RetryPolicy::new().escalate_after(0);
                policy.modify(1, conn, |row: &mut Product| row.quantity += 1).await.map(|_| ())
            }
            Self::Transaction => {
                transaction(conn, (&mut *a, &mut *b), async |conn, (a, b)| {
                    save(a, conn).await?;
                    save(b, conn).await
                })
                .await
            }
            Self::Run => {
                RetryPolicy::new().run(conn, async |conn| save(&mut load(1, conn).await, conn).await).await
            }
            Self::Children => {
                a.with_these_children(conn, &mut *b, async |conn, _, b| save(b, conn).await).await
            }
            Self::ReportedSave => {
                let mut old = Product { version: -1, ..a.clone() };
                old.save_optimistic_with(OnStale::Report(&|_| {}), conn).await
            }
            Self::ReportedDelete => {
                let old = Product { version: -1, ..a.clone() };
                old.delete_optimistic_with(OnStale::Report(&|_| {}), conn).await
            }
        }
    }
}

async fn fresh_rows(database: &Database) {
    let conn = &mut connect(database).await;
    batch("DELETE FROM products", conn).await.unwrap();
    batch("INSERT INTO products VALUES (1, 'lamp', 'bright', 10, 1), (2, 'desk', NULL, 20, 1)", conn)
        .await
        .unwrap();
    insert_rows(conn).await;
}

/// So that every statement is prepared already, as on a connection that has been in use.
async fn warm(conn: &mut Conn) {
    let mut row = load(11, conn).await;
    row.save_optimistic(conn).await.unwrap();
    row.reload(conn).await.unwrap();
    row.verify_optimistic(conn).await.unwrap();
    [row].save_all_optimistic(conn).await.unwrap();
}

/// Breaks calls off on the one connection of a pool at each of their await points, and asks the one that it hands out next.
macro_rules! cut_pooled {
    ($database:ident, $pool:ident, $cuts:ident, $answers:ident) => {
        for call in [Call::Save, Call::Batch, Call::LockingModify, Call::Transaction, Call::Reload] {
            for polls in 0.. {
                fresh_rows($database).await;
                let ended = {
                    let mut conn = $pool.get().await.unwrap();
                    batch(&$database.setup(), &mut conn).await.unwrap();
                    warm(&mut conn).await;
                    let (mut a, mut b) = (load(1, &mut conn).await, load(2, &mut conn).await);
                    poll_at_most(polls, call.run(&mut a, &mut b, &mut conn)).await
                };
                if ended.is_some() {
                    break;
                }
                $cuts += 1;
                let mut conn = $pool.get().await.unwrap();
                batch(&$database.setup(), &mut conn).await.unwrap();
                ask($database, &mut conn, &mut $answers).await;
            }
        }
    };
}

super::scenarios! {
    async fn after_a_future_dropped_at_any_await_the_same_connection_tells_no_lies(database) {
        let (mut cuts, mut answers) = (0, Answers::default());
        for call in CALLS {
            for polls in 0.. {
                assert!(polls < 1000, "{call:?} never gets ready");
                fresh_rows(database).await;
                let conn = &mut connect(database).await;
                warm(conn).await;
                let (mut a, mut b) = (load(1, conn).await, load(2, conn).await);
                a.quantity += 1;
                let before = (a.clone(), b.clone());
                if poll_at_most(polls, call.run(&mut a, &mut b, conn)).await.is_some() {
                    break;
                }
                cuts += 1;
                assert_eq!((a, b), before, "{call:?} dropped after {polls} polls");
                ask(database, conn, &mut answers).await;
            }
        }
        let asked = answers.right + answers.refused + answers.wrong.len();
        measured(format_args!(
            "bare: {cuts} cuts in {} calls, then {asked} answers of the same connection, {} of them refusals, {} wrong",
            CALLS.len(),
            answers.refused,
            answers.wrong.len()
        ));
        assert_eq!(answers.wrong, Vec::<String>::new());
    }

    async fn after_a_save_dropped_while_it_waits_for_a_lock_the_same_connection_tells_no_lies(database) {
        if BACKEND == Backend::Sqlite {
            return; // Its wrapper waits in a thread of its own, which cannot be dropped.
        }
        let mut answers = Answers::default();
        for call in [Call::Save, Call::Batch, Call::Transaction, Call::LockingModify, Call::Delete] {
            fresh_rows(database).await;
            let holder = &mut connect(database).await;
            begin(holder).await.unwrap();
            save(&mut load(1, holder).await, holder).await.unwrap();
            let conn = &mut connect(database).await;
            warm(conn).await;
            let (mut a, mut b) = (load(1, conn).await, load(2, conn).await);
            let soon = Duration::from_millis(50);
            let waited = tokio::time::timeout(soon, call.run(&mut a, &mut b, conn)).await;
            assert!(waited.is_err(), "{call:?} waits for the lock");
            rollback(holder).await.unwrap();
            ask(database, conn, &mut answers).await;
        }
        assert_eq!(answers.wrong, Vec::<String>::new());
        assert_eq!(answers.right, 0, "nothing is answered: {answers:?}");
    }

    async fn pools_discard_a_connection_that_something_was_dropped_on(database) {
        use diesel_async::pooled_connection::{ManagerConfig, RecyclingMethod};

        let methods: [fn() -> RecyclingMethod<Conn>; 4] = [
            || RecyclingMethod::Fast,
            || RecyclingMethod::Verified,
            || RecyclingMethod::CustomQuery("SELECT 2".into()),
            || RecyclingMethod::CustomFunction(Box::new(|_| Box::pin(async { Ok(()) }))),
        ];
        let (mut cuts, mut answers) = (0, Answers::default());
        for method in methods {
            let mut config = ManagerConfig::default();
            config.recycling_method = method();
            let manager = AsyncDieselConnectionManager::<Conn>::new_with_config(database.url(), config);
            let pool = deadpool::Pool::builder(manager).max_size(1).build().unwrap();
            cut_pooled!(database, pool, cuts, answers);
        }
        let pool = bb8::Pool::builder().max_size(1);
        let pool = pool.build(AsyncDieselConnectionManager::<Conn>::new(database.url())).await.unwrap();
        cut_pooled!(database, pool, cuts, answers);
        measured(format_args!(
            "deadpool (fast, verified, query, function) and bb8: {cuts} cuts, then {} answers, {} refused, {} wrong",
            answers.right,
            answers.refused,
            answers.wrong.len()
        ));
        assert_eq!(answers.wrong, Vec::<String>::new());
        assert_eq!(answers.refused, 0, "the pool hands out a new one");
    }
}
