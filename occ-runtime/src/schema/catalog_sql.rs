//! The questions in SQL. What the marks with `?` stand for is in [`question`](super::question), and what each column of an answer
//! means in [`catalog`](super::catalog).

use crate::statement::dialect::Dialect;

/// One of the questions, in this order. What stands where in its answers is in `catalog`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One row, if it is there.
    Table,
    /// A row for each.
    Columns,
    /// A row for each column of each unique index.
    Indexes,
    /// A row for each trigger and rule that an `UPDATE` runs, and for what else may be in the way.
    Triggers,
    /// A row for each column that it is asked of.
    Contents,
}

pub(super) fn text(dialect: Dialect, step: Step) -> &'static str {
    match (dialect, step) {
        (Dialect::Sqlite, Step::Table) => SQLITE_TABLE,
        (Dialect::Sqlite, Step::Columns) => SQLITE_COLUMNS,
        (Dialect::Sqlite, Step::Indexes) => SQLITE_INDEXES,
        (Dialect::Sqlite, Step::Triggers) => SQLITE_TRIGGERS,
        (Dialect::Sqlite, Step::Contents) => SQLITE_CONTENTS,
        (Dialect::Postgres, Step::Table) => POSTGRES_TABLE,
        (Dialect::Postgres, Step::Columns) => POSTGRES_COLUMNS,
        (Dialect::Postgres, Step::Indexes) => POSTGRES_INDEXES,
        (Dialect::Postgres, Step::Triggers) => POSTGRES_TRIGGERS,
        (Dialect::Postgres, Step::Contents) => {
            "SELECT ?c, (SELECT count(*) FROM ?T WHERE ?C IS NULL)::text, NULL, NULL, NULL, NULL, NULL, NULL"
        }
        (Dialect::Mysql, Step::Table) => MYSQL_TABLE,
        (Dialect::Mysql, Step::Columns) => MYSQL_COLUMNS,
        (Dialect::Mysql, Step::Indexes) => MYSQL_INDEXES,
        (Dialect::Mysql, Step::Triggers) => MYSQL_TRIGGERS,
        (Dialect::Mysql, Step::Contents) => {
            // A bind that is selected has no type until it is cast, and the driver stops at that.
            "SELECT CAST(?c AS CHAR), CAST((SELECT COUNT(*) FROM ?T WHERE ?C IS NULL) AS CHAR), CAST(NULL AS CHAR), CAST(NULL AS CHAR), \
             CAST(NULL AS CHAR), CAST(NULL AS CHAR), CAST(NULL AS CHAR), CAST(NULL AS CHAR)"
        }
    }
}

/// Of several tables of one name, the one that SQLite takes.
const SQLITE_TABLE: &str = "SELECT 'sqlite', CASE type WHEN 'view' THEN 'view' ELSE 'table' END, NULL, schema, \
     CASE WHEN strict THEN 'STRICT' END, NULL, CASE WHEN type IN ('virtual', 'shadow') THEN 'virtual' END, \
     CASE WHEN wr THEN 'without rowid' END \
     FROM pragma_table_list WHERE lower(name) = lower(?t) AND lower(schema) = lower(coalesce(nullif(?s, ''), schema)) \
     ORDER BY schema = 'temp' DESC, schema = 'main' DESC LIMIT 1";

/// A view's columns are in it as well. What is in a primary key counts as not NULL, though SQLite may let it be. `hidden` is 2 and 3 of
/// a column that is computed.
const SQLITE_COLUMNS: &str = "SELECT name, type, CASE WHEN \"notnull\" OR pk > 0 THEN 'NO' ELSE 'YES' END, NULL, NULL, \
     CASE WHEN hidden IN (2, 3) THEN 'generated' END, dflt_value, NULL \
     FROM pragma_table_xinfo(?t, nullif(?s, '')) WHERE hidden <> 1";

/// An `INTEGER PRIMARY KEY` has no index of its own. What is another's has a collation of its own, too.
const SQLITE_INDEXES: &str = "SELECT 'primary', name, NULL, NULL, NULL, NULL, NULL, NULL \
     FROM pragma_table_xinfo(?t, nullif(?s, '')) WHERE pk > 0 \
     AND NOT EXISTS (SELECT 1 FROM pragma_index_list(?t, nullif(?s, '')) WHERE origin = 'pk') \
     UNION ALL SELECT il.name, ii.name, ii.coll, NULL, NULL, NULL, NULL, NULL \
     FROM pragma_index_list(?t, nullif(?s, '')) AS il, pragma_index_xinfo(il.name, nullif(?s, '')) AS ii \
     WHERE il.\"unique\" AND NOT il.partial AND ii.key";

