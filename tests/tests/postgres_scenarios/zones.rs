//! The trigger of `VersionTrigger` for points in time, whatever the zone of the session.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use occ_runtime::{DatabaseGenerated, OptimisticLock, VersionTrigger};

use super::cell::{batch, connect, first, save};

diesel::table! { zoned (id) { id -> Integer, version -> Timestamptz, naive -> Timestamp } }

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = zoned)]
struct Zoned {
    id: i32,
    #[occ(version, generator = DatabaseGenerated)]
    version: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = zoned)]
struct Naive {
    id: i32,
    #[occ(version, generator = DatabaseGenerated)]
    naive: NaiveDateTime,
}

super::scenarios! {
    async fn a_trigger_tells_utc_in_every_zone(database) {
        let conn = &mut connect(database).await;
        batch(
            "CREATE TABLE zoned (id INTEGER PRIMARY KEY, version TIMESTAMPTZ NOT NULL, naive TIMESTAMP NOT NULL);
             INSERT INTO zoned VALUES (1, '2001-01-01 00:00:00Z', '2001-01-01 00:00:00')",
            conn,
        )
        .await
        .unwrap();
        for column in ["version", "naive"] {
            batch(&VersionTrigger::timestamp("zoned", column).postgres(), conn).await.unwrap();
        }
        for zone in ["UTC", "America/Los_Angeles", "Asia/Tokyo"] {
            batch(&format!("SET timezone = '{zone}'"), conn).await.unwrap();
            let before = Utc::now();
            let mut zoned: Zoned = first(zoned::table.select(Zoned::as_select()), conn).await.unwrap();
            save(&mut zoned, conn).await.unwrap();
            let mut naive: Naive = first(zoned::table.select(Naive::as_select()), conn).await.unwrap();
            save(&mut naive, conn).await.unwrap();
            let after = Utc::now();
            for version in [zoned.version, naive.naive.and_utc()] {
                let (earliest, latest) = (before - chrono::TimeDelta::seconds(5), after + chrono::TimeDelta::seconds(5));
                assert!(earliest < version && version < latest, "{zone}: {version}");
            }
        }
    }

    async fn a_time_without_end_is_followed_by_none(database) {
        let conn = &mut connect(database).await;
        batch("CREATE TABLE endless (id INTEGER, version TIMESTAMP); INSERT INTO endless VALUES (1, 'infinity')", conn).await.unwrap();
        batch(&VersionTrigger::timestamp("endless", "version").postgres(), conn).await.unwrap();
        let error = batch("UPDATE endless SET id = 2", conn).await.unwrap_err();
        assert!(error.to_string().contains("no version follows"), "{error}");
    }
}
