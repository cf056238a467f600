//! What SQLite says when somebody else is there, provoked and classified.
#![cfg(feature = "sqlite")]

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use occ_runtime::{Error, OptimisticDsl as _, Transient};
use occ_tests::database::TestDatabase as _;
use occ_tests::sqlite::Database;

#[allow(dead_code, reason = "a cell defines more than this needs")]
mod cell {
    occ_tests::blocking_cell!(Sqlite, diesel::SqliteConnection, occ_tests::sqlite::Database);
}

#[path = "scenarios/product.rs"]
mod product;

use cell::block_on;
use product::{Product, create_table};

fn database() -> Database {
    let database = Database::create().unwrap();
    block_on(create_table(&database));
    database
}

fn connect(database: &Database) -> SqliteConnection {
    let mut conn = database.connect();
    conn.batch_execute("PRAGMA busy_timeout = 0").unwrap();
    conn
}

fn load(conn: &mut SqliteConnection) -> Product {
    block_on(product::load(1, conn))
}

#[track_caller]
fn assert_busy(result: Result<(), Error>) {
    let error = result.unwrap_err();
    assert!(error.is_retryable() && !error.is_stale() && !error.needs_new_connection(), "{error:?}");
    let Error::Database(error) = error else { panic!("{error:?}") };
    assert_eq!(Transient::of(&error), Some(Transient::Busy));
}

#[test]
fn a_writer_beside_another_is_busy_and_its_value_is_as_before() {
    let database = database();
    let (a, b) = (&mut connect(&database), &mut connect(&database));
    let (mut mine, mut theirs) = (load(a), load(b));
    a.batch_execute("BEGIN IMMEDIATE").unwrap();
    mine.save_optimistic(a).unwrap();
    let before = theirs.clone();
    assert_busy(theirs.save_optimistic(b));
    assert_eq!(theirs, before);
    a.batch_execute("COMMIT").unwrap();
    assert!(theirs.save_optimistic(b).unwrap_err().is_stale());
}

#[test]
fn a_transaction_whose_snapshot_is_old_is_busy_until_it_is_begun_anew() {
    let database = database();
    let (a, b) = (&mut connect(&database), &mut connect(&database));
    b.batch_execute("PRAGMA busy_timeout = 1000; BEGIN").unwrap();
    let mut theirs = load(b);
    load(a).save_optimistic(a).unwrap();
    // Waiting does not help here, and neither does trying again.
    assert_busy(theirs.save_optimistic(b));
    assert_busy(theirs.save_optimistic(b));
    b.batch_execute("ROLLBACK").unwrap();
    assert!(theirs.save_optimistic(b).unwrap_err().is_stale());
}

#[test]
fn in_an_immediate_transaction_reading_and_saving_never_fails() {
    let database = database();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let conn = &mut database.connect();
                for _ in 0..50 {
                    conn.immediate_transaction::<_, Error, _>(|conn| {
                        let mut product = load(conn);
                        product.quantity += 1;
                        product.verify_optimistic(conn)?;
                        product.save_optimistic(conn)
                    })
                    .unwrap();
                }
            });
        }
    });
    let row = load(&mut database.connect());
    assert_eq!((row.quantity, row.version), (10 + 200, 1 + 200));
}

#[test]
fn a_table_locked_in_a_shared_cache_is_busy() {
    let url = format!("file:occ_tests_{}?mode=memory&cache=shared", std::process::id());
    let a = &mut SqliteConnection::establish(&url).unwrap();
    let b = &mut SqliteConnection::establish(&url).unwrap();
    a.batch_execute(
        "CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT, quantity INTEGER NOT NULL,
                                version INTEGER NOT NULL);
         INSERT INTO products VALUES (1, 'lamp', NULL, 10, 1)",
    )
    .unwrap();
    let mut theirs = load(b);
    a.batch_execute("BEGIN IMMEDIATE").unwrap();
    load(a).save_optimistic(a).unwrap();
    assert_busy(theirs.save_optimistic(b));
    a.batch_execute("ROLLBACK").unwrap();
    theirs.save_optimistic(b).unwrap();
}

#[test]
fn a_table_locked_in_a_shared_cache_is_busy_whatever_it_is_called() {
    let url = format!("file:occ_tests_named_{}?mode=memory&cache=shared", std::process::id());
    let a = &mut SqliteConnection::establish(&url).unwrap();
    let b = &mut SqliteConnection::establish(&url).unwrap();
    for name in ["Connection was killed", "terminating connection", "MySQL server has gone away"] {
        a.batch_execute(&format!(
            "CREATE TABLE \"{name}\" (id INTEGER); BEGIN IMMEDIATE; INSERT INTO \"{name}\" VALUES (1)"
        ))
        .unwrap();
        let read = diesel::sql_query(format!("SELECT id FROM \"{name}\"")).execute(b).unwrap_err();
        assert!(read.to_string().contains(name), "{read}");
        assert_busy(Err(Error::from(read)));
        a.batch_execute("ROLLBACK").unwrap();
    }
}
