//! Which database a statement is for, and everything that depends on it: nothing else asks.
//!
//! A database is known by the exact type of Diesel's backend. What is not known is treated in the way that is safe on every
//! database, or refused when the statement is built.

use std::any::type_name;
use std::cell::Cell;

use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::dsl::exists;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Integer;

use crate::model::exact::Kind;
#[cfg(feature = "retry")]
use crate::transaction::proof::Proof;

/// A database whose SQL is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    Sqlite,
    Postgres,
    /// MariaDB too.
    Mysql,
}

impl Dialect {
    /// The database of a backend, if the backend is one of Diesel's own three.
    ///
    /// Where the feature of a backend is off, its type cannot be written down here, and is known by its name with the whole path:
    /// a statement must be the same with the feature and without. Nobody else's type is in the crate `diesel`.
    pub(crate) fn of<DB: 'static>() -> Option<Self> {
        #[cfg(feature = "postgres")]
        if std::any::TypeId::of::<DB>() == std::any::TypeId::of::<diesel::pg::Pg>() {
            return Some(Self::Postgres);
        }
        #[cfg(feature = "mysql")]
        if std::any::TypeId::of::<DB>() == std::any::TypeId::of::<diesel::mysql::Mysql>() {
            return Some(Self::Mysql);
        }
        Self::named(type_name::<DB>())
    }

    fn named(backend: &str) -> Option<Self> {
        match backend {
            "diesel::sqlite::backend::Sqlite" => Some(Self::Sqlite),
            "diesel::pg::backend::Pg" => Some(Self::Postgres),
            "diesel::mysql::backend::Mysql" => Some(Self::Mysql),
            _ => None,
        }
    }
}

/// A backend that can be asked for the database that a statement is being built for.
///
/// That of `#[derive(diesel::MultiConnection)]` is a type of the user's, and stands for several databases.
#[diagnostic::on_unimplemented(
    message = "the backend `{Self}` cannot be asked for its database",
    label = "`EXISTS` is not implemented for this backend",
    note = "occ needs `diesel::dsl::exists` to be a `QueryFragment` of the backend, as it is for Diesel's own"
)]
pub trait Speaks: Backend {
    /// `None` for a database that is not known.
    fn dialect(&self) -> Option<Dialect>;
}

#[diagnostic::do_not_recommend]
impl<DB> Speaks for DB
where
    DB: Backend + 'static,
    for<'a> exists<&'a Ask>: QueryFragment<DB>,
{
    fn dialect(&self) -> Option<Dialect> {
        Dialect::of::<DB>().or_else(|| {
            let ask = Ask::default();
            // A walk that builds no SQL. If it fails, nobody has been asked, and the database is not known.
            let _ = exists(&ask).is_noop(self);
            ask.answer.get()
        })
    }
}

/// Learns which database is behind a `MultiConnection`: its backend hands Diesel's own nodes, such as `EXISTS`, on to the
/// backend of the connection that it has, and that one shows its type to what is inside of the node.
#[derive(Debug, Default)]
pub struct Ask {
    answer: Cell<Option<Dialect>>,
}

impl<DB: Backend + 'static> QueryFragment<DB> for Ask {
    fn walk_ast<'b>(&'b self, _: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.answer.set(Dialect::of::<DB>());
        Ok(())
    }
}

/// Whether `UPDATE .. RETURNING` answers with what triggers have made of the row. SQLite's answers before them.
pub(crate) fn sees_triggers_when_returning<DB: 'static>() -> bool {
    Dialect::of::<DB>() == Some(Dialect::Postgres)
}

/// Whether what is violated by an `INSERT` that names its key is another index: nothing was done where the key is taken. SQLite may look
/// at the other index first; so does PostgreSQL where another has made the row since it has looked for one, which is asked where no
/// transaction is aborted by the violation.
pub(crate) fn is_violation_of_another_index<DB: 'static>() -> bool {
    Dialect::of::<DB>() == Some(Dialect::Postgres)
}

/// Whether what is violated may well be the key, and the transaction goes on after it.
pub(crate) fn may_violate_key<DB: 'static>() -> bool {
    matches!(Dialect::of::<DB>(), Some(Dialect::Sqlite | Dialect::Mysql))
}

