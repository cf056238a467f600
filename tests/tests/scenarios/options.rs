//! What `None` means.

use occ_runtime::OptimisticLock;

use super::cell::{connect, record, save};
use super::product::{load, products};

/// Says for each `Option` that `None` leaves the column alone.
#[derive(OptimisticLock)]
#[diesel(table_name = products, treat_none_as_null = false)]
struct Patch {
    id: i32,
    name: Option<String>,
    #[diesel(treat_none_as_null = true)]
    note: Option<String>,
    quantity: Option<i32>,
    version: i32,
}

super::scenarios! {
    async fn a_none_is_written_as_null_and_memory_equals_the_row(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        assert!(product.note.is_some());
        product.note = None;
        save(&mut product, conn).await.unwrap();
        assert_eq!(load(1, conn).await, product);
        assert_eq!(product.note, None);
        product.note = Some("back".into());
        save(&mut product, conn).await.unwrap();
        assert_eq!(load(1, conn).await, product);
    }

    async fn a_none_that_leaves_the_column_alone_is_not_in_the_statement(database) {
        let conn = &mut connect(database).await;
        let mut patch = Patch { id: 1, name: None, note: None, quantity: Some(3), version: 1 };
        let recorder = record(conn);
        save(&mut patch, conn).await.unwrap();
        assert_eq!(recorder.take(), [
            "UPDATE products SET note = ?, quantity = ?, version = ? WHERE id = ? AND version = ? \
             -- [None, 3, 2, 1, 1]",
        ]);
        let row = load(1, conn).await;
        assert_eq!((row.name.as_str(), row.note, row.quantity, row.version), ("lamp", None, 3, 2));
    }

    async fn each_form_of_a_patch_writes_what_it_says(database) {
        let conn = &mut connect(database).await;
        let mut patch = Patch { id: 1, name: Some("a".into()), note: Some("n".into()), quantity: None, version: 1 };
        save(&mut patch, conn).await.unwrap();
        (patch.name, patch.quantity) = (None, Some(1));
        save(&mut patch, conn).await.unwrap();
        (patch.name, patch.quantity) = (Some("b".into()), None);
        save(&mut patch, conn).await.unwrap();
        let row = load(1, conn).await;
        assert_eq!((row.name.as_str(), row.note.as_deref(), row.quantity, row.version), ("b", Some("n"), 1, 4));
    }
}
