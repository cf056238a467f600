//! SQL for triggers that advance the version, or refuse what does not.

mod mysql;
pub(crate) mod names;
mod postgres;
mod sqlite;

use crate::version::trigger::names::{Quote, identifier};

/// The SQL of a trigger that advances the version with every `UPDATE` that does not, to paste into a migration.
///
/// With it, writers that know nothing of occ advance the version too: SQL typed by hand, other programs, plain
/// `diesel::update`, and an importer whose upsert sets the version to the one of its file. Values that were loaded before
/// are stale then, as they should be. A save that advances the version itself is left alone, so the trigger goes with every
/// generator whose versions grow; with [`DatabaseGenerated`](crate::DatabaseGenerated) it is the only one that moves the
/// version.
///
/// The rule: a version that is not greater than the one before, or is NULL, becomes the one after it. Where the column has
/// no room for that one, the writer gets an error, on MySQL without its strict mode, too.
///
/// Or it refuses such an `UPDATE` instead of mending it: see [`strict`](Self::strict).
///
/// Names are quoted, so they must be written as they are in the database. The schema is named by [`schema`](Self::schema), if at all.
/// A column has one trigger, `products_version_moves`, whatever it does: of two, one would undo the work of the other, so creating
/// a second is refused by the database. Drop the first. A migration has a line for each way:
///
/// ```
/// use occ_runtime::VersionTrigger;
///
/// let trigger = VersionTrigger::counter("products", "version");
/// let (up, down) = (trigger.postgres(), trigger.drop_postgres());
/// assert!(up.contains("CREATE TRIGGER") && down.contains("DROP TRIGGER"));
/// ```
///
/// A row that is deleted and inserted again is a new one, and no trigger on `UPDATE` runs: that is what `INSERT OR REPLACE`
/// is on SQLite and `REPLACE` on MySQL. Use an upsert that updates (`ON CONFLICT .. DO UPDATE`, `ON DUPLICATE KEY UPDATE`), or
/// random versions, which never come back.
///
/// On MySQL and MariaDB no trigger sees what a foreign key does (`ON UPDATE CASCADE`, `ON DELETE SET NULL`): the row changes, its
/// version does not, and a value that was loaded before is saved over the change. Write such rows by an `UPDATE` of their own, for
/// example in a `BEFORE DELETE` trigger of the table that they refer to. PostgreSQL and SQLite run the trigger.
///
/// ```
/// use occ_runtime::VersionTrigger;
///
/// let trigger = VersionTrigger::counter("products", "version");
/// assert_eq!(
///     trigger.sqlite(),
///     r#"CREATE TRIGGER "products_version_moves" AFTER UPDATE ON "products" FOR EACH ROW
/// WHEN NEW."version" IS NULL OR NEW."version" <= OLD."version"
/// BEGIN
///     SELECT RAISE(ABORT, 'no version follows the last one of this column')
///         WHERE OLD."version" IN (2147483647, 9223372036854775807);
///     UPDATE "products" SET "version" = coalesce(OLD."version", 0) + 1 WHERE _rowid_ = NEW._rowid_;
/// END;"#
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionTrigger {
    schema: Option<String>,
    table: String,
    column: String,
    kind: Kind,
    is_strict: bool,
    columns: Vec<String>,
    /// By which SQLite finds the row: one of [`ROWIDS`].
    rowid: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// With the last version on SQLite, if it was named.
    Counter(Option<i64>),
    Timestamp,
    /// Of no order, so that only a version that stays can be told.
    Unordered,
}

/// What SQLite calls the number of a row, unless that is the name of a column; the first is the least likely one.
pub(crate) const ROWIDS: [&str; 3] = ["_rowid_", "rowid", "oid"];

/// What the writer is told who finds no room for another version.
const EXHAUSTED: &str = "no version follows the last one of this column";

/// A part of what a strict trigger says, by which it is known.
const REFUSES: &str = "must set the next version";

impl VersionTrigger {
    /// For an integer column: counts up by one, and starts with 1 where there was NULL.
    ///
    /// ```
    /// let sql = occ_runtime::VersionTrigger::counter("products", "version").postgres();
    /// assert!(sql.contains(r#"NEW."version" := coalesce(OLD."version", 0) + 1"#));
    /// ```
    #[must_use]
    pub fn counter(table: impl Into<String>, column: impl Into<String>) -> Self {
        Self::of(table.into(), column.into(), Kind::Counter(None))
    }

    /// For a column that holds a point in time: PostgreSQL's `timestamp` and `timestamptz`, MySQL's `DATETIME`, SQLite's text.
    /// Without a time zone it is UTC. The present, or a little more than the old value if the clock is not past that.
    ///
    /// ```
    /// let sql = occ_runtime::VersionTrigger::timestamp("products", "written_at").sqlite();
    /// assert!(sql.contains("strftime"));
    /// ```
    #[must_use]
    pub fn timestamp(table: impl Into<String>, column: impl Into<String>) -> Self {
        Self::of(table.into(), column.into(), Kind::Timestamp)
    }

