//! Rows as they were: what the triggers of `HistoryTrigger` keep, and what `revision` finds.

use std::sync::Barrier;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use occ_runtime::{Error, HistoryTrigger, OptimisticLock, VersionTrigger, bump_version};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, Conn, Database, batch, block_on, connect, delete, delete_all, execute, first, insert, record,
    reload, revision, save, save_all, touch, transaction, update,
};
use super::product::{Product, load, products};
use super::schema::on;
use super::schema_keys::{drop_shop, make_shop};
use super::trigger_sql;

pub(crate) fn history() -> HistoryTrigger {
    HistoryTrigger::new("products", ["id"], "version", ["name", "note", "quantity"])
}

async fn count(table: &str, conn: &mut Conn) -> i64 {
    first(diesel::dsl::sql::<BigInt>(&format!("SELECT count(*) FROM {table}")), conn).await.unwrap()
}

async fn run(statement: &str, conn: &mut Conn) {
    execute(sql_query(statement), conn).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// The row is kept as it was at each of these versions, or is at it now; and there is no other in the history.
async fn are_kept(rows: &[Product], conn: &mut Conn) {
    for row in rows {
        assert_eq!(revision(row.id, row.version, conn).await.unwrap().as_ref(), Some(row));
    }
}

async fn is_not_kept(id: i32, version: i32, conn: &mut Conn) {
    assert_eq!(revision::<Product, _, _>(id, version, conn).await.unwrap(), None);
}

super::scenarios! {
    async fn each_revision_is_there_once_and_as_it_was(database) {
        let conn = &mut connect(database).await;
        trigger_sql::make(&history(), conn).await;
        let mut row = load(1, conn).await;
        let mut was = vec![row.clone()];
        row.note = None;
        save(&mut row, conn).await.unwrap();
        was.push(row.clone());
        touch(&mut row, conn).await.unwrap();
        was.push(row.clone());
        update(&mut row, (products::note.eq("it's"), products::quantity.eq(-1)), conn).await.unwrap();
        was.push(row.clone());
        let bump = (products::name.eq("by Diesel"), bump_version::<Product>());
        execute(diesel::update(products::table.find(1)).set(bump), conn).await.unwrap();
        reload(&mut row, conn).await.unwrap();
        was.push(row.clone());
        run("UPDATE products SET name = 'by hand', version = 50 WHERE id = 1", conn).await;
        was.push(load(1, conn).await);
        are_kept(&was, conn).await;
        assert_eq!(count("products_history", conn).await, 5);
        for version in [0, 6, 49, 51] {
            is_not_kept(1, version, conn).await;
        }
        is_not_kept(2, 2, conn).await;
        is_not_kept(3, 1, conn).await;
        // A refused save leaves none, and a batch one for each row.
        let mut stale = was[0].clone();
        assert!(save(&mut stale, conn).await.unwrap_err().is_stale());
        let mut both = vec![load(1, conn).await, load(2, conn).await];
        was.extend(both.clone());
        save_all(&mut both, conn).await.unwrap();
        are_kept(&was, conn).await;
        are_kept(&both, conn).await;
        assert_eq!(count("products_history", conn).await, 7);
    }

    async fn a_deleted_row_is_kept_until_another_comes_to_its_versions(database) {
        let conn = &mut connect(database).await;
        trigger_sql::make(&history(), conn).await;
        let mut old = load(1, conn).await;
        let mut was = vec![old.clone()];
        for quantity in [20, 30] {
            old.quantity = quantity;
            save(&mut old, conn).await.unwrap();
            was.push(old.clone());
        }
        delete(&old, conn).await.unwrap();
        are_kept(&was, conn).await;
        delete_all(&[load(2, conn).await], conn).await.unwrap();
        assert_eq!(count("products_history", conn).await, 4);

        let mut new = Product { name: "another".into(), ..old.clone() };
        insert(&mut new, conn).await.unwrap();
        assert_eq!(new.version, 1);
        are_kept(&[new.clone()], conn).await;
        are_kept(&was[1..], conn).await;
        let first = new.clone();
        touch(&mut new, conn).await.unwrap();
        are_kept(&[first.clone(), new.clone()], conn).await;
        are_kept(&was[2..], conn).await;
        let second = new.clone();
        touch(&mut new, conn).await.unwrap();
        are_kept(&[first, second, new], conn).await;
    }

    async fn what_is_rolled_back_leaves_no_history(database) {
        let conn = &mut connect(database).await;
        trigger_sql::make(&history(), conn).await;
        let mut row = load(1, conn).await;
        let rolled_back: Result<(), Error> = transaction(conn, &mut row, async |conn, row| {
            save(row, conn).await?;
            save(row, conn).await?;
            assert_eq!(count("products_history", conn).await, 2);
            let mut was: Product = revision(1, 1, conn).await?.unwrap();
            assert_eq!((was.version, load(1, conn).await.version), (1, 3));
            delete(row, conn).await?;
            was.version = 3;
            assert_eq!(revision(1, 3, conn).await?, Some(was));
            Err(diesel::result::Error::RollbackTransaction.into())
        })
        .await;
        rolled_back.unwrap_err();
        assert_eq!(count("products_history", conn).await, 0);
        assert_eq!(row, load(1, conn).await);
        is_not_kept(1, 2, conn).await;
        save(&mut row, conn).await.unwrap();
        assert_eq!(count("products_history", conn).await, 1);
    }

    async fn with_a_trigger_that_moves_the_version_the_row_is_kept_as_it_was_before(database) {
        let conn = &mut connect(database).await;
        for is_history_first in [true, false] {
            let moves = VersionTrigger::counter("products", "version");
            trigger_sql::make(&moves, conn).await;
            batch(&trigger_sql::remove(&history()), conn).await.unwrap();
            trigger_sql::make(&history(), conn).await;
            if is_history_first {
                trigger_sql::make(&moves, conn).await;
            }
            let mut was = vec![load(1, conn).await];
            let statements = [
                "quantity = quantity - 1",
                "name = 'b', version = 0",
                "version = version",
                // Which has been there.
                "name = 'c', version = 1",
                "note = 'd', version = version + 1",
            ];
            for statement in statements {
                run(&format!("UPDATE products SET {statement} WHERE id = 1"), conn).await;
                was.push(load(1, conn).await);
            }
            are_kept(&was, conn).await;
            assert_eq!(was.last().unwrap().version, was[0].version + 5);
        }
        assert_eq!(count("products_history WHERE version > 0", conn).await, 10);
    }

    async fn a_key_that_changes_leaves_its_rows(database) {
        let conn = &mut connect(database).await;
        trigger_sql::make(&history(), conn).await;
        let was = load(1, conn).await;
        run("UPDATE products SET id = 7, version = 2 WHERE id = 1", conn).await;
        are_kept(&[was, load(7, conn).await], conn).await;
        is_not_kept(7, 1, conn).await;
        is_not_kept(1, 2, conn).await;
        // The version stays, and the key is another one.
        let was = load(2, conn).await;
        run("UPDATE products SET id = 8 WHERE id = 2", conn).await;
        are_kept(&[was, load(8, conn).await], conn).await;
    }

    async fn it_is_one_statement_for_the_present_row_and_two_for_another(database) {
        let conn = &mut connect(database).await;
        trigger_sql::make(&history(), conn).await;
        save(&mut load(1, conn).await, conn).await.unwrap();
        let recorder = record(conn);
        let columns = "products.id, products.name, products.note, products.quantity, products.version";
        let now = |version: i32| format!("SELECT {columns} FROM products WHERE id = ? AND version = ? -- [1, {version}]");
        let was = |version: i32| {
            format!("SELECT {columns} FROM products_history AS products WHERE id = ? AND version = ? -- [1, {version}]")
        };
        for version in [2, 1, 9] {
            revision::<Product, _, _>(1, version, conn).await.unwrap();
            let sent = recorder.take();
            if version == 2 {
                assert_eq!(sent, [now(2)]);
            } else {
                assert_eq!(sent, [now(version), was(version)]);
            }
        }
        assert_eq!(recorder.take_prepared(), 2, "both are kept");
        revision::<Product, _, _>(1, 1, conn).await.unwrap();
        assert_eq!(recorder.take_prepared(), 0);
    }

    async fn without_a_history_the_present_row_is_found_and_another_is_an_error(database) {
        let conn = &mut connect(database).await;
        are_kept(&[load(1, conn).await], conn).await;
        let missing = revision::<Product, _, _>(1, 2, conn).await.unwrap_err();
        assert!(matches!(missing, Error::Database(_)), "{missing:?}");
        assert!(!missing.is_retryable() && !missing.needs_new_connection());
        are_kept(&[load(1, conn).await], conn).await;
    }

    async fn triggers_go_and_what_is_kept_stays(database) {
        let conn = &mut connect(database).await;
        batch(&trigger_sql::remove(&history()), conn).await.unwrap();
        batch(&trigger_sql::create(&history()), conn).await.unwrap();
        let was = load(1, conn).await;
        run("UPDATE products SET version = 2 WHERE id = 1", conn).await;
        for _ in 0..2 {
            batch(&trigger_sql::remove(&history()), conn).await.unwrap();
        }
        run("UPDATE products SET version = 3 WHERE id = 1", conn).await;
        are_kept(std::slice::from_ref(&was), conn).await;
        is_not_kept(1, 2, conn).await;
        // The table has got a column, and the history one more of its own.
        for ddl in [
            "ALTER TABLE products ADD COLUMN color VARCHAR(9)",
            "ALTER TABLE products_history ADD COLUMN color VARCHAR(9)",
            "ALTER TABLE products_history ADD COLUMN kept_because VARCHAR(9) DEFAULT 'so'",
        ] {
            run(ddl, conn).await;
        }
        let conn = &mut connect(database).await;
        let wider = HistoryTrigger::new("products", ["id"], "version", ["name", "note", "quantity", "color"]);
        batch(&trigger_sql::create(&wider), conn).await.unwrap();
        run("UPDATE products SET color = 'red', version = 4 WHERE id = 1", conn).await;
        run("UPDATE products SET color = 'blue', version = 5 WHERE id = 1", conn).await;
        assert_eq!(count("products_history WHERE color = 'red' AND kept_because = 'so'", conn).await, 1);
        are_kept(&[was, load(1, conn).await], conn).await;
        batch(&trigger_sql::remove(&wider), conn).await.unwrap();
        if BACKEND == Backend::Postgres {
            let functions = "pg_proc WHERE pronamespace = current_schema()::regnamespace";
            assert_eq!(count(functions, conn).await, 0);
        }
    }

    async fn two_writers_leave_each_revision_once(database) {
        const ROUNDS: i32 = 40;
        trigger_sql::make(&history(), &mut connect(database).await).await;
        let start = Barrier::new(2);
        let writer = || block_on(add(database, ROUNDS, &start));
        let written: Vec<Vec<Product>> = std::thread::scope(|scope| {
            let writers = [scope.spawn(writer), scope.spawn(writer)];
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        let conn = &mut connect(database).await;
        assert_eq!(count("products_history", conn).await, i64::from(2 * ROUNDS));
        let last = load(1, conn).await;
        assert_eq!((last.version, last.quantity), (1 + 2 * ROUNDS, 10 + 2 * ROUNDS));
        for writer in &written {
            are_kept(writer, conn).await;
        }
    }

    async fn a_client_that_knows_a_version_loses_nothing_of_anybodys(database) {
        let conn = &mut connect(database).await;
        trigger_sql::make(&history(), conn).await;
        let shown = load(1, conn).await;
        let mut theirs = load(1, conn).await;
        theirs.quantity = 3;
        save(&mut theirs, conn).await.unwrap();
        // What the client sends: its fields and the version.
        let (name, quantity) = ("desk lamp", shown.quantity);
        let base: Product = revision(1, shown.version, conn).await.unwrap().unwrap();
        assert_eq!(base, shown);
        let mut present = load(1, conn).await;
        if name != base.name {
            present.name = name.into();
        }
        if quantity != base.quantity {
            present.quantity = quantity;
        }
        save(&mut present, conn).await.unwrap();
        let row = load(1, conn).await;
        assert_eq!((row.name.as_str(), row.quantity, row.version), ("desk lamp", 3, 3));
    }
}

/// Adds one to the first row so often, and gives back what was written.
async fn add(database: &Database, rounds: i32, start: &Barrier) -> Vec<Product> {
    let conn = &mut connect(database).await;
    let mut row = load(1, conn).await;
    let mut written = Vec::new();
    start.wait();
    for _ in 0..rounds {
        loop {
            row.quantity += 1;
            match save(&mut row, conn).await {
                Ok(()) => break,
                Err(error) if error.is_stale() => reload(&mut row, conn).await.unwrap(),
                Err(error) if error.is_retryable() => row.quantity -= 1,
                Err(error) => panic!("{error}"),
            }
        }
        written.push(row.clone());
    }
    written
}

diesel::table! {
    #[sql_name = "the \"stocks\" it's"]
    stocks (shop, article) {
        shop -> Integer,
        article -> Text,
        #[sql_name = "am`ount $$"]
        amount -> Integer,
        color -> Nullable<Text>,
        size -> Nullable<Integer>,
        version -> BigInt,
    }
}

/// Some columns in a struct of their own.
#[derive(AsChangeset, Clone, Debug, PartialEq, Queryable, Selectable)]
#[diesel(table_name = stocks)]
struct Form {
    size: Option<i32>,
    color: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = stocks, primary_key(shop, article))]
struct Stock {
    amount: i32,
    #[diesel(embed)]
    form: Form,
    article: String,
    shop: i32,
    version: i64,
}

/// Less than all of it.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = stocks, primary_key(shop, article))]
struct Amount {
    shop: i32,
    article: String,
    #[allow(clippy::struct_field_names, reason = "as the column is called")]
    amount: i32,
    version: i64,
}

mod elsewhere {
    use diesel::prelude::*;

    diesel::table! {
        #[sql_name = "the \"lines\" `of` it's"]
        occ_tests_shop.lines (order_id, line) {
            order_id -> Integer,
            #[sql_name = "li.ne"]
            line -> Integer,
            #[sql_name = "pri\"ce"]
            price -> Nullable<Integer>,
            version -> Integer,
        }
    }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, occ_runtime::OptimisticLock)]
    #[diesel(table_name = lines, primary_key(order_id, line))]
    pub(super) struct Entry {
        pub(super) price: Option<i32>,
        pub(super) order_id: i32,
        pub(super) line: i32,
        pub(super) version: i32,
    }
}

