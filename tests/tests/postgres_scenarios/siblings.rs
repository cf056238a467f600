//! Triggers that write the rows of the same batch.

use occ_runtime::Error;

use super::cell::{Conn, all, batch, connect, delete_all, save_all};
use super::product::{Product, products};

use diesel::prelude::*;

async fn stored(conn: &mut Conn) -> Vec<Product> {
    all(products::table.order(products::id).select(Product::as_select()), conn).await.unwrap()
}

/// Before each row that gets another name, `sql` is run.
async fn on_rename(sql: &str, conn: &mut Conn) {
    batch(
        &format!(
            "CREATE OR REPLACE FUNCTION siblings() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                 IF new.name IS DISTINCT FROM old.name THEN {sql}; END IF;
                 RETURN new;
             END $$;
             DROP TRIGGER IF EXISTS siblings ON products;
             CREATE TRIGGER siblings BEFORE UPDATE ON products FOR EACH ROW EXECUTE FUNCTION siblings()"
        ),
        conn,
    )
    .await
    .unwrap();
}

super::scenarios! {
    async fn rows_that_a_trigger_writes_along_with_each_other_are_written_one_by_one(database) {
        let conn = &mut connect(database).await;
        on_rename("UPDATE products SET quantity = quantity WHERE id <> new.id", conn).await;
        let mut rows = stored(conn).await;
        for row in &mut rows {
            row.name = "renamed".into();
        }
        save_all(&mut rows, conn).await.unwrap();
        assert!(rows.iter().all(|row| row.version == 2));
        assert_eq!(stored(conn).await, rows);
    }

    async fn rows_that_a_trigger_moves_on_before_their_turn_are_no_conflict(database) {
        let conn = &mut connect(database).await;
        on_rename("UPDATE products SET version = version + 1 WHERE id <> new.id", conn).await;
        let before = stored(conn).await;
        let mut rows = before.clone();
        for row in &mut rows {
            row.name = "renamed".into();
        }
        let in_memory = rows.clone();
        let Err(Error::DuplicateRow(error)) = save_all(&mut rows, conn).await else { panic!("the trigger was first") };
        assert_eq!(error.key(), "2");
        assert_eq!((rows, stored(conn).await), (in_memory, before));
    }

    async fn rows_that_a_trigger_deletes_along_with_others_are_deleted_before_them(database) {
        let conn = &mut connect(database).await;
        batch(
            "CREATE FUNCTION cascade() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                 DELETE FROM products WHERE id = old.id + 1;
                 RETURN old;
             END $$;
             CREATE TRIGGER cascade BEFORE DELETE ON products FOR EACH ROW EXECUTE FUNCTION cascade()",
            conn,
        )
        .await
        .unwrap();
        let rows = stored(conn).await;
        delete_all(&rows, conn).await.unwrap();
        assert_eq!(stored(conn).await, []);
    }
}
