//! `ON UPDATE CURRENT_TIMESTAMP(6)`, which stays where it is when nothing else changes.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use occ_runtime::{DatabaseGenerated, Error, OptimisticLock, VersionTrigger};

use super::cell::{Conn, batch, connect, first, save, touch};

diesel::table! { stamped (id) { id -> Integer, name -> Text, version -> Timestamp } }

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = stamped)]
struct Row {
    id: i32,
    name: String,
    #[occ(version, generator = DatabaseGenerated)]
    version: NaiveDateTime,
}

async fn load(conn: &mut Conn) -> Row {
    first(stamped::table.select(Row::as_select()), conn).await.unwrap()
}

const TABLE: &str = "CREATE TABLE stamped (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL,
        version DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6));
    INSERT INTO stamped (id, name) VALUES (1, 'a');";

super::scenarios! {
    async fn a_time_that_the_column_makes_itself_stays_when_nothing_changes(database) {
        let conn = &mut connect(database).await;
        batch(TABLE, conn).await.unwrap();
        let mut row = load(conn).await;
        row.name = "b".into();
        save(&mut row, conn).await.unwrap();
        // The limit, and why the documentation names a trigger: nothing is lost, but the version stays.
        let before = row.clone();
        for result in [save(&mut row, conn).await, touch(&mut row, conn).await] {
            assert!(matches!(result, Err(Error::Version(_))), "{result:?}");
        }
        assert_eq!((&row, load(conn).await), (&before, before.clone()));
        row.name = "c".into();
        save(&mut row, conn).await.unwrap();
    }

    async fn with_the_trigger_a_save_that_changes_nothing_moves_it(database) {
        let conn = &mut connect(database).await;
        batch(TABLE, conn).await.unwrap();
        // As `CURRENT_TIMESTAMP` does in the same session.
        batch("SET time_zone = '+00:00'", conn).await.unwrap();
        batch(&VersionTrigger::timestamp("stamped", "version").mysql(), conn).await.unwrap();
        let mut row = load(conn).await;
        let mut old = row.clone();
        for _ in 0..100 {
            let before = row.version;
            save(&mut row, conn).await.unwrap();
            touch(&mut row, conn).await.unwrap();
            assert!(row.version > before);
        }
        assert!(save(&mut old, conn).await.unwrap_err().is_stale());
        batch("UPDATE stamped SET name = 'theirs'", conn).await.unwrap();
        assert!(save(&mut row, conn).await.unwrap_err().is_stale());
        assert_eq!(load(conn).await.name, "theirs");
    }
}