/// What is before `BEGIN` says when it runs. A temporary trigger may be on a table that is not. Besides the triggers, what else has a name
/// there, and the table itself.
const SQLITE_TRIGGERS: &str = "SELECT name, 'O', CASE WHEN type = 'table' AND lower(name) = lower(?t) AND NOT temporary THEN 'SELF' \
         WHEN type <> 'trigger' OR lower(tbl_name) <> lower(?t) OR head NOT LIKE '%update%' THEN 'ELSEWHERE' \
         WHEN head LIKE '%instead%of%' THEN 'INSTEAD OF' \
         WHEN replace(replace(head, char(10), ' '), char(9), ' ') LIKE '% before update %' THEN 'BEFORE' ELSE 'AFTER' END, 'sql', \
     sql, CASE WHEN temporary THEN 'TEMP' END, type, NULL \
     FROM (SELECT *, substr(sql, 1, instr(upper(sql), 'BEGIN')) AS head \
         FROM (SELECT type, name, tbl_name, sql, 0 AS temporary FROM ?S.sqlite_master \
             UNION ALL SELECT type, name, tbl_name, sql, 1 FROM sqlite_temp_master WHERE lower(?s) <> 'temp') \
         WHERE sql IS NOT NULL)";

/// No catalog tells the collation of a column, but a comparison with it does: the first part of a `UNION` lends it to the others.
const SQLITE_CONTENTS: &str = "SELECT ?c, CAST((SELECT count(*) FROM ?T WHERE ?C IS NULL) AS TEXT), \
     (SELECT CASE WHEN x = 'A' THEN 'ignores case' WHEN x = 'a ' THEN 'ignores spaces' END \
         FROM (SELECT ?C AS x FROM ?T WHERE 0 UNION ALL SELECT 'a')), NULL, NULL, NULL, NULL, NULL";

/// 4 is the bit of `UPDATE`.
const POSTGRES_TABLE: &str = "SELECT 'postgres', CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' WHEN 'f' THEN 'foreign' \
     ELSE 'table' END, CASE WHEN pg_catalog.pg_relation_is_updatable(c.oid, false) & 4 = 4 THEN 'YES' ELSE 'NO' END, \
     NULL, NULL, NULL, CASE WHEN c.relispartition THEN 'partition' WHEN c.relkind = 'p' THEN 'partitioned' \
         WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class h ON h.oid = i.inhrelid \
             WHERE i.inhparent = c.oid AND NOT h.relispartition) THEN 'inherited' END, NULL \
     FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass(?q) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";

/// Those of the system too. A domain is as wide as what it is made of, which may be another one. On a column that a view, a trigger, a
/// policy or a generated column uses, or that is inherited, hangs its type.
const POSTGRES_COLUMNS: &str = "SELECT a.attname::text, pg_catalog.format_type(b.oid, NULL), \
     CASE WHEN a.attnotnull OR b.is_not_null OR a.attnum < 0 THEN 'NO' ELSE 'YES' END, \
     CASE WHEN b.mod >= 0 THEN CASE WHEN b.typname IN ('varchar', 'bpchar') THEN b.mod - 4 \
         WHEN b.typname IN ('timestamp', 'timestamptz') THEN b.mod END END::text, \
     CASE WHEN NOT k.collisdeterministic THEN k.collname END::text, \
     pg_catalog.concat_ws(' ', CASE WHEN a.attgenerated <> '' THEN 'generated' WHEN a.attidentity = 'a' THEN 'identity' END, \
         CASE WHEN a.attinhcount > 0 OR EXISTS (SELECT 1 FROM pg_catalog.pg_depend u \
             WHERE u.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND u.refobjid = a.attrelid AND u.refobjsubid = a.attnum \
             AND (u.classid IN ('pg_catalog.pg_rewrite'::pg_catalog.regclass, 'pg_catalog.pg_trigger'::pg_catalog.regclass, \
                 'pg_catalog.pg_policy'::pg_catalog.regclass) \
                 OR u.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND u.objid IS DISTINCT FROM d.oid)) THEN 'used' END, \
         CASE WHEN c.relkind = 'v' AND NOT pg_catalog.pg_column_is_updatable(c.oid, a.attnum, true) THEN 'computed' END, \
         CASE WHEN lower(pg_catalog.current_setting('TimeZone')) NOT IN ('utc', 'uct', 'gmt', 'gmt0', 'zulu', 'universal', 'greenwich', \
             'etc/utc', 'etc/uct', 'etc/gmt', 'etc/gmt0', 'etc/zulu', 'etc/universal', 'etc/greenwich') THEN 'shifted' END), \
     pg_catalog.pg_get_expr(d.adbin, d.adrelid), pg_catalog.format_type(a.atttypid, a.atttypmod) \
     FROM pg_catalog.pg_attribute a \
     JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
     JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
     CROSS JOIN LATERAL (WITH RECURSIVE made AS ( \
         SELECT t.oid, t.typname, t.typtype, t.typbasetype AS base, CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END AS mod, \
             t.typnotnull AS is_not_null \
         UNION ALL SELECT p.oid, p.typname, p.typtype, p.typbasetype, CASE WHEN p.typtype = 'd' AND m.mod < 0 THEN p.typtypmod ELSE m.mod END, \
             m.is_not_null OR p.typnotnull \
         FROM made m JOIN pg_catalog.pg_type p ON p.oid = m.base WHERE m.typtype = 'd') \
         SELECT * FROM made WHERE typtype <> 'd') b \
     LEFT JOIN pg_catalog.pg_collation k ON k.oid = a.attcollation \
     LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
     WHERE a.attrelid = pg_catalog.to_regclass(?q) AND NOT a.attisdropped";

