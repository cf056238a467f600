//! What a save writes and sends.

use diesel::prelude::*;

use super::cell::{connect, delete, record, reload, save, touch, verify};
use super::product::{Product, load};

super::scenarios! {
    async fn saving_writes_every_column_and_moves_the_version_on(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        product.name = "floor lamp".into();
        product.note = Some("tall".into());
        product.quantity = 9;
        save(&mut product, conn).await.unwrap();
        assert_eq!(product.version, 2);
        let expected = Product { id: 1, name: "floor lamp".into(), note: Some("tall".into()), quantity: 9, version: 2 };
        assert_eq!(load(1, conn).await, expected);
        assert_eq!(product, expected);
        assert_eq!(load(2, conn).await.version, 1, "the other row is not touched");
    }

    async fn saving_again_and_again_moves_the_version_by_one_each(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        for version in 2..=6 {
            save(&mut product, conn).await.unwrap();
            assert_eq!((product.version, load(1, conn).await.version), (version, version));
        }
    }

    async fn a_save_is_one_update_with_the_check_in_it(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        let recorder = record(conn);
        save(&mut product, conn).await.unwrap();
        assert_eq!(recorder.take(), [
            "UPDATE products SET name = ?, note = ?, quantity = ?, version = ? WHERE id = ? AND version = ? \
             -- [\"lamp\", \"bright\", 10, 2, 1, 1]",
        ]);
    }

    async fn touch_delete_verify_and_reload_are_one_statement_each(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        let recorder = record(conn);
        touch(&mut product, conn).await.unwrap();
        assert_eq!(recorder.take(), ["UPDATE products SET version = ? WHERE id = ? AND version = ? -- [2, 1, 1]"]);
        verify(&product, conn).await.unwrap();
        assert_eq!(recorder.take(), ["SELECT version FROM products WHERE id = ? -- [1]"]);
        reload(&mut product, conn).await.unwrap();
        assert_eq!(recorder.take(), [
            "SELECT products.id, products.name, products.note, products.quantity, products.version \
             FROM products WHERE id = ? -- [1]",
        ]);
        delete(&product, conn).await.unwrap();
        assert_eq!(recorder.take(), ["DELETE FROM products WHERE id = ? AND version = ? -- [1, 2]"]);
    }

    async fn a_save_is_prepared_once_per_connection(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        let mut other = load(2, conn).await;
        let recorder = record(conn);
        save(&mut product, conn).await.unwrap();
        assert_eq!(recorder.take_prepared(), 1);
        save(&mut product, conn).await.unwrap();
        save(&mut other, conn).await.unwrap();
        assert_eq!(recorder.take_prepared(), 0, "the statement is kept");
    }

    async fn a_save_without_a_change_moves_the_version_and_is_no_conflict(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        save(&mut product, conn).await.unwrap();
        assert_eq!(load(1, conn).await, Product { version: 2, ..product });
    }

    async fn touching_writes_the_version_only(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        product.name = "never written".into();
        touch(&mut product, conn).await.unwrap();
        assert_eq!((product.version, product.name.as_str()), (2, "never written"));
        let row = load(1, conn).await;
        assert_eq!((row.version, row.name.as_str()), (2, "lamp"));
    }

    async fn deleting_removes_the_row_and_no_other(database) {
        let conn = &mut connect(database).await;
        delete(&load(1, conn).await, conn).await.unwrap();
        let left: Vec<i32> = vec![load(2, conn).await.id];
        assert_eq!(left, [2]);
        let gone = super::cell::first::<_, Product>(
            super::product::products::table.find(1).select(Product::as_select()), conn,
        ).await;
        assert_eq!(gone, Err(diesel::result::Error::NotFound));
    }

    async fn reloading_takes_over_what_somebody_else_wrote(database) {
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let mut mine = load(1, a).await;
        let mut theirs = load(1, b).await;
        theirs.quantity = 3;
        save(&mut theirs, b).await.unwrap();
        mine.name = "mine".into();
        reload(&mut mine, a).await.unwrap();
        assert_eq!(mine, theirs);
    }
}
