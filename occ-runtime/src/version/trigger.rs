//! SQL for triggers that advance the version.

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
/// Names are quoted, so they must be written as they are in the database. The schema is named by [`schema`](Self::schema), if at all.
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
///     UPDATE "products" SET "version" = coalesce(OLD."version", 0) + 1 WHERE rowid = NEW.rowid;
/// END;"#
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionTrigger {
    schema: Option<String>,
    table: String,
    column: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// With the last version on SQLite, if it was named.
    Counter(Option<i64>),
    Timestamp,
}

/// What the writer is told who finds no room for another version.
const EXHAUSTED: &str = "no version follows the last one of this column";

impl VersionTrigger {
    /// For an integer column: counts up by one, and starts with 1 where there was NULL.
    ///
    /// ```
    /// let sql = occ_runtime::VersionTrigger::counter("products", "version").postgres();
    /// assert!(sql.contains(r#"NEW."version" := coalesce(OLD."version", 0) + 1"#));
    /// ```
    #[must_use]
    pub fn counter(table: impl Into<String>, column: impl Into<String>) -> Self {
        Self { schema: None, table: table.into(), column: column.into(), kind: Kind::Counter(None) }
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
        Self { schema: None, table: table.into(), column: column.into(), kind: Kind::Timestamp }
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

    /// For PostgreSQL: a function and a trigger.
    ///
    /// ```
    /// let sql = occ_runtime::VersionTrigger::counter("products", "version").postgres();
    /// assert!(sql.starts_with("CREATE FUNCTION"));
    /// ```
    #[must_use]
    pub fn postgres(&self) -> String {
        let Quoted { name, table, column, schema } = self.quoted('"');
        let (old, new) = (format!("OLD.{column}"), format!("NEW.{column}"));
        let (setting, moved) = match self.kind {
            // PostgreSQL itself refuses what is out of the column's range.
            Kind::Counter(_) => ("", format!("{new} := coalesce({old}, 0) + 1;")),
            // A column may hold less than microseconds, which cuts the first step off, and `infinity` has no next one.
            Kind::Timestamp => (
                " SET timezone TO 'UTC'",
                format!(
                    "{new} := greatest(clock_timestamp(), {old} + interval '1 microsecond');\n        \
                     IF {new} <= {old} THEN {new} := {old} + interval '1 millisecond'; END IF;\n        \
                     IF {new} <= {old} THEN {new} := {old} + interval '1 second'; END IF;\n        \
                     IF {new} <= {old} THEN RAISE numeric_value_out_of_range USING MESSAGE = '{EXHAUSTED}'; END IF;"
                ),
            ),
        };
        format!(
            "CREATE FUNCTION {schema}{name}() RETURNS trigger LANGUAGE plpgsql{setting} AS $$\n\
             BEGIN\n    \
                 IF {new} IS NULL OR {new} <= {old} THEN\n        \
                     {moved}\n    \
                 END IF;\n    \
                 RETURN NEW;\n\
             END $$;\n\
             CREATE TRIGGER {name} BEFORE UPDATE ON {schema}{table} FOR EACH ROW EXECUTE FUNCTION {schema}{name}();"
        )
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
        let Quoted { name, table, column, schema } = self.quoted('`');
        let (old, new) = (format!("OLD.{column}"), format!("NEW.{column}"));
        let (moved, otherwise) = match self.kind {
            Kind::Counter(_) => (format!("SET {new} = COALESCE({old}, 0) + 1;"), String::new()),
            // A column may hold less than microseconds, which cuts the first step off. And where no other column changes,
            // one that says `ON UPDATE CURRENT_TIMESTAMP` moves only if it is set in so many words.
            Kind::Timestamp => (
                format!(
                    "SET {new} = GREATEST(UTC_TIMESTAMP(6), COALESCE({old} + INTERVAL 1 MICROSECOND, UTC_TIMESTAMP(6)));\n        \
                 IF {new} <= {old} THEN SET {new} = {old} + INTERVAL 1000 MICROSECOND; END IF;\n        \
                 IF {new} <= {old} THEN SET {new} = {old} + INTERVAL 1 SECOND; END IF;"
                ),
                format!("    ELSE\n        SET {new} = {new};\n"),
            ),
        };
        // Outside of its strict mode, MySQL stores the largest value there is: the same as before, and the next stale copy
        // would pass.
        format!(
            "CREATE TRIGGER {schema}{name} BEFORE UPDATE ON {schema}{table} FOR EACH ROW\n\
             BEGIN\n    \
                 IF {new} IS NULL OR {new} <= {old} THEN\n        \
                     {moved}\n        \
                     IF {new} IS NULL OR {new} <= {old} THEN\n            \
                         SIGNAL SQLSTATE '22003' SET MESSAGE_TEXT = '{EXHAUSTED}';\n        \
                     END IF;\n\
             {otherwise}    \
                 END IF;\n\
             END;"
        )
    }

    /// For SQLite, on a table with a `rowid`. Its triggers cannot change the row that is being written, so this one writes
    /// it a second time, afterwards.
    ///
    /// ```
    /// let sql = occ_runtime::VersionTrigger::counter("products", "version").sqlite();
    /// assert!(sql.contains("AFTER UPDATE ON"));
    /// ```
    #[must_use]
    pub fn sqlite(&self) -> String {
        let Quoted { name, table, column, schema } = self.quoted('"');
        let (old, new) = (format!("OLD.{column}"), format!("NEW.{column}"));
        let (stays, exhausted, next) = match self.kind {
            Kind::Counter(last) => (
                format!("{new} <= {old}"),
                match last {
                    Some(last) => format!("{old} >= {last}"),
                    None => format!("{old} IN ({}, {})", i32::MAX, i64::MAX),
                },
                format!("coalesce({old}, 0) + 1"),
            ),
            Kind::Timestamp => {
                // Texts of one instant differ: see `statement::version`. What is left of them sorts as they do.
                let instant = |text: &str| format!("rtrim(replace({text}, 'T', ' '), 'Z0:.+')");
                let later = format!("strftime('%Y-%m-%d %H:%M:%f', {old}, '+0.0011 seconds')");
                (
                    format!("{} <= {}", instant(&new), instant(&old)),
                    format!("{old} IS NOT NULL AND {later} IS NULL"),
                    // As Diesel writes it with `chrono`: milliseconds, and no fraction where they are zero; with the
                    // offset, if it was there.
                    format!(
                        "rtrim(replace(max(strftime('%Y-%m-%d %H:%M:%f', 'now'), coalesce({later}, '')) || '|', \
                         '.000|', '|'), '|') || CASE WHEN {old} LIKE '%+00:00' THEN '+00:00' ELSE '' END"
                    ),
                )
            }
        };
        format!(
            "CREATE TRIGGER {schema}{name} AFTER UPDATE ON {table} FOR EACH ROW\n\
             WHEN {new} IS NULL OR {stays}\n\
             BEGIN\n    \
                 SELECT RAISE(ABORT, '{EXHAUSTED}')\n        \
                     WHERE {exhausted};\n    \
                 UPDATE {table} SET {column} = {next} WHERE rowid = NEW.rowid;\n\
             END;"
        )
    }

    fn quoted(&self, quote: char) -> Quoted {
        let quoted = |name: &str| {
            let doubled = name.replace(quote, &format!("{quote}{quote}"));
            format!("{quote}{doubled}{quote}")
        };
        Quoted {
            name: quoted(&format!("{}_{}_moves", self.table, self.column)),
            table: quoted(&self.table),
            column: quoted(&self.column),
            schema: self.schema.as_deref().map(|schema| quoted(schema) + ".").unwrap_or_default(),
        }
    }
}

/// The names of a trigger and of what it is for, quoted.
struct Quoted {
    name: String,
    table: String,
    column: String,
    /// With the dot behind it, or empty.
    schema: String,
}
