//! Versions that the database makes, by the triggers of `VersionTrigger`.

use std::sync::Mutex;

use diesel::prelude::*;
use occ_runtime::{DatabaseGenerated, Error, OnStale, OptimisticLock, StaleObjectError, VersionTrigger};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, Conn, KNOWN_AS, batch, connect, delete, first, record, reload, save, save_with, touch,
    transaction, update, with_children,
};
use super::product::{self, products};
use super::trigger_sql::create;

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = products)]
struct Product {
    id: i32,
    name: String,
    quantity: i32,
    #[occ(version, generator = DatabaseGenerated)]
    #[diesel(skip_update)]
    version: i32,
}

async fn load(conn: &mut Conn) -> Product {
    first(products::table.find(1).select(Product::as_select()), conn).await.unwrap()
}

super::scenarios! {
    async fn a_root_and_a_write_that_reports_read_back_what_the_trigger_made(database) {
        let conn = &mut connect(database).await;
        batch(&create(&VersionTrigger::counter("products", "version")), conn).await.unwrap();
        let mut root = load(conn).await;
        let mut old = root.clone();
        for (goes_well, version) in [(false, 1), (true, 2)] {
            let outcome = with_children(&mut root, conn, async |conn| {
                batch("UPDATE products SET quantity = 5 WHERE id = 2", conn).await?;
                if goes_well { Ok(()) } else { Err(Error::from(diesel::result::Error::RollbackTransaction)) }
            })
            .await;
            assert_eq!((outcome.is_ok(), root.version, &load(conn).await), (goes_well, version, &root));
        }
        let refused = with_children(&mut old, conn, async |_| Ok::<_, Error>(())).await;
        assert!(refused.unwrap_err().is_stale());
        let told = Mutex::new(Vec::new());
        old.quantity = 3;
        let report = |stale: &StaleObjectError| told.lock().unwrap().push(stale.actual().map(str::to_owned));
        save_with(&mut old, OnStale::Report(&report), conn).await.unwrap();
        assert_eq!((old.version, &load(conn).await, old.quantity), (3, &old, 3));
        save_with(&mut old, OnStale::Report(&report), conn).await.unwrap();
        assert_eq!((old.version, told.into_inner().unwrap()), (4, vec![Some("2".to_owned())]));
    }

    async fn a_save_reads_back_the_version_that_the_trigger_made(database) {
        let conn = &mut connect(database).await;
        batch(&create(&VersionTrigger::counter("products", "version")), conn).await.unwrap();
        let mut product = load(conn).await;
        let mut old = product.clone();
        for version in 2..5 {
            product.quantity += 1;
            save(&mut product, conn).await.unwrap();
            assert_eq!(product.version, version);
            assert_eq!(load(conn).await, product);
        }
        touch(&mut product, conn).await.unwrap();
        update(&mut product, products::name.eq("renamed"), conn).await.unwrap();
        assert_eq!((product.version, load(conn).await.version), (6, 6));
        let before = old.clone();
        for result in [
            save(&mut old, conn).await,
            touch(&mut old, conn).await,
            update(&mut old, products::name.eq("x"), conn).await,
            delete(&old, conn).await,
        ] {
            let Err(Error::Stale(stale)) = result else { panic!("it is stale") };
            assert_eq!((stale.expected(), stale.actual()), ("1", Some("6")));
        }
        assert_eq!(old, before);
        reload(&mut product, conn).await.unwrap();
        delete(&product, conn).await.unwrap();
        let Err(Error::Stale(stale)) = save(&mut product, conn).await else { panic!("it is gone") };
        assert!(stale.is_deleted());
    }

    async fn the_version_is_never_set_and_comes_back_in_as_few_statements_as_can_be(database) {
        let conn = &mut connect(database).await;
        batch(&create(&VersionTrigger::counter("products", "version")), conn).await.unwrap();
        let mut product = load(conn).await;
        let recorder = record(conn);
        save(&mut product, conn).await.unwrap();
        let update = "UPDATE products SET name = ?, quantity = ? WHERE id = ? AND version = ?";
        let sent = recorder.take();
        if KNOWN_AS == Backend::Postgres {
            assert_eq!(sent, [format!("{update} RETURNING version -- [\"lamp\", 10, 1, 1]")]);
        } else {
            assert_eq!(sent.iter().filter(|sql| sql.contains("products")).cloned().collect::<Vec<_>>(), [
                format!("{update} -- [\"lamp\", 10, 1, 1]"),
                "SELECT version FROM products WHERE id = ? -- [1]".to_owned(),
            ]);
        }
    }

    async fn a_missing_trigger_is_an_error_and_never_no_check(database) {
        let conn = &mut connect(database).await;
        let mut product = load(conn).await;
        product.name = "changed".into();
        let before = product.clone();
        let error = save(&mut product, conn).await.unwrap_err();
        assert!(matches!(error, Error::Version(_)), "{error:?}");
        assert!(error.to_string().contains("create the trigger"), "{error}");
        assert_eq!(product, before);
    }

    async fn a_missing_trigger_is_an_error_within_a_transaction_too(database) {
        let conn = &mut connect(database).await;
        let mut product = load(conn).await;
        product.name = "changed".into();
        let before = product.clone();
        let result = transaction(conn, &mut product, async |conn, product| save(product, conn).await).await;
        assert!(matches!(result, Err(Error::Version(_))), "{result:?}");
        assert_eq!(product, before);
        assert_eq!(load(conn).await.name, "lamp", "it is rolled back");
    }

    async fn a_rollback_puts_a_version_of_the_databases_back(database) {
        let conn = &mut connect(database).await;
        batch(&create(&VersionTrigger::counter("products", "version")), conn).await.unwrap();
        let mut product = load(conn).await;
        let result: Result<(), Error> = transaction(conn, &mut product, async |conn, product| {
            save(product, conn).await?;
            assert_eq!(product.version, 2);
            Err(diesel::result::Error::RollbackTransaction.into())
        })
        .await;
        assert!(result.is_err());
        assert_eq!((product.version, load(conn).await.version), (1, 1));
        save(&mut product, conn).await.unwrap();
    }

    async fn a_writer_that_knows_nothing_of_occ_makes_loaded_copies_stale(database) {
        let conn = &mut connect(database).await;
        batch(&create(&VersionTrigger::counter("products", "version")), conn).await.unwrap();
        // A counter of occ's goes along with the trigger.
        let mut counted = product::load(1, conn).await;
        save(&mut counted, conn).await.unwrap();
        assert_eq!((counted.version, load(conn).await.version), (2, 2));
        batch("UPDATE products SET quantity = 0 WHERE id = 1", conn).await.unwrap();
        assert_eq!(load(conn).await.version, 3);
        assert!(save(&mut counted, conn).await.unwrap_err().is_stale());
    }
}

