//! What occ is meant to reach with a save. A run says whether it does; it does not fail where it does not, as noise
//! would fail it too.

use crate::clients::{BY_HAND, Mode, DIESEL_VERSIONING, SEA_ORM, SQLX, TOASTY};
use crate::database::Kind;

pub struct Target {
    pub kind: Kind,
    pub mode: Mode,
    /// The mode of occ.
    pub occ: Mode,
    pub contender: &'static str,
    /// How many times as long as occ the contender should take.
    pub at_least: f64,
}

const fn target(kind: Kind, mode: Mode, contender: &'static str, at_least: f64) -> Target {
    Target { kind, mode, occ: mode, contender, at_least }
}

/// On SQLite an async call is one to another thread, or one that blocks: blocking occ is the other choice there.
const fn across(contender: &'static str) -> Target {
    Target { kind: Kind::Sqlite, mode: Mode::Async, occ: Mode::Blocking, contender, at_least: 1.0 }
}

/// For the drivers: no faster than occ by more than a quarter, or a tenth.
const QUARTER: f64 = 1.0 / 1.25;
const TENTH: f64 = 1.0 / 1.1;

pub const TARGETS: [Target; 23] = [
    target(Kind::Sqlite, Mode::Blocking, BY_HAND, 3.2),
    target(Kind::Sqlite, Mode::Blocking, "rusqlite, prepare_cached", QUARTER),
    target(Kind::Sqlite, Mode::Blocking, DIESEL_VERSIONING, 1.0),
    across(SQLX),
    across(SEA_ORM),
    across(TOASTY),
    target(Kind::Sqlite, Mode::Async, DIESEL_VERSIONING, 1.0),
    target(Kind::Sqlite, Mode::Async, SQLX, 1.0),
    target(Kind::Sqlite, Mode::Async, SEA_ORM, 1.0),
    target(Kind::Sqlite, Mode::Async, TOASTY, 1.0),
    target(Kind::Postgres, Mode::Blocking, BY_HAND, 1.5),
    target(Kind::Postgres, Mode::Blocking, "postgres, prepared", TENTH),
    target(Kind::Postgres, Mode::Blocking, DIESEL_VERSIONING, 1.0),
    target(Kind::Postgres, Mode::Async, BY_HAND, 2.0),
    target(Kind::Postgres, Mode::Async, DIESEL_VERSIONING, 1.0),
    target(Kind::Postgres, Mode::Async, SQLX, 1.0),
    target(Kind::Postgres, Mode::Async, SEA_ORM, 1.0),
    target(Kind::Mysql, Mode::Blocking, BY_HAND, 1.3),
    target(Kind::Mysql, Mode::Blocking, DIESEL_VERSIONING, 1.0),
    target(Kind::Mysql, Mode::Async, BY_HAND, 1.3),
    target(Kind::Mysql, Mode::Async, DIESEL_VERSIONING, 1.0),
    target(Kind::Mysql, Mode::Async, SQLX, 1.0),
    target(Kind::Mysql, Mode::Async, SEA_ORM, 1.0),
];
