//! What `check_schema` finds in a table that is not as its struct needs it, and that its cure removes it: what is there, and what of
//! counters.

use diesel::prelude::*;
use occ_runtime::OptimisticLock;
use occ_runtime::schema::{Finding, FindingKind};
use occ_tests::cell::Backend;

use super::cell::{BACKEND, ChecksSchema, Conn, batch, check_schema, connect, first, save};
use super::product::Product;

/// The struct `Row` of a table `things`, with these columns, the version last.
macro_rules! thing {
    ($name:ident, $sql:ident, $rust:ty $(, $generator:ty)?) => {
        pub(crate) mod $name {
            use diesel::prelude::*;
            #[allow(unused_imports, reason = "not each is named by a path")]
            use super::*;

            diesel::table! {
                use diesel::sql_types::*;
                things (id) { id -> Integer, name -> Text, version -> $sql }
            }

            #[derive(Clone, Debug, PartialEq, Queryable, Selectable, occ_runtime::OptimisticLock)]
            #[diesel(table_name = things)]
            pub(crate) struct Row {
                pub(crate) id: i32,
                pub(crate) name: String,
                #[occ(version $(, generator = $generator)?)]
                pub(crate) version: $rust,
            }
        }
    };
}
pub(crate) use thing;

thing!(small, SmallInt, i16);
thing!(counted, Integer, i32);
thing!(large, BigInt, i64);

/// A table `things` whose version is of this type.
pub(crate) fn things(version: &str) -> String {
    format!("CREATE TABLE things (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, version {version})")
}

pub(crate) fn kinds(findings: &[Finding]) -> Vec<FindingKind> {
    findings.iter().map(Finding::kind).collect()
}

/// Whatever is made by `ddl`, and what was there of the name before is gone.
pub(crate) async fn make(ddl: &str, conn: &mut Conn) {
    batch("DROP TABLE IF EXISTS things", conn).await.unwrap();
    batch(ddl, conn).await.unwrap_or_else(|error| panic!("{ddl}: {error}"));
}

/// Just this is found in the table, and nothing once the cures have been run. What is found, for a look.
pub(crate) async fn is_cured<M: ChecksSchema<Conn>>(
    expected: &[FindingKind],
    conn: &mut Conn,
) -> Vec<Finding> {
    let findings = check_schema::<M>(conn).await.unwrap();
    assert_eq!(kinds(&findings), expected, "{findings:#?}");
    for finding in &findings {
        assert!(finding.to_string().contains(&format!("`{}`", finding.table())), "{finding}");
        assert!(
            finding.column().is_none_or(|column| finding.to_string().contains(&format!("`{column}`"))),
            "{finding}"
        );
        let cure = finding.cure().unwrap_or_else(|| panic!("nothing cures that {finding}"));
        batch(cure, conn).await.unwrap_or_else(|error| panic!("{cure}: {error}"));
    }
    let left = check_schema::<M>(conn).await.unwrap();
    assert_eq!(left, [], "after {findings:#?}");
    findings
}

/// Just this is found, and no SQL is known that mends it.
pub(crate) async fn is_found<M: ChecksSchema<Conn>>(expected: FindingKind, conn: &mut Conn) -> Finding {
    let mut findings = check_schema::<M>(conn).await.unwrap();
    assert_eq!(kinds(&findings), [expected], "{findings:#?}");
    assert_eq!(findings[0].cure(), None, "{findings:#?}");
    findings.remove(0)
}

/// Nothing is found.
pub(crate) async fn is_right<M: ChecksSchema<Conn>>(conn: &mut Conn) {
    assert_eq!(check_schema::<M>(conn).await.unwrap(), []);
}

/// A type of this backend's.
pub(crate) fn on<'a>(sqlite: &'a str, postgres: &'a str, mysql: &'a str) -> &'a str {
    match BACKEND {
        Backend::Sqlite => sqlite,
        Backend::Postgres => postgres,
        Backend::Mysql => mysql,
    }
}

/// By what was loaded.
#[derive(Clone, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = counted::things)]
#[occ(check = all)]
struct Compared {
    id: i32,
    name: String,
}

