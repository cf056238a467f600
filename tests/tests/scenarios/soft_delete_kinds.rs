//! Marks of every type, beside versions of every kind; keys of several columns, embedded structs, keys that only an index keeps unique.

use std::time::{Duration, SystemTime};

use diesel::prelude::*;
use occ_runtime::{Error, OptimisticLock, SoftDelete as _, VersionTrigger};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, Conn, all, batch, connect, delete, delete_all, first, reload, restore, restore_at, save,
    save_all, update, upsert,
};

/// The statements of the trigger that makes the versions.
fn trigger(trigger: &VersionTrigger) -> String {
    match BACKEND {
        Backend::Sqlite => trigger.sqlite(),
        Backend::Postgres => trigger.postgres(),
        Backend::Mysql => trigger.mysql(),
    }
}

/// `$ddl` is the column's type on SQLite, PostgreSQL and MySQL.
macro_rules! kinds {
    ($($test:ident: $mark:ty, $mark_sql:ty, $mark_ddl:expr; $generator:ty, $version:ty, $sql:ident, $ddl:expr;)*) => {$(
        mod $test {
            use super::*;

            diesel::table! {
                use diesel::sql_types::*;
                rows (id) { id -> Integer, name -> Text, mark -> $mark_sql, version -> $sql }
            }

            #[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
            #[diesel(table_name = rows)]
            pub struct Row {
                pub id: i32,
                pub name: String,
                #[occ(soft_delete)]
                pub mark: $mark,
                #[occ(version, generator = $generator)]
                pub version: $version,
            }

            async fn load(id: i32, conn: &mut Conn) -> Row {
                first(rows::table.find(id).select(Row::as_select()), conn).await.unwrap()
            }

            crate::scenarios::scenarios! {
                async fn it_is_deleted_restored_and_read_as_it_is_in_memory(database) {
                    let conn = &mut connect(database).await;
                    let of = |ddl: [&'static str; 3]| match BACKEND {
                        Backend::Sqlite => ddl[0],
                        Backend::Postgres => ddl[1],
                        Backend::Mysql => ddl[2],
                    };
                    let table = if BACKEND == Backend::Mysql { "`rows`" } else { "rows" };
                    let (mark, version) = (of($mark_ddl), of($ddl));
                    let ddl = format!("CREATE TABLE {table} (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL, mark {mark}, version {version} NOT NULL)");
                    batch(&ddl, conn).await.unwrap();
                    if std::any::type_name::<$generator>().contains("DatabaseGenerated") {
                        batch(&trigger(&VersionTrigger::counter("rows", "version")), conn).await.unwrap();
                    }
                    let unmarked = |id| Row { id, name: "new".into(), mark: Default::default(), version: Row::initial_version() };
                    for id in 1..=5 {
                        let insert = diesel::insert_into(rows::table).values((
                            rows::id.eq(id), rows::name.eq("new"), rows::mark.eq(unmarked(id).mark), rows::version.eq(Row::initial_version()),
                        ));
                        super::super::cell::execute(insert, conn).await.unwrap();
                    }

                    let mut row = load(1, conn).await;
                    assert!(!row.is_deleted());
                    let mut versions = vec![row.version.clone()];
                    for name in ["one", "two"] {
                        let before = row.clone();
                        delete(&row, conn).await.unwrap();
                        assert_eq!(row, before, "a deletion leaves memory alone");
                        let gone = load(1, conn).await;
                        assert!(gone.is_deleted() && gone.name == before.name);
                        for refused in [save(&mut row, conn).await, reload(&mut row, conn).await, delete(&gone, conn).await] {
                            let Err(Error::Stale(stale)) = refused else { panic!("it is deleted: {refused:?}") };
                            assert!(stale.is_deleted(), "{stale}");
                        }
                        assert_eq!(row, before);
                        row = gone;
                        versions.push(row.version.clone());
                        restore(&mut row, conn).await.unwrap();
                        assert!(!row.is_deleted());
                        assert_eq!(load(1, conn).await, row, "memory equals the row");
                        versions.push(row.version.clone());
                        assert!(matches!(restore(&mut row, conn).await, Err(Error::Guard(_))));
                        row.name = name.into();
                        save(&mut row, conn).await.unwrap();
                        assert_eq!(load(1, conn).await, row);
                        versions.push(row.version.clone());
                    }
                    for (place, version) in versions.iter().enumerate() {
                        assert!(!versions[..place].contains(version), "a version never repeats: {versions:?}");
                    }

                    let every = || rows::table.order(rows::id).select(Row::as_select());
                    let mut live: Vec<Row> = all(every(), conn).await.unwrap();
                    save_all(&mut live, conn).await.unwrap();
                    delete_all(&live, conn).await.unwrap();
                    let mut gone: Vec<Row> = all(every(), conn).await.unwrap();
                    assert!(gone.iter().all(Row::is_deleted));
                    assert!(delete_all(&gone, conn).await.unwrap_err().is_stale());
                    for row in &mut gone {
                        restore(row, conn).await.unwrap();
                    }
                    assert_eq!(all::<_, Row>(every(), conn).await.unwrap(), gone);

                    // Written over, deleted as it is seen, and brought back by its key.
                    let mut row = load(2, conn).await;
                    delete(&row, conn).await.unwrap();
                    upsert(&mut row, occ_runtime::Expect::Any, conn).await.unwrap();
                    assert_eq!(load(2, conn).await, row);
                    super::super::cell::delete_at(Row::at(2, row.version.clone()), conn).await.unwrap();
                    let gone = load(2, conn).await;
                    assert!(gone.is_deleted());
                    let version = restore_at(Row::at(2, gone.version.clone()), conn).await.unwrap();
                    assert_eq!(load(2, conn).await.version, version);
                    let mut row = load(2, conn).await;
                    update(&mut row, rows::mark.eq(gone.mark.clone()), conn).await.unwrap();
                    assert!(row.is_deleted());
                    assert_eq!(load(2, conn).await, row);
                }
            }
        }
    )*};
}

