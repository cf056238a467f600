//! What `check_schema` knows of PostgreSQL alone.

use diesel::prelude::*;
use occ_runtime::schema::FindingKind;
use occ_runtime::{Error, OptimisticLock, UuidV4, Xmin};

use super::cell::{batch, check_schema, connect};
use super::product::Product;
use super::views::{CHECKING, CHECKING_RULE, TRUSTING, TRUSTING_RULE, VIEW};
use crate::scenarios::schema::{counted, is_cured, is_found, is_right, make, thing, things};

thing!(uuid_texts, Text, String, UuidV4);
thing!(uuids, Uuid, uuid::Uuid);
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
