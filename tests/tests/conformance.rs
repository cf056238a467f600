//! The suite for your own models finds nothing where all is well, and whatever is broken.
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

fn why(report: &Report, promise: Promise) -> &str {
    report.broken().find(|(broken, _)| *broken == promise).unwrap().1
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
    assert!(report.to_string().contains("of all saves from one version, one wins"), "{report}");
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::*;
    use occ_runtime::OptimisticDsl as _;
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
        assert!(why(&report, Promise::NoLostUpdate).ends_with("went through"), "{report}");
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
        // All but the one about deleted rows.
        assert_eq!(
            broken(&report),
            [
                Promise::MemoryIsTrue,
                Promise::NoVersionTwice,
                Promise::StaleSaveRefused,
                Promise::StaleDeleteRefused,
                Promise::BatchAllOrNothing,
                Promise::NoLostUpdate,
            ],
            "{report}"
        );
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
                let saved = product.save_optimistic(conn);
                if matches!(&saved, Err(Error::Stale(_))) {
                    product.version += 1;
                }
                saved
            })
            .run();
        assert!(broken(&report).contains(&Promise::StaleSaveRefused), "{report}");
    }

    /// What a report says of saves that go through `save`, in a race of one thread for two wins.
    fn saved_with(
        save: impl Fn(&mut Product, &mut SqliteConnection) -> Result<(), Error> + Sync + 'static,
    ) -> Report {
        let database = Database::create().unwrap();
        connect::<SqliteConnection>(&database).batch_execute(TABLE).unwrap();
        Conformance::new(|| connect::<SqliteConnection>(&database), insert(product), rename)
            .save_with(save)
            .race(1, 2)
            .run()
    }

    #[test]
    fn a_refusal_that_writes_all_the_same_is_found() {
        let report = saved_with(|product, conn| {
            let saved = product.save_optimistic(conn);
            if saved.is_err() {
                diesel::update(products::table.find(product.id)).set(products::name.eq("x")).execute(conn)?;
            }
            saved
        });
        assert_eq!(broken(&report), [Promise::StaleSaveRefused], "{report}");
        assert!(why(&report, Promise::StaleSaveRefused).starts_with("refused, and yet"), "{report}");
    }

    #[test]
    fn another_error_than_that_of_an_outdated_value_is_found() {
        let report = saved_with(|product, conn| match product.save_optimistic(conn) {
            Err(Error::Stale(_)) => Err(diesel::result::Error::NotFound.into()),
            saved => saved,
        });
        assert_eq!(broken(&report), [Promise::StaleSaveRefused, Promise::DeletedRowNamed], "{report}");
    }

    #[test]
    fn a_deleted_row_that_is_reported_as_changed_is_found() {
        let report = saved_with(|product, conn| match product.save_optimistic(conn) {
            Err(Error::Stale(stale)) if stale.is_deleted() => {
                conn.batch_execute("INSERT OR REPLACE INTO products VALUES (1000, 'row', 2)")?;
                super::product(1000).save_optimistic(conn)
            }
            saved => saved,
        });
        assert_eq!(broken(&report), [Promise::DeletedRowNamed], "{report}");
    }

    #[test]
    fn a_save_that_never_goes_through_ends_the_race() {
        let report = saved_with(|_, _| Err(diesel::result::Error::NotFound.into()));
        assert!(why(&report, Promise::NoLostUpdate).starts_with("a save failed: "), "{report}");
        let report = saved_with(|product, conn| {
            let mut stale = product.clone();
            stale.version -= 1;
            stale.save_optimistic(conn)
        });
        assert_eq!(why(&report, Promise::NoLostUpdate), "0 of 2001 saves went through");
    }

    /// The second connection is not allowed to write, and says so with an error of its own.
    #[test]
    fn another_error_of_a_delete_or_a_batch_is_found() {
        let database = Database::create().unwrap();
        connect::<SqliteConnection>(&database).batch_execute(TABLE).unwrap();
        let count = std::sync::atomic::AtomicUsize::new(0);
        let connect = || {
            let mut conn = connect::<SqliteConnection>(&database);
            if count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % 2 == 1 {
                conn.batch_execute("PRAGMA query_only = ON").unwrap();
            }
            conn
        };
        let report = Conformance::new(connect, insert(product), rename).race(1, 1).run();
        assert_eq!(
            broken(&report),
            [
                Promise::StaleSaveRefused,
                Promise::StaleDeleteRefused,
                Promise::DeletedRowNamed,
                Promise::BatchAllOrNothing,
            ],
            "{report}"
        );
    }

    #[test]
    fn each_thread_wins_as_often_as_it_is_told() {
        let saves = |threads| {
            let database = Database::create().unwrap();
            connect::<SqliteConnection>(&database).batch_execute(TABLE).unwrap();
            let count = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
            let saved = std::sync::Arc::clone(&count);
            Conformance::new(|| connect::<SqliteConnection>(&database), insert(product), rename)
                .save_with(move |product, conn| {
                    product.save_optimistic(conn)?;
                    saved.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    Ok(())
                })
                .race(threads, 2)
                .run()
                .assert();
            count.load(std::sync::atomic::Ordering::SeqCst)
        };
        assert_eq!(saves(3) - saves(1), 4);
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