/// Whether a row whose key is 0 or NULL may get another one, which the database makes: MySQL of both, in an `AUTO_INCREMENT` column,
/// and SQLite of NULL, in an `INTEGER PRIMARY KEY`.
pub(crate) fn may_make_keys<DB: 'static>() -> bool {
    Dialect::of::<DB>() != Some(Dialect::Postgres)
}

/// Whether a look that locks the row has to come before the `INSERT`. Where a key is taken MySQL leaves a shared lock, and two who
/// have it wait for each other.
pub(crate) fn shares_lock_of_taken_key<DB: 'static>() -> bool {
    Dialect::of::<DB>() == Some(Dialect::Mysql)
}

/// Asks a database whether it is MySQL or MariaDB, where the type of the backend does not say it: only these read such a comment,
/// and answer with 2.
#[derive(Clone, Copy, Debug, QueryId)]
pub struct AskForMysql;

impl AskForMysql {
    /// Whether it is.
    pub(crate) fn is_yes(answers: &[i32]) -> bool {
        answers == [2]
    }
}

impl<DB: Backend> QueryFragment<DB> for AskForMysql {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SELECT 1/*! + 1*/");
        Ok(())
    }
}

impl Query for AskForMysql {
    type SqlType = Integer;
}

impl<Conn> RunQueryDsl<Conn> for AskForMysql {}

/// Whether an `INSERT` can answer with the row: all but MySQL's can. (MariaDB's could, but is not told from it.)
pub(crate) fn returns_new_rows(dialect: Option<Dialect>) -> bool {
    dialect != Some(Dialect::Mysql)
}

/// Whether an `INSERT` into a table that is named with its schema cannot answer with the row: SQLite's `RETURNING` knows no column of
/// such a name. It tells the row by another way.
pub(crate) fn tells_new_rows<DB: 'static>(has_schema: bool) -> bool {
    has_schema && Dialect::of::<DB>() == Some(Dialect::Sqlite)
}

/// Whether rows go together into one `INSERT`.
pub(crate) fn inserts_rows<DB: 'static>() -> bool {
    Dialect::of::<DB>().is_some()
}

/// Whether an `UPDATE` may say that it matched no row when it matched one and changed nothing: a connection to MySQL that was
/// not told to count found rows, such as one that `AsyncMysqlConnection::try_from` takes over.
pub(crate) fn may_count_changed_rows<DB: 'static>() -> bool {
    Dialect::of::<DB>() == Some(Dialect::Mysql)
}

/// The clause that locks a row for its writer, where the backend is known to lock rows.
pub(crate) fn for_update<DB: 'static>() -> Option<&'static str> {
    match Dialect::of::<DB>()? {
        Dialect::Postgres | Dialect::Mysql => Some(" FOR UPDATE"),
        Dialect::Sqlite => None,
    }
}

/// Whether transactions may wait for each other's rows: then rows are to be locked in one order. SQLite has one writer at a time.
pub(crate) fn may_lock_rows<DB: 'static>() -> bool {
    Dialect::of::<DB>() != Some(Dialect::Sqlite)
}

/// How it is known that the transaction of an attempt is still there when it is to be committed.
///
/// On PostgreSQL, a savepoint is refused where there is no transaction and where it is aborted, and is given up by the `COMMIT`.
/// One from the start would be in the way of `SET TRANSACTION`.
#[cfg(feature = "retry")]
pub(crate) fn proof<DB>() -> Proof {
    match Dialect::named(type_name::<DB>()) {
        Some(Dialect::Postgres) => Proof::Statement("SAVEPOINT occ_before_commit"),
        Some(Dialect::Sqlite | Dialect::Mysql) | None => Proof::Release,
    }
}

/// The end of a query by a key that may meet several rows: the second one says so, and nobody wants the others. Empty where it
/// is not known to be right; then they are read.
pub(crate) fn at_most_two<DB: 'static>() -> &'static str {
    if Dialect::of::<DB>().is_some() { " LIMIT 2" } else { "" }
}