    /// For UUIDs, and other versions that do not grow. It makes none: it is [`strict`](Self::strict) from the start, and takes any
    /// version that is another one, since of two UUIDs none is the older.
    ///
    /// ```
    /// let sql = occ_runtime::VersionTrigger::unordered("products", "version").postgres();
    /// assert!(sql.contains(r#"IF NEW."version" IS NULL OR NEW."version" = OLD."version" THEN"#));
    /// ```
    #[must_use]
    pub fn unordered(table: impl Into<String>, column: impl Into<String>) -> Self {
        Self::of(table.into(), column.into(), Kind::Unordered).strict()
    }

    fn of(table: String, column: String, kind: Kind) -> Self {
        Self { schema: None, table, column, kind, is_strict: false, columns: Vec::new(), rowid: ROWIDS[0] }
    }

    /// Of a table in which this is not the name of a column.
    pub(crate) fn found_by(self, rowid: &'static str) -> Self {
        Self { rowid, ..self }
    }

    /// Names the last version that the field can hold, for SQLite: its columns hold any integer, and what is too large
    /// for the field would be read as another number. Without it, `i32::MAX` and `i64::MAX` are followed by none.
    ///
    /// ```
    /// let sql = occ_runtime::VersionTrigger::counter("products", "version").last(i16::MAX).sqlite();
    /// assert!(sql.contains(r#"WHERE OLD."version" >= 32767"#));
    /// ```
    #[must_use]
    pub fn last(mut self, last: impl Into<i64>) -> Self {
        if let Kind::Counter(named) = &mut self.kind {
            *named = Some(last.into());
        }
        self
    }

