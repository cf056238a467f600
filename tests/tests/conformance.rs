//! The suite for models of one's own finds nothing where all is well, and whatever is broken.
#![cfg(feature = "version_types")]

use diesel::connection::{LoadConnection, SimpleConnection as _};
use diesel::prelude::*;
use occ_runtime::testing::{Conformance, Promise, Report};
use occ_runtime::{Error, OptimisticLock, ReloadsOn, SavesOn, VersionError, VersionGenerator};
use occ_tests::database::TestDatabase;

diesel::table! { products (id) { id -> Integer, name -> Text, version -> Integer } }

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: i32,
}

/// Makes one version of two.
struct Alternating;

impl VersionGenerator<i32> for Alternating {
    fn initial() -> i32 {
        1
    }

    fn next(current: &i32) -> Result<i32, VersionError> {
        Ok(3 - current)
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = products)]
struct Repeating {
    id: i32,
    name: String,
    #[occ(version, generator = Alternating)]
    version: i32,
}

const TABLE: &str =
    "CREATE TABLE products (id INTEGER PRIMARY KEY, name VARCHAR(200) NOT NULL, version INTEGER NOT NULL)";

fn connect<C: Connection>(database: &impl TestDatabase) -> C {
    let mut conn = C::establish(&database.url()).unwrap();
    conn.batch_execute(&database.setup()).unwrap();
    conn
}

/// Inserts the next row, each time.
fn insert<C, M>(make: impl Fn(i32) -> M + Sync) -> impl Fn(&mut C) -> M + Sync
where
    C: Connection,
{
    let ids = std::sync::atomic::AtomicI32::new(1);
    move |conn| {
        let id = ids.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        conn.batch_execute(&format!("INSERT INTO products VALUES ({id}, 'row', 1)")).unwrap();
        make(id)
    }
}

fn product(id: i32) -> Product {
    Product { id, name: "row".into(), version: 1 }
}

fn rename(product: &mut Product) {
    product.name.push('!');
}

fn broken(report: &Report) -> Vec<Promise> {
    report.broken().map(|(promise, _)| promise).collect()
}

fn a_derived_model_keeps_every_promise<C, D>()
where
    C: Connection + LoadConnection,
    D: TestDatabase + Sync,
    Product: SavesOn<C> + ReloadsOn<C>,
{
    let Some(database) = D::create() else { return };
    connect::<C>(&database).batch_execute(TABLE).unwrap();
    let report = Conformance::new(|| connect::<C>(&database), insert(product), rename).run();
    report.assert();
    assert_eq!(report.to_string().matches("kept: ").count(), 7);
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::*;
    use occ_tests::sqlite::Database;

    #[test]
    fn a_derived_model_keeps_every_promise() {
        super::a_derived_model_keeps_every_promise::<SqliteConnection, Database>();
    }

    #[test]
    fn an_update_that_bypasses_the_check_is_found() {
        let database = Database::create().unwrap();
        connect::<SqliteConnection>(&database).batch_execute(TABLE).unwrap();
        let report = Conformance::new(|| connect::<SqliteConnection>(&database), insert(product), rename)
            .save_with(|product, conn| {
                diesel::update(products::table.find(product.id))
                    .set((products::name.eq(&product.name), products::version.eq(product.version + 1)))
                    .execute(conn)?;
                product.version += 1;
                Ok(())
            })
            .run();
        let broken = broken(&report);
        assert!(broken.contains(&Promise::StaleSaveRefused), "{report}");
        assert!(broken.contains(&Promise::DeletedRowNamed), "{report}");
        assert!(std::panic::catch_unwind(|| report.assert()).is_err());
    }

    #[test]
    fn a_check_before_the_update_is_found() {
        let database = Database::create().unwrap();
        connect::<SqliteConnection>(&database).batch_execute(TABLE).unwrap();
        let report = Conformance::new(|| connect::<SqliteConnection>(&database), insert(product), rename)
            .save_with(|product, conn| {
                use occ_runtime::OptimisticDsl as _;
                // Right for one at a time: between the two another can save.
                product.verify_optimistic(conn)?;
                std::thread::yield_now();
                diesel::update(products::table.find(product.id))
                    .set((products::name.eq(&product.name), products::version.eq(product.version + 1)))
                    .execute(conn)?;
                product.version += 1;
                Ok(())
            })
            .race(8, 50)
            .run();
        assert_eq!(broken(&report), [Promise::NoLostUpdate], "{report}");
    }

    #[test]
    fn a_trigger_that_resets_the_version_is_found() {
        let database = Database::create().unwrap();
        let trigger = "CREATE TRIGGER resets AFTER UPDATE ON products BEGIN
                           UPDATE products SET version = OLD.version WHERE id = OLD.id;
                       END";
        connect::<SqliteConnection>(&database).batch_execute(&format!("{TABLE}; {trigger}")).unwrap();
        let report =
            Conformance::new(|| connect::<SqliteConnection>(&database), insert(product), rename).run();
        assert!(broken(&report).contains(&Promise::MemoryIsTrue), "{report}");
    }

    #[test]
    fn a_generator_that_repeats_versions_is_found() {
        let database = Database::create().unwrap();
        connect::<SqliteConnection>(&database).batch_execute(TABLE).unwrap();
        let repeating = |id| Repeating { id, name: "row".into(), version: 1 };
        let rename = |row: &mut Repeating| row.name.push('!');
        let report =
            Conformance::new(|| connect::<SqliteConnection>(&database), insert(repeating), rename).run();
        assert!(broken(&report).contains(&Promise::NoVersionTwice), "{report}");
    }

    #[test]
    fn a_save_that_changes_memory_when_it_is_refused_is_found() {
        let database = Database::create().unwrap();
        connect::<SqliteConnection>(&database).batch_execute(TABLE).unwrap();
        let report = Conformance::new(|| connect::<SqliteConnection>(&database), insert(product), rename)
            .save_with(|product, conn| {
                use occ_runtime::OptimisticDsl as _;
                let saved = product.save_optimistic(conn);
                if matches!(&saved, Err(Error::Stale(_))) {
                    product.version += 1;
                }
                saved
            })
            .run();
        assert!(broken(&report).contains(&Promise::StaleSaveRefused), "{report}");
    }
}

