//! What `check_schema` finds wrong with keys, with tables of other schemas and names, and with views.

use diesel::prelude::*;
use occ_runtime::schema::FindingKind;
use occ_runtime::{DatabaseGenerated, OptimisticLock, VersionTrigger};
use occ_tests::cell::Backend;

use super::cell::{BACKEND, Conn, batch, check_schema, connect, first, save};
use super::schema::{counted, is_cured, is_found, is_right, kinds, make, on, thing, things};
use super::trigger_sql::create;

thing!(generated, Integer, i32, DatabaseGenerated);

diesel::table! {
    lines (order_id, line) {
        id -> Integer,
        order_id -> Integer,
        line -> Integer,
        text -> Text,
        version -> Integer,
    }
}

#[derive(Clone, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = lines, primary_key(order_id, line))]
struct Entry {
    order_id: i32,
    line: i32,
    text: String,
    version: i32,
}

/// By a key that is not that of `table!`.
#[derive(Clone, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = lines, primary_key(id))]
#[occ(unique_key)]
struct LineById {
    id: i32,
    text: String,
    version: i32,
}

/// Key and price in structs of their own.
#[derive(AsChangeset, Clone, Queryable, Selectable)]
#[diesel(table_name = lines)]
struct Content {
    text: String,
}

#[derive(Clone, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = lines, primary_key(order_id, line))]
struct LineWithContent {
    order_id: i32,
    line: i32,
    #[diesel(embed)]
    content: Content,
    version: i32,
}

mod elsewhere {
    use diesel::prelude::*;
    use occ_runtime::DatabaseGenerated;

    diesel::table! {
        #[sql_name = "the \"lines\" `of` it's"]
        occ_tests_shop.lines (order_id, line) {
            #[sql_name = "order 'id\""]
            order_id -> Integer,
            line -> Integer,
            #[sql_name = "ver`sion ?"]
            version -> Integer,
        }
    }

    #[derive(Clone, Queryable, Selectable, occ_runtime::OptimisticLock)]
    #[diesel(table_name = lines, primary_key(order_id, line))]
    pub(super) struct Entry {
        order_id: i32,
        line: i32,
        #[occ(version)]
        version: i32,
    }

    #[derive(Clone, Queryable, Selectable, occ_runtime::OptimisticLock)]
    #[diesel(table_name = lines, primary_key(order_id, line))]
    pub(super) struct Generated {
        order_id: i32,
        line: i32,
        #[occ(version, generator = DatabaseGenerated)]
        pub(super) version: i32,
    }
}

async fn make_lines(keys: &str, conn: &mut Conn) {
    batch("DROP TABLE IF EXISTS lines_of_orders", conn).await.unwrap();
    let name = on("lines", "lines", "`lines`");
    batch(&format!("DROP TABLE IF EXISTS {name}"), conn).await.unwrap();
    let ddl = format!(
        "CREATE TABLE {name} (id INTEGER NOT NULL, order_id INTEGER NOT NULL, line INTEGER NOT NULL, text VARCHAR(20) NOT NULL, \
         version INTEGER NOT NULL{keys})"
    );
    batch(&ddl, conn).await.unwrap();
}

/// A schema that is there for this connection alone: on servers, whoever else makes it waits.
pub(crate) async fn make_shop(conn: &mut Conn) {
    let sql = match BACKEND {
        Backend::Sqlite => "ATTACH DATABASE ':memory:' AS occ_tests_shop",
        Backend::Postgres => {
            "SELECT pg_advisory_lock(20261126); DROP SCHEMA IF EXISTS occ_tests_shop CASCADE; CREATE SCHEMA occ_tests_shop"
        }
        Backend::Mysql => {
            "DO GET_LOCK('occ_tests_shop', 600); DROP DATABASE IF EXISTS occ_tests_shop; CREATE DATABASE occ_tests_shop"
        }
    };
    batch(sql, conn).await.unwrap();
}

pub(crate) async fn drop_shop(conn: &mut Conn) {
    let sql = on(
        "DETACH DATABASE occ_tests_shop",
        "DROP SCHEMA occ_tests_shop CASCADE",
        "DROP DATABASE occ_tests_shop",
    );
    batch(sql, conn).await.unwrap();
}