super::scenarios! {
    async fn a_right_table_has_no_fault(database) {
        let conn = &mut connect(database).await;
        is_right::<Product>(conn).await;
        make(&things("INTEGER NOT NULL DEFAULT 1"), conn).await;
        is_right::<counted::Row>(conn).await;
        is_right::<Compared>(conn).await;
        make(&things("BIGINT NOT NULL"), conn).await;
        is_right::<large::Row>(conn).await;
    }

    async fn a_table_that_is_missing(database) {
        let conn = &mut connect(database).await;
        let finding = is_found::<counted::Row>(FindingKind::TableMissing, conn).await;
        assert_eq!((finding.table(), finding.column()), ("things", None));
        assert_eq!(
            finding.to_string(),
            "there is no table `things` where this connection looks for it: run the migration that creates it, or connect to its database"
        );
    }

    async fn a_column_that_is_missing(database) {
        let conn = &mut connect(database).await;
        make("CREATE TABLE things (id INTEGER PRIMARY KEY, version INTEGER NOT NULL)", conn).await;
        let finding = is_found::<counted::Row>(FindingKind::ColumnMissing, conn).await;
        assert_eq!((finding.table(), finding.column()), ("things", Some("name")));
        make("CREATE TABLE things (version INTEGER NOT NULL, name VARCHAR(9))", conn).await;
        let finding = is_found::<counted::Row>(FindingKind::ColumnMissing, conn).await;
        assert_eq!(finding.column(), Some("id"));
        is_found::<Compared>(FindingKind::ColumnMissing, conn).await;
    }

    async fn a_version_that_is_missing(database) {
        let conn = &mut connect(database).await;
        make("CREATE TABLE things (id INTEGER PRIMARY KEY, name VARCHAR(9) NOT NULL); INSERT INTO things VALUES (1, 'a')", conn).await;
        is_right::<Compared>(conn).await;
        is_cured::<small::Row>(&[FindingKind::VersionMissing], conn).await;
        assert_eq!(first::<_, i16>(small::things::table.select(small::things::version), conn).await.unwrap(), 1);
        for _ in 0..2 {
            batch("ALTER TABLE things DROP COLUMN version", conn).await.unwrap();
            is_cured::<large::Row>(&[FindingKind::VersionMissing], conn).await;
        }
        let mut row: large::Row = first(large::things::table.select(large::Row::as_select()), conn).await.unwrap();
        let mut stale = row.clone();
        save(&mut row, conn).await.unwrap();
        assert!(save(&mut stale, conn).await.unwrap_err().is_stale());
    }

    async fn a_version_that_may_be_null_and_is(database) {
        use counted::things;
        let conn = &mut connect(database).await;
        make(&things("INTEGER"), conn).await;
        let findings = is_cured::<counted::Row>(&[FindingKind::VersionNullable], conn).await;
        assert_eq!(
            findings[0].to_string(),
            "the column `version` of `things` may be NULL, and no save finds a row whose version is NULL: make it NOT NULL"
        );
        make(&things("INTEGER DEFAULT 7"), conn).await;
        batch("INSERT INTO things VALUES (1, 'a', NULL); INSERT INTO things VALUES (2, 'b', 5)", conn).await.unwrap();
        let findings = is_cured::<counted::Row>(&[FindingKind::VersionNull, FindingKind::VersionNullable], conn).await;
        assert!(findings[0].to_string().contains("is NULL in 1 rows"), "{}", findings[0]);
        let find = |id: i32| things::table.find(id).select(counted::Row::as_select());
        let mut rows: Vec<counted::Row> = vec![first(find(1), conn).await.unwrap(), first(find(2), conn).await.unwrap()];
        assert_eq!(rows.iter().map(|row| row.version).collect::<Vec<_>>(), [1, 5], "a version that is there stays");
        for row in &mut rows {
            save(row, conn).await.unwrap();
        }
        // The second cure alone does both.
        make(&things("INTEGER"), conn).await;
        batch("INSERT INTO things VALUES (1, 'a', NULL)", conn).await.unwrap();
        let findings = check_schema::<counted::Row>(conn).await.unwrap();
        batch(findings[1].cure().unwrap(), conn).await.unwrap();
        is_right::<counted::Row>(conn).await;
    }

    async fn a_version_that_is_a_float(database) {
        let conn = &mut connect(database).await;
        for column in ["REAL", "DOUBLE PRECISION", "FLOAT"] {
            make(&things(&format!("{column} NOT NULL")), conn).await;
            batch("INSERT INTO things VALUES (1, 'a', 3)", conn).await.unwrap();
            is_cured::<counted::Row>(&[FindingKind::VersionFloat], conn).await;
            let row: counted::Row = first(counted::things::table.select(counted::Row::as_select()), conn).await.unwrap();
            assert_eq!(row.version, 3);
        }
    }

    async fn a_version_that_the_database_computes(database) {
        let conn = &mut connect(database).await;
        let stored = on("INTEGER GENERATED ALWAYS AS (id + 1) STORED", "INTEGER GENERATED ALWAYS AS (id + 1) STORED NOT NULL", "INTEGER GENERATED ALWAYS AS (id + 1) STORED");
        let other = on("INTEGER GENERATED ALWAYS AS (id + 1) VIRTUAL", "INTEGER GENERATED ALWAYS AS IDENTITY", "INTEGER GENERATED ALWAYS AS (id + 1) VIRTUAL");
        for column in [stored, other] {
            make(&things(column), conn).await;
            batch("INSERT INTO things (id, name) VALUES (1, 'a')", conn).await.unwrap();
            is_cured::<counted::Row>(&[FindingKind::VersionGenerated], conn).await;
            let mut row: counted::Row = first(counted::things::table.select(counted::Row::as_select()), conn).await.unwrap();
            let version = row.version;
            assert!(version > 0, "it is kept");
            save(&mut row, conn).await.unwrap();
            assert_eq!(row.version, version + 1);
        }
    }

    async fn a_version_that_is_too_narrow_for_its_field(database) {
        let conn = &mut connect(database).await;
        if BACKEND == Backend::Sqlite {
            make(&things("SMALLINT NOT NULL"), conn).await;
            is_right::<large::Row>(conn).await;
            return;
        }
        for column in ["SMALLINT", "INTEGER"] {
            make(&things(&format!("{column} NOT NULL DEFAULT 1")), conn).await;
            let findings = is_cured::<large::Row>(&[FindingKind::VersionTooNarrow], conn).await;
            assert!(findings[0].to_string().contains("versions go on to 9223372036854775807"), "{}", findings[0]);
        }
        batch("INSERT INTO things (id, name) VALUES (1, 'a')", conn).await.unwrap();
        let mut row: large::Row = first(large::things::table.select(large::Row::as_select()), conn).await.unwrap();
        assert_eq!(row.version, 1, "the default is still there");
        save(&mut row, conn).await.unwrap();
        make(&things("SMALLINT NOT NULL"), conn).await;
        is_right::<small::Row>(conn).await;
        is_cured::<counted::Row>(&[FindingKind::VersionTooNarrow], conn).await;
    }

    async fn several_faults_are_told_together_and_cured_in_their_order(database) {
        let conn = &mut connect(database).await;
        make("CREATE TABLE things (id INTEGER NOT NULL, name VARCHAR(20) NOT NULL, version REAL)", conn).await;
        batch("INSERT INTO things VALUES (1, 'a', NULL)", conn).await.unwrap();
        let mut findings = check_schema::<counted::Row>(conn).await.unwrap();
        assert_eq!(
            kinds(&findings),
            [FindingKind::VersionNull, FindingKind::VersionNullable, FindingKind::VersionFloat, FindingKind::KeyNotUnique]
        );
        for finding in &findings {
            batch(finding.cure().unwrap(), conn).await.unwrap_or_else(|error| panic!("{finding:?}: {error}"));
        }
        findings = check_schema::<counted::Row>(conn).await.unwrap();
        assert_eq!(findings, []);
    }
}
