//! Revisions of rows whose tables are odd: several columns in the key, other names in SQL, another schema, many types.

use diesel::prelude::*;
use occ_runtime::{Error, HistoryTrigger, OptimisticLock};
use occ_tests::cell::Backend;

use super::cell::{BACKEND, batch, connect, delete, first, revision, save};
use super::history::{count, run};
use super::schema::on;
use super::schema_keys::{drop_shop, make_shop};
use super::trigger_sql;

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