/// How a backend takes many rows in one statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BatchStyle {
    /// `UPDATE .. FROM (VALUES ..)`
    Values,
    /// `UPDATE .. SET .. = CASE .. END WHERE .. OR ..`
    Cases,
}

/// How many rows go into one statement. None where a loop is as good, as in SQLite, or the database is not known.
pub(crate) fn batch_style<DB: 'static>() -> Option<BatchStyle> {
    match Dialect::of::<DB>()? {
        Dialect::Postgres => Some(BatchStyle::Values),
        Dialect::Mysql => Some(BatchStyle::Cases),
        Dialect::Sqlite => None,
    }
}

/// The condition that holds if a column, written `@`, is the same as a value, written `?`, and not only equal to it. `None`
/// where nobody knows how to ask.
#[allow(clippy::match_same_arms, reason = "each has a reason of its own")]
pub(crate) fn same(dialect: Option<Dialect>, kind: Kind) -> Option<&'static str> {
    use Dialect::{Mysql, Postgres, Sqlite};

    Some(match (kind, dialect) {
        (Kind::Plain, _) => "@ = ?",

        // In many a collation `a`, `A` and `a ` are equal. SQLite keeps times as text as well.
        (Kind::Text | Kind::Time | Kind::Other, Some(Sqlite)) => "@ = ? COLLATE BINARY",
        // A `char(n)` is loaded with the spaces that it is filled up with, which a cast to text would drop; `concat` does not.
        (Kind::Text, Some(Postgres)) => "concat(@) COLLATE \"C\" = ?",
        // Bytes that are invalid in the column's character set all become the same `?` when they are converted, but differ
        // in its own collation. `STRCMP`, since MySQL's `=` takes a JSON for a number.
        (Kind::Text, Some(Mysql)) => {
            "STRCMP(@, ?) = 0 AND CAST(CONVERT(@ USING utf8mb4) AS BINARY) = CAST(CONVERT(? USING utf8mb4) AS BINARY)"
        }

        // The bytes of a double.
        (Kind::Decimal, Some(Sqlite)) => "@ = ?",
        // The scale is in the text: 1.0 is not 1.00. Only a zero loses its own on the way through Rust.
        (Kind::Decimal, Some(Postgres)) => "@ = ? AND (@ = 0 OR concat(@) COLLATE \"C\" = CAST(? AS text))",
        (Kind::Shown, Some(Postgres)) => "concat(@) COLLATE \"C\" = CAST(? AS text)",
        // The scale is the column's. diesel-async binds a decimal as text, which MySQL would compare as a float.
        (Kind::Decimal, Some(Mysql)) => "@ = CAST(? AS DECIMAL(65, 30))",

        (Kind::Time, _) => "@ = ?",

        // Neither the text form of a type nor its equality is known to distinguish all values: an interval of one month is equal
        // to one of 30 days.
        (Kind::Other, Some(Postgres)) => "@ = ? AND concat(@) COLLATE \"C\" = CAST(? AS text)",
        // What `impl ExactEquality` says.
        (Kind::Other, Some(Mysql) | None) => "@ = ?",

        (Kind::Shown, Some(Sqlite | Mysql)) | (Kind::Text | Kind::Decimal | Kind::Shown, None) => {
            return None;
        }
    })
}