super::scenarios! {
    async fn a_key_that_is_not_unique(database) {
        let conn = &mut connect(database).await;
        make_lines("", conn).await;
        let findings = is_cured::<Entry>(&[FindingKind::KeyNotUnique], conn).await;
        assert_eq!(
            findings[0].to_string(),
            "`lines` can have several rows with the same `order_id`, `line`, by which a save finds its row, and then one save writes \
             them all: create the primary key that `table!` names"
        );
        is_right::<LineWithContent>(conn).await;
        let findings = is_cured::<LineById>(&[FindingKind::KeyNotUnique], conn).await;
        assert!(findings[0].to_string().ends_with("create a unique index on it"), "{}", findings[0]);
        is_right::<LineById>(conn).await;
    }

    async fn what_makes_a_key_unique_and_what_does_not(database) {
        let conn = &mut connect(database).await;
        for (keys, is_unique) in [
            (", PRIMARY KEY (order_id, line)", true),
            (", PRIMARY KEY (line, order_id)", true),
            (", PRIMARY KEY (id), UNIQUE (line, order_id)", true),
            // As unique as less than the key is.
            (", UNIQUE (line)", true),
            (", PRIMARY KEY (order_id, line, id)", false),
            (", PRIMARY KEY (id), UNIQUE (line, text)", false),
        ] {
            make_lines(keys, conn).await;
            let findings = check_schema::<Entry>(conn).await.unwrap();
            assert_eq!(kinds(&findings).is_empty(), is_unique, "{keys}: {findings:?}");
        }
        let indexes: &[&str] = match BACKEND {
            Backend::Sqlite => &[
                "CREATE INDEX other ON lines (order_id, line)",
                "CREATE UNIQUE INDEX other ON lines (order_id, line) WHERE id > 0",
                "CREATE UNIQUE INDEX other ON lines (order_id, (line + 1))",
            ],
            Backend::Postgres => &[
                "CREATE INDEX other ON lines (order_id, line)",
                "CREATE UNIQUE INDEX other ON lines (order_id, line) WHERE id > 0",
                "CREATE UNIQUE INDEX other ON lines (order_id, (line + 1))",
                "CREATE UNIQUE INDEX other ON lines (order_id, id) INCLUDE (line)",
            ],
            Backend::Mysql => &["CREATE INDEX other ON `lines` (order_id, line)"],
        };
        for index in indexes {
            make_lines("", conn).await;
            batch(index, conn).await.unwrap();
            assert_eq!(kinds(&check_schema::<Entry>(conn).await.unwrap()), [FindingKind::KeyNotUnique], "{index}");
        }
        if BACKEND == Backend::Postgres {
            make_lines("", conn).await;
            batch("CREATE UNIQUE INDEX other ON lines (order_id, line) INCLUDE (id)", conn).await.unwrap();
            is_right::<Entry>(conn).await;
        }
    }

    async fn a_key_that_may_be_null(database) {
        let conn = &mut connect(database).await;
        let ddl = "CREATE TABLE things (id INTEGER UNIQUE, name VARCHAR(20) NOT NULL, version INTEGER NOT NULL)";
        make(ddl, conn).await;
        if BACKEND == Backend::Sqlite {
            is_found::<counted::Row>(FindingKind::KeyNullable, conn).await;
        } else {
            is_cured::<counted::Row>(&[FindingKind::KeyNullable], conn).await;
        }
    }

    async fn a_table_of_another_schema_and_of_names_that_want_quotes(database) {
        use elsewhere::{Entry, Generated};
        let conn = &mut connect(database).await;
        make_shop(conn).await;
        // One of the same name where the connection is looks the same, and is right.
        let quoted = |name: &str| match BACKEND {
            Backend::Mysql => format!("`{}`", name.replace('`', "``")),
            _ => format!("\"{}\"", name.replace('"', "\"\"")),
        };
        let table = quoted("the \"lines\" `of` it's");
        let (order, version) = (quoted("order 'id\""), quoted("ver`sion ?"));
        is_found::<Entry>(FindingKind::TableMissing, conn).await;
        batch(&format!("CREATE TABLE {table} ({order} INTEGER NOT NULL, line INTEGER NOT NULL, {version} INTEGER NOT NULL, PRIMARY KEY ({order}, line))"), conn)
            .await
            .unwrap();
        is_found::<Entry>(FindingKind::TableMissing, conn).await;
        let there = format!("{}.{table}", quoted("occ_tests_shop"));
        batch(&format!("CREATE TABLE {there} ({order} INTEGER NOT NULL, line INTEGER NOT NULL)"), conn).await.unwrap();
        batch(&format!("INSERT INTO {there} VALUES (1, 2)"), conn).await.unwrap();
        let findings = is_cured::<Entry>(&[FindingKind::VersionMissing, FindingKind::KeyNotUnique], conn).await;
        assert_eq!((findings[0].table(), findings[0].column()), ("occ_tests_shop.the \"lines\" `of` it's", Some("ver`sion ?")));
        let mut row: Entry = first(elsewhere::lines::table.select(Entry::as_select()), conn).await.unwrap();
        save(&mut row, conn).await.unwrap();

        is_cured::<Generated>(&[FindingKind::TriggerMissing], conn).await;
        let mut row: Generated = first(elsewhere::lines::table.select(Generated::as_select()), conn).await.unwrap();
        save(&mut row, conn).await.unwrap();
        assert_eq!(row.version, 3);

        batch(&format!("DROP TABLE {there}"), conn).await.unwrap();
        batch(&format!("CREATE TABLE {there} ({order} INTEGER NOT NULL, line INTEGER NOT NULL, {version} INTEGER, PRIMARY KEY ({order}, line))"), conn)
            .await
            .unwrap();
        batch(&format!("INSERT INTO {there} VALUES (1, 2, NULL)"), conn).await.unwrap();
        is_cured::<Entry>(&[FindingKind::VersionNull, FindingKind::VersionNullable], conn).await;
        drop_shop(conn).await;
    }

    async fn a_trigger_that_is_missing(database) {
        use generated::things;
        let conn = &mut connect(database).await;
        make(&things("INTEGER NOT NULL DEFAULT 1"), conn).await;
        batch("INSERT INTO things (id, name) VALUES (1, 'a')", conn).await.unwrap();
        is_right::<counted::Row>(conn).await;
        // One that does other things is none.
        let other = match BACKEND {
            Backend::Sqlite => "CREATE TRIGGER audit AFTER UPDATE ON things BEGIN SELECT 1; END",
            Backend::Postgres => {
                "CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := 'x'; RETURN NEW; END $$;
                 CREATE TRIGGER audit BEFORE UPDATE ON things FOR EACH ROW EXECUTE FUNCTION audit()"
            }
            Backend::Mysql => "CREATE TRIGGER audit BEFORE UPDATE ON things FOR EACH ROW SET NEW.name = 'x'",
        };
        batch(other, conn).await.unwrap();
        // Nor is one that runs when a row is made.
        let inserts = match BACKEND {
            Backend::Sqlite => "CREATE TRIGGER begins AFTER INSERT ON things BEGIN UPDATE things SET version = 1 WHERE id = NEW.id; END",
            Backend::Postgres => {
                "CREATE FUNCTION begins() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.version := 1; RETURN NEW; END $$;
                 CREATE TRIGGER begins BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION begins()"
            }
            Backend::Mysql => "CREATE TRIGGER begins BEFORE INSERT ON things FOR EACH ROW SET NEW.version = 1",
        };
        batch(inserts, conn).await.unwrap();
        let findings = is_cured::<generated::Row>(&[FindingKind::TriggerMissing], conn).await;
        assert!(findings[0].cure().unwrap().contains("things_version_moves"));
        let mut row: generated::Row = first(things::table.select(generated::Row::as_select()), conn).await.unwrap();
        save(&mut row, conn).await.unwrap();
        assert_eq!(row.version, 2);
        is_right::<counted::Row>(conn).await;

        make(&things("INTEGER NOT NULL DEFAULT 1"), conn).await;
        if BACKEND == Backend::Postgres {
            // Its function has outlived it.
            is_cured::<generated::Row>(&[FindingKind::TriggerMissing], conn).await;
            batch("ALTER TABLE things DISABLE TRIGGER things_version_moves", conn).await.unwrap();
            let findings = is_cured::<generated::Row>(&[FindingKind::TriggerMissing], conn).await;
            assert!(findings[0].cure().unwrap().contains("ENABLE TRIGGER"));
        } else {
            batch(&create(&VersionTrigger::counter("things", "version")), conn).await.unwrap();
            is_right::<generated::Row>(conn).await;
        }
    }

    async fn a_view(database) {
        let conn = &mut connect(database).await;
        batch("DROP TABLE IF EXISTS things", conn).await.unwrap();
        batch("CREATE VIEW things AS SELECT id, name, version FROM products", conn).await.unwrap();
        if BACKEND == Backend::Sqlite {
            is_found::<counted::Row>(FindingKind::View, conn).await;
        } else {
            // It is written as the table beneath is.
            is_right::<counted::Row>(conn).await;
            is_right::<generated::Row>(conn).await;
        }
        batch("DROP VIEW things", conn).await.unwrap();
        batch("CREATE VIEW things AS SELECT id, max(name) AS name, max(version) AS version FROM products GROUP BY id", conn).await.unwrap();
        is_found::<counted::Row>(FindingKind::View, conn).await;
        batch("DROP VIEW things", conn).await.unwrap();
        batch("CREATE VIEW things AS SELECT id, name FROM products", conn).await.unwrap();
        assert!(kinds(&check_schema::<counted::Row>(conn).await.unwrap()).contains(&FindingKind::VersionMissing));
    }
}
