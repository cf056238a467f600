//! Fields that a save leaves alone, and that are written on their own.

use diesel::prelude::*;
use occ_runtime::{Error, OptimisticLock, Tracked};

use super::cell::{
    Conn, batch, connect, first, rebase, record, save, save_all, save_tracked, save_unversioned,
};
use super::product::products;

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = products)]
#[occ(tracked)]
struct Product {
    id: i32,
    name: String,
    note: Option<String>,
    #[occ(unversioned)]
    quantity: i32,
    version: i32,
}

async fn load(conn: &mut Conn) -> Product {
    first(products::table.find(1).select(Product::as_select()), conn).await.unwrap()
}

super::scenarios! {
    async fn a_save_leaves_an_unversioned_field_alone_and_its_own_write_leaves_the_version(database) {
        let conn = &mut connect(database).await;
        let (mut edited, mut counted) = (load(conn).await, load(conn).await);
        let recorder = record(conn);
        counted.quantity = 11;
        save_unversioned(&counted, conn).await.unwrap();
        assert_eq!(recorder.take(), ["UPDATE products SET quantity = ? WHERE id = ? -- [11, 1]"]);
        assert_eq!(recorder.take_prepared(), 1);
        save_unversioned(&counted, conn).await.unwrap();
        assert_eq!(recorder.take_prepared(), 0, "it is kept");
        let _ = recorder.take();
        edited.name = "renamed".into();
        save(&mut edited, conn).await.unwrap();
        assert_eq!(recorder.take(), [
            "UPDATE products SET name = ?, note = ?, version = ? WHERE id = ? AND version = ? \
             -- [\"renamed\", \"bright\", 2, 1, 1]",
        ]);
        let row = load(conn).await;
        assert_eq!((row.name.as_str(), row.quantity, row.version), ("renamed", 11, 2));
        counted.quantity = 12;
        save_unversioned(&counted, conn).await.unwrap();
        assert_eq!(load(conn).await.quantity, 12, "an old version is no matter");
        assert_eq!((counted.version, counted.quantity), (1, 12));
        let mut rows = [row];
        rows[0].quantity = 0;
        save_all(&mut rows, conn).await.unwrap();
        assert_eq!((load(conn).await.quantity, load(conn).await.version), (12, 3), "a batch leaves it alone too");
    }

    async fn an_unversioned_field_of_a_tracked_value_is_not_dirty_and_the_rows_own_after_a_rebase(database) {
        let conn = &mut connect(database).await;
        let mut tracked = Tracked::new(load(conn).await);
        tracked.quantity = 11;
        assert!(!tracked.is_dirty());
        let recorder = record(conn);
        save_tracked(&mut tracked, conn).await.unwrap();
        assert_eq!(recorder.take(), Vec::<String>::new());
        save_unversioned(&*tracked, conn).await.unwrap();
        assert_eq!(load(conn).await.quantity, 11);
        batch("UPDATE products SET quantity = 12, version = 2 WHERE id = 1", conn).await.unwrap();
        tracked.name = "mine".into();
        rebase(&mut tracked, conn).await.unwrap();
        save_tracked(&mut tracked, conn).await.unwrap();
        let row = load(conn).await;
        assert_eq!((row.name.as_str(), row.quantity, row.version), ("mine", 12, 3));
        assert_eq!(*tracked, row);
    }

    async fn an_unversioned_write_of_a_row_that_is_gone_is_stale(database) {
        let conn = &mut connect(database).await;
        let product = load(conn).await;
        batch("DELETE FROM products", conn).await.unwrap();
        let Err(Error::Stale(stale)) = save_unversioned(&product, conn).await else { panic!("it is gone") };
        assert!(stale.is_deleted());
    }
}