/// The same for a value of any SQL type, also of one that has no exact equality, where it only has to be found again what was
/// written: a number is the same in another scale, a time in another spelling, and a document with other spaces. A column that
/// keeps something else than what it was sent, such as one that rounds, is not found to be the same.
///
/// Not every SQL type can be written down here, so that they are known by Diesel's names for them.
#[allow(clippy::match_same_arms, reason = "what is known, and what is left")]
pub(crate) fn stored<ST>(dialect: Option<Dialect>) -> Option<&'static str> {
    use Dialect::{Mysql, Postgres, Sqlite};

    let name = type_name::<ST>();
    let name = name
        .strip_prefix("diesel::sql_types::Nullable<")
        .and_then(|name| name.strip_suffix('>'))
        .unwrap_or(name);
    let (name, content) = name.split_once('<').unwrap_or((name, ""));
    let is_diesels = name.starts_with("diesel::");
    let last = name.rsplit("::").next().filter(|_| is_diesels).unwrap_or_default();
    match (last, dialect) {
        ("Text", dialect) => same(dialect, Kind::Text),
        ("Numeric", Some(Mysql)) => same(dialect, Kind::Decimal),
        ("Date" | "Time" | "Timestamp" | "Timestamptz", Some(Sqlite)) => {
            Some("(@ = ? COLLATE BINARY OR julianday(@) = julianday(?))")
        }
        ("Json", Some(Mysql)) => Some("JSON_EXTRACT(@, '$') = JSON_EXTRACT(?, '$')"),
        ("Json", Some(Postgres)) => Some("CAST(@ AS jsonb) = CAST(? AS jsonb)"),
        ("Json" | "Jsonb", Some(Sqlite)) => Some("json(@) = json(?)"),
        ("Array", Some(Postgres)) if content.contains("Numeric") => Some("@ = ?"),
        (
            "Bool" | "SmallInt" | "Integer" | "BigInt" | "Float" | "Double" | "Numeric" | "Date" | "Time"
            | "Timestamp" | "Timestamptz" | "Uuid" | "Binary" | "Inet" | "Cidr" | "Jsonb",
            Some(Postgres),
        ) => Some("@ = ?"),
        (_, Some(Postgres)) => Some("concat(@) COLLATE \"C\" = CAST(? AS text)"),
        (_, Some(Sqlite)) => Some("@ = ? COLLATE BINARY"),
        (_, Some(Mysql) | None) => Some("@ = ?"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Dialect, same};
    use crate::model::exact::Kind;

    mod sqlite {
        pub(super) mod backend {
            pub(crate) struct Sqlite;
        }
    }

    struct Pg;

    struct Mysql;

    #[test]
    fn a_backend_of_diesels_is_known_by_its_type_and_its_whole_name() {
        assert_eq!(Dialect::of::<diesel::sqlite::Sqlite>(), Some(Dialect::Sqlite));
        #[cfg(feature = "postgres")]
        {
            assert_eq!(Dialect::of::<diesel::pg::Pg>(), Some(Dialect::Postgres));
            assert_eq!(std::any::type_name::<diesel::pg::Pg>(), "diesel::pg::backend::Pg");
        }
        #[cfg(feature = "mysql")]
        {
            assert_eq!(Dialect::of::<diesel::mysql::Mysql>(), Some(Dialect::Mysql));
            assert_eq!(std::any::type_name::<diesel::mysql::Mysql>(), "diesel::mysql::backend::Mysql");
        }
    }

    #[test]
    fn a_backend_whose_feature_is_off_is_known_by_its_name() {
        assert_eq!(Dialect::named("diesel::pg::backend::Pg"), Some(Dialect::Postgres));
        assert_eq!(Dialect::named("diesel::mysql::backend::Mysql"), Some(Dialect::Mysql));
        assert_eq!(Dialect::named("other::mysql::backend::Mysql"), None);
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn arrays_of_decimals_are_the_same_whatever_their_scale() {
        use diesel::sql_types::{Array, Integer, Numeric};
        let same = super::stored::<Array<Numeric>>(Some(Dialect::Postgres));
        assert_eq!(same, Some("@ = ?"));
        assert_ne!(super::stored::<Array<Integer>>(Some(Dialect::Postgres)), same);
    }

    #[test]
    fn a_type_with_the_same_last_name_is_another() {
        assert_eq!(Dialect::of::<sqlite::backend::Sqlite>(), None);
        assert_eq!(Dialect::of::<Pg>(), None);
        assert_eq!(Dialect::of::<Mysql>(), None);
    }

    #[test]
    fn where_the_database_is_not_known_nothing_is_compared_that_depends_on_it() {
        for kind in [Kind::Text, Kind::Decimal, Kind::Shown] {
            assert_eq!(same(None, kind), None, "{kind:?}");
        }
        assert_eq!(same(None, Kind::Plain), Some("@ = ?"));
    }
}
