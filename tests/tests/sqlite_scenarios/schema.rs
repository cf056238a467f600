//! What `check_schema` knows of SQLite alone.

use diesel::prelude::*;
use occ_runtime::schema::FindingKind;
use occ_runtime::{DatabaseGenerated, OptimisticLock, VersionTrigger};

use super::cell::{all, batch, check_schema, connect};
use crate::scenarios::schema::{counted, is_cured, is_found, is_right, kinds, make, small, thing, things};

thing!(generated, Integer, i32, DatabaseGenerated);
thing!(times, Timestamp, chrono::NaiveDateTime);

diesel::table! { things (name) { name -> Text, version -> Integer } }

#[derive(Clone, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = things, primary_key(name))]
struct Named {
    name: String,
    version: i32,
}

mod by_rowid {
    diesel::table! { things (rowid) { rowid -> Integer, version -> Integer } }

    #[derive(Clone, diesel::Queryable, diesel::Selectable, occ_runtime::OptimisticLock)]
    #[diesel(table_name = things, primary_key(rowid))]
    pub(super) struct ByRowid {
        rowid: i32,
        version: i32,
    }
}

super::scenarios! {
    async fn an_index_that_tells_apart_what_the_column_does_not(database) {
        let conn = &mut connect(database).await;
        make("CREATE TABLE things (name TEXT COLLATE NOCASE NOT NULL, version INTEGER NOT NULL)", conn).await;
        batch("CREATE UNIQUE INDEX by_bytes ON things (name COLLATE BINARY)", conn).await.unwrap();
        is_cured::<Named>(&[FindingKind::KeyNotUnique], conn).await;
        make("CREATE TABLE things (name TEXT NOT NULL, version INTEGER NOT NULL)", conn).await;
        batch("CREATE UNIQUE INDEX ignores_case ON things (name COLLATE NOCASE)", conn).await.unwrap();
        is_right::<Named>(conn).await;
        make("CREATE TABLE things (name TEXT COLLATE NOCASE PRIMARY KEY, version INTEGER NOT NULL)", conn).await;
        is_right::<Named>(conn).await;
    }

    async fn a_table_without_rowid_has_no_trigger_of_occs(database) {
        let conn = &mut connect(database).await;
        make(&format!("{} WITHOUT ROWID", things("INTEGER NOT NULL")), conn).await;
        is_right::<counted::Row>(conn).await;
        is_found::<generated::Row>(FindingKind::TriggerMissing, conn).await;
    }

    async fn a_trigger_that_is_advised_finds_its_row_whatever_the_columns_are_called(database) {
        let conn = &mut connect(database).await;
        let columns = "id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL, rowid INTEGER, _rowid_ INTEGER";
        make(&format!("CREATE TABLE things ({columns})"), conn).await;
        batch("INSERT INTO things VALUES (1, 'a', 5, 2, 2), (2, 'b', 10, 1, 1)", conn).await.unwrap();
        is_cured::<generated::Row>(&[FindingKind::TriggerMissing], conn).await;
        batch("UPDATE things SET version = version WHERE id = 1", conn).await.unwrap();
        let versions: Vec<i32> = all(generated::things::table.select(generated::things::version), conn).await.unwrap();
        assert_eq!(versions, [6, 10]);
        make(&format!("CREATE TABLE things ({columns}, oid INTEGER)"), conn).await;
        let findings = check_schema::<generated::Row>(conn).await.unwrap();
        assert_eq!((kinds(&findings), findings[0].cure()), (vec![FindingKind::TriggerMissing], None));
    }

    async fn a_rowid_is_a_column_and_a_key(database) {
        let conn = &mut connect(database).await;
        make("CREATE TABLE things (version INTEGER NOT NULL)", conn).await;
        is_right::<by_rowid::ByRowid>(conn).await;
        make("CREATE TABLE things (name TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID", conn).await;
        assert_eq!(kinds(&check_schema::<by_rowid::ByRowid>(conn).await.unwrap()), [FindingKind::ColumnMissing]);
    }

    async fn a_table_is_looked_for_where_sqlite_looks(database) {
        let conn = &mut connect(database).await;
        batch("ATTACH DATABASE ':memory:' AS other", conn).await.unwrap();
        batch(&things("INTEGER NOT NULL").replace("things", "other.things"), conn).await.unwrap();
        is_right::<counted::Row>(conn).await;
        is_found_alone(conn).await;
        let trigger = VersionTrigger::counter("things", "version").schema("other").sqlite();
        batch(&trigger, conn).await.unwrap();
        is_right::<generated::Row>(conn).await;
        // One in the database itself comes first, and a temporary one before it.
        batch(&things("INTEGER NOT NULL"), conn).await.unwrap();
        is_found_alone(conn).await;
        batch("CREATE TEMPORARY TABLE THINGS (ID INTEGER PRIMARY KEY, Name TEXT NOT NULL, VERSION INTEGER)", conn).await.unwrap();
        is_cured::<counted::Row>(&[FindingKind::VersionNullable], conn).await;
    }

    async fn a_key_whose_own_index_tells_apart_what_the_column_does_not(database) {
        let conn = &mut connect(database).await;
        for key in ["PRIMARY KEY (name COLLATE BINARY)", "UNIQUE (name COLLATE BINARY)", "PRIMARY KEY (name COLLATE RTRIM)"] {
            for rowid in ["", " WITHOUT ROWID"] {
                if key.starts_with("UNIQUE") && !rowid.is_empty() {
                    continue;
                }
                let ddl = format!("CREATE TABLE things (name TEXT COLLATE NOCASE NOT NULL, version INTEGER NOT NULL, {key}){rowid}");
                make(&ddl, conn).await;
                is_cured::<Named>(&[FindingKind::KeyNotUnique], conn).await;
                let twice = batch("INSERT INTO things VALUES ('a', 1); INSERT INTO things VALUES ('A', 1)", conn).await;
                assert!(twice.is_err(), "{ddl}");
            }
        }
        make("CREATE TABLE things (name TEXT COLLATE NOCASE NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (name)) WITHOUT ROWID", conn).await;
        is_right::<Named>(conn).await;
    }

    async fn what_names_the_version_is_not_lost_with_the_column(database) {
        let conn = &mut connect(database).await;
        batch("CREATE TABLE log (x); CREATE TABLE children (thing INTEGER)", conn).await.unwrap();
        let nullable = things("INTEGER");
        for (ddl, drop) in [
            ("CREATE TEMP TRIGGER tells AFTER UPDATE ON things BEGIN INSERT INTO log VALUES (NEW.version); END", "DROP TRIGGER tells"),
            (
                "CREATE TRIGGER tells AFTER INSERT ON children BEGIN UPDATE things SET version = version + 1 WHERE id = NEW.thing; END",
                "DROP TRIGGER tells",
            ),
            ("CREATE TRIGGER tells AFTER INSERT ON things BEGIN INSERT INTO log VALUES (NEW.version); END", "DROP TRIGGER tells"),
            ("CREATE VIEW shows AS SELECT id, version FROM things", "DROP VIEW shows"),
            ("CREATE INDEX finds ON things (version)", "DROP INDEX finds"),
            ("CREATE INDEX finds ON things (abs(version))", "DROP INDEX finds"),
        ] {
            make(&nullable, conn).await;
            batch(ddl, conn).await.unwrap();
            let finding = is_found::<counted::Row>(FindingKind::VersionNullable, conn).await;
            assert!(finding.to_string().contains("make it anew afterwards"), "{finding}");
            batch(drop, conn).await.unwrap();
            is_cured::<counted::Row>(&[FindingKind::VersionNullable], conn).await;
        }
        for column in ["INTEGER CHECK (version > 0)", "INTEGER, CHECK (version > 0)", "INTEGER UNIQUE", "INTEGER, twice AS (version * 2)"] {
            make(&things(column), conn).await;
            is_found::<counted::Row>(FindingKind::VersionNullable, conn).await;
        }
        // What has the name of the table alone is not in the way, and a trigger of the table is made anew.
        make(&nullable, conn).await;
        batch("CREATE TRIGGER tells AFTER UPDATE ON things BEGIN INSERT INTO log VALUES (NEW.version); END", conn).await.unwrap();
        batch("CREATE VIEW shows AS SELECT id FROM things", conn).await.unwrap();
        is_cured::<counted::Row>(&[FindingKind::VersionNullable], conn).await;
        batch("INSERT INTO things VALUES (1, 'a', 1); UPDATE things SET version = 2", conn).await.unwrap();
        assert_eq!(logged(conn).await, [2]);
    }

    async fn a_strict_table_gets_types_that_it_knows(database) {
        let conn = &mut connect(database).await;
        make("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT", conn).await;
        is_cured::<times::Row>(&[FindingKind::VersionMissing], conn).await;
        make("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT", conn).await;
        is_cured::<small::Row>(&[FindingKind::VersionMissing], conn).await;
    }

    async fn a_virtual_table_is_not_altered(database) {
        let conn = &mut connect(database).await;
        make("CREATE VIRTUAL TABLE things USING fts5(id, name, version)", conn).await;
        let findings = check_schema::<counted::Row>(conn).await.unwrap();
        assert!(!findings.is_empty() && findings.iter().all(|finding| finding.cure().is_none()), "{findings:#?}");
    }

    async fn names_that_are_taken(database) {
        let conn = &mut connect(database).await;
        make("CREATE TABLE things (name TEXT NOT NULL, version INTEGER NOT NULL); CREATE TABLE things_name_key (x)", conn).await;
        is_cured::<Named>(&[FindingKind::KeyNotUnique], conn).await;
        make(&things("INTEGER NOT NULL"), conn).await;
        batch("CREATE TRIGGER things_version_moves AFTER INSERT ON things BEGIN SELECT 1; END", conn).await.unwrap();
        is_found::<generated::Row>(FindingKind::TriggerMissing, conn).await;
    }

    async fn a_cure_in_a_transaction_is_seen_by_others_when_it_ends(database) {
        let conn = &mut connect(database).await;
        make(&things("TIMESTAMP DEFAULT CURRENT_TIMESTAMP"), conn).await;
        batch("INSERT INTO things (id, name) VALUES (1, 'a')", conn).await.unwrap();
        let other = &mut connect(database).await;
        batch("SELECT * FROM things", other).await.unwrap();
        for ends_well in [false, true] {
            batch("BEGIN", conn).await.unwrap();
            let findings = check_schema::<times::Row>(conn).await.unwrap();
            assert_eq!(kinds(&findings), [FindingKind::VersionNullable]);
            batch(findings[0].cure().unwrap(), conn).await.unwrap();
            is_right::<times::Row>(conn).await;
            batch(if ends_well { "COMMIT" } else { "ROLLBACK" }, conn).await.unwrap();
        }
        is_right::<times::Row>(other).await;
        batch("INSERT INTO things VALUES (2, 'b', NULL)", other).await.unwrap_err();
        batch("INSERT INTO things (id, name) VALUES (2, 'b')", other).await.unwrap();
        let recent = "INSERT INTO log SELECT count(*) FROM things WHERE version > '2020'; PRAGMA integrity_check";
        batch("CREATE TABLE log (x)", other).await.unwrap();
        batch(recent, other).await.unwrap();
        assert_eq!(logged(other).await, [2]);
    }
}

async fn logged(conn: &mut super::cell::Conn) -> Vec<i32> {
    diesel::table! { log (x) { x -> Integer } }
    all(log::table.select(log::x), conn).await.unwrap()
}

async fn is_found_alone(conn: &mut super::cell::Conn) {
    let findings = check_schema::<generated::Row>(conn).await.unwrap();
    assert_eq!(kinds(&findings), [FindingKind::TriggerMissing]);
}