#[cfg(feature = "postgres")]
#[test]
fn on_postgresql_too() {
    a_derived_model_keeps_every_promise::<PgConnection, occ_tests::postgres::Database>();
}

#[cfg(feature = "mysql")]
#[test]
fn on_mysql_too() {
    a_derived_model_keeps_every_promise::<MysqlConnection, occ_tests::mysql::Database>();
}

/// Connections of diesel-async, saved by its own methods.
#[cfg(feature = "async")]
mod waiting {
    use std::future::Future;
    use std::sync::LazyLock;

    use diesel_async::async_connection_wrapper::{AsyncConnectionWrapper, BlockOn};
    use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
    use diesel_async::{AsyncConnection, AsyncMysqlConnection, AsyncPgConnection, RunQueryDsl};
    use occ_runtime::{AsyncOptimisticDsl, AsyncSavesOn};
    use tokio::runtime::Runtime;

    use super::*;

    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

    struct OnRuntime;

    impl BlockOn for OnRuntime {
        fn block_on<F: Future>(&self, future: F) -> F::Output {
            RUNTIME.block_on(future)
        }

        fn get_runtime() -> Self {
            Self
        }
    }

    type Blocking<C> = AsyncConnectionWrapper<C, OnRuntime>;

    fn async_saves_keep_every_promise<C, D>()
    where
        C: AsyncConnection + 'static,
        D: TestDatabase + Sync,
        Blocking<C>: Connection + LoadConnection,
        Product: SavesOn<Blocking<C>> + ReloadsOn<Blocking<C>> + AsyncSavesOn<C>,
    {
        let Some(database) = D::create() else { return };
        connect::<Blocking<C>>(&database).batch_execute(TABLE).unwrap();
        Conformance::new(|| connect::<Blocking<C>>(&database), insert(product), rename)
            .save_with(|product, conn| {
                RUNTIME.block_on(AsyncOptimisticDsl::save_optimistic(product, &mut **conn))
            })
            .run()
            .assert();
    }

    #[test]
    fn on_sqlite() {
        async_saves_keep_every_promise::<SyncConnectionWrapper<SqliteConnection>, occ_tests::sqlite::Database>(
        );
    }

    #[test]
    fn on_postgresql() {
        async_saves_keep_every_promise::<AsyncPgConnection, occ_tests::postgres::Database>();
    }

    #[test]
    fn on_mysql() {
        async_saves_keep_every_promise::<AsyncMysqlConnection, occ_tests::mysql::Database>();
    }

    #[test]
    fn an_async_update_that_bypasses_the_check_is_found() {
        let database = occ_tests::sqlite::Database::create().unwrap();
        let connect = || connect::<Blocking<SyncConnectionWrapper<SqliteConnection>>>(&database);
        connect().batch_execute(TABLE).unwrap();
        let report = Conformance::new(connect, insert(product), rename)
            .save_with(|product, conn| {
                let update = diesel::update(products::table.find(product.id)).set((
                    products::name.eq(product.name.clone()),
                    products::version.eq(product.version + 1),
                ));
                RUNTIME.block_on(update.execute(&mut **conn))?;
                product.version += 1;
                Ok(())
            })
            .run();
        assert!(broken(&report).contains(&Promise::StaleSaveRefused), "{report}");
        assert!(broken(&report).contains(&Promise::NoLostUpdate), "{report}");
    }
}
