//! `settle` says of a write whose answer was lost what the row says.

use diesel::prelude::*;
use occ_runtime::{OptimisticLock, Outcome, Timestamp, UuidV4};
use occ_tests::cut::{Point, Proxy, Strike};
use occ_tests::database::TestDatabase as _;
use occ_tests::report;

use super::cell::{
    BACKEND, Conn, batch, connect, connect_to, delete, first, insert, save, save_all, settle, transaction,
    update,
};
use super::sessions::{session, wait_until_gone};

diesel::table! { counted (id) { id -> Integer, quantity -> Integer, version -> Integer } }
diesel::table! { named (id) { id -> Integer, quantity -> Integer, version -> Text } }
diesel::table! { timed (id) { id -> Integer, quantity -> Integer, version -> BigInt } }

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = counted)]
struct Counted {
    id: i32,
    quantity: i32,
    version: i32,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = named)]
struct Named {
    id: i32,
    quantity: i32,
    #[occ(version, generator = UuidV4)]
    version: String,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = timed)]
struct Timed {
    id: i32,
    quantity: i32,
    #[occ(version, generator = Timestamp)]
    version: i64,
}

async fn create_tables(conn: &mut Conn) {
    let tables = [("counted", "INTEGER"), ("named", "VARCHAR(36)"), ("timed", "BIGINT")];
    for (table, version) in tables {
        let table = format!(
            "CREATE TABLE {table} (id INTEGER PRIMARY KEY, quantity INTEGER NOT NULL, version {version} NOT NULL)"
        );
        batch(&table, conn).await.unwrap();
    }
}

/// A place in the exchange with the server, which comes after the last one without a pattern that the calls could follow.
fn next_place(seed: &mut u64) -> (Point, Strike) {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    match (*seed >> 33) % 5 {
        0 => (Point::Statement, Strike::Cut),
        1 => (Point::Statement, Strike::CutHalf),
        2 => (Point::Sent, Strike::Cut),
        3 => (Point::Answer, Strike::Cut),
        _ => (Point::Answer, Strike::CutHalf),
    }
}

/// Whether another writer comes between the write and the question.
fn is_overtaken(seed: u64) -> bool {
    (seed >> 40).is_multiple_of(4)
}

/// One kind of version: two hundred writes, each broken off somewhere, and what has become of each.
macro_rules! answers_as_the_row_does {
    ($model:ident, $table:ident, $database:ident) => {{
        let witness = &mut connect(&$database).await;
        create_tables(witness).await;
        let (proxy, url) = Proxy::through(&$database.url()).unwrap();
        let (mut seed, mut stored, mut not_stored, mut overtaken) = (20_261_126_u64, 0, 0, 0);
        for id in 1..=200 {
            let mut row = $model { id, quantity: 1, version: $model::initial_version() };
            insert(&mut row, witness).await.unwrap();
            let mut mine = row.clone();
            mine.quantity += 1;
            let (point, strike) = next_place(&mut seed);
            let conn = &mut connect_to(&url, &$database).await;
            let session = session(conn).await;
            let error = match id % 3 {
                0 => {
                    proxy.at(point, "UPDATE", strike);
                    save(&mut mine, conn).await.unwrap_err()
                }
                1 => {
                    proxy.at(point, "COMMIT", strike);
                    transaction(conn, &mut mine, async |conn, mine| save(mine, conn).await).await.unwrap_err()
                }
                _ => {
                    proxy.at(point, if seed.is_multiple_of(2) { "UPDATE" } else { "COMMIT" }, strike);
                    save_all(std::slice::from_mut(&mut mine), conn).await.unwrap_err()
                }
            };
            assert!(proxy.has_struck() && error.needs_new_connection(), "{error:?}");
            assert_eq!((mine.quantity, &mine.version), (2, &row.version), "memory");
            wait_until_gone(session, witness).await;

            let query = $table::table.find(id).select($model::as_select());
            let there: $model = first(query, witness).await.unwrap();
            if is_overtaken(seed) {
                let mut theirs = there.clone();
                theirs.quantity = 7;
                save(&mut theirs, witness).await.unwrap();
                let before = mine.clone();
                assert_eq!(settle(&mut mine, witness).await.unwrap(), Outcome::Overtaken);
                assert_eq!(mine, before);
                overtaken += 1;
                continue;
            }
            let expected = if there == row { Outcome::NotStored } else { Outcome::Stored };
            assert_eq!(settle(&mut mine, witness).await.unwrap(), expected, "{mine:?}, {there:?}");
            if expected == Outcome::Stored {
                assert_eq!(mine, there);
                stored += 1;
            } else {
                not_stored += 1;
            }
            mine.quantity += 1;
            save(&mut mine, witness).await.unwrap();
        }
        assert!(stored >= 10 && not_stored >= 10 && overtaken >= 10, "{stored} {not_stored} {overtaken}");
        report::measured(format_args!(
            "{BACKEND:?}: of 200 broken writes of {} {stored} were stored, {not_stored} were not, {overtaken} are overtaken, as settle says",
            stringify!($model)
        ));
    }};
}

