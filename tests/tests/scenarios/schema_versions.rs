//! What `check_schema` finds wrong with versions that are no counters.

use diesel::prelude::*;
use occ_runtime::schema::FindingKind;
use occ_runtime::version::{Millis, Seconds};
use occ_runtime::{DatabaseGenerated, Timestamp, UuidV4, VersionError, VersionGenerator};
use occ_tests::cell::Backend;

use super::cell::{BACKEND, batch, connect, first, save};
use super::schema::{is_cured, is_right, make, on, thing, things};

/// Writes letters large and small in turn.
pub(crate) struct Letters;

impl VersionGenerator<String> for Letters {
    fn initial() -> String {
        "abc".to_owned()
    }

    fn next(current: &String) -> Result<String, VersionError> {
        Ok(if current == "abc" { "ABC".to_owned() } else { "abc".to_owned() })
    }
}

thing!(uuid_texts, Text, String, UuidV4);
thing!(uuid_bytes, Binary, Vec<u8>, UuidV4);
thing!(letters, Text, String, Letters);
thing!(times, Timestamp, chrono::NaiveDateTime);
thing!(millis, Timestamp, chrono::NaiveDateTime, Timestamp<Millis>);
thing!(seconds, Timestamp, chrono::NaiveDateTime, Timestamp<Seconds>);
thing!(generated_times, Timestamp, chrono::NaiveDateTime, DatabaseGenerated);

/// A row goes through two saves, and a stale one is refused. On a connection of its own, as one keeps statements of the column as it
/// was.
macro_rules! is_saved {
    ($module:ident, $database:expr) => {{
        let conn = &mut connect($database).await;
        let query = || $module::things::table.select($module::Row::as_select());
        let mut row: $module::Row = first(query(), conn).await.unwrap();
        let mut stale = row.clone();
        for name in ["b", "c"] {
            row.name = name.into();
            save(&mut row, conn).await.unwrap();
            assert_eq!(first::<_, $module::Row>(query(), conn).await.unwrap(), row);
        }
        assert!(save(&mut stale, conn).await.unwrap_err().is_stale());
    }};
}