/// An index of another collation than its column does not say what is unique by that of the column.
const POSTGRES_INDEXES: &str = "SELECT i.indexrelid::text, \
     CASE WHEN k.collisdeterministic IS NOT FALSE OR a.attcollation = i.indcollation[(n.at - 1)::int] THEN a.attname END::text, \
     NULL, CASE WHEN NOT i.indimmediate THEN 'deferrable' END, NULL, NULL, NULL, NULL \
     FROM pg_catalog.pg_index i \
     CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS n (attnum, at) \
     JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = n.attnum \
     LEFT JOIN pg_catalog.pg_collation k ON k.oid = a.attcollation \
     WHERE i.indrelid = pg_catalog.to_regclass(?q) AND i.indisunique AND i.indisvalid \
     AND i.indpred IS NULL AND i.indexprs IS NULL AND n.at <= i.indnkeyatts";

/// 1 is the bit of row, 2 of `BEFORE`, 16 of `UPDATE`, 64 of `INSTEAD OF`. A trigger that has a constraint is a foreign key's.
const POSTGRES_TRIGGERS: &str = "SELECT t.tgname::text, CASE WHEN t.tgenabled IN ('D', 'R') THEN 'D' ELSE 'O' END, \
     CASE WHEN t.tgtype & 64 = 64 THEN 'INSTEAD OF' WHEN t.tgtype & 2 = 2 THEN 'BEFORE' ELSE 'AFTER' END, l.lanname::text, \
     p.prosrc || ' ' || pg_catalog.encode(t.tgargs, 'escape'), NULL, NULL, NULL \
     FROM pg_catalog.pg_trigger t \
     JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid \
     JOIN pg_catalog.pg_language l ON l.oid = p.prolang \
     WHERE t.tgrelid = pg_catalog.to_regclass(?q) AND t.tgconstraint = 0 AND t.tgtype & 17 = 17 \
     UNION ALL SELECT r.rulename::text, CASE WHEN r.ev_enabled IN ('D', 'R') THEN 'D' ELSE 'O' END, 'RULE', 'sql', \
     pg_catalog.pg_get_ruledef(r.oid), NULL, NULL, NULL \
     FROM pg_catalog.pg_rewrite r \
     WHERE r.ev_class = pg_catalog.to_regclass(?q) AND r.ev_type = '2' AND r.is_instead";

/// Of an engine that is not listed, nothing is known.
const MYSQL_TABLE: &str = "SELECT 'mysql', CASE t.TABLE_TYPE WHEN 'VIEW' THEN 'view' ELSE 'table' END, v.IS_UPDATABLE, t.ENGINE, \
     e.TRANSACTIONS, CONCAT(@@SESSION.sql_mode, IF(@@SESSION.sql_safe_updates, ',SAFE_UPDATES', '')), \
     CASE WHEN t.TABLE_TYPE = 'SYSTEM VERSIONED' THEN 'system versioned' \
         WHEN t.CREATE_OPTIONS LIKE '%partitioned%' THEN 'partitioned' END, CAST(NULL AS CHAR) \
     FROM information_schema.TABLES t \
     LEFT JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE \
     LEFT JOIN information_schema.VIEWS v ON v.TABLE_SCHEMA = t.TABLE_SCHEMA AND v.TABLE_NAME = t.TABLE_NAME \
     WHERE t.TABLE_SCHEMA = COALESCE(NULLIF(?s, ''), DATABASE()) AND t.TABLE_NAME = ?t AND t.TABLE_TYPE <> 'SEQUENCE'";