const FLAG: [&str; 3] = ["BOOLEAN NOT NULL", "BOOLEAN NOT NULL", "BOOLEAN NOT NULL"];
const TIME: [&str; 3] = ["TIMESTAMP", "TIMESTAMP NULL", "DATETIME(6) NULL"];
const COUNTER: [&str; 3] = ["BIGINT", "BIGINT", "BIGINT"];
const TEXT: [&str; 3] = ["TEXT", "TEXT", "VARCHAR(36)"];

kinds! {
    a_flag_and_a_counter: bool, Bool, FLAG; occ_runtime::Increment, i64, BigInt, COUNTER;
    a_flag_and_what_the_database_makes: bool, Bool, FLAG; occ_runtime::DatabaseGenerated, i64, BigInt, COUNTER;
    a_flag_and_a_uuid: bool, Bool, FLAG; occ_runtime::UuidV7, String, Text, TEXT;
    chrono_and_a_counter: Option<chrono::NaiveDateTime>, Nullable<Timestamp>, TIME; occ_runtime::Increment, i64, BigInt, COUNTER;
    chrono_and_what_the_database_makes: Option<chrono::NaiveDateTime>, Nullable<Timestamp>, TIME; occ_runtime::DatabaseGenerated, i64, BigInt, COUNTER;
    chrono_and_a_time: Option<chrono::NaiveDateTime>, Nullable<Timestamp>, TIME; occ_runtime::Timestamp, chrono::NaiveDateTime, Timestamp, ["TIMESTAMP", "TIMESTAMP", "DATETIME(6)"];
    time_and_a_uuid: Option<time::PrimitiveDateTime>, Nullable<Timestamp>, TIME; occ_runtime::UuidV4, String, Text, TEXT;
    a_number_and_a_counter: Option<i64>, Nullable<BigInt>, ["BIGINT", "BIGINT", "BIGINT NULL"]; occ_runtime::Increment, i64, BigInt, COUNTER;
}

diesel::table! {
    stocks (shop, article) {
        shop -> Integer,
        article -> Text,
        amount -> Integer,
        width -> Integer,
        deleted_at -> Nullable<Timestamp>,
        version -> BigInt,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = stocks)]
