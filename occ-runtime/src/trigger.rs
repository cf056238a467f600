//! SQL for triggers that move the version on.

/// The SQL of a trigger that moves the version on with every `UPDATE` that leaves it as it is, to paste into a migration.
///
/// With it, writers that know nothing of occ move the version too: SQL typed by hand, other programs, plain
/// `diesel::update`. Values that were loaded before are stale then, as they should be. A save that sets the version itself
/// is left alone, so the trigger goes with every generator; with
/// [`DatabaseGenerated`](crate::DatabaseGenerated) it is the only one that moves the version.
///
/// Names are quoted, so they must be written as they are in the database, and without the schema.
///
/// ```
/// use occ_runtime::VersionTrigger;
///
/// let trigger = VersionTrigger::counter("products", "version");
/// assert_eq!(
///     trigger.mysql(),
///     "CREATE TRIGGER `products_version_moves` BEFORE UPDATE ON `products` FOR EACH ROW\n\
///      SET NEW.`version` = IF(NEW.`version` <=> OLD.`version`, OLD.`version` + 1, NEW.`version`);"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionTrigger {
    table: String,
    column: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Counter,
    Timestamp,
}

impl VersionTrigger {
    /// For an integer column: counts up by one.
    ///
    /// ```
    /// let sql = occ_runtime::VersionTrigger::counter("products", "version").postgres();
    /// assert!(sql.contains(r#"NEW."version" := OLD."version" + 1"#));
    /// ```
    #[must_use]
    pub fn counter(table: impl Into<String>, column: impl Into<String>) -> Self {
        Self { table: table.into(), column: column.into(), kind: Kind::Counter }
    }

    /// For a column that holds UTC without a time zone: PostgreSQL's `timestamp`, MySQL's `DATETIME(6)`, SQLite's text.
    /// The present, or a little more than the old value if the clock is not past that.
    ///
    /// ```
    /// let sql = occ_runtime::VersionTrigger::timestamp("products", "written_at").sqlite();
    /// assert!(sql.contains("strftime"));
    /// ```
    #[must_use]
    pub fn timestamp(table: impl Into<String>, column: impl Into<String>) -> Self {
        Self { table: table.into(), column: column.into(), kind: Kind::Timestamp }
    }

    /// For PostgreSQL: a function and a trigger.
    ///
    /// ```
    /// let sql = occ_runtime::VersionTrigger::counter("products", "version").postgres();
    /// assert!(sql.starts_with("CREATE FUNCTION"));
    /// ```
    #[must_use]
    pub fn postgres(&self) -> String {
        let (name, table, column) = self.quoted('"');
        let next = match self.kind {
            Kind::Counter => format!("OLD.{column} + 1"),
            Kind::Timestamp => format!(
                "greatest(clock_timestamp() AT TIME ZONE 'UTC', OLD.{column} + interval '1 microsecond')"
            ),
        };
        format!(
            "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$\n\
             BEGIN\n    \
                 IF NEW.{column} IS NOT DISTINCT FROM OLD.{column} THEN\n        \
                     NEW.{column} := {next};\n    \
                 END IF;\n    \
                 RETURN NEW;\n\
             END $$;\n\
             CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();"
        )
    }

    /// For MySQL and MariaDB.
    ///
    /// ```
    /// let sql = occ_runtime::VersionTrigger::counter("products", "version").mysql();
    /// assert!(sql.contains("BEFORE UPDATE ON `products`"));
    /// ```
    #[must_use]
    pub fn mysql(&self) -> String {
        let (name, table, column) = self.quoted('`');
        let next = match self.kind {
            Kind::Counter => format!("OLD.{column} + 1"),
            Kind::Timestamp => format!("GREATEST(UTC_TIMESTAMP(6), OLD.{column} + INTERVAL 1 MICROSECOND)"),
        };
        format!(
            "CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW\n\
             SET NEW.{column} = IF(NEW.{column} <=> OLD.{column}, {next}, NEW.{column});"
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
        let (name, table, column) = self.quoted('"');
        let next = match self.kind {
            Kind::Counter => format!("OLD.{column} + 1"),
            // As Diesel writes it: milliseconds, and no fraction where they are zero.
            Kind::Timestamp => format!(
                "replace(max(strftime('%Y-%m-%d %H:%M:%f', 'now'), \
                 strftime('%Y-%m-%d %H:%M:%f', OLD.{column}, '+0.0011 seconds')) || '|', '.000|', '|')"
            ),
        };
        let next = match self.kind {
            Kind::Counter => next,
            Kind::Timestamp => format!("rtrim({next}, '|')"),
        };
        format!(
            "CREATE TRIGGER {name} AFTER UPDATE ON {table} FOR EACH ROW WHEN NEW.{column} IS OLD.{column}\n\
             BEGIN\n    \
                 UPDATE {table} SET {column} = {next} WHERE rowid = NEW.rowid;\n\
             END;"
        )
    }

    /// The trigger's name, the table and the column, quoted.
    fn quoted(&self, quote: char) -> (String, String, String) {
        let quoted = |name: &str| {
            let doubled = name.replace(quote, &format!("{quote}{quote}"));
            format!("{quote}{doubled}{quote}")
        };
        let name = format!("{}_{}_moves", self.table, self.column);
        (quoted(&name), quoted(&self.table), quoted(&self.column))
    }
}
