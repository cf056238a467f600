//! Code of the user's that panics in the middle of an operation: the value is what it was, and the connection either goes
//! on as if nothing had been, or says that it is of no more use.

use std::cell::Cell;
use std::fmt;

use diesel::backend::Backend as DieselBackend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Integer;
use occ_runtime::{Error, Expect, OnStale, OptimisticLock, Tracked, VersionError, VersionGenerator};
use occ_tests::cell::caught;
use occ_tests::report::measured;

use super::answers::{Answers, ask, insert_rows};
use super::cell::{
    Conn, Database, batch, connect, delete, delete_all, first, insert, insert_all, overwrite, rebase, reload,
    save, save_all, save_tracked, save_with, touch, transaction, update, upsert, verify, with_children,
    with_these_children,
};

thread_local! {
    /// How many calls of the user's code are left before one panics.
    pub(super) static LEFT: Cell<Option<u32>> = const { Cell::new(None) };
    /// Whether each one after that panics as well.
    pub(super) static STAYS: Cell<bool> = const { Cell::new(false) };
}

/// Each call of the user's code comes through here.
fn tick() {
    LEFT.with(|left| match left.get() {
        Some(0) => {
            left.set(left.get().filter(|_| STAYS.get()));
            panic!("the user's code panics here");
        }
        Some(more) => left.set(Some(more - 1)),
        None => {}
    });
}

/// A number all of whose traits may panic.
#[derive(AsExpression, FromSqlRow)]
#[diesel(sql_type = Integer)]
pub struct Touchy(pub(super) i32);

impl Clone for Touchy {
    fn clone(&self) -> Self {
        tick();
        Self(self.0)
    }
}

impl PartialEq for Touchy {
    fn eq(&self, other: &Self) -> bool {
        tick();
        self.0 == other.0
    }
}

impl fmt::Debug for Touchy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tick();
        write!(f, "{}", self.0)
    }
}

impl<DB> ToSql<Integer, DB> for Touchy
where
    DB: DieselBackend,
    i32: ToSql<Integer, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        tick();
        self.0.to_sql(out)
    }
}

impl<DB> FromSql<Integer, DB> for Touchy
where
    DB: DieselBackend,
    i32: FromSql<Integer, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        tick();
        i32::from_sql(bytes).map(Self)
    }
}

pub struct Counting;

impl VersionGenerator<Touchy> for Counting {
    fn initial() -> Touchy {
        Touchy(1)
    }

    fn next(current: &Touchy) -> Result<Touchy, VersionError> {
        tick();
        Ok(Touchy(current.0 + 1))
    }
}

diesel::table! {
    touchies (id) {
        id -> Integer,
        amount -> Integer,
        version -> Integer,
    }
}

#[derive(Clone, Debug, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = touchies)]
#[occ(tracked)]
pub struct Row {
    pub(super) id: Touchy,
    pub(super) amount: Touchy,
    #[occ(version, generator = Counting)]
    version: Touchy,
}

impl Row {
    pub(super) fn plain(&self) -> [i32; 3] {
        [self.id.0, self.amount.0, self.version.0]
    }
}

pub(super) async fn create_table(database: &Database) {
    let conn = &mut connect(database).await;
    batch(
        "CREATE TABLE touchies (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL, version INTEGER NOT NULL);
         INSERT INTO touchies VALUES (1, 10, 1);
         INSERT INTO touchies VALUES (2, 20, 1);",
        conn,
    )
    .await
    .unwrap();
    insert_rows(conn).await;
}

pub(super) async fn read(id: i32, conn: &mut Conn) -> Row {
    first(touchies::table.find(id).select(Row::as_select()), conn).await.unwrap()
}

/// Runs `$call` with a panic at the first call of the user's code, at the second, and so on, until there is none left to
/// panic; after each, goes on with the same connection. Returns how many there were.
macro_rules! panic_at_each_call {
    ($database:ident, $answers:ident, |$a:ident, $b:ident, $conn:ident| $call:expr) => {{
        let mut calls = 0;
        loop {
            let setup = &mut connect($database).await;
            batch("DELETE FROM touchies", setup).await.unwrap();
            batch("INSERT INTO touchies VALUES (1, 10, 1), (2, 20, 1)", setup).await.unwrap();
            let $conn = &mut connect($database).await;
            let (mut a, mut b) = (read(1, $conn).await, read(2, $conn).await);
            a.amount.0 += 1;
            b.amount.0 += 1;
            let before = (a.plain(), b.plain());
            let ended = {
                let ($a, $b) = (&mut a, &mut b);
                LEFT.with(|left| left.set(Some(calls)));
                let ended = caught(async { $call.await }).await;
                LEFT.with(|left| left.set(None));
                ended
            };
            if ended.is_some() {
                break;
            }
            assert_eq!((a.plain(), b.plain()), before, "after a panic at call {calls}");
            ask($database, $conn, &mut $answers).await;
            calls += 1;
            assert!(calls < 1000, "it never comes to its end");
        }
        calls
    }};
}

