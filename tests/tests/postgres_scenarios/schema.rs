//! What `check_schema` knows of PostgreSQL alone.

use diesel::prelude::*;
use occ_runtime::schema::FindingKind;
use occ_runtime::{Error, OptimisticLock, UuidV4, Xmin};

use super::cell::{batch, check_schema, connect};
use super::product::Product;
use super::views::{CHECKING, CHECKING_RULE, TRUSTING, TRUSTING_RULE, VIEW};
use crate::scenarios::schema::{counted, is_cured, is_found, is_right, kinds, make, thing, things};

thing!(uuid_texts, Text, String, UuidV4);
thing!(uuids, Uuid, uuid::Uuid);
thing!(times, Timestamp, chrono::NaiveDateTime);
thing!(zoned, Timestamptz, chrono::DateTime<chrono::Utc>);

diesel::table! {
    use diesel::sql_types::*;
    use occ_runtime::version::Xid;
    things (name) { name -> Text, xmin -> Xid }
}

#[derive(Clone, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = things, primary_key(name))]
struct Named {
    name: String,
    #[occ(version)]
    xmin: Xmin,
}

super::scenarios! {
    async fn a_version_that_is_padded(database) {
        let conn = &mut connect(database).await;
        make(&things("CHAR(40) NOT NULL"), conn).await;
        is_cured::<uuid_texts::Row>(&[FindingKind::VersionPadded], conn).await;
    }

    async fn versions_of_postgresqls_own_types(database) {
        let conn = &mut connect(database).await;
        let table = "CREATE TABLE things (id INTEGER PRIMARY KEY, name VARCHAR(9) NOT NULL); INSERT INTO things VALUES (1, 'a')";
        make(table, conn).await;
        is_cured::<uuids::Row>(&[FindingKind::VersionMissing], conn).await;
        make(table, conn).await;
        is_cured::<zoned::Row>(&[FindingKind::VersionMissing], conn).await;
        make(&things("timestamptz(2)"), conn).await;
        is_cured::<zoned::Row>(&[FindingKind::VersionNullable, FindingKind::VersionTooCoarse], conn).await;
        make(&things("uuid"), conn).await;
        batch("INSERT INTO things VALUES (1, 'a', NULL)", conn).await.unwrap();
        is_cured::<uuids::Row>(&[FindingKind::VersionNull, FindingKind::VersionNullable], conn).await;
        batch("CREATE DOMAIN counts AS INTEGER NOT NULL CHECK (VALUE > 0)", conn).await.unwrap();
        make(&things("counts"), conn).await;
        is_right::<counted::Row>(conn).await;
        batch("CREATE DOMAIN short_counts AS SMALLINT", conn).await.unwrap();
        make(&things("short_counts NOT NULL"), conn).await;
        is_cured::<counted::Row>(&[FindingKind::VersionTooNarrow], conn).await;
    }

    async fn what_is_run_instead_of_an_update_has_to_ask_for_the_version(database) {
        let conn = &mut connect(database).await;
        batch(VIEW, conn).await.unwrap();
        is_right::<Product>(conn).await;
        let drop_trigger = "DROP TRIGGER write_base ON products; DROP FUNCTION write_base";
        let drop_rule = "DROP RULE write_base ON products";
        for (writes, drop, is_blind) in [
            (TRUSTING, drop_trigger, true),
            (TRUSTING_RULE, drop_rule, true),
            (CHECKING, drop_trigger, false),
            (CHECKING_RULE, drop_rule, false),
        ] {
            batch(writes, conn).await.unwrap();
            if is_blind {
                let finding = is_found::<Product>(FindingKind::Rewritten, conn).await;
                assert!(finding.to_string().contains("is written by `write_base`"), "{finding}");
            } else {
                is_right::<Product>(conn).await;
            }
            batch(drop, conn).await.unwrap();
        }
    }

    async fn xmin_is_that_of_a_table_alone(database) {
        let conn = &mut connect(database).await;
        make("CREATE TABLE things (name TEXT PRIMARY KEY)", conn).await;
        is_right::<Named>(conn).await;
        batch("ALTER TABLE things RENAME TO beneath; CREATE VIEW things AS SELECT * FROM beneath", conn).await.unwrap();
        is_found::<Named>(FindingKind::VersionMissing, conn).await;
    }

    async fn an_index_that_tells_apart_what_the_column_does_not(database) {
        let conn = &mut connect(database).await;
        batch("CREATE COLLATION ignores_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)", conn)
            .await
            .unwrap();
        make("CREATE TABLE things (name TEXT COLLATE ignores_case NOT NULL)", conn).await;
        batch("CREATE UNIQUE INDEX by_bytes ON things (name COLLATE \"C\")", conn).await.unwrap();
        is_cured::<Named>(&[FindingKind::KeyNotUnique], conn).await;
        make("CREATE TABLE things (name TEXT COLLATE ignores_case PRIMARY KEY)", conn).await;
        is_right::<Named>(conn).await;
    }

    async fn a_table_that_is_partitioned(database) {
        let conn = &mut connect(database).await;
        make(
            "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL) PARTITION BY RANGE (id);
             CREATE TABLE some_things PARTITION OF things FOR VALUES FROM (0) TO (100)",
            conn,
        )
        .await;
        is_right::<counted::Row>(conn).await;
    }

    async fn a_table_that_others_inherit_from(database) {
        let conn = &mut connect(database).await;
        make(&things("INTEGER NOT NULL"), conn).await;
        batch("CREATE TABLE more_things () INHERITS (things)", conn).await.unwrap();
        is_found::<counted::Row>(FindingKind::Inherited, conn).await;
        batch("DROP TABLE more_things", conn).await.unwrap();
        is_right::<counted::Row>(conn).await;
    }

    async fn versions_of_another_type(database) {
        let conn = &mut connect(database).await;
        for column in ["boolean", "timestamp", "date", "numeric(3)", "text", "oid", "uuid"] {
            make(&things(&format!("{column} NOT NULL")), conn).await;
            let finding = is_found::<counted::Row>(FindingKind::VersionType, conn).await;
            assert!(finding.to_string().ends_with("make it INTEGER"), "{finding}");
        }
        for column in ["date", "time", "integer"] {
            make(&things(&format!("{column} NOT NULL")), conn).await;
            is_found::<zoned::Row>(FindingKind::VersionType, conn).await;
        }
        for column in ["uuid", "bytea", "json"] {
            make(&things(&format!("{column} NOT NULL")), conn).await;
            is_found::<uuid_texts::Row>(FindingKind::VersionType, conn).await;
        }
    }

    async fn a_point_in_time_that_the_session_moves(database) {
        let conn = &mut connect(database).await;
        for (zone, is_shifted) in [("UTC", false), ("Etc/UTC", false), ("Europe/Berlin", true), ("Europe/London", true)] {
            batch(&format!("SET TIME ZONE '{zone}'"), conn).await.unwrap();
            for (column, other) in [("timestamptz", true), ("timestamp", false)] {
                make(&things(&format!("{column} NOT NULL")), conn).await;
                let of_zone = check_schema::<zoned::Row>(conn).await.unwrap();
                let without = check_schema::<times::Row>(conn).await.unwrap();
                let expected = [FindingKind::VersionType];
                assert_eq!(kinds(&of_zone), expected[..usize::from(is_shifted && !other)], "{zone}, {column}");
                assert_eq!(kinds(&without), expected[..usize::from(is_shifted && other)], "{zone}, {column}");
            }
        }
    }

    async fn a_domain_of_a_domain(database) {
        let conn = &mut connect(database).await;
        batch("CREATE DOMAIN shorts AS SMALLINT NOT NULL; CREATE DOMAIN counts AS shorts CHECK (VALUE > 0)", conn).await.unwrap();
        make(&things("counts"), conn).await;
        is_cured::<counted::Row>(&[FindingKind::VersionTooNarrow], conn).await;
    }

    async fn a_key_that_is_deferrable(database) {
        let conn = &mut connect(database).await;
        make("CREATE TABLE things (id INTEGER PRIMARY KEY DEFERRABLE, name TEXT NOT NULL, version INTEGER NOT NULL)", conn).await;
        is_found::<counted::Row>(FindingKind::KeyDeferrable, conn).await;
        batch("CREATE UNIQUE INDEX at_once ON things (id)", conn).await.unwrap();
        is_right::<counted::Row>(conn).await;
    }

    async fn a_version_that_a_view_computes(database) {
        let conn = &mut connect(database).await;
        batch("DROP TABLE IF EXISTS things", conn).await.unwrap();
        batch("CREATE VIEW things AS SELECT id, name, version + 1 AS version FROM products", conn).await.unwrap();
        let finding = is_found::<counted::Row>(FindingKind::View, conn).await;
        assert_eq!(finding.column(), Some("version"));
        // What is too narrow is so beneath.
        batch("DROP VIEW things; ALTER TABLE products RENAME TO wide; CREATE TABLE narrow (id INTEGER PRIMARY KEY, name TEXT, version SMALLINT)", conn).await.unwrap();
        batch("CREATE VIEW things AS SELECT id, name, version FROM narrow", conn).await.unwrap();
        let finding = is_found::<counted::Row>(FindingKind::VersionTooNarrow, conn).await;
        assert!(finding.to_string().ends_with("so do that in the table beneath"), "{finding}");
    }

    async fn what_hangs_on_the_type_of_the_version_is_in_the_way(database) {
        let conn = &mut connect(database).await;
        for (ddl, drop) in [
            ("CREATE VIEW shows AS SELECT id, version FROM things", "DROP VIEW shows"),
            ("ALTER TABLE things ADD twice SMALLINT GENERATED ALWAYS AS (version * 2) STORED", "ALTER TABLE things DROP twice"),
            ("CREATE POLICY sees ON things USING (version > 0)", "DROP POLICY sees ON things"),
        ] {
            make(&things("SMALLINT NOT NULL DEFAULT 1"), conn).await;
            batch(ddl, conn).await.unwrap();
            let finding = is_found::<counted::Row>(FindingKind::VersionTooNarrow, conn).await;
            assert!(finding.to_string().contains("drop that, and make it anew"), "{finding}");
            batch(drop, conn).await.unwrap();
            is_cured::<counted::Row>(&[FindingKind::VersionTooNarrow], conn).await;
        }
    }

    async fn partitions_are_altered_with_their_table(database) {
        let conn = &mut connect(database).await;
        batch("DROP TABLE IF EXISTS things; DROP TABLE IF EXISTS all_things", conn).await.unwrap();
        batch(
            "CREATE TABLE all_things (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version SMALLINT NOT NULL) PARTITION BY RANGE (id);
             CREATE TABLE things PARTITION OF all_things FOR VALUES FROM (0) TO (100)",
            conn,
        )
        .await
        .unwrap();
        let finding = is_found::<counted::Row>(FindingKind::VersionTooNarrow, conn).await;
        assert!(finding.to_string().ends_with("so do that in the table that it is one of"), "{finding}");
        batch("DROP TABLE all_things", conn).await.unwrap();
        batch("CREATE TABLE things (id INTEGER NOT NULL, name TEXT NOT NULL, version SMALLINT) PARTITION BY LIST (name)", conn).await.unwrap();
        let findings = check_schema::<counted::Row>(conn).await.unwrap();
        let cured: Vec<_> = findings.iter().map(|finding| (finding.kind(), finding.cure().is_some())).collect();
        assert_eq!(
            cured,
            [(FindingKind::VersionNullable, true), (FindingKind::VersionTooNarrow, true), (FindingKind::KeyNotUnique, false)]
        );
        for finding in findings {
            if let Some(cure) = finding.cure() {
                batch(cure, conn).await.unwrap();
            }
        }
        is_found::<counted::Row>(FindingKind::KeyNotUnique, conn).await;
        batch("DROP TABLE things; CREATE SEQUENCE things", conn).await.unwrap();
        is_found::<counted::Row>(FindingKind::TableMissing, conn).await;
    }

    async fn a_database_that_cannot_be_asked_is_an_error(database) {
        let conn = &mut connect(database).await;
        batch("BEGIN", conn).await.unwrap();
        batch("SELECT 1 / 0", conn).await.unwrap_err();
        let asked = check_schema::<Product>(conn).await;
        assert!(matches!(asked, Err(Error::Database(_))), "{asked:?}");
        batch("ROLLBACK", conn).await.unwrap();
        is_right::<Product>(conn).await;
    }
}
