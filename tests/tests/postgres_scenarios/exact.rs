//! Two values that PostgreSQL takes for equal and that are not the same, in columns that are compared with what was loaded.

use diesel::pg::data_types::{PgInterval, PgNumeric};
use diesel::prelude::*;
use occ_runtime::{OptimisticLock, Tracked};

use super::cell::{Conn, batch, connect, delete_tracked, first, save_tracked};
use super::columns::{Mood, MoodType};

diesel::table! {
    use diesel::sql_types::*;
    use super::MoodType;

    kept (id) {
        id -> Integer,
        span -> Nullable<Interval>,
        amount -> Nullable<Numeric>,
        words -> Nullable<Array<Nullable<Text>>>,
        counts -> Nullable<Array<Integer>>,
        amounts -> Nullable<Array<Numeric>>,
        spans -> Nullable<Array<Interval>>,
        moments -> Nullable<Array<Timestamptz>>,
        name -> Nullable<Citext>,
        mood -> Nullable<MoodType>,
        stock -> Integer,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = kept)]
#[occ(check = all)]
struct Kept {
    id: i32,
    span: Option<PgInterval>,
    amount: Option<PgNumeric>,
    words: Option<Vec<Option<String>>>,
    counts: Option<Vec<i32>>,
    amounts: Option<Vec<PgNumeric>>,
    spans: Option<Vec<PgInterval>>,
    moments: Option<Vec<chrono::DateTime<chrono::Utc>>>,
    mood: Option<Mood>,
    stock: i32,
}

/// Its name is of a type that not every database has.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = kept)]
#[occ(check = all)]
struct Named {
    id: i32,
    name: Option<String>,
    stock: i32,
}

async fn load(conn: &mut Conn) -> Tracked<Kept> {
    first(kept::table.find(1).select(Tracked::<Kept>::as_select()), conn).await.unwrap()
}

super::scenarios! {
    async fn a_value_is_not_another_that_is_equal(database) {
        let setup = &mut connect(database).await;
        batch("CREATE TYPE mood AS ENUM ('good', 'bad')", setup).await.unwrap();
        batch("CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)", setup).await.unwrap();
        let changes = [
            ["span", "INTERVAL", "'1 month'", "'30 days'"],
            ["span", "INTERVAL", "'1 day'", "'24 hours'"],
            ["span", "INTERVAL", "'-1 day +1 hour'", "'-23 hours'"],
            ["span", "INTERVAL", "'1 year 2 months'", "'420 days'"],
            ["amount", "NUMERIC", "1.0", "1.00"],
            ["amount", "NUMERIC", "-12345678901234567890.0010", "-12345678901234567890.001"],
            ["amount", "NUMERIC", "1e20", "1e20 + 0.0"],
            ["amount", "NUMERIC", "'NaN'", "0"],
            ["amount", "NUMERIC(10, 2)", "1.5", "1.51"],
            ["words", "TEXT[] COLLATE nocase", "'{Doors,NULL}'", "'{doors,NULL}'"],
            ["words", "TEXT[]", "'{Doors,NULL}'", "'{Doors,\"NULL\"}'"],
            ["words", "VARCHAR(10)[]", "'{a,b}'", "'{\"a,b\"}'"],
            ["words", "CHAR(5)[]", "'{a}'", "'{b}'"],
            ["words", "TEXT[]", "'{}'", "NULL"],
            ["counts", "INTEGER[]", "'{1,2}'", "'[2:3]={1,2}'"],
            ["counts", "INTEGER[]", "'{1,2}'", "'{{1,2}}'"],
            ["amounts", "NUMERIC[]", "'{1.0}'", "'{1.00}'"],
            ["spans", "INTERVAL[]", "'{1 month}'", "'{30 days}'"],
            ["moments", "TIMESTAMPTZ[]", "'{2026-10-25 00:30+00}'", "'{2026-10-25 01:30+00}'"],
            ["mood", "mood", "'good'", "'bad'"],
        ];
        for style in ["postgres", "sql_standard", "iso_8601", "postgres_verbose"] {
            for [column, sql_type, before, after] in changes {
                // What is prepared is of the table that was there before.
                let conn = &mut connect(database).await;
                // An hour comes twice in Berlin at the end of summer, and no style but ISO's names the offset.
                batch(&format!("SET IntervalStyle = {style}; SET DateStyle = 'SQL, DMY'; SET TIME ZONE 'Europe/Berlin'"), conn).await.unwrap();
                let types = [
                    ("span", "INTERVAL"), ("amount", "NUMERIC"), ("words", "TEXT[]"), ("counts", "INTEGER[]"), ("amounts", "NUMERIC[]"),
                    ("spans", "INTERVAL[]"), ("moments", "TIMESTAMPTZ[]"), ("mood", "mood"),
                ];
                let columns: String = types
                    .map(|(name, its_type)| format!("{name} {}, ", if name == column { sql_type } else { its_type }))
                    .concat();
                batch(&format!("DROP TABLE IF EXISTS kept; CREATE TABLE kept (id INTEGER PRIMARY KEY, {columns} stock INTEGER NOT NULL); \
                     INSERT INTO kept (id, {column}, stock) VALUES (1, {before}, 10)"), conn).await.unwrap();
                let what = format!("{sql_type}, {style}: {before} became {after}");
                let mut row = load(conn).await;
                row.stock += 1;
                save_tracked(&mut row, conn).await.unwrap_or_else(|error| panic!("{what}, before it did: {error}"));
                batch(&format!("UPDATE kept SET {column} = {after}"), conn).await.unwrap();
                row.stock += 1;
                assert!(save_tracked(&mut row, conn).await.is_err_and(|error| error.is_stale()), "{what}, and that was not seen");
                assert!(delete_tracked(&row, conn).await.is_err_and(|error| error.is_stale()), "{what}, and was deleted");
            }
        }
    }

    async fn a_text_that_knows_no_case_is_compared_with_it(database) {
        let conn = &mut connect(database).await;
        // Not the extension: there is one for a whole database, and other tests make it, too.
        batch("CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
               CREATE DOMAIN citext AS text COLLATE nocase;
               CREATE TABLE kept (id INTEGER PRIMARY KEY, name citext, stock INTEGER NOT NULL);
               INSERT INTO kept VALUES (1, 'Doors', 10), (2, '', 10)", conn).await.unwrap();
        for (id, change) in [(1, "'doors'"), (2, "NULL")] {
            let query = kept::table.find(id).select(Tracked::<Named>::as_select());
            let mut row: Tracked<Named> = first(query, conn).await.unwrap();
            row.stock += 1;
            save_tracked(&mut row, conn).await.unwrap();
            batch(&format!("UPDATE kept SET name = {change} WHERE id = {id}"), conn).await.unwrap();
            row.stock += 1;
            assert!(save_tracked(&mut row, conn).await.unwrap_err().is_stale(), "{change}");
        }
    }
}