super::scenarios! {
    async fn a_panic_at_any_call_of_the_users_code_leaves_the_value_and_the_connection_tells_no_lies(database) {
        create_table(database).await;
        let mut answers = Answers::default();
        let mut calls = 0;
        calls += panic_at_each_call!(database, answers, |a, _b, conn| save(a, conn));
        calls += panic_at_each_call!(database, answers, |a, _b, conn| async {
            // Refused: it is shown, looked for and described.
            let mut old = Row { id: Touchy(a.id.0), amount: Touchy(7), version: Touchy(-1) };
            save(&mut old, conn).await
        });
        calls += panic_at_each_call!(database, answers, |a, _b, conn| upsert(a, Expect::At(Touchy(1)), conn));
        calls += panic_at_each_call!(database, answers, |a, _b, conn| upsert(a, Expect::Any, conn));
        calls += panic_at_each_call!(database, answers, |a, _b, conn| insert(a, conn));
        calls += panic_at_each_call!(database, answers, |a, _b, conn| async {
            let mut new = [Row { id: Touchy(3), ..a.clone() }, Row { id: Touchy(4), ..a.clone() }];
            insert_all(&mut new, conn).await
        });
        calls += panic_at_each_call!(database, answers, |a, _b, conn| touch(a, conn));
        calls += panic_at_each_call!(database, answers, |a, _b, conn| update(a, touchies::amount.eq(Touchy(5)), conn));
        calls += panic_at_each_call!(database, answers, |a, _b, conn| async { overwrite(a, conn).await.map(drop) });
        calls += panic_at_each_call!(database, answers, |a, _b, conn| delete(a, conn));
        calls += panic_at_each_call!(database, answers, |a, _b, conn| verify(a, conn));
        calls += panic_at_each_call!(database, answers, |a, _b, conn| reload(a, conn));
        calls += panic_at_each_call!(database, answers, |a, b, conn| async {
            let mut both = [Row { ..a.clone() }, Row { ..b.clone() }];
            save_all(&mut both, conn).await
        });
        calls += panic_at_each_call!(database, answers, |a, b, conn| async {
            // One of them is stale, so they are written one by one.
            let old = Row { id: Touchy(b.id.0), amount: Touchy(7), version: Touchy(-1) };
            save_all(&mut [Row { ..a.clone() }, old], conn).await
        });
        calls += panic_at_each_call!(database, answers, |a, b, conn| async {
            delete_all(&[Row { ..a.clone() }, Row { ..b.clone() }], conn).await
        });
        calls += panic_at_each_call!(database, answers, |a, b, conn| transaction(
            conn,
            (&mut *a, &mut *b),
            async |conn, (a, b)| {
                tick();
                save(a, conn).await?;
                tick();
                save(b, conn).await?;
                tick();
                Ok::<_, Error>(())
            }
        ));
        calls += panic_at_each_call!(database, answers, |a, b, conn| with_these_children(
            a,
            conn,
            &mut *b,
            async |conn, _, b| {
                tick();
                save(b, conn).await
            }
        ));
        calls += panic_at_each_call!(database, answers, |a, _b, conn| {
            save_with(a, OnStale::Report(&|_| unreachable!("it is at its version")), conn)
        });
        calls += panic_at_each_call!(database, answers, |a, _b, conn| async {
            // It is at another version, which is told.
            let mut old = Row { id: Touchy(a.id.0), amount: Touchy(7), version: Touchy(-1) };
            save_with(&mut old, OnStale::Report(&|_| {}), conn).await
        });
        measured(format_args!(
            "{calls} calls of the user's code panicked; then of {} answers {} were refused, 0 wrong",
            answers.right + answers.refused + answers.wrong.len(),
            answers.refused
        ));
        assert_eq!(answers.wrong, Vec::<String>::new());
        assert!(calls > 50, "{calls}");
    }

    async fn a_panic_at_any_call_leaves_a_tracked_value(database) {
        create_table(database).await;
        let mut answers = Answers::default();
        for (merging, as_root) in [(false, false), (true, false), (false, true)] {
            for panics_at in 0.. {
                let conn = &mut connect(database).await;
                batch("UPDATE touchies SET amount = 10, version = 1 WHERE id = 1", conn).await.unwrap();
                let mut row = Tracked::new(read(1, conn).await);
                if merging {
                    batch("UPDATE touchies SET amount = 10, version = 2 WHERE id = 1", conn).await.unwrap();
                }
                row.amount.0 = 11;
                let before = (row.plain(), row.original().plain());
                LEFT.with(|left| left.set(Some(panics_at)));
                let ended = caught(async {
                    match (merging, as_root) {
                        (true, _) => rebase(&mut row, conn).await,
                        (_, true) => with_children(&mut row, conn, async |_| Ok(())).await,
                        _ => save_tracked(&mut row, conn).await,
                    }
                })
                .await;
                LEFT.with(|left| left.set(None));
                if let Some(ended) = ended {
                    ended.unwrap();
                    break;
                }
                assert_eq!((row.plain(), row.original().plain()), before, "at call {panics_at}");
                ask(database, conn, &mut answers).await;
            }
        }
        assert_eq!(answers.wrong, Vec::<String>::new());
        assert!(answers.right + answers.refused > 50);
    }

    async fn users_code_that_panics_while_the_closure_is_panicking_ends_no_program_and_keeps_nothing_from_being_put_back(database) {
        create_table(database).await;
        let mut answers = Answers::default();
        for panics_at in 0.. {
            let conn = &mut connect(database).await;
            batch("UPDATE touchies SET version = 1", conn).await.unwrap();
            let (mut a, mut b) = (Tracked::new(read(1, conn).await), Tracked::new(read(2, conn).await));
            a.amount.0 += 1;
            b.amount.0 += 1;
            let shown = |a: &Tracked<Row>, b: &Tracked<Row>| [a.plain(), a.original().plain(), b.plain(), b.original().plain()];
            let before = shown(&a, &b);
            let ended = caught(transaction(conn, (&mut a, &mut b), async |conn, (a, b)| -> Result<(), Error> {
                save_tracked(a, conn).await?;
                save_tracked(b, conn).await?;
                LEFT.with(|left| left.set(Some(panics_at)));
                panic!("in the closure")
            }))
            .await;
            let left = LEFT.with(Cell::take);
            assert!(ended.is_none());
            assert_eq!(shown(&a, &b), before, "at call {panics_at}");
            ask(database, conn, &mut answers).await;
            // As often as the user's code is called after the panic of the closure, and once without a panic of its own.
            if left.is_some() {
                break;
            }
        }
        assert_eq!(answers.wrong, Vec::<String>::new());
        let row = read(1, &mut connect(database).await).await;
        assert_eq!(row.plain(), [1, 10, 1]);
    }

    async fn a_version_that_panics_while_the_closure_is_panicking_keeps_no_other_from_being_put_back(database) {
        create_table(database).await;
        let mut conn = connect(database).await;
        let (mut touchy, mut plain) = (read(1, &mut conn).await, super::product::load(1, &mut conn).await);
        let ended = caught(transaction(&mut conn, (&mut touchy, &mut plain), async |conn, (touchy, plain)| -> Result<(), Error> {
            save(touchy, conn).await?;
            save(plain, conn).await?;
            LEFT.with(|left| left.set(Some(0)));
            panic!("in the closure")
        }))
        .await;
        LEFT.with(|left| left.set(None));
        assert!(ended.is_none());
        assert_eq!((touchy.plain()[2], plain.version), (1, 1));
        // An async connection is of no more use, and still in its transaction.
        drop(conn);
        save(&mut plain, &mut connect(database).await).await.unwrap();
    }

    async fn users_code_that_panics_while_a_rollback_puts_versions_back_is_heard_and_leaves_no_value_ahead(database) {
        create_table(database).await;
        for panics_at in 0.. {
            let conn = &mut connect(database).await;
            let (mut a, mut b) = (read(1, conn).await, read(2, conn).await);
            let before = (a.plain(), b.plain());
            let ended = caught(transaction(conn, (&mut a, &mut b), async |conn, (a, b)| -> Result<(), Error> {
                save(a, conn).await?;
                save(b, conn).await?;
                LEFT.with(|left| left.set(Some(panics_at)));
                Err(diesel::result::Error::RollbackTransaction.into())
            }))
            .await;
            let is_all_called = LEFT.with(Cell::take).is_some();
            assert_eq!((a.plain(), b.plain()), before, "at call {panics_at}");
            assert_eq!(ended.is_some(), is_all_called, "at call {panics_at}");
            if is_all_called {
                assert!(panics_at > 0);
                break;
            }
        }
    }

    #[cfg(feature = "retry")]
    async fn a_panic_in_a_change_of_a_locked_row_leaves_no_transaction_open(database) {
        use super::cell::{modify_with, retry};
        use super::product::Product;
        use occ_runtime::RetryPolicy;

        insert_rows(&mut connect(database).await).await;
        let mut answers = Answers::default();
        let policy = RetryPolicy::new().escalate_after(0);
        {
            let conn = &mut connect(database).await;
            let modified = modify_with(&policy, 1, conn, |row: &mut Product| {
                assert_eq!(row.id, -1, "in the closure");
            });
            assert!(caught(modified).await.is_none());
            ask(database, conn, &mut answers).await;
        }
        let conn = &mut connect(database).await;
        let ran = retry(&policy, conn, async |conn| {
            let mut row = super::product::load(1, conn).await;
            save(&mut row, conn).await?;
            assert_eq!(row.id, -1, "in the closure");
            Ok::<_, Error>(())
        });
        assert!(caught(ran).await.is_none());
        ask(database, conn, &mut answers).await;
        assert_eq!(answers.wrong, Vec::<String>::new());
        assert_eq!(super::product::load(1, &mut connect(database).await).await.version, 1);
    }
}
