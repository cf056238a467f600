//! The trigger of `VersionTrigger` under SQLite's settings, and what it cannot see.

use diesel::prelude::*;
use occ_runtime::VersionTrigger;

use super::cell::{batch, connect, create, create_if_absent, save};
use super::product::{Product, load, products};
use crate::scenarios::trigger_sql;

super::scenarios! {
    async fn a_new_row_is_what_a_trigger_has_made_of_it(database) {
        let conn = &mut connect(database).await;
        batch(
            "CREATE TRIGGER shouts AFTER INSERT ON products BEGIN
                 UPDATE products SET name = upper(name), note = 'seen' WHERE id = NEW.id;
             END",
            conn,
        )
        .await
        .unwrap();
        let made: Product = create((products::name.eq("chair"), products::quantity.eq(1)), conn).await.unwrap();
        assert_eq!((made.name.as_str(), made.note.as_deref(), made.version), ("CHAIR", Some("seen"), 1));
        assert_eq!(load(made.id, conn).await, made);
        let values = (products::id.eq(7), products::name.eq("lamp"), products::quantity.eq(1));
        let made = create_if_absent::<Product, _, _>(values, 7, conn).await.unwrap().into_row();
        assert_eq!((made.name.as_str(), &load(7, conn).await), ("LAMP", &made));
    }

    async fn a_trigger_writes_its_row_and_no_other_where_a_column_is_called_as_the_number_of_a_row(database) {
        let conn = &mut connect(database).await;
        batch("ALTER TABLE products ADD COLUMN rowid INTEGER", conn).await.unwrap();
        // Each row has the number of another one.
        batch("UPDATE products SET rowid = 3 - id, version = id * 5", conn).await.unwrap();
        batch(&VersionTrigger::counter("products", "version").sqlite(), conn).await.unwrap();
        batch("UPDATE products SET quantity = 0 WHERE id = 1", conn).await.unwrap();
        assert_eq!((load(1, conn).await.version, load(2, conn).await.version), (6, 10));
    }

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
            let moves = VersionTrigger::counter("products", "version");
            for trigger in [moves.clone(), moves.strict()] {
                trigger_sql::make(&trigger, conn).await;
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
}
