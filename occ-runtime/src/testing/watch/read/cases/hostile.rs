//! What is odd, long, deep, or cannot be read.

use crate::statement::dialect::Dialect::{Mysql, Postgres, Sqlite};
use crate::testing::watch::finding::FindingKind::{NotRead, Update};
use crate::testing::watch::read::cases::{ALL, all_are, found, table};
use crate::testing::watch::read::{database_at, without_binds};

#[test]
fn what_may_mean_two_things_counts_where_the_database_is_not_known() {
    let tables = [table("products")];
    let sql = "SELECT 1 # ; UPDATE products SET name = 'x'";
    assert_eq!(found(sql, Some(Mysql), &tables, false), []);
    assert_eq!(found(sql, None, &tables, false), [Update]);
    let sql = "SELECT 'it\\'; UPDATE products SET name = 1; -- '";
    assert_eq!(found(sql, Some(Mysql), &tables, false), []);
    assert_eq!(found(sql, Some(Postgres), &tables, false), [Update]);
    assert_eq!(found(sql, None, &tables, false), [Update]);
}

#[test]
fn what_cannot_be_read_counts_if_it_can_write() {
    all_are(
        &[NotRead],
        ALL,
        &[
            "UPDATE products SET",
            "UPDATE products FOR PORTION OF t FROM '2020' TO '2021' SET name = 'x'",
            "UPDATE products SET name = 'x",
            "DO $$ BEGIN UPDATE products SET name = 'x'; END $$",
            "EXECUTE IMMEDIATE 'UPDATE products SET name = 1'",
            "PREPARE p FROM 'UPDATE products SET name = 1'",
            "LOAD DATA INFILE 'x' REPLACE INTO TABLE products",
            "SET STATEMENT max_statement_time = 1 FOR UPDATE products SET name = 'x'",
            "BEGIN NOT ATOMIC UPDATE products SET name = 'x'; END",
            "ANALYZE FORMAT = JSON UPDATE products SET name = 'x'",
            "IF 1 THEN UPDATE products SET name = 'x'; END IF",
            "INSERT INTO products VALUES (1) ON CONFLICT (id) DO NOTHING ON CONFLICT (name) DO UPDATE SET name = 'x'",
            "UPDATE products SET name = 'x' WHERE CURRENT OF cursor",
            "gibberish UPDATE products",
            "UPDATE U&\"\\0070roducts\" SET name = 'x'",
        ],
    );
    all_are(
        &[],
        ALL,
        &[
            "gibberish SELECT products",
            "UPDATE orders SET name[1] = 'the products'",
            "DO $$ BEGIN UPDATE orders SET a = 1; END $$",
        ],
    );
}

#[test]
fn a_statement_may_be_long_and_deep() {
    let tables = [table("products")];
    let long = format!("UPDATE products SET name = 'x' WHERE id = 1{}", " OR id = 1".repeat(100_000));
    assert_eq!(found(&long, None, &tables, false), [Update]);
    let long = format!("{}UPDATE products SET name = 'x'", "SELECT 1;".repeat(20_000));
    assert_eq!(found(&long, None, &tables, false), [Update]);
    for (open, close) in [
        ("(", ")"),
        ("f(", ")"),
        ("NOT ", ""),
        ("- ", ""),
        ("CASE WHEN a THEN ", " END"),
        ("a IN (SELECT ", ")"),
        ("(SELECT 1 FROM (SELECT ", ") AS b)"),
        ("CAST(", " AS INTEGER)"),
        ("a BETWEEN 1 AND ", ""),
    ] {
        for depth in [10, 60, 5_000] {
            let deep = format!("UPDATE products SET a = {}1{}", open.repeat(depth), close.repeat(depth));
            let found = found(&deep, None, &tables, false);
            assert!(matches!(found[..], [Update | NotRead]), "{depth} times {open}: {found:?}");
            assert!(depth > 60 || found == [Update], "{depth} times {open}: {found:?}");
        }
    }
}

#[test]
fn whatever_the_text_is_there_is_no_panic() {
    let tables = [table("products"), table("")];
    let odd = [
        "", ";", "'", "\"", "`", "$", "$$", "/*", "/*!", "*/", "--", "#", "\\", "\0", "é", "E'", "U&", "(",
        ")", ",", "products", "UPDATE", "SET", "=",
    ];
    for a in odd {
        for b in odd {
            for c in ["UPDATE products SET a = ", "", "REPLACE INTO products "] {
                let _ = found(&format!("{c}{a}{b}"), None, &tables, true);
                let _ = found(&format!("{a} {c} {b} update products"), None, &tables, true);
            }
        }
    }
}

#[test]
fn values_are_not_part_of_a_statement() {
    for (text, sql) in [
        ("UPDATE a -- binds: [1, \"x\"]", "UPDATE a"),
        ("UPDATE a -- binds: []", "UPDATE a"),
        ("UPDATE a -- binds: [\"b -- binds: [\"]", "UPDATE a -- binds: [\"b -- binds: [\"]"),
        ("UPDATE a", "UPDATE a"),
        (
            "SELECT ' -- binds: [' ; UPDATE a; SELECT 1 AS ']",
            "SELECT ' -- binds: [' ; UPDATE a; SELECT 1 AS ']",
        ),
        ("UPDATE a -- binds: [\n1]", "UPDATE a -- binds: [\n1]"),
    ] {
        assert_eq!(without_binds(text), sql);
    }
}

#[test]
fn a_url_says_which_database_it_is() {
    for (url, database) in [
        ("postgres://user@host/db", Some(Postgres)),
        ("PostgreSQL://host/db?a=b", Some(Postgres)),
        ("mysql://host/db", Some(Mysql)),
        (":memory:", Some(Sqlite)),
        ("shop.sqlite", Some(Sqlite)),
        ("file:shop.sqlite?mode=ro", Some(Sqlite)),
        ("host=localhost dbname=shop", None),
        ("é", Some(Sqlite)),
    ] {
        assert_eq!(database_at(url), database, "{url}");
    }
}
