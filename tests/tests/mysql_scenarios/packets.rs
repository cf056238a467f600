//! Rows and batches that are longer than the server takes at once.

use diesel::prelude::*;
use occ_runtime::OptimisticLock;

use super::cell::{all, batch, connect, first, save, save_all};

diesel::table! { bodies (id) { id -> Integer, body -> Text, version -> Integer } }

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = bodies)]
struct Packet {
    id: i32,
    body: String,
    version: i32,
}

super::scenarios! {
    async fn a_batch_that_is_too_long_says_what_has_become_of_its_connection(database) {
        let conn = &mut connect(database).await;
        batch("CREATE TABLE bodies (id INTEGER PRIMARY KEY, body LONGTEXT NOT NULL, version INTEGER NOT NULL)", conn)
            .await
            .unwrap();
        let values: Vec<_> = (1..=32).map(|id| format!("({id}, '', 1)")).collect();
        batch(&format!("INSERT INTO bodies VALUES {}", values.join(", ")), conn).await.unwrap();
        let select = || bodies::table.order(bodies::id).select(Packet::as_select());
        let before: Vec<Packet> = all(select(), conn).await.unwrap();
        let mut rows = before.clone();
        // Each fits into a statement, and all of them do not: 16 MiB is MariaDB's limit.
        for row in &mut rows {
            row.body = "x".repeat(700_000);
        }
        let in_memory = rows.clone();
        match save_all(&mut rows, conn).await {
            Ok(()) => {
                assert!(rows.iter().all(|row| row.version == 2));
                assert_eq!(all::<_, Packet>(select(), &mut connect(database).await).await.unwrap(), rows);
            }
            Err(error) => {
                assert_eq!(error.needs_new_connection(), batch("SELECT 1", conn).await.is_err(), "{error:?}");
                assert!(!error.is_retryable(), "{error}");
                assert!(rows == in_memory);
                assert_eq!(all::<_, Packet>(select(), &mut connect(database).await).await.unwrap(), before);
                for row in &mut rows.chunks_mut(8) {
                    save_all(row, &mut connect(database).await).await.unwrap();
                }
            }
        }
    }

    async fn a_row_that_is_too_long_says_what_has_become_of_its_connection(database) {
        let conn = &mut connect(database).await;
        batch(
            "CREATE TABLE bodies (id INTEGER PRIMARY KEY, body LONGTEXT NOT NULL, version INTEGER NOT NULL);
             INSERT INTO bodies VALUES (1, 'short', 1)",
            conn,
        )
        .await
        .unwrap();
        // 16 MiB by MariaDB's default, 64 by MySQL's.
        let limit = diesel::dsl::sql::<diesel::sql_types::BigInt>("CAST(@@max_allowed_packet AS SIGNED)");
        let limit: i64 = first(diesel::select(limit), conn).await.unwrap();
        let mut row = Packet { id: 1, body: "x".repeat(usize::try_from(limit + 1).unwrap()), version: 1 };
        let error = save(&mut row, conn).await.unwrap_err();
        assert_eq!(error.needs_new_connection(), batch("SELECT 1", conn).await.is_err(), "{error:?}");
        assert!(!error.is_retryable(), "{error:?}");
        let stored: Vec<Packet> = all(bodies::table.select(Packet::as_select()), &mut connect(database).await).await.unwrap();
        assert_eq!((row.version, stored), (1, vec![Packet { id: 1, body: "short".into(), version: 1 }]));
    }
}
