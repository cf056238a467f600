//! `update_optimistic`: some columns only.

use diesel::prelude::*;

use super::cell::{connect, record, reload, save, update};
use super::product::{load, products};

#[derive(AsChangeset)]
#[diesel(table_name = products)]
struct Patch {
    name: Option<String>,
    quantity: Option<i32>,
}

super::scenarios! {
    async fn only_the_changes_and_the_version_are_written(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        product.name = "in memory only".into();
        let recorder = record(conn);
        update(&mut product, products::quantity.eq(4), conn).await.unwrap();
        assert_eq!(recorder.take(), [
            "UPDATE products SET quantity = ?, version = ? WHERE id = ? AND version = ? -- [4, 2, 1, 1]",
        ]);
        let row = load(1, conn).await;
        assert_eq!((row.name.as_str(), row.quantity, row.version), ("lamp", 4, 2));
        assert_eq!((product.name.as_str(), product.quantity, product.version), ("in memory only", 10, 2));
    }

    async fn an_expression_is_computed_by_the_database(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        update(&mut product, (products::quantity.eq(products::quantity - 3), products::name.eq("x")), conn)
            .await
            .unwrap();
        reload(&mut product, conn).await.unwrap();
        assert_eq!((product.quantity, product.name.as_str(), product.version), (7, "x", 2));
    }

    async fn a_changeset_struct_leaves_its_nones_alone(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        update(&mut product, &Patch { name: None, quantity: Some(5) }, conn).await.unwrap();
        update(&mut product, &Patch { name: Some("y".into()), quantity: None }, conn).await.unwrap();
        let row = load(1, conn).await;
        assert_eq!((row.name.as_str(), row.quantity, row.version), ("y", 5, 3));
    }

    async fn an_empty_changeset_checks_the_version_and_moves_it_on(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        let mut old = product.clone();
        update(&mut product, &Patch { name: None, quantity: None }, conn).await.unwrap();
        assert_eq!((product.version, load(1, conn).await.version), (2, 2));
        assert!(update(&mut old, &Patch { name: None, quantity: None }, conn).await.unwrap_err().is_stale());
    }

    async fn after_a_partial_update_the_version_in_memory_is_good_for_a_save(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        update(&mut product, products::quantity.eq(4), conn).await.unwrap();
        reload(&mut product, conn).await.unwrap();
        product.name = "after".into();
        save(&mut product, conn).await.unwrap();
        assert_eq!(load(1, conn).await, product);
    }
}