mod stamped {
    use diesel::prelude::*;

    diesel::table! { stamped (id) { id -> Integer, name -> Text, version -> Timestamp } }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, occ_runtime::OptimisticLock)]
    #[diesel(table_name = stamped)]
    pub struct Row {
        pub id: i32,
        pub name: String,
        #[occ(version, generator = super::DatabaseGenerated)]
        pub version: chrono::NaiveDateTime,
    }
}

super::scenarios! {
    async fn a_timestamp_made_by_a_trigger_grows_with_every_save(database) {
        use stamped::{Row, stamped::dsl};
        let conn = &mut connect(database).await;
        let column = if BACKEND == Backend::Mysql { "DATETIME(6)" } else { "TIMESTAMP" };
        batch(
            &format!(
                "CREATE TABLE stamped (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL, version {column} NOT NULL);
                 INSERT INTO stamped VALUES (1, 'a', '2099-12-31 23:59:59');
                 INSERT INTO stamped VALUES (2, 'b', '2001-01-01 00:00:00');"
            ),
            conn,
        )
        .await
        .unwrap();
        batch(&create(&VersionTrigger::timestamp("stamped", "version")), conn).await.unwrap();
        // The first is ahead of the clock, the second far behind it.
        for id in [1, 2] {
            let mut row: Row = first(dsl::stamped.find(id).select(Row::as_select()), conn).await.unwrap();
            let mut old = row.clone();
            for _ in 0..300 {
                let before = row.version;
                save(&mut row, conn).await.unwrap();
                assert!(row.version > before, "{} after {before}", row.version);
            }
            assert!(save(&mut old, conn).await.unwrap_err().is_stale());
            let stored: Row = first(dsl::stamped.find(id).select(Row::as_select()), conn).await.unwrap();
            assert_eq!(stored, row);
        }
    }
}
