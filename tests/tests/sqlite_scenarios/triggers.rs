//! The trigger of `VersionTrigger` under SQLite's settings, and what it cannot see.

use occ_runtime::VersionTrigger;

use super::cell::{batch, connect, save};
use super::product::load;

super::scenarios! {
    async fn a_trigger_that_writes_the_row_again_moves_it_once_where_triggers_recurse(database) {
        for (setting, version) in [("ON", 1), ("OFF", 11)] {
            let conn = &mut connect(database).await;
            batch(&format!("PRAGMA recursive_triggers = {setting}"), conn).await.unwrap();
            batch(&format!("DROP TRIGGER IF EXISTS products_version_moves; {}", VersionTrigger::counter("products", "version").sqlite()), conn)
                .await
                .unwrap();
            batch("UPDATE products SET quantity = 0 WHERE id = 1", conn).await.unwrap();
            assert_eq!(load(1, conn).await.version, version + 1);
            batch("UPDATE products SET version = 0 WHERE id = 1", conn).await.unwrap();
            assert_eq!(load(1, conn).await.version, version + 2);
            batch("UPDATE products SET version = version + 8 WHERE id = 1", conn).await.unwrap();
            assert_eq!(load(1, conn).await.version, version + 10);
        }
    }

    async fn insert_or_replace_is_a_new_row_which_no_trigger_on_updates_sees(database) {
        for setting in ["ON", "OFF"] {
            let conn = &mut connect(database).await;
            batch(&format!("PRAGMA recursive_triggers = {setting}"), conn).await.unwrap();
            batch(&format!("DROP TRIGGER IF EXISTS products_version_moves; {}", VersionTrigger::counter("products", "version").sqlite()), conn)
                .await
                .unwrap();
            let mut old = load(2, conn).await;
            save(&mut load(2, conn).await, conn).await.unwrap();
            // The limit, and why the documentation names an upsert that updates.
            batch(&format!("INSERT OR REPLACE INTO products VALUES (2, 'desk', NULL, 20, {})", old.version), conn)
                .await
                .unwrap();
            save(&mut old, conn).await.unwrap();
        }
    }
}
