//! Implementations that lose updates, each in its own way: the checker must reject every one of them.
//!
//! They are for blocking SQLite, where every part of them is in plain sight.

use std::any::Any;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::prelude::*;
use diesel::result::Error as DieselError;
use occ_runtime::prelude::*;
use occ_runtime::{Error, StaleObjectError};

use crate::row::{Row, history_rows};

/// How a row is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Implementation {
    /// By occ.
    #[default]
    Occ,
    /// By its key: the last one wins.
    NoCheck,
    /// With a check in the statement, but the version in memory is moved on before the database has answered, and stays there
    /// when the answer is no.
    MovedBefore,
    /// With a check in a SELECT before the write.
    SelectBefore,
    /// By occ, in a retry loop that takes a lost answer for a lost write: here every third commit goes through and its answer
    /// gets lost.
    RepeatsUnknown,
    /// By `diesel_versioning`.
    DieselVersioning,
}

impl Implementation {
    /// Those that the checker must reject.
    pub const BROKEN: [Self; 5] =
        [Self::NoCheck, Self::MovedBefore, Self::SelectBefore, Self::RepeatsUnknown, Self::DieselVersioning];
}

/// What a caller of such code is told in a conflict.
fn refused() -> Error {
    // The same as occ's error, so that the log is read alike. Only occ makes one, of a row that is not there.
    static STALE: LazyLock<Option<StaleObjectError>> = LazyLock::new(|| {
        let mut conn = SqliteConnection::establish(":memory:").ok()?;
        let table = "CREATE TABLE history_rows (id, tokens, notes, total, version)";
        diesel::sql_query(table).execute(&mut conn).ok()?;
        match Row::born(0, 1, 0).verify_optimistic(&mut conn) {
            Err(Error::Stale(stale)) => Some(stale),
            _ => None,
        }
    });
    STALE.clone().map_or(Error::Database(DieselError::NotFound), Error::Stale)
}

/// Saves one row.
pub fn save(implementation: Implementation, row: &mut Row, conn: &mut dyn Any) -> Result<(), Error> {
    let conn = sqlite(conn)?;
    let expected = row.version;
    let by_key = diesel::update(history_rows::table.find(row.id));
    let set = (
        history_rows::tokens.eq(row.tokens.clone()),
        history_rows::notes.eq(row.notes.clone()),
        history_rows::total.eq(row.total),
        history_rows::version.eq(expected + 1),
    );
    match implementation {
        Implementation::Occ | Implementation::RepeatsUnknown => return row.save_optimistic(conn),
        Implementation::NoCheck => {
            by_key.set(set).execute(conn)?;
        }
        Implementation::MovedBefore => {
            row.version = expected + 1;
            if by_key.filter(history_rows::version.eq(expected)).set(set).execute(conn)? != 1 {
                return Err(refused());
            }
        }
        Implementation::SelectBefore => {
            let current: i64 = history_rows::table.find(row.id).select(history_rows::version).first(conn)?;
            if current != expected {
                return Err(refused());
            }
            by_key.set(set).execute(conn)?;
        }
        Implementation::DieselVersioning => return by_diesel_versioning(row, conn),
    }
    row.version = expected + 1;
    Ok(())
}

/// Reads, changes and saves a row, again if somebody else was first; and if the answer of the commit is lost.
pub fn modify(
    implementation: Implementation,
    key: i32,
    conn: &mut dyn Any,
    mut change: impl FnMut(&mut Row),
) -> Result<Row, Error> {
    static COMMITS: AtomicU32 = AtomicU32::new(0);
    let conn = sqlite(conn)?;
    loop {
        let mut row: Row = history_rows::table.find(key).select(Row::as_select()).first(conn)?;
        change(&mut row);
        match row.save_optimistic(conn) {
            Ok(()) if implementation != Implementation::RepeatsUnknown => return Ok(row),
            Ok(()) if COMMITS.fetch_add(1, Ordering::Relaxed) % 3 != 0 => return Ok(row),
            // The server has committed and the connection is lost: who knows what has become of it? So it is tried again.
            Ok(()) => {}
            Err(error) if error.is_retryable() => {}
            Err(error) => return Err(error),
        }
    }
}

fn sqlite(conn: &mut dyn Any) -> Result<&mut SqliteConnection, Error> {
    conn.downcast_mut().ok_or(Error::Database(DieselError::NotFound))
}

/// The same row, as `diesel_versioning` has it.
mod versioned {
    use diesel::prelude::*;
    use diesel_versioning::Versioned;

    use crate::row::history_rows;

    #[derive(AsChangeset, Identifiable, Versioned)]
    #[diesel(table_name = history_rows)]
    #[diesel(check_for_backend(diesel::sqlite::Sqlite))]
    pub struct VersionedRow {
        pub id: i32,
        pub tokens: String,
        pub notes: String,
        pub total: i64,
        #[version]
        pub version: i64,
    }
}

fn by_diesel_versioning(row: &mut Row, conn: &mut SqliteConnection) -> Result<(), Error> {
    use diesel_versioning::Versioned as _;
    let Row { id, tokens, notes, total, version } = row.clone();
    let mut theirs = versioned::VersionedRow { id, tokens, notes, total, version };
    let result = theirs.update_versioned(conn);
    // What it leaves in memory, whatever the answer.
    row.version = theirs.version;
    match result {
        Err(DieselError::DatabaseError(diesel::result::DatabaseErrorKind::CheckViolation, _)) => {
            Err(refused())
        }
        result => result.map_err(Error::from),
    }
}
