//! What `check_schema` knows of SQLite alone.

use diesel::prelude::*;
use occ_runtime::schema::FindingKind;
use occ_runtime::{DatabaseGenerated, OptimisticLock, VersionTrigger};

use super::cell::{all, batch, check_schema, connect};
use crate::scenarios::schema::{counted, is_cured, is_found, is_right, kinds, make, thing, things};

thing!(generated, Integer, i32, DatabaseGenerated);

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
}

async fn is_found_alone(conn: &mut super::cell::Conn) {
    let findings = check_schema::<generated::Row>(conn).await.unwrap();
    assert_eq!(kinds(&findings), [FindingKind::TriggerMissing]);
}