    /// Names the schema of the table, in which the trigger is made too: on MySQL a database, on SQLite one that is attached.
    ///
    /// ```
    /// let sql = occ_runtime::VersionTrigger::counter("products", "version").schema("shop").postgres();
    /// assert!(sql.contains(r#"BEFORE UPDATE ON "shop"."products""#));
    /// ```
    #[must_use]
    pub fn schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = Some(schema.into());
        self
    }

    /// Refuses an `UPDATE` whose version is not greater than the one before, or is NULL, and lets none through that goes round the
    /// lock: the statement fails, and nothing of it is written. Every write of occ passes, but for `save_unversioned`: see
    /// [`columns`](Self::columns).
    ///
    /// Not for [`DatabaseGenerated`](crate::DatabaseGenerated), whose saves set no version: there the trigger has to make it.
    ///
    /// The writer gets a [`Error::Database`](crate::Error::Database) of the kind `Unknown`, which is not retryable and no lost
    /// connection, with the text
    ///
    /// ```text
    /// an UPDATE of `products` must set the next version: see `bump_version`
    /// ```
    ///
    /// It is asked of every row that an `UPDATE` meets, in an upsert (`ON CONFLICT .. DO UPDATE`, `ON DUPLICATE KEY UPDATE`) too, also if
    /// nothing in it changes, and if it is the key that changes. What replaces a row (`REPLACE`, `INSERT OR REPLACE`) is no
    /// `UPDATE`, and passes with any version; so does, on MySQL, what a foreign key does.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use diesel::connection::SimpleConnection;
    /// # use occ_runtime::{Error, VersionTrigger, prelude::*};
    #[doc = include_str!("../../example.txt")]
    /// # let conn = &mut connection();
    /// conn.batch_execute(&VersionTrigger::counter("products", "version").strict().sqlite())?;
    ///
    /// let rename = diesel::update(products::table).set(products::name.eq("desk lamp"));
    /// let refused = rename.execute(conn).unwrap_err();
    /// assert_eq!(refused.to_string(), "an UPDATE of `products` must set the next version: see `bump_version`");
    ///
    /// let rename = (products::name.eq("desk lamp"), occ_runtime::bump_version::<Product>());
    /// diesel::update(products::table).set(rename).execute(conn)?;
    /// # Ok::<_, Error>(())
    /// ```
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.is_strict = true;
        self
    }

    /// Names the columns that are guarded, where not all are: an `UPDATE` that changes none of them may leave the version as it was. For
    /// tables of structs with fields that are `#[occ(unversioned)]`, and where another trigger of SQLite's writes the row once more.
    ///
    /// A version that is set back or to NULL is still mended or refused. With [`DatabaseGenerated`](crate::DatabaseGenerated) a
    /// `touch_optimistic` changes none of them, and is then an error.
    ///
    /// ```
    /// use occ_runtime::VersionTrigger;
    ///
    /// // Not the column `views`.
    /// let sql = VersionTrigger::counter("articles", "version").strict().columns(["title", "text"]).postgres();
    /// assert!(sql.contains(r#"ROW(NEW."title", NEW."text", NEW."version")::record *<> ROW(OLD."title""#));
    /// ```
    #[must_use]
    pub fn columns(mut self, columns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.columns = columns.into_iter().map(Into::into).collect();
        self
    }

    /// For PostgreSQL: a function and a trigger.
    ///
    /// ```
    /// let sql = occ_runtime::VersionTrigger::counter("products", "version").postgres();
    /// assert!(sql.starts_with("CREATE FUNCTION"));
    /// ```
    #[must_use]
    pub fn postgres(&self) -> String {
        postgres::create(self)
    }

    /// For MySQL and MariaDB. The program `mysql` reads it between `DELIMITER //` and `//`; Diesel's migrations need no such
    /// thing.
    ///
    /// ```
    /// let sql = occ_runtime::VersionTrigger::counter("products", "version").mysql();
    /// assert!(sql.contains("BEFORE UPDATE ON `products`"));
    /// ```
    #[must_use]
    pub fn mysql(&self) -> String {
        mysql::create(self)
    }

    /// For SQLite, on a table with a `rowid`, or of any kind if it is strict. Its triggers cannot change the row that is being
    /// written, so this one writes it a second time, afterwards. It finds it by `_rowid_`: of a table in which that is the name of an
    /// ordinary column, let [`check_schema`](crate::SchemaDsl::check_schema) write the trigger, or write `rowid` in its place.
    ///
    /// ```
    /// let sql = occ_runtime::VersionTrigger::counter("products", "version").sqlite();
    /// assert!(sql.contains("AFTER UPDATE ON"));
    /// ```
    #[must_use]
    pub fn sqlite(&self) -> String {
        sqlite::create(self)
    }

    /// Removes what [`postgres`](Self::postgres) has made, trigger and function, whether or not it is there.
    ///
    /// ```
    /// assert_eq!(
    ///     occ_runtime::VersionTrigger::counter("products", "version").schema("shop").drop_postgres(),
    ///     r#"DROP TRIGGER IF EXISTS "products_version_moves" ON "shop"."products";
    /// DROP FUNCTION IF EXISTS "shop"."products_version_moves"();"#
    /// );
    /// ```
    #[must_use]
    pub fn drop_postgres(&self) -> String {
        let Quoted { name, table, schema, .. } = self.quoted(Quote::Double);
        format!(
            "DROP TRIGGER IF EXISTS {name} ON {schema}{table};\nDROP FUNCTION IF EXISTS {schema}{name}();"
        )
    }

    /// Removes what [`mysql`](Self::mysql) has made, whether or not it is there.
    ///
    /// ```
    /// assert_eq!(
    ///     occ_runtime::VersionTrigger::counter("products", "version").drop_mysql(),
    ///     "DROP TRIGGER IF EXISTS `products_version_moves`;"
    /// );
    /// ```
    #[must_use]
    pub fn drop_mysql(&self) -> String {
        let Quoted { name, schema, .. } = self.quoted(Quote::Backtick);
        format!("DROP TRIGGER IF EXISTS {schema}{name};")
    }

    /// Removes what [`sqlite`](Self::sqlite) has made, whether or not it is there.
    ///
    /// ```
    /// assert_eq!(
    ///     occ_runtime::VersionTrigger::counter("products", "version").drop_sqlite(),
    ///     r#"DROP TRIGGER IF EXISTS "products_version_moves";"#
    /// );
    /// ```
    #[must_use]
    pub fn drop_sqlite(&self) -> String {
        let Quoted { name, schema, .. } = self.quoted(Quote::Double);
        format!("DROP TRIGGER IF EXISTS {schema}{name};")
    }

    fn quoted(&self, quote: Quote) -> Quoted {
        Quoted {
            name: quote.name(&identifier(&format!("{}_{}_moves", self.table, self.column))),
            table: quote.name(&self.table),
            column: quote.name(&self.column),
            schema: quote.schema(self.schema.as_deref()),
        }
    }

    /// What is said to a writer who is refused. MySQL has room for 128 letters, and 64 may be the table's.
    fn refusal(&self) -> String {
        format!("an UPDATE of `{}` {REFUSES}: see `bump_version`", self.table)
    }

    /// The columns whose change asks for another version, if they are named. The version itself is one: it may not go back.
    fn compared(&self) -> Option<impl Iterator<Item = &String>> {
        (!self.columns.is_empty()).then(|| self.columns.iter().chain([&self.column]))
    }
}

/// Whether the text of a trigger is that of a strict one, which moves no version.
pub(crate) fn is_strict(text: &str) -> bool {
    text.contains(REFUSES)
}

/// The names of a trigger and of what it is for, quoted.
struct Quoted {
    name: String,
    table: String,
    column: String,
    /// With the dot behind it, or empty.
    schema: String,
}

#[cfg(test)]
mod tests {
    use super::VersionTrigger;

    #[test]
    fn mysql_has_room_for_what_is_said() {
        let trigger = VersionTrigger::counter("t".repeat(64), "version").strict();
        assert!(trigger.refusal().len() <= 128, "{}", trigger.refusal().len());
    }
}