struct Size {
    width: i32,
}

/// The key has several columns, and the mark another name.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = stocks, primary_key(shop, article))]
struct Stock {
    shop: i32,
    article: String,
    amount: i32,
    #[diesel(embed)]
    size: Size,
    #[diesel(column_name = deleted_at)]
    #[occ(soft_delete)]
    gone_since: Option<chrono::NaiveDateTime>,
    version: i64,
}

/// Found by a key that an index may keep unique.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = stocks, primary_key(amount))]
#[occ(unique_key)]
struct Amount {
    #[allow(clippy::struct_field_names, reason = "as the column is called")]
    amount: i32,
    #[occ(soft_delete)]
    deleted_at: Option<chrono::NaiveDateTime>,
    version: i64,
}

async fn create_stocks(conn: &mut Conn) {
    let time = if BACKEND == Backend::Mysql { "DATETIME(6) NULL" } else { "TIMESTAMP" };
    let ddl = format!(
        "CREATE TABLE stocks (shop INTEGER NOT NULL, article VARCHAR(50) NOT NULL, amount INTEGER NOT NULL, width INTEGER NOT NULL, \
         deleted_at {time}, version BIGINT NOT NULL, PRIMARY KEY (shop, article));
         INSERT INTO stocks VALUES (1, 'blue', 5, 7, NULL, 1), (1, 'red', 6, 7, NULL, 1), (2, 'blue', 6, 7, NULL, 1)"
    );
    batch(&ddl, conn).await.unwrap();
}

async fn stocks(conn: &mut Conn) -> Vec<Stock> {
    all(stocks::table.order((stocks::shop, stocks::article)).select(Stock::as_select()), conn).await.unwrap()
}

super::scenarios! {
    async fn a_row_with_a_key_of_two_columns_and_an_embedded_struct(database) {
        let conn = &mut connect(database).await;
        create_stocks(conn).await;
        let mut rows = stocks(conn).await;
        let before = SystemTime::now() - Duration::from_secs(1);
        delete_all(&rows[..2], conn).await.unwrap();
        let after = stocks(conn).await;
        assert_eq!(after.iter().map(Stock::is_deleted).collect::<Vec<_>>(), [true, true, false]);
        let since = after[0].gone_since.unwrap().and_utc();
        assert!(chrono::DateTime::<chrono::Utc>::from(before) < since && since <= chrono::Utc::now());
        assert!(save_all(&mut rows, conn).await.unwrap_err().is_stale());
        rows = after;
        restore(&mut rows[1], conn).await.unwrap();
        rows[1].size.width = 8;
        save(&mut rows[1], conn).await.unwrap();
        assert_eq!(stocks(conn).await, rows);
        assert_eq!(restore_at(Stock::at((1, "blue"), 2), conn).await.unwrap(), 3);
    }

    async fn a_mark_never_meets_more_than_its_row(database) {
        let conn = &mut connect(database).await;
        create_stocks(conn).await;
        let row = |amount| Amount { amount, deleted_at: None, version: 1 };
        assert!(matches!(delete(&row(6), conn).await, Err(Error::AmbiguousKey(_))));
        assert!(stocks(conn).await.iter().all(|row| !row.is_deleted() && row.version == 1));
        delete(&row(5), conn).await.unwrap();
        let mut gone: Amount =
            first(stocks::table.filter(stocks::amount.eq(5)).select(Amount::as_select()), conn).await.unwrap();
        restore(&mut gone, conn).await.unwrap();
        assert_eq!((gone.version, stocks(conn).await[0].version), (3, 3));
        batch("UPDATE stocks SET deleted_at = CURRENT_TIMESTAMP", conn).await.unwrap();
        let mut two = Amount { deleted_at: gone.deleted_at, ..row(6) };
        assert!(matches!(restore(&mut two, conn).await, Err(Error::AmbiguousKey(_))));
        assert!(stocks(conn).await.iter().all(Stock::is_deleted));
    }
}
