//! PostgreSQL's `xmin` as the version, and its limits.

use diesel::prelude::*;
use occ_runtime::{DatabaseGenerated, Error, Expect, OnStale, OptimisticLock, Upserted, Xmin};

use super::cell::{
    Conn, all, batch, begin, commit, connect, create, delete, delete_all, first, insert, record, save,
    save_all, save_with, touch, upsert, with_children,
};

diesel::table! {
    use diesel::sql_types::*;
    use occ_runtime::version::Xid;

    products (id) {
        id -> Integer,
        name -> Text,
        xmin -> Xid,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    #[occ(version, generator = DatabaseGenerated)]
    xmin: Xmin,
}

/// Nothing but the key: for a root whose parts changed.
#[derive(Clone, Debug, PartialEq, OptimisticLock)]
#[diesel(table_name = products)]
struct Root {
    id: i32,
    #[occ(version)]
    xmin: Xmin,
}

async fn load(conn: &mut Conn) -> Product {
    first(products::table.find(1).select(Product::as_select()), conn).await.unwrap()
}

async fn load_row(id: i32, conn: &mut Conn) -> Product {
    first(products::table.find(id).select(Product::as_select()), conn).await.unwrap()
}

super::scenarios! {
    async fn a_root_with_children_has_its_xmin_in_memory(database) {
        let conn = &mut connect(database).await;
        let (mut root, mut old) = (load(conn).await, load(conn).await);
        for goes_well in [false, true, true] {
            let before = root.clone();
            let outcome = with_children(&mut root, conn, async |conn| {
                batch("UPDATE products SET name = 'child' WHERE id = 2", conn).await?;
                if goes_well { Ok(()) } else { Err(Error::from(diesel::result::Error::RollbackTransaction)) }
            })
            .await;
            assert_eq!((outcome.is_ok(), &root), (goes_well, &load(conn).await));
            assert_eq!(root == before, !goes_well);
        }
        assert!(with_children(&mut old, conn, async |_| Ok::<_, Error>(())).await.unwrap_err().is_stale());
        save_with(&mut old, OnStale::Report(&|stale| assert!(!stale.is_deleted())), conn).await.unwrap();
        assert_eq!(old, load(conn).await);
    }

    async fn a_new_row_has_its_xmin_read_back_by_the_insert(database) {
        let conn = &mut connect(database).await;
        batch("ALTER TABLE products DROP COLUMN version, DROP COLUMN quantity", conn).await.unwrap();
        let mut product = Product { id: 7, name: "new".into(), xmin: Xmin::default() };
        let recorder = record(conn);
        insert(&mut product, conn).await.unwrap();
        let sent = recorder.take();
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert!(sent[0].starts_with(
            "INSERT INTO products (id, name) VALUES (?, ?) ON CONFLICT (id) DO NOTHING RETURNING xmin"
        ), "{sent:?}");
        assert_eq!(load_row(7, conn).await, product);
        save(&mut product, conn).await.unwrap();
        let made: Product = create((products::id.eq(8), products::name.eq("made")), conn).await.unwrap();
        assert_eq!(load_row(8, conn).await, made);
        let mut over = Product { xmin: Xmin::default(), ..made.clone() };
        assert_eq!(upsert(&mut over, Expect::Any, conn).await.unwrap(), Upserted::Updated);
        assert_ne!(over.xmin, made.xmin);
        assert_eq!(load_row(8, conn).await, over);
        let mut at = Product { xmin: Xmin::default(), ..over.clone() };
        assert_eq!(upsert(&mut at, Expect::At(over.xmin), conn).await.unwrap(), Upserted::Updated);
        assert!(upsert(&mut over.clone(), Expect::At(over.xmin), conn).await.unwrap_err().is_stale());
    }

    async fn xmin_guards_a_table_without_a_version_column_in_one_statement(database) {
        let conn = &mut connect(database).await;
        batch("ALTER TABLE products DROP COLUMN version", conn).await.unwrap();
        let mut product = load(conn).await;
        let mut old = product.clone();
        let recorder = record(conn);
        product.name = "renamed".into();
        save(&mut product, conn).await.unwrap();
        let sent = recorder.take();
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert!(sent[0].starts_with("UPDATE products SET name = ? WHERE id = ? AND xmin = ? RETURNING xmin"), "{sent:?}");
        assert_ne!(product.xmin, old.xmin);
        assert_eq!(load(conn).await, product);
        save(&mut product, conn).await.unwrap();
        touch(&mut product, conn).await.unwrap();
        assert_eq!(load(conn).await, product);
        let before = old.clone();
        assert!(save(&mut old, conn).await.unwrap_err().is_stale());
        assert!(delete(&old, conn).await.unwrap_err().is_stale());
        assert_eq!(old, before);
        delete(&product, conn).await.unwrap();
        let Err(Error::Stale(stale)) = save(&mut product, conn).await else { panic!("it is gone") };
        assert!(stale.is_deleted());
    }

    async fn xmin_guards_batches(database) {
        let conn = &mut connect(database).await;
        batch("ALTER TABLE products DROP COLUMN version", conn).await.unwrap();
        let stored = || products::table.order(products::id).select(Product::as_select());
        let mut rows: Vec<Product> = all(stored(), conn).await.unwrap();
        let mut old = rows.clone();
        for row in &mut rows {
            row.name.push_str(", renamed");
        }
        save_all(&mut rows, conn).await.unwrap();
        assert_eq!(all::<_, Product>(stored(), conn).await.unwrap(), rows);
        assert!(save_all(&mut old, conn).await.unwrap_err().is_stale());
        assert!(delete_all(&old, conn).await.unwrap_err().is_stale());
        assert_eq!(all::<_, Product>(stored(), conn).await.unwrap(), rows);
        delete_all(&rows, conn).await.unwrap();
        assert_eq!(all::<_, Product>(stored(), conn).await.unwrap(), []);
    }

    async fn a_struct_of_key_and_xmin_alone_can_be_touched(database) {
        let conn = &mut connect(database).await;
        let mut root = Root { id: 1, xmin: load(conn).await.xmin };
        let mut old = root.clone();
        touch(&mut root, conn).await.unwrap();
        save(&mut root, conn).await.unwrap();
        assert_eq!(load(conn).await.xmin, root.xmin);
        assert!(touch(&mut old, conn).await.unwrap_err().is_stale());
    }

    async fn two_writes_in_one_transaction_share_it(database) {
        let conn = &mut connect(database).await;
        begin(conn).await.unwrap();
        let mut product = load(conn).await;
        save(&mut product, conn).await.unwrap();
        let mut copy = product.clone();
        save(&mut product, conn).await.unwrap();
        // The limit: the copy is stale, and nobody notices within this transaction.
        assert_eq!(copy.xmin, product.xmin);
        save(&mut copy, conn).await.unwrap();
        commit(conn).await.unwrap();
    }

    async fn a_table_rewrite_makes_every_copy_stale(database) {
        let conn = &mut connect(database).await;
        let mut product = load(conn).await;
        batch("ALTER TABLE products ALTER COLUMN name TYPE VARCHAR(300) USING name || ''", conn).await.unwrap();
        batch("DISCARD PLANS; DEALLOCATE ALL", &mut connect(database).await).await.unwrap();
        let other = &mut connect(database).await;
        assert!(save(&mut product, other).await.unwrap_err().is_stale());
    }

    async fn a_dump_that_is_restored_makes_every_copy_stale(database) {
        let conn = &mut connect(database).await;
        let mut product = load(conn).await;
        // What a dump and restore comes to: the same rows, inserted anew.
        batch(
            "CREATE TABLE restored (LIKE products INCLUDING ALL);
             INSERT INTO restored SELECT * FROM products;
             DROP TABLE products;
             ALTER TABLE restored RENAME TO products",
            conn,
        )
        .await
        .unwrap();
        let other = &mut connect(database).await;
        assert!(save(&mut product, other).await.unwrap_err().is_stale());
        assert_eq!(load(other).await.name, product.name);
    }

    async fn a_view_has_none(database) {
        let conn = &mut connect(database).await;
        batch("ALTER TABLE products RENAME TO base; CREATE VIEW products AS SELECT * FROM base", conn).await.unwrap();
        let query = products::table.find(1).select(Product::as_select());
        let error = first::<_, Product>(query, conn).await.unwrap_err();
        assert!(error.to_string().contains("xmin"), "{error}");
    }
}