faults! {
    async fn settle_answers_of_counters_as_the_row_does(database) {
        answers_as_the_row_does!(Counted, counted, database);
    }

    async fn settle_answers_of_random_versions_as_the_row_does(database) {
        answers_as_the_row_does!(Named, named, database);
    }

    async fn settle_answers_of_times_as_the_row_does(database) {
        answers_as_the_row_does!(Timed, timed, database);
    }

    async fn settle_answers_of_a_row_that_was_to_be_made(database) {
        let witness = &mut connect(&database).await;
        create_tables(witness).await;
        let (proxy, url) = Proxy::through(&database.url()).unwrap();
        for (id, point, is_stored) in [(1, Point::Statement, false), (2, Point::Answer, true)] {
            let conn = &mut connect_to(&url, &database).await;
            let session = session(conn).await;
            let mut mine = Named { id, quantity: 1, version: String::new() };
            proxy.at(point, "INSERT", Strike::Cut);
            assert!(insert(&mut mine, conn).await.unwrap_err().needs_new_connection());
            wait_until_gone(session, witness).await;
            // A row that is not there may have been made, and deleted by somebody since.
            let expected = if is_stored { Outcome::Stored } else { Outcome::Overtaken };
            assert_eq!(settle(&mut mine, witness).await.unwrap(), expected);
            if !is_stored {
                insert(&mut mine, witness).await.unwrap();
            }
            mine.quantity = 2;
            save(&mut mine, witness).await.unwrap();
        }
    }

    async fn settle_takes_no_other_writer_for_this_one(database) {
        let witness = &mut connect(&database).await;
        create_tables(witness).await;
        let (proxy, url) = Proxy::through(&database.url()).unwrap();
        let mut row = Named { id: 1, quantity: 1, version: String::new() };
        insert(&mut row, witness).await.unwrap();
        // Two come from one version, and the answers of both are lost: only one of them can be stored.
        let (mut mine, mut theirs) = (row.clone(), row.clone());
        mine.quantity = 2;
        theirs.quantity = 3;
        for (value, point) in [(&mut mine, Point::Statement), (&mut theirs, Point::Answer)] {
            let conn = &mut connect_to(&url, &database).await;
            let session = session(conn).await;
            proxy.at(point, "UPDATE", Strike::Cut);
            assert!(save(value, conn).await.unwrap_err().needs_new_connection());
            wait_until_gone(session, witness).await;
        }
        assert_eq!(settle(&mut mine, witness).await.unwrap(), Outcome::Overtaken);
        assert_eq!((mine.quantity, &mine.version), (2, &row.version));
        assert_eq!(settle(&mut theirs, witness).await.unwrap(), Outcome::Stored);
        assert_eq!(theirs.quantity, 3);
        save(&mut theirs, witness).await.unwrap();

        // A counter's next version is made by whoever comes next.
        let mut row = Counted { id: 1, quantity: 1, version: 0 };
        insert(&mut row, witness).await.unwrap();
        let mut mine = row.clone();
        mine.quantity = 2;
        let conn = &mut connect_to(&url, &database).await;
        let session = session(conn).await;
        proxy.at(Point::Statement, "UPDATE", Strike::Cut);
        assert!(save(&mut mine, conn).await.unwrap_err().needs_new_connection());
        wait_until_gone(session, witness).await;
        row.quantity = 5;
        save(&mut row, witness).await.unwrap();
        assert_eq!(settle(&mut mine, witness).await.unwrap(), Outcome::Overtaken);
        assert_eq!((mine.quantity, mine.version), (2, 1));
    }

    async fn settle_claims_nothing_of_what_memory_does_not_show(database) {
        let witness = &mut connect(&database).await;
        create_tables(witness).await;
        let (proxy, url) = Proxy::through(&database.url()).unwrap();
        for (id, point) in [(1, Point::Statement), (2, Point::Answer)] {
            let mut row = Named { id, quantity: 10, version: String::new() };
            insert(&mut row, witness).await.unwrap();
            for is_delete in [false, true] {
                let mut mine: Named = first(named::table.find(id).select(Named::as_select()), witness).await.unwrap();
                let before = mine.clone();
                let conn = &mut connect_to(&url, &database).await;
                let session = session(conn).await;
                proxy.at(point, if is_delete { "DELETE" } else { "UPDATE" }, Strike::Cut);
                let error = if is_delete {
                    delete(&mine, conn).await.unwrap_err()
                } else {
                    update(&mut mine, named::quantity.eq(named::quantity - 3), conn).await.unwrap_err()
                };
                assert!(error.needs_new_connection(), "{error:?}");
                wait_until_gone(session, witness).await;
                let there: Option<Named> =
                    first(named::table.find(id).select(Named::as_select()), witness).await.optional().unwrap();
                let expected = if there.as_ref() == Some(&before) { Outcome::NotStored } else { Outcome::Overtaken };
                // As often as it is asked, and of a copy too.
                for _ in 0..2 {
                    assert_eq!(settle(&mut mine.clone(), witness).await.unwrap(), expected, "{id} {is_delete}");
                    assert_eq!(settle(&mut mine, witness).await.unwrap(), expected, "{id} {is_delete}");
                    assert_eq!(mine, before);
                }
            }
        }
    }

    async fn settle_answers_for_the_value_and_not_for_another_write_of_its_row(database) {
        let witness = &mut connect(&database).await;
        create_tables(witness).await;
        let (proxy, url) = Proxy::through(&database.url()).unwrap();
        let mut row = Named { id: 1, quantity: 10, version: String::new() };
        insert(&mut row, witness).await.unwrap();
        let (mut mine, mut other) = (row.clone(), row.clone());
        mine.quantity = 7;
        other.quantity = 8;
        let conn = &mut connect_to(&url, &database).await;
        let session = session(conn).await;
        proxy.at(Point::Answer, "UPDATE", Strike::Cut);
        assert!(save(&mut mine, conn).await.unwrap_err().needs_new_connection());
        // It is not even sent.
        assert!(save(&mut other, conn).await.unwrap_err().needs_new_connection());
        wait_until_gone(session, witness).await;
        assert_eq!(settle(&mut other, witness).await.unwrap(), Outcome::Overtaken);
        // Another edit is on top of the one that is stored.
        let mut again = mine.clone();
        again.quantity = 4;
        assert!(save(&mut again, witness).await.unwrap_err().is_stale());
        assert_eq!(settle(&mut again, witness).await.unwrap(), Outcome::Overtaken);
        assert_eq!(settle(&mut mine, witness).await.unwrap(), Outcome::Stored);
        save(&mut mine, witness).await.unwrap();
    }
}
