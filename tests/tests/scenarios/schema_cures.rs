//! What the cures of `check_schema` leave as it was, and where there is none.

use diesel::prelude::*;
use occ_runtime::schema::FindingKind;
use occ_runtime::{VersionError, VersionGenerator};
use occ_tests::cell::Backend;

use super::cell::{BACKEND, Conn, all, batch, check_schema, connect};
use super::schema::{counted, is_cured, is_found, kinds, make, on, thing, things};

/// Versions of a type that occ does not know: r1, r2, and so on.
pub(crate) struct Lettered;

impl VersionGenerator<String> for Lettered {
    fn initial() -> String {
        "r1".to_owned()
    }

    fn next(current: &String) -> Result<String, VersionError> {
        let number: u32 = current.strip_prefix('r').and_then(|number| number.parse().ok()).unwrap_or(0);
        Ok(format!("r{}", number + 1))
    }
}

thing!(lettered, Text, String, Lettered);

/// What a row has got that was inserted without a version, or that none was to be had.
async fn inserted(conn: &mut Conn) -> Option<String> {
    diesel::table! { things (id) { id -> Integer, version -> Text } }
    if batch("INSERT INTO things (id, name) VALUES (9, 'z')", conn).await.is_err() {
        return None;
    }
    let versions: Vec<String> = all(things::table.find(9).select(things::version), conn).await.unwrap();
    batch("DELETE FROM things WHERE id = 9", conn).await.unwrap();
    versions.into_iter().next()
}

super::scenarios! {
    async fn a_version_of_ones_own_is_not_made_up(database) {
        let conn = &mut connect(database).await;
        make("CREATE TABLE things (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL); INSERT INTO things VALUES (1, 'a')", conn).await;
        let finding = is_found::<lettered::Row>(FindingKind::VersionMissing, conn).await;
        assert!(finding.to_string().ends_with("a version in each row that its generator goes on from"), "{finding}");

        let nullable = on("TEXT", "TEXT", "VARCHAR(20) COLLATE utf8mb4_bin");
        make(&things(nullable), conn).await;
        batch("INSERT INTO things VALUES (1, 'a', NULL)", conn).await.unwrap();
        let findings = check_schema::<lettered::Row>(conn).await.unwrap();
        assert_eq!(kinds(&findings), [FindingKind::VersionNull, FindingKind::VersionNullable]);
        assert!(findings.iter().all(|finding| finding.cure().is_none()), "{findings:#?}");
        // Where each row has one, nothing is to be made up, and nothing is.
        batch("UPDATE things SET version = 'r7'", conn).await.unwrap();
        is_cured::<lettered::Row>(&[FindingKind::VersionNullable], conn).await;
        assert_eq!(inserted(conn).await, None);
        make(&things(&format!("{nullable} DEFAULT 'r1'")), conn).await;
        is_cured::<lettered::Row>(&[FindingKind::VersionNullable], conn).await;
        assert_eq!(inserted(conn).await.as_deref(), Some("r1"));
    }

    async fn the_width_of_a_version_of_ones_own_is_not_guessed(database) {
        let conn = &mut connect(database).await;
        if BACKEND == Backend::Sqlite {
            return;
        }
        make(&things(on("", "VARCHAR(1) NOT NULL", "VARCHAR(1) COLLATE utf8mb4_bin NOT NULL")), conn).await;
        if BACKEND == Backend::Mysql {
            is_found::<lettered::Row>(FindingKind::VersionTooNarrow, conn).await;
        } else {
            is_cured::<lettered::Row>(&[FindingKind::VersionTooNarrow], conn).await;
        }
    }

    async fn a_counter_keeps_the_default_that_it_has(database) {
        let conn = &mut connect(database).await;
        make(&things("INTEGER DEFAULT 5"), conn).await;
        batch("INSERT INTO things (id, name) VALUES (1, 'a'); INSERT INTO things VALUES (2, 'b', NULL)", conn).await.unwrap();
        is_cured::<counted::Row>(&[FindingKind::VersionNull, FindingKind::VersionNullable], conn).await;
        batch("INSERT INTO things (id, name) VALUES (3, 'c')", conn).await.unwrap();
        let versions: Vec<i32> =
            all(counted::things::table.order(counted::things::id).select(counted::things::version), conn).await.unwrap();
        assert_eq!(versions, [5, 1, 5]);
    }
}

#[cfg(feature = "version_types")]
mod random {
    use occ_runtime::UuidV4;

    use super::super::schema::is_right;
    use super::*;

    thing!(uuid_texts, Text, String, UuidV4);
    thing!(times, Timestamp, chrono::NaiveDateTime);

    super::super::scenarios! {
        async fn a_random_version_gets_no_default_that_comes_twice(database) {
            let conn = &mut connect(database).await;
            let row = "INSERT INTO things (id, name) VALUES (1, 'a')";
            let table = format!("CREATE TABLE things (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL); {row}");
            make(&table, conn).await;
            is_cured::<uuid_texts::Row>(&[FindingKind::VersionMissing], conn).await;
            assert_eq!(inserted(conn).await, None);
            make(&table, conn).await;
            is_cured::<times::Row>(&[FindingKind::VersionMissing], conn).await;
            assert_eq!(inserted(conn).await, None);

            make(&things(on("TEXT", "TEXT", "VARCHAR(36)")), conn).await;
            batch(row, conn).await.unwrap();
            let faults = [FindingKind::VersionNull, FindingKind::VersionNullable];
            is_cured::<uuid_texts::Row>(&faults, conn).await;
            assert_eq!(inserted(conn).await, None);
            make(&things(on("TIMESTAMP", "TIMESTAMP", "DATETIME(6)")), conn).await;
            batch(row, conn).await.unwrap();
            is_cured::<times::Row>(&faults, conn).await;
            assert_eq!(inserted(conn).await, None);
        }

        async fn a_default_of_its_own_stays_and_a_constant_is_found(database) {
            let conn = &mut connect(database).await;
            let random = on("TEXT DEFAULT (hex(randomblob(8)))", "TEXT DEFAULT gen_random_uuid()::text", "VARCHAR(36) DEFAULT (UUID())");
            make(&things(random), conn).await;
            is_cured::<uuid_texts::Row>(&[FindingKind::VersionNullable], conn).await;
            let (one, other) = (inserted(conn).await, inserted(conn).await);
            assert!(one.is_some() && one != other, "{one:?}, {other:?}");

            let constant = on("TEXT DEFAULT ''", "TEXT DEFAULT 'x'", "VARCHAR(36) DEFAULT 'x'");
            make(&things(&format!("{constant} NOT NULL")), conn).await;
            is_cured::<uuid_texts::Row>(&[FindingKind::VersionDefault], conn).await;
            let time = on("TIMESTAMP", "TIMESTAMP", "DATETIME(6)");
            make(&things(&format!("{time} DEFAULT '1970-01-01 00:00:00' NOT NULL")), conn).await;
            is_cured::<times::Row>(&[FindingKind::VersionDefault], conn).await;
            assert_eq!(inserted(conn).await, None);
            make(&things(&format!("{} NOT NULL", on("TIMESTAMP DEFAULT CURRENT_TIMESTAMP", "TIMESTAMP DEFAULT now()", "DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6)"))), conn).await;
            is_right::<times::Row>(conn).await;
        }
    }
}
