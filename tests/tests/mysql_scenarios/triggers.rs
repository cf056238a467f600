//! What no trigger of `VersionTrigger` sees on MySQL and MariaDB, and what is refused of an upsert.

use diesel::sql_query;
use occ_runtime::VersionTrigger;

use super::cell::{batch, connect, execute, save};
use super::product::load;
use crate::scenarios::trigger_sql;

super::scenarios! {
    async fn what_replaces_a_row_passes_a_strict_trigger_and_so_does_a_foreign_key(database) {
        let conn = &mut connect(database).await;
        trigger_sql::make(&VersionTrigger::counter("products", "version").strict(), conn).await;
        let mut old = load(2, conn).await;
        save(&mut load(2, conn).await, conn).await.unwrap();
        // The limits, and why the documentation names an upsert that updates.
        execute(sql_query(format!("REPLACE INTO products VALUES (2, 'desk', NULL, 20, {})", old.version)), conn)
            .await
            .unwrap();
        save(&mut old, conn).await.unwrap();
        batch(
            "CREATE TABLE shelves (id INTEGER PRIMARY KEY);
             INSERT INTO shelves VALUES (1);
             CREATE TABLE books (id INTEGER PRIMARY KEY, shelf_id INTEGER, version INTEGER NOT NULL,
                                 FOREIGN KEY (shelf_id) REFERENCES shelves (id) ON DELETE SET NULL);
             INSERT INTO books VALUES (1, 1, 1);",
            conn,
        )
        .await
        .unwrap();
        trigger_sql::make(&VersionTrigger::counter("books", "version").strict(), conn).await;
        execute(sql_query("UPDATE books SET shelf_id = NULL"), conn).await.unwrap_err();
        execute(sql_query("DELETE FROM shelves"), conn).await.unwrap();
        assert_eq!(execute(sql_query("DELETE FROM books WHERE shelf_id IS NULL AND version = 1"), conn).await.unwrap(), 1);
    }
}