super::scenarios! {
    async fn a_version_of_each_type_that_is_missing_is_added(database) {
        let conn = &mut connect(database).await;
        let table = "CREATE TABLE things (id INTEGER PRIMARY KEY, name VARCHAR(9) NOT NULL); INSERT INTO things VALUES (1, 'a')";
        make(table, conn).await;
        is_cured::<uuid_texts::Row>(&[FindingKind::VersionMissing], conn).await;
        is_saved!(uuid_texts, database);
        make(table, conn).await;
        is_cured::<uuid_bytes::Row>(&[FindingKind::VersionMissing], conn).await;
        is_saved!(uuid_bytes, database);
        make(table, conn).await;
        is_cured::<times::Row>(&[FindingKind::VersionMissing], conn).await;
        is_saved!(times, database);
        make(table, conn).await;
        is_cured::<millis::Row>(&[FindingKind::VersionMissing], conn).await;
        is_saved!(millis, database);
    }

    async fn a_version_of_each_type_that_is_null_is_given_one(database) {
        let conn = &mut connect(database).await;
        let row = "INSERT INTO things (id, name) VALUES (1, 'a')";
        let faults = [FindingKind::VersionNull, FindingKind::VersionNullable];
        make(&things(on("TEXT", "TEXT", "VARCHAR(36)")), conn).await;
        batch(row, conn).await.unwrap();
        is_cured::<uuid_texts::Row>(&faults, conn).await;
        is_saved!(uuid_texts, database);
        make(&things(on("BLOB", "BYTEA", "BINARY(16)")), conn).await;
        batch(row, conn).await.unwrap();
        is_cured::<uuid_bytes::Row>(&faults, conn).await;
        is_saved!(uuid_bytes, database);
        make(&things(on("TIMESTAMP", "TIMESTAMP", "DATETIME(6)")), conn).await;
        batch(row, conn).await.unwrap();
        is_cured::<times::Row>(&faults, conn).await;
        is_saved!(times, database);
    }

    async fn a_version_that_is_too_narrow_for_what_is_made(database) {
        let conn = &mut connect(database).await;
        for column in ["CHAR(32)", "VARCHAR(20)"] {
            make(&things(&format!("{column} NOT NULL")), conn).await;
            if BACKEND == Backend::Sqlite {
                is_right::<uuid_texts::Row>(conn).await;
            } else {
                let findings = is_cured::<uuid_texts::Row>(&[FindingKind::VersionTooNarrow], conn).await;
                assert!(findings[0].to_string().contains("of the 36 letters or bytes"), "{}", findings[0]);
            }
        }
        if BACKEND == Backend::Mysql {
            for column in ["BINARY(10)", "VARBINARY(15)"] {
                make(&things(&format!("{column} NOT NULL")), conn).await;
                is_cured::<uuid_bytes::Row>(&[FindingKind::VersionTooNarrow], conn).await;
            }
        }
        for column in ["CHAR(36)", "VARCHAR(36)", "VARCHAR(50)", "TEXT"] {
            make(&things(&format!("{column} NOT NULL")), conn).await;
            is_right::<uuid_texts::Row>(conn).await;
        }
    }

    async fn a_version_that_is_too_coarse(database) {
        let conn = &mut connect(database).await;
        let (coarse, exact, middle) = match BACKEND {
            Backend::Sqlite => (&[][..], &["TIMESTAMP", "TEXT"][..], "TIMESTAMP"),
            Backend::Postgres => (
                &["TIMESTAMP(0)", "TIMESTAMP(3)", "TIMESTAMP(5)", "TIMESTAMPTZ(0)"][..],
                &["TIMESTAMP", "TIMESTAMP(6)", "TIMESTAMPTZ"][..],
                "TIMESTAMP(3)",
            ),
            Backend::Mysql => (
                &["DATETIME", "DATETIME(3) DEFAULT CURRENT_TIMESTAMP(3)", "DATETIME(5)"][..],
                &["DATETIME(6)", "TIMESTAMP(6) DEFAULT CURRENT_TIMESTAMP(6)"][..],
                "DATETIME(3)",
            ),
        };
        for column in coarse {
            make(&things(&format!("{column} NOT NULL")), conn).await;
            is_cured::<times::Row>(&[FindingKind::VersionTooCoarse], conn).await;
        }
        for column in exact {
            make(&things(&format!("{column} NOT NULL")), conn).await;
            is_right::<times::Row>(conn).await;
            is_right::<seconds::Row>(conn).await;
        }
        make(&things(&format!("{middle} NOT NULL")), conn).await;
        is_right::<millis::Row>(conn).await;
        is_right::<seconds::Row>(conn).await;
    }

    async fn a_version_whose_collation_does_not_tell_two_apart(database) {
        let conn = &mut connect(database).await;
        if BACKEND == Backend::Postgres {
            batch("CREATE COLLATION ignores_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)", conn).await.unwrap();
        }
        let (loose, exact) = match BACKEND {
            Backend::Sqlite => (&["TEXT COLLATE NOCASE", "TEXT COLLATE RTRIM"][..], &["TEXT", "VARCHAR(9)"][..]),
            Backend::Postgres => (
                &["VARCHAR(40) COLLATE ignores_case", "TEXT COLLATE ignores_case"][..],
                &["TEXT", "VARCHAR(40)", "TEXT COLLATE \"C\""][..],
            ),
            Backend::Mysql => (
                &["VARCHAR(36) COLLATE utf8mb4_general_ci", "CHAR(3) CHARACTER SET latin1"][..],
                &["VARCHAR(36) COLLATE utf8mb4_bin", "VARBINARY(36)"][..],
            ),
        };
        for column in loose {
            make(&things(&format!("{column} NOT NULL")), conn).await;
            if !column.starts_with("CHAR") {
                is_right::<uuid_texts::Row>(conn).await;
            }
            batch("INSERT INTO things VALUES (1, 'a', 'abc')", conn).await.unwrap();
            is_cured::<letters::Row>(&[FindingKind::VersionCollation], conn).await;
            let conn = &mut connect(database).await;
            let mut row: letters::Row = first(letters::things::table.select(letters::Row::as_select()), conn).await.unwrap();
            let mut stale = row.clone();
            save(&mut row, conn).await.unwrap();
            assert!(save(&mut stale, conn).await.unwrap_err().is_stale());
        }
        for column in exact {
            make(&things(&format!("{column} NOT NULL")), conn).await;
            is_right::<letters::Row>(conn).await;
        }
    }

    async fn a_default_that_is_no_version(database) {
        let conn = &mut connect(database).await;
        if BACKEND == Backend::Sqlite {
            for number in ["julianday('now')", "unixepoch()"] {
                make(&things(&format!("TIMESTAMP NOT NULL DEFAULT ({number})")), conn).await;
                batch("INSERT INTO things (id, name) VALUES (1, 'a')", conn).await.unwrap();
                is_cured::<times::Row>(&[FindingKind::VersionDefault], conn).await;
                is_saved!(times, database);
            }
            make(&things("TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP"), conn).await;
            is_right::<times::Row>(conn).await;
        } else {
            make(&things("VARCHAR(36) NOT NULL DEFAULT 'new'"), conn).await;
            is_cured::<uuid_texts::Row>(&[FindingKind::VersionDefault], conn).await;
            let random = on("", "TEXT NOT NULL DEFAULT gen_random_uuid()::text", "VARCHAR(36) NOT NULL DEFAULT (UUID())");
            make(&things(random), conn).await;
            is_right::<uuid_texts::Row>(conn).await;
        }
    }

    async fn a_trigger_that_is_missing_for_times(database) {
        let conn = &mut connect(database).await;
        make(&things(on("TIMESTAMP NOT NULL", "TIMESTAMP NOT NULL", "DATETIME(6) NOT NULL")), conn).await;
        batch("INSERT INTO things VALUES (1, 'a', '2026-01-01 00:00:00')", conn).await.unwrap();
        is_cured::<generated_times::Row>(&[FindingKind::TriggerMissing], conn).await;
        is_saved!(generated_times, database);
    }

    async fn a_version_column_that_is_rebuilt_keeps_its_trigger(database) {
        if BACKEND != Backend::Sqlite {
            return;
        }
        let conn = &mut connect(database).await;
        make(&things("TIMESTAMP"), conn).await;
        batch("INSERT INTO things (id, name) VALUES (1, 'a')", conn).await.unwrap();
        is_cured::<generated_times::Row>(&[FindingKind::VersionNull, FindingKind::VersionNullable, FindingKind::TriggerMissing], conn).await;
        make(&things("TIMESTAMP"), conn).await;
        batch(&occ_runtime::VersionTrigger::timestamp("things", "version").sqlite(), conn).await.unwrap();
        is_cured::<generated_times::Row>(&[FindingKind::VersionNullable], conn).await;
        batch("INSERT INTO things VALUES (1, 'a', '2026-01-01 00:00:00')", conn).await.unwrap();
        is_saved!(generated_times, database);
    }
}
