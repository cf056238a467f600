//! What `check_schema` knows of MySQL and MariaDB alone.

use diesel::prelude::*;
use occ_runtime::schema::FindingKind;
use occ_runtime::{DatabaseGenerated, UuidV4, VersionTrigger};

use super::cell::{all, batch, check_schema, connect, first, save};
use crate::scenarios::schema::{counted, is_cured, is_found, is_right, kinds, make, thing, things};
use crate::scenarios::schema_cures::Lettered;

thing!(uuid_bytes, Binary, Vec<u8>, UuidV4);
thing!(tiny, TinyInt, i8);
thing!(letters, Text, String, Lettered);
thing!(generated, Integer, i32, DatabaseGenerated);
thing!(times, Timestamp, chrono::NaiveDateTime);
thing!(generated_times, Timestamp, chrono::NaiveDateTime, DatabaseGenerated);

super::scenarios! {
    async fn a_version_that_is_padded(database) {
        let conn = &mut connect(database).await;
        make(&things("BINARY(20) NOT NULL"), conn).await;
        batch("INSERT INTO things VALUES (1, 'a', UNHEX('000102030405060708090a0b0c0d0e0f'))", conn).await.unwrap();
        is_cured::<uuid_bytes::Row>(&[FindingKind::VersionPadded], conn).await;
        let conn = &mut connect(database).await;
        let mut row: uuid_bytes::Row = first(uuid_bytes::things::table.select(uuid_bytes::Row::as_select()), conn).await.unwrap();
        assert_eq!(row.version, (0..16).collect::<Vec<u8>>());
        save(&mut row, conn).await.unwrap();
        save(&mut row, conn).await.unwrap();
    }

    async fn integers_of_every_width(database) {
        let conn = &mut connect(database).await;
        for column in ["TINYINT", "MEDIUMINT", "SMALLINT UNSIGNED"] {
            make(&things(&format!("{column} NOT NULL DEFAULT 1 COMMENT 'it''s'")), conn).await;
            is_cured::<counted::Row>(&[FindingKind::VersionTooNarrow], conn).await;
        }
        for column in ["INT", "INT UNSIGNED", "BIGINT", "INT(5)"] {
            make(&things(&format!("{column} NOT NULL")), conn).await;
            is_right::<counted::Row>(conn).await;
            is_right::<tiny::Row>(conn).await;
        }
    }

    async fn a_version_that_the_column_sets_to_the_present(database) {
        let conn = &mut connect(database).await;
        for column in ["DATETIME(6)", "TIMESTAMP(6)"] {
            let ddl = things(&format!("{column} NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)"));
            make(&ddl, conn).await;
            is_right::<generated_times::Row>(conn).await;
            is_cured::<times::Row>(&[FindingKind::VersionOnUpdate], conn).await;
            assert_eq!(kinds(&check_schema::<generated_times::Row>(conn).await.unwrap()), [FindingKind::TriggerMissing]);
        }
        for column in ["DATETIME", "TIMESTAMP(3)"] {
            let digits = if column == "DATETIME" { "" } else { "(3)" };
            let ddl = things(&format!("{column} NOT NULL DEFAULT CURRENT_TIMESTAMP{digits} ON UPDATE CURRENT_TIMESTAMP{digits}"));
            make(&ddl, conn).await;
            is_cured::<generated_times::Row>(&[FindingKind::VersionTooCoarse], conn).await;
            make(&ddl, conn).await;
            is_cured::<times::Row>(&[FindingKind::VersionTooCoarse, FindingKind::VersionOnUpdate], conn).await;
            // The trigger moves it on, each time.
            make(&ddl, conn).await;
            batch(&VersionTrigger::timestamp("things", "version").mysql(), conn).await.unwrap();
            is_right::<generated_times::Row>(conn).await;
        }
    }

    async fn an_engine_without_transactions(database) {
        let conn = &mut connect(database).await;
        for engine in ["MyISAM", "MEMORY"] {
            make(&format!("{} ENGINE = {engine}", things("INTEGER NOT NULL")), conn).await;
            let findings = is_cured::<counted::Row>(&[FindingKind::EngineWithoutTransactions], conn).await;
            assert!(findings[0].to_string().starts_with(&format!("`things` has the engine {engine}")), "{}", findings[0]);
        }
    }

    async fn a_session_that_is_not_strict(database) {
        let conn = &mut connect(database).await;
        make(&things("INTEGER NOT NULL"), conn).await;
        for mode in ["", "NO_ENGINE_SUBSTITUTION"] {
            batch(&format!("SET SESSION sql_mode = '{mode}'"), conn).await.unwrap();
            is_cured::<counted::Row>(&[FindingKind::NotStrict], conn).await;
        }
        batch("SET SESSION sql_mode = 'STRICT_ALL_TABLES,ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT'", conn).await.unwrap();
        is_right::<counted::Row>(conn).await;
    }

    async fn a_key_that_counts_goes_on_counting(database) {
        let conn = &mut connect(database).await;
        make("CREATE TABLE things (id INTEGER UNIQUE AUTO_INCREMENT, name VARCHAR(20) NOT NULL, version INTEGER)", conn).await;
        is_cured::<counted::Row>(&[FindingKind::VersionNullable], conn).await;
        batch("INSERT INTO things (name, version) VALUES ('a', 1)", conn).await.unwrap();
        let row: counted::Row = first(counted::things::table.select(counted::Row::as_select()), conn).await.unwrap();
        assert_eq!(row.id, 1);
    }

    async fn versions_of_another_type(database) {
        let conn = &mut connect(database).await;
        for column in ["DECIMAL(3)", "YEAR", "BIT(8)", "DATE", "DATETIME(6)", "ENUM('1', '2')", "SET('1', '2')", "VARCHAR(9)"] {
            make(&things(&format!("{column} NOT NULL")), conn).await;
            let finding = is_found::<counted::Row>(FindingKind::VersionType, conn).await;
            assert!(finding.to_string().ends_with("make it INTEGER"), "{finding}");
        }
        for column in ["DATE", "INT", "VARCHAR(30)"] {
            make(&things(&format!("{column} NOT NULL")), conn).await;
            is_found::<times::Row>(FindingKind::VersionType, conn).await;
        }
    }

    async fn a_column_that_is_defined_anew_keeps_what_was_said_of_it(database) {
        let conn = &mut connect(database).await;
        make(&things("INT NULL DEFAULT 1 COMMENT 'it''s mine' CHECK (version > 0)"), conn).await;
        is_cured::<counted::Row>(&[FindingKind::VersionNullable], conn).await;
        batch("INSERT INTO things VALUES (1, 'a', 0)", conn).await.unwrap_err();
        let comment = diesel::sql_query(
            "SELECT COLUMN_COMMENT AS comment FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'things' \
             AND COLUMN_NAME = 'version'",
        );
        let found: Vec<Comment> = all(comment, conn).await.unwrap();
        assert_eq!(found[0].comment, "it's mine");

        make(&things("INT NULL DEFAULT 1 INVISIBLE"), conn).await;
        is_cured::<counted::Row>(&[FindingKind::VersionNullable], conn).await;
        batch("INSERT INTO things VALUES (1, 'a')", conn).await.unwrap();

        make(&things("VARCHAR(20) COLLATE utf8mb4_general_ci NOT NULL DEFAULT (concat('r', '1'))"), conn).await;
        is_cured::<letters::Row>(&[FindingKind::VersionCollation], conn).await;
        batch("INSERT INTO things (id, name) VALUES (1, 'a')", conn).await.unwrap();
        let row: letters::Row = first(letters::things::table.select(letters::Row::as_select()), conn).await.unwrap();
        assert_eq!(row.version, "r1");

        make(&things("BINARY(20) NOT NULL DEFAULT '1234567890123456'"), conn).await;
        is_cured::<uuid_bytes::Row>(&[FindingKind::VersionPadded, FindingKind::VersionDefault], conn).await;
    }

    async fn cures_that_there_are_not(database) {
        let conn = &mut connect(database).await;
        make(
            "CREATE TABLE things (id INTEGER NOT NULL, name VARCHAR(20) NOT NULL, version INTEGER NOT NULL) PARTITION BY KEY (name) PARTITIONS 2",
            conn,
        )
        .await;
        is_found::<counted::Row>(FindingKind::KeyNotUnique, conn).await;
        batch("DROP TABLE things; CREATE TABLE beneath (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, version SMALLINT NOT NULL)", conn)
            .await
            .unwrap();
        batch("CREATE VIEW things AS SELECT * FROM beneath", conn).await.unwrap();
        let finding = is_found::<counted::Row>(FindingKind::VersionTooNarrow, conn).await;
        assert!(finding.to_string().ends_with("so do that in the table beneath"), "{finding}");
        batch("DROP VIEW things", conn).await.unwrap();
        make(&things("INTEGER NOT NULL"), conn).await;
        batch("CREATE TRIGGER things_version_moves BEFORE INSERT ON things FOR EACH ROW SET NEW.name = 'x'", conn).await.unwrap();
        is_found::<generated::Row>(FindingKind::TriggerMissing, conn).await;
        if batch("DROP TABLE things; CREATE TABLE things (id INT PRIMARY KEY, name TEXT, version SMALLINT NOT NULL) WITH SYSTEM VERSIONING", conn).await.is_ok() {
            is_found::<counted::Row>(FindingKind::VersionTooNarrow, conn).await;
        }
    }

    async fn a_session_in_safe_mode_is_cured_as_well(database) {
        let conn = &mut connect(database).await;
        make(&things("INTEGER"), conn).await;
        batch("INSERT INTO things VALUES (1, 'a', NULL), (2, 'b', NULL); SET SESSION sql_safe_updates = 1", conn).await.unwrap();
        is_cured::<counted::Row>(&[FindingKind::VersionNull, FindingKind::VersionNullable], conn).await;
    }
}

#[derive(QueryableByName)]
struct Comment {
    #[diesel(sql_type = diesel::sql_types::Text)]
    comment: String,
}
