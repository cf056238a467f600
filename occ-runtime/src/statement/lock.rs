//! Row locks that check the version.

use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::expression::Expression;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::{Error as DieselError, QueryResult};

use crate::model::columns::Columns;
use crate::model::optimistic_lock::OptimisticLock;
use crate::statement::row_key::FromClause;
use crate::statement::select::CurrentVersion;

/// Which lock [`lock_optimistic`](crate::OptimisticDsl::lock_optimistic) takes, and what it does if the row is taken.
///
/// It waits for the lock unless told otherwise, as long as the server's lock timeout lets it.
///
/// | | PostgreSQL | MySQL, MariaDB | keeps out |
/// |---|---|---|---|
/// | [`for_update`](Self::for_update) | `FOR UPDATE` | `FOR UPDATE` | every other lock and write |
/// | [`for_no_key_update`](Self::for_no_key_update) | `FOR NO KEY UPDATE` | error | the same, except inserts that refer to the row |
/// | [`for_share`](Self::for_share) | `FOR SHARE` | `LOCK IN SHARE MODE` | writes |
/// | [`for_key_share`](Self::for_key_share) | `FOR KEY SHARE` | error | deletes and changes of the key |
///
/// `for_share` with [`no_wait`](Self::no_wait) or [`skip_locked`](Self::skip_locked) has other words on MySQL than on MariaDB, and is
/// sent in those of both.
/// SQLite has no row locks: there, begin the transaction with `immediate_transaction`, which locks the database for
/// all other writers, and check with [`verify_optimistic`](crate::OptimisticDsl::verify_optimistic).
///
/// ```
/// use occ_runtime::LockMode;
///
/// let at_once = LockMode::for_update().no_wait();
/// assert_ne!(at_once, LockMode::for_update());
/// ```
///
/// # A whole table
///
/// For what concerns all rows at once, such as a limit on their number, there is the database's own lock. Then nobody else writes the
/// table, whether by occ or without; the versions are checked as ever.
///
/// | | take | give back | meanwhile others |
/// |---|---|---|---|
/// | PostgreSQL | `LOCK TABLE products IN SHARE ROW EXCLUSIVE MODE`, in a transaction | its end | read, and wait to write |
/// | MySQL, MariaDB | `LOCK TABLES products WRITE`, outside of a transaction | `UNLOCK TABLES` | wait to read and to write |
/// | SQLite | `conn.immediate_transaction(..)` | its end | read (in WAL mode), and wait to write the whole database |
///
/// ```no_run
/// # use diesel::connection::SimpleConnection;
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
/// # diesel::table! { products (id) { id -> Integer, quantity -> Integer, version -> Integer } }
/// # #[derive(Queryable, Selectable, OptimisticLock)]
/// # struct Product { id: i32, quantity: i32, version: i32 }
/// # fn restock<C>(lamp: &mut Product, conn: &mut C) -> Result<(), Error>
/// # where
/// #     C: diesel::connection::LoadConnection + SimpleConnection,
/// #     Product: occ_runtime::SavesOn<C>,
/// # {
/// optimistic_transaction(conn, lamp, |conn, lamp| {
///     conn.batch_execute("LOCK TABLE products IN SHARE ROW EXCLUSIVE MODE")?; // PostgreSQL
///     lamp.quantity += 1;
///     lamp.save_optimistic(conn)
/// })
/// # }
/// ```
///
/// On MySQL the lock is the session's: a transaction that begins, so also `optimistic_transaction` and a batch, gives it back, and only
/// locked tables can be used. Save row by row under it; each save is committed by itself.
///
/// It costs what it keeps out: everybody who writes the table waits for the slowest holder, on MySQL those who read it as well; two who take
/// two tables in different orders meet in a deadlock. A row that all of them touch first, such as a counter with a version, does the
/// same for those who agree on it, and costs the others nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LockMode {
    strength: Strength,
    wait: Wait,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Strength {
    Update,
    NoKeyUpdate,
    Share,
    KeyShare,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Wait {
    UntilFree,
    No,
    Skip,
}

impl LockMode {
    /// For a row that will be written.
    #[must_use]
    pub const fn for_update() -> Self {
        Self::waiting(Strength::Update)
    }

    /// The same, where the key stays as it is: rows that refer to this one can still be inserted.
    #[must_use]
    pub const fn for_no_key_update() -> Self {
        Self::waiting(Strength::NoKeyUpdate)
    }

    /// For a row that must not change meanwhile.
    #[must_use]
    pub const fn for_share() -> Self {
        Self::waiting(Strength::Share)
    }

    /// For a row that must not go away meanwhile.
    #[must_use]
    pub const fn for_key_share() -> Self {
        Self::waiting(Strength::KeyShare)
    }

    const fn waiting(strength: Strength) -> Self {
        Self { strength, wait: Wait::UntilFree }
    }

    /// Fails at once where it would have to wait: [`Transient::LockTimeout`](crate::Transient::LockTimeout).
    #[must_use]
    pub const fn no_wait(self) -> Self {
        Self { wait: Wait::No, ..self }
    }

    /// [`Error::Locked`](crate::Error::Locked) at once where it would have to wait.
    #[must_use]
    pub const fn skip_locked(self) -> Self {
        Self { wait: Wait::Skip, ..self }
    }

    pub(crate) const fn skips(self) -> bool {
        matches!(self.wait, Wait::Skip)
    }

    #[cfg(any(feature = "postgres", feature = "mysql"))]
    const fn wait_sql(self) -> &'static str {
        match self.wait {
            Wait::UntilFree => "",
            Wait::No => " NOWAIT",
            Wait::Skip => " SKIP LOCKED",
        }
    }
}