/// MariaDB's default is SQL already. MySQL's is the bare value, or an expression with each quote escaped, which its `EXTRA` tells. Behind
/// the type, on a line of its own, is what a column loses that is defined anew: the comment, and on MariaDB its `CHECK`.
const MYSQL_COLUMNS: &str = "SELECT COLUMN_NAME, CONCAT(DATA_TYPE, IF(COLUMN_TYPE LIKE '%unsigned%', ' unsigned', '')), IS_NULLABLE, \
     CAST(COALESCE(CHARACTER_MAXIMUM_LENGTH, DATETIME_PRECISION) AS CHAR), COLLATION_NAME, EXTRA, \
     CASE WHEN VERSION() LIKE '%MariaDB%' THEN NULLIF(COLUMN_DEFAULT, 'NULL') \
         WHEN COLUMN_DEFAULT LIKE 'CURRENT\\_TIMESTAMP%' THEN COLUMN_DEFAULT \
         WHEN EXTRA LIKE '%DEFAULT\\_GENERATED%' THEN \
             CONCAT('(', REPLACE(COLUMN_DEFAULT, CONCAT(CHAR(92 USING utf8mb4), ''''), ''''), ')') \
         WHEN DATA_TYPE IN ('binary', 'varbinary') AND COLUMN_DEFAULT LIKE '0x%' THEN COLUMN_DEFAULT \
         ELSE CONCAT('''', REPLACE(COLUMN_DEFAULT, '''', ''''''), '''') END, \
     CONCAT(COLUMN_TYPE, IF(COLLATION_NAME IS NULL, '', \
         CONCAT(' CHARACTER SET ', CHARACTER_SET_NAME, ' COLLATE ', COLLATION_NAME)), CHAR(10 USING utf8mb4), \
         IF(COLUMN_COMMENT = '', '', CONCAT(' COMMENT ', QUOTE(COLUMN_COMMENT))) \
         /*M!100510 , COALESCE((SELECT CONCAT(' CHECK (', k.CHECK_CLAUSE, ')') FROM information_schema.CHECK_CONSTRAINTS k \
             WHERE k.CONSTRAINT_SCHEMA = c.TABLE_SCHEMA AND k.TABLE_NAME = c.TABLE_NAME AND k.LEVEL = 'Column' \
             AND k.CONSTRAINT_NAME = c.COLUMN_NAME), '') */) \
     FROM information_schema.COLUMNS c \
     WHERE TABLE_SCHEMA = COALESCE(NULLIF(?s, ''), DATABASE()) AND TABLE_NAME = ?t";

const MYSQL_INDEXES: &str = "SELECT INDEX_NAME, COLUMN_NAME, CAST(NULL AS CHAR), CAST(NULL AS CHAR), CAST(NULL AS CHAR), \
     CAST(NULL AS CHAR), CAST(NULL AS CHAR), CAST(NULL AS CHAR) \
     FROM information_schema.STATISTICS \
     WHERE TABLE_SCHEMA = COALESCE(NULLIF(?s, ''), DATABASE()) AND TABLE_NAME = ?t AND NON_UNIQUE = 0";

const MYSQL_TRIGGERS: &str = "SELECT TRIGGER_NAME, 'O', \
     CASE WHEN EVENT_OBJECT_TABLE = ?t AND EVENT_MANIPULATION = 'UPDATE' THEN ACTION_TIMING ELSE 'ELSEWHERE' END, 'sql', \
     ACTION_STATEMENT, CAST(NULL AS CHAR), 'trigger', CAST(NULL AS CHAR) \
     FROM information_schema.TRIGGERS \
     WHERE EVENT_OBJECT_SCHEMA = COALESCE(NULLIF(?s, ''), DATABASE()) \
     AND (EVENT_OBJECT_TABLE = ?t AND EVENT_MANIPULATION = 'UPDATE' OR TRIGGER_NAME LIKE '%_moves')";