fn quote(name: &str) -> String {
    match BACKEND {
        Backend::Mysql => format!("`{}`", name.replace('`', "``")),
        _ => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

super::scenarios! {
    async fn composite_keys_embedded_structs_and_parts_of_a_table(database) {
        let conn = &mut connect(database).await;
        let table = quote("the \"stocks\" it's");
        let amount = quote("am`ount $$");
        run(
            &format!(
                "CREATE TABLE {table} (shop INTEGER NOT NULL, article VARCHAR(50) NOT NULL, {amount} INTEGER NOT NULL, \
                 color VARCHAR(9), size INTEGER, version BIGINT NOT NULL, PRIMARY KEY (shop, article))"
            ),
            conn,
        )
        .await;
        run(&format!("INSERT INTO {table} VALUES (1, 'blue', 5, 'navy', NULL, 1), (1, 'red', 6, NULL, 3, 1), (2, 'blue', 7, NULL, NULL, 1)"), conn)
            .await;
        let columns = ["size", "am`ount $$", "color"];
        trigger_sql::make(&HistoryTrigger::new("the \"stocks\" it's", ["shop", "article"], "version", columns), conn).await;
        let mut rows: Vec<Stock> = super::cell::all(stocks::table.order((stocks::shop, stocks::article)).select(Stock::as_select()), conn)
            .await
            .unwrap();
        let was = rows.clone();
        for row in &mut rows {
            row.amount += 100;
            row.form.color = Some("gold".into());
            save(row, conn).await.unwrap();
        }
        for row in was.iter().chain(&rows) {
            let key = (row.shop, row.article.as_str());
            assert_eq!(revision(key, row.version, conn).await.unwrap().as_ref(), Some(row));
            let part: Amount = revision((row.shop, row.article.clone()), row.version, conn).await.unwrap().unwrap();
            assert_eq!((part.amount, part.shop, part.article), (row.amount, row.shop, row.article.clone()));
        }
        assert_eq!(revision::<Stock, _, _>((2, "red"), 1, conn).await.unwrap(), None);
    }

    async fn the_history_of_a_table_of_another_schema_is_beside_it(database) {
        use elsewhere::{Entry, lines};
        let conn = &mut connect(database).await;
        make_shop(conn).await;
        let there = format!("occ_tests_shop.{}", quote("the \"lines\" `of` it's"));
        let (line, price) = (quote("li.ne"), quote("pri\"ce"));
        run(
            &format!(
                "CREATE TABLE {there} (order_id INTEGER NOT NULL, {line} INTEGER NOT NULL, {price} INTEGER, version INTEGER NOT NULL, \
                 PRIMARY KEY (order_id, {line}))"
            ),
            conn,
        )
        .await;
        run(&format!("INSERT INTO {there} VALUES (1, 1, 5, 1), (1, 2, NULL, 1)"), conn).await;
        let columns = ["pri\"ce"];
        let history = HistoryTrigger::new("the \"lines\" `of` it's", ["order_id", "li.ne"], "version", columns).schema("occ_tests_shop");
        for _ in 0..2 {
            trigger_sql::make(&history, conn).await;
        }
        let mut row: Entry = first(lines::table.find((1, 2)).select(Entry::as_select()), conn).await.unwrap();
        let mut was = vec![row.clone()];
        for price in [Some(7), None, Some(9)] {
            row.price = price;
            save(&mut row, conn).await.unwrap();
            was.push(row.clone());
        }
        delete(&row, conn).await.unwrap();
        // Where the backend's type does not tell that it is PostgreSQL's, nobody can ask it for the words.
        let can_tell = BACKEND != Backend::Postgres || super::cell::KNOWN_AS == Backend::Postgres;
        for row in &was {
            let found = revision((1, 2), row.version, conn).await;
            if can_tell {
                assert_eq!(found.unwrap().as_ref(), Some(row));
            } else {
                assert!(matches!(found, Err::<Option<Entry>, _>(Error::Database(_))), "{found:?}");
            }
        }
        let kept = format!("occ_tests_shop.{}", quote("the \"lines\" `of` it's_history"));
        assert_eq!(count(&kept, conn).await, 4);
        batch(&trigger_sql::remove(&history), conn).await.unwrap();
        run(&format!("UPDATE {there} SET version = 2"), conn).await;
        assert_eq!(count(&kept, conn).await, 4);
        drop_shop(conn).await;
    }

    async fn a_version_that_is_null_and_a_name_that_is_long(database) {
        let conn = &mut connect(database).await;
        let name = "long_".repeat(12);
        run(&format!("CREATE TABLE {name} (id INTEGER PRIMARY KEY, note VARCHAR(9), version INTEGER)"), conn).await;
        run(&format!("INSERT INTO {name} VALUES (1, 'a', NULL), (2, 'b', 1)"), conn).await;
        let history = HistoryTrigger::new(&name, ["id"], "version", ["note"]);
        trigger_sql::make(&history, conn).await;
        run(&format!("UPDATE {name} SET note = 'c', version = NULL"), conn).await;
        run(&format!("UPDATE {name} SET version = 3"), conn).await;
        run(&format!("DELETE FROM {name}"), conn).await;
        batch(&trigger_sql::remove(&history), conn).await.unwrap();
    }

    async fn values_of_many_types_are_kept_as_they_were(database) {
        let conn = &mut connect(database).await;
        let columns = on(
            "a TEXT, b BLOB, c REAL, d TIMESTAMP, e BOOLEAN, f NUMERIC",
            "a text, b bytea, c double precision, d timestamptz, e boolean, f numeric(9, 3), g json, h integer[], i uuid, j interval",
            "a LONGTEXT, b BLOB, c DOUBLE, d DATETIME(6), e BOOLEAN, f DECIMAL(9, 3), g JSON, h TIMESTAMP(3) NULL, i ENUM('x', 'y'), j BIT(9)",
        );
        run(&format!("CREATE TABLE typed (id INTEGER PRIMARY KEY, {columns}, version INTEGER NOT NULL)"), conn).await;
        let row = on(
            "'ü', x'00ff', 0.1, '2026-01-02 03:04:05.678', 1, 1.25",
            "'ü', '\\x00ff', 0.1, '2026-01-02 03:04:05.678901+01', true, 1.250, '{ \"a\" : 1 }', '{1,NULL}', \
             '00000000-0000-0000-0000-00000000000a', '1 month'",
            "'ü', x'00ff', 0.1, '2026-01-02 03:04:05.678901', 1, 1.250, '{\"a\": 1}', '2026-01-02 03:04:05.678', 'y', b'101'",
        );
        run(&format!("INSERT INTO typed VALUES (1, {row}, 1)"), conn).await;
        let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
        let names = if BACKEND == Backend::Sqlite { &names[..6] } else { &names };
        trigger_sql::make(&HistoryTrigger::new("typed", ["id"], "version", names.iter().copied()), conn).await;
        run("UPDATE typed SET version = 2", conn).await;
        for name in names {
            let same = on("t.@ IS h.@ AND typeof(t.@) = typeof(h.@)", "t.@::text = h.@::text", "HEX(t.@) = HEX(h.@)").replace('@', name);
            let joined = format!("typed t, typed_history h WHERE t.id = h.id AND h.version = 1 AND {same}");
            assert_eq!(count(&joined, conn).await, 1, "{name}");
        }
    }
}