/// A backend that locks single rows.
///
/// PostgreSQL with feature `postgres` of this crate, MySQL and MariaDB with feature `mysql`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no row locks that occ knows of",
    label = "`lock_optimistic` needs a backend with row locks",
    note = "PostgreSQL: enable the feature `postgres` of occ-runtime; MySQL and MariaDB: `mysql`",
    note = "SQLite locks no rows: begin with `immediate_transaction`, then call `verify_optimistic`"
)]
pub trait RowLocks: Backend {
    /// The clause after `WHERE`, or why there is none.
    #[doc(hidden)]
    fn clause(mode: LockMode) -> Result<(&'static str, &'static str), String>;
}

#[cfg(feature = "postgres")]
impl RowLocks for diesel::pg::Pg {
    fn clause(mode: LockMode) -> Result<(&'static str, &'static str), String> {
        let strength = match mode.strength {
            Strength::Update => " FOR UPDATE",
            Strength::NoKeyUpdate => " FOR NO KEY UPDATE",
            Strength::Share => " FOR SHARE",
            Strength::KeyShare => " FOR KEY SHARE",
        };
        Ok((strength, mode.wait_sql()))
    }
}

#[cfg(feature = "mysql")]
impl RowLocks for diesel::mysql::Mysql {
    fn clause(mode: LockMode) -> Result<(&'static str, &'static str), String> {
        let strength = match mode.strength {
            Strength::Update => " FOR UPDATE",
            Strength::Share => return Ok((share_of_mysql_or_mariadb(mode.wait), "")),
            Strength::NoKeyUpdate => return Err(unknown_to_mysql("FOR NO KEY UPDATE")),
            Strength::KeyShare => return Err(unknown_to_mysql("FOR KEY SHARE")),
        };
        Ok((strength, mode.wait_sql()))
    }
}

/// Only of a lock that waits both have the same words. The first comment is read by MySQL from 8.0 on, the second by MariaDB.
#[cfg(feature = "mysql")]
const fn share_of_mysql_or_mariadb(wait: Wait) -> &'static str {
    match wait {
        Wait::UntilFree => " LOCK IN SHARE MODE",
        Wait::No => " /*!80000 FOR SHARE NOWAIT */ /*M! LOCK IN SHARE MODE NOWAIT */",
        Wait::Skip => " /*!80000 FOR SHARE SKIP LOCKED */ /*M! LOCK IN SHARE MODE SKIP LOCKED */",
    }
}

#[cfg(feature = "mysql")]
fn unknown_to_mysql(clause: &str) -> String {
    format!("MySQL and MariaDB have no `{clause}`: use `LockMode::for_update()` or `LockMode::for_share()`")
}

/// Locks the row and reads its version.
pub struct LockVersion<'a, M: OptimisticLock> {
    version: CurrentVersion<'a, M>,
    mode: LockMode,
}

impl<'a, M: OptimisticLock> LockVersion<'a, M> {
    pub(crate) fn of(row: &'a M, mode: LockMode) -> Self {
        Self { version: CurrentVersion::of(row), mode }
    }
}

impl<M, DB> QueryFragment<DB> for LockVersion<'_, M>
where
    DB: RowLocks + 'static,
    M: Columns<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.version.walk_ast(out.reborrow())?;
        let (strength, wait) =
            DB::clause(self.mode).map_err(|why| DieselError::QueryBuilderError(why.into()))?;
        out.push_sql(strength);
        out.push_sql(wait);
        Ok(())
    }
}

impl<M: OptimisticLock> Query for LockVersion<'_, M> {
    type SqlType = <M::VersionColumn as Expression>::SqlType;
}

impl<M: OptimisticLock, Conn> RunQueryDsl<Conn> for LockVersion<'_, M> {}

impl<M: OptimisticLock> QueryId for LockVersion<'_, M> {
    type QueryId = ();
    // One text a mode, so it is kept under its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

#[cfg(all(test, any(feature = "postgres", feature = "mysql")))]
mod tests {
    use super::LockMode;

    #[test]
    fn a_lock_waits_fails_or_passes_over() {
        for mode in [LockMode::for_update(), LockMode::for_share(), LockMode::for_no_key_update()] {
            assert_eq!((mode.wait_sql(), mode.skips()), ("", false));
            assert_eq!((mode.no_wait().wait_sql(), mode.no_wait().skips()), (" NOWAIT", false));
            assert_eq!((mode.skip_locked().wait_sql(), mode.skip_locked().skips()), (" SKIP LOCKED", true));
        }
    }
}
