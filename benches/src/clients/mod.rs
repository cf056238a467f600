//! The contenders, in tables: one for each database.

mod diesel_blocking;
mod diesel_futures;
mod drivers_blocking;
mod drivers_futures;
mod orm_sea;
mod orm_toasty;
mod sqlx_plain;

use diesel::prelude::*;
use diesel::result::DatabaseErrorKind::CheckViolation;
use diesel::result::Error::DatabaseError;
use diesel::sql_types::BigInt;
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncMysqlConnection, AsyncPgConnection};

use self::diesel_blocking::Diesel;
use self::diesel_futures::DieselAsync;
use self::drivers_blocking::{Mysql, Postgres, Rusqlite};
use self::drivers_futures::{MysqlAsync, TokioPostgres};
use self::orm_sea::SeaOrm;
use self::orm_toasty::Toasty;
use crate::contender::{Contender, Task, Thread};
use crate::product::{ByHand, DieselVersioning, DieselVersioningAsync, Occ};

/// Blocking and async ones are compared among themselves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Blocking,
    Async,
}

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Self::Blocking => "blocking",
            Self::Async => "async",
        }
    }
}

/// One line of a table.
#[derive(Clone, Copy)]
pub struct Entry {
    pub name: &'static str,
    pub mode: Mode,
    pub open: fn(url: &str) -> Box<dyn Contender>,
}

fn blocking(name: &'static str, open: fn(&str) -> Box<dyn Contender>) -> Entry {
    Entry { name, mode: Mode::Blocking, open }
}

fn futures(name: &'static str, open: fn(&str) -> Box<dyn Contender>) -> Entry {
    Entry { name, mode: Mode::Async, open }
}

/// The one that all others are compared with; the first of each mode.
pub const OCC: &str = "occ";
pub const BY_HAND: &str = "Diesel by hand";
pub const DIESEL_VERSIONING: &str = "diesel_versioning";
pub const SQLX: &str = "SQLx";
pub const SEA_ORM: &str = "SeaORM";
pub const TOASTY: &str = "Toasty";

macro_rules! blocking_diesel {
    ($conn:ty) => {
        [
            blocking(OCC, |url| Box::new(Thread(Diesel::<$conn, Occ>::open(url)))),
            blocking(BY_HAND, |url| Box::new(Thread(Diesel::<$conn, ByHand>::open(url)))),
            blocking(DIESEL_VERSIONING, |url| Box::new(Thread(Diesel::<$conn, DieselVersioning>::open(url)))),
        ]
    };
}

macro_rules! futures_diesel {
    ($conn:ty) => {
        [
            futures(OCC, |url| Box::new(Task::open(|| DieselAsync::<$conn, Occ>::open(url)))),
            futures(BY_HAND, |url| Box::new(Task::open(|| DieselAsync::<$conn, ByHand>::open(url)))),
            futures(DIESEL_VERSIONING, |url| {
                Box::new(Task::open(|| DieselAsync::<$conn, DieselVersioningAsync>::open(url)))
            }),
        ]
    };
}

pub fn sqlite() -> Vec<Entry> {
    let mut entries = Vec::from(blocking_diesel!(SqliteConnection));
    entries.push(blocking("rusqlite, prepare_cached", |url| Box::new(Thread(Rusqlite::open(url)))));
    entries.extend(futures_diesel!(SyncConnectionWrapper<SqliteConnection>));
    entries.push(futures(SQLX, |url| Box::new(Task::open(|| sqlx_plain::Sqlite::open(url)))));
    entries.push(futures(SEA_ORM, |url| Box::new(Task::open(|| SeaOrm::open(url)))));
    entries.push(futures(TOASTY, |url| Box::new(Task::open(|| Toasty::open(url)))));
    entries
}

pub fn postgres() -> Vec<Entry> {
    let mut entries = Vec::new();
    #[cfg(feature = "postgres")]
    entries.extend(blocking_diesel!(PgConnection));
    entries.push(blocking("postgres, prepared", |url| Box::new(Thread(Postgres::open(url)))));
    entries.extend(futures_diesel!(AsyncPgConnection));
    entries
        .push(futures("tokio-postgres, prepared", |url| Box::new(Task::open(|| TokioPostgres::open(url)))));
    entries.push(futures(SQLX, |url| Box::new(Task::open(|| sqlx_plain::Postgres::open(url)))));
    entries.push(futures(SEA_ORM, |url| Box::new(Task::open(|| SeaOrm::open(url)))));
    entries
}

pub fn mysql() -> Vec<Entry> {
    let mut entries = Vec::new();
    #[cfg(feature = "mysql")]
    entries.extend(blocking_diesel!(MysqlConnection));
    entries.push(blocking("mysql, prepared", |url| Box::new(Thread(Mysql::open(url)))));
    entries.extend(futures_diesel!(AsyncMysqlConnection));
    entries.push(futures("mysql_async, prepared", |url| Box::new(Task::open(|| MysqlAsync::open(url)))));
    entries.push(futures(SQLX, |url| Box::new(Task::open(|| sqlx_plain::Mysql::open(url)))));
    entries.push(futures(SEA_ORM, |url| Box::new(Task::open(|| SeaOrm::open(url)))));
    entries
}

/// What those send who are handed SQL: with question marks, and with numbers for PostgreSQL.
const UPDATE: &str = "UPDATE products SET name = ?, note = ?, quantity = ?, price = ?, version = ? WHERE id = ? AND version = ?";
const UPDATE_PG: &str = "UPDATE products SET name = $1, note = $2, quantity = $3, price = $4, version = $5 WHERE id = $6 AND version = $7";
const DELETE: &str = "DELETE FROM products WHERE id = ? AND version = ?";
const DELETE_PG: &str = "DELETE FROM products WHERE id = $1 AND version = $2";

/// For `number` on Diesel, which needs a name and a type.
#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Was it written? Panics on an error that is no conflict.
fn fresh<E: std::error::Error>(outcome: Result<(), E>, is_conflict: impl Fn(&E) -> bool) -> bool {
    match outcome {
        Ok(()) => true,
        Err(error) if is_conflict(&error) => false,
        Err(error) => panic!("{error}"),
    }
}

/// `diesel_versioning`'s error for a stale row.
fn refused(error: &diesel::result::Error) -> bool {
    matches!(error, DatabaseError(CheckViolation, _))
}
