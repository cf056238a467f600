//! What is found in which statement.

use super::{Reading, database_at, may_write, read, without_binds};
use crate::statement::dialect::Dialect::{self, Mysql, Postgres, Sqlite};
use crate::testing::watch::finding::FindingKind::{
    self, Delete, NotRead, Replace, Update, Upsert, VersionStays,
};
use crate::testing::watch::table::Table;

const ALL: &[Dialect] = &[Sqlite, Postgres, Mysql];

fn table(name: &str) -> Table {
    Table {
        schema: None,
        name: name.to_owned(),
        version: "version",
        model: "Product",
        by_database: false,
        is_fresh: false,
        unversioned: vec!["views"],
    }
}

fn found(sql: &str, database: Option<Dialect>, tables: &[Table], deletes: bool) -> Vec<FindingKind> {
    if !may_write(sql, tables, deletes) {
        return Vec::new();
    }
    let Reading { faults, .. } = read(sql, database, tables, deletes);
    faults.into_iter().map(|fault| fault.kind).collect()
}

/// Each of them is found to be this, on each of these databases and where the database is not known.
fn all_are(kinds: &[FindingKind], databases: &[Dialect], statements: &[&str]) {
    let tables = [table("products")];
    let databases = databases.iter().map(|database| Some(*database)).chain([None]);
    let mut wrong = Vec::new();
    for database in databases {
        for sql in statements {
            let found = found(sql, database, &tables, false);
            if found != kinds {
                wrong.push(format!("{database:?}: {sql}\n    is {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "these should be {kinds:?}:\n{}", wrong.join("\n"));
}

#[test]
fn an_update_that_leaves_the_version() {
    all_are(
        &[Update],
        ALL,
        &[
            "UPDATE products SET name = 'x'",
            "update Products set NAME = 'x' where id = 1",
            "UPDATE products AS p SET name = 'x' WHERE p.version = 3",
            "UPDATE \"products\" SET \"name\" = 'x' -- binds: [\"version = version + 1\"]",
            "UPDATE shop.products SET name = 'x'",
            "UPDATE main.shop.products SET name = 'x'",
            "UPDATE products SET name = 'version = version + 1'",
            "UPDATE products SET name = 'x' /* , version = version + 1 */ WHERE id = 1",
            "UPDATE products SET name = 'x' -- , version = version + 1\n WHERE id = 1",
            "UPDATE products SET name = (SELECT version FROM products LIMIT 1)",
            "UPDATE products SET (name, views) = ('x', 1)",
            "UPDATE products SET version_name = 'x'",
            "UPDATE products SET name = 'version', views = views + 1",
            "/* first */ UPDATE /* second */ products /* third */ SET name = 'x'",
            "\n\t UPDATE products\nSET name\n=\n'x'\n;\n",
            ";;UPDATE products SET name = 'x';;",
            "WITH one AS (SELECT 1) UPDATE products SET name = 'x'",
            "WITH one AS (UPDATE products SET name = 'x' RETURNING id) SELECT * FROM one",
            "WITH one AS (SELECT 1), two AS (UPDATE products SET name = 'x' RETURNING id) SELECT * FROM one, two",
            "INSERT INTO log WITH one AS (UPDATE products SET name = 'x' RETURNING id) SELECT * FROM one",
            "MERGE INTO products p USING new n ON n.id = p.id WHEN MATCHED THEN UPDATE SET name = n.name",
            "EXPLAIN ANALYZE UPDATE products SET name = 'x'",
            "UPDATE products SET name = 'naïve 💡' WHERE name = 'ß'",
            "UPDATE products SET \"order\" = 1, \"select\" = 2 WHERE \"from\" = 3",
        ],
    );
}

#[test]
fn an_update_in_the_words_of_one_database() {
    all_are(
        &[Update],
        &[Postgres],
        &[
            "UPDATE \"products\" SET \"name\" = $1 WHERE (\"products\".\"id\" = $2) RETURNING \"products\".\"id\" -- binds: [\"a\", 2]",
            "UPDATE ONLY products SET name = 'x'",
            "UPDATE ONLY products AS p SET name = 'x'",
            "UPDATE products * SET name = 'x'",
            "UPDATE products p SET name = o.name FROM orders o WHERE o.id = p.id AND o.version = p.version",
            "UPDATE products SET name = E'it\\'s', views = 1",
            "UPDATE products SET name = $q$it's; version = version + 1$q$",
            "UPDATE products SET name = $$, version = version + 1$$",
            "UPDATE products SET address.city = 'x'",
            "EXPLAIN (ANALYZE, VERBOSE) UPDATE products SET name = 'x'",
            "PREPARE p AS UPDATE products SET name = 'x'",
            "COPY (UPDATE products SET name = 'x' RETURNING id) TO STDOUT",
            "CREATE TABLE t AS WITH u AS (UPDATE products SET name = 'x' RETURNING *) SELECT * FROM u",
            "CREATE TEMPORARY TABLE t AS WITH u AS (UPDATE products SET name = 'x' RETURNING *) SELECT * FROM u",
            "UPDATE products SET tags = tags || $1, a = ARRAY[1, 2] WHERE tags && $2 AND data @> $3 AND n = ANY($4)",
            "UPDATE products SET name = 'x' /* a /* b */ , version = version + 1 */ WHERE id = 1",
        ],
    );
    all_are(
        &[Update],
        &[Mysql],
        &[
            "UPDATE `products` SET `name` = ? WHERE `id` = ? -- binds: []",
            "UPDATE `shop`.`products` SET `name` = ?",
            "UPDATE LOW_PRIORITY products SET name = 'x'",
            "UPDATE IGNORE products SET name = 'x'",
            "UPDATE LOW_PRIORITY IGNORE products AS p SET p.name = 'x'",
            "WITH one AS (SELECT 1) UPDATE IGNORE products SET name = 'x'",
            "UPDATE products PARTITION (p0) SET name = 'x'",
            "UPDATE products SET name = 'x' ORDER BY id LIMIT 3",
            "UPDATE orders o JOIN products p ON o.id = p.id SET p.name = 'x'",
            "UPDATE orders o JOIN products p ON o.id = p.id SET p.name = 'x', o.version = o.version + 1",
            "UPDATE orders, products SET products.name = 'x' WHERE orders.id = products.id",
            "UPDATE products, orders SET products.name = 'x', orders.version = 2",
            "UPDATE (orders o JOIN products p ON o.id = p.id) SET p.name = 'x'",
            "UPDATE products NATURAL JOIN orders SET name = 'x'",
            "/*! UPDATE products SET name = 'x' */",
            "/*!50000 UPDATE products SET name = 'x' */",
            "/*M! UPDATE products SET name = 'x' */",
            "UPDATE products SET name = 'it\\'s; version = version + 1'",
            "UPDATE products SET name = \"version = version + 1\"",
            "UPDATE products SET name = 'x' # , version = version + 1",
        ],
    );
    all_are(
        &[Update],
        &[Sqlite],
        &[
            "UPDATE [products] SET name = 'x'",
            "UPDATE 'products' SET 'name' = 'x'",
            "UPDATE OR REPLACE products SET name = 'x'",
            "UPDATE OR IGNORE `products` SET `name` = ?",
            "UPDATE products INDEXED BY names SET name = 'x'",
            "UPDATE products SET name = ?1 WHERE name GLOB 'x*' AND data ->> '$.version' = 1",
            "UPDATE products SET name = o.name FROM orders AS o WHERE o.id = products.id",
            "REPLACE INTO orders SELECT 1; UPDATE products SET name = 'x'",
        ],
    );
}

#[test]
fn what_moves_the_version() {
    all_are(
        &[],
        ALL,
        &[
            "UPDATE products SET name = 'x', version = version + 1",
            "UPDATE products SET name = 'x', \"version\" = \"products\".\"version\" + 1",
            "UPDATE products AS p SET name = 'x', VERSION = p.version + 1 WHERE p.id = 1",
            "UPDATE products SET (name, version) = ('x', version + 1)",
            "UPDATE products SET (name, version) = (SELECT name, version FROM new)",
            "UPDATE products SET version = random()",
            "UPDATE products SET version = CURRENT_TIMESTAMP",
            "UPDATE products SET version = COALESCE(version + 1, 1)",
            "UPDATE products SET version = CASE id WHEN 1 THEN 8 ELSE version + 1 END",
            "UPDATE products SET version = (version + 1) WHERE name = 'UPDATE products SET a = 1'",
            "INSERT INTO products (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET name = excluded.name, version = products.version + 1",
            "WITH one AS (UPDATE products SET version = version + 1 RETURNING id) SELECT * FROM one",
            "MERGE INTO products p USING new n ON n.id = p.id WHEN MATCHED THEN UPDATE SET version = p.version + 1",
        ],
    );
    all_are(
        &[],
        &[Postgres],
        &[
            "UPDATE \"products\" SET \"name\" = $1, \"version\" = $2 WHERE (\"products\".\"id\" = $3) -- binds: []",
            "UPDATE products SET (name, version) = ROW('x', version + 1)",
            "UPDATE products AS p SET version = n.version FROM new AS n WHERE n.id = p.id",
        ],
    );
    all_are(
        &[],
        &[Mysql],
        &[
            "UPDATE `products` SET `name` = ?, `version` = ? WHERE `id` = ? -- binds: []",
            "UPDATE orders o JOIN products p ON o.id = p.id SET p.name = 'x', p.version = p.version + 1",
            "UPDATE orders o JOIN products p ON o.id = p.id SET o.name = p.name",
            "UPDATE orders, products SET orders.name = products.name",
            "INSERT INTO products (id) VALUES (1) ON DUPLICATE KEY UPDATE name = VALUES(name), version = version + 1",
            "INSERT INTO products (id) VALUES (1) AS n ON DUPLICATE KEY UPDATE products.version = products.version + 1",
        ],
    );
}

#[test]
fn what_writes_no_row_that_is_there() {
    all_are(
        &[],
        ALL,
        &[
            "INSERT INTO products (id, name) VALUES (1, 'REPLACE products')",
            "INSERT INTO products (id) VALUES (1) ON CONFLICT DO NOTHING",
            "INSERT INTO products (id) SELECT id FROM updates",
            "SELECT * FROM products FOR UPDATE",
            "SELECT 'UPDATE products SET name = 1'",
            "SELECT 1; -- UPDATE products SET name = 'x'",
            "/* UPDATE products SET name = 'x' */ SELECT 1",
            "SELECT name, REPLACE(name, 'a', 'b') FROM products",
            "UPDATE orders SET name = 'products'",
            "UPDATE orders SET products = 1",
            "UPDATE products_old SET name = 'x'",
            "UPDATE orders SET name = (SELECT name FROM products WHERE id = 1)",
            "UPDATE orders SET name = 'x' FROM products WHERE orders.id = products.id",
            "INSERT INTO orders SELECT * FROM products WHERE 1 = 1 ON CONFLICT (id) DO UPDATE SET name = excluded.name",
            "UPDATE products SET views = views + 1",
            "DELETE FROM products WHERE name = 'update'",
            "CREATE TABLE products (id INTEGER, updated INTEGER)",
            "CREATE TABLE orders (product INTEGER REFERENCES products ON UPDATE CASCADE) WITH (fillfactor = 70)",
            "ALTER TABLE products ADD COLUMN updated INTEGER",
            "GRANT UPDATE ON products TO somebody",
            "EXPLAIN UPDATE products SET name = 'x'",
            "BEGIN; SELECT 1 FROM products FOR UPDATE; COMMIT",
            "CREATE TRIGGER t AFTER UPDATE ON products FOR EACH ROW BEGIN UPDATE products SET name = 'x'; END; SELECT 1",
            "CREATE TRIGGER t BEFORE UPDATE ON products FOR EACH ROW SET NEW.version = OLD.version + 1; SELECT 1",
            "CREATE OR REPLACE VIEW seen AS SELECT * FROM products",
        ],
    );
    all_are(
        &[],
        &[Postgres],
        &[
            "SELECT $$; UPDATE products SET name = 'x'; $$",
            "CREATE FUNCTION f() RETURNS void AS $$ UPDATE products SET name = 'x' $$ LANGUAGE sql; SELECT 1",
            "COPY products FROM STDIN",
            "SELECT 'it\\'; -- UPDATE products SET name = 'x'",
            "SELECT E'it\\'s; UPDATE products SET name = 1'",
        ],
    );
    all_are(
        &[],
        &[Mysql],
        &["INSERT IGNORE INTO products (id) VALUES (1)", "SELECT \"; UPDATE products SET name = 1\""],
    );
}

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
fn upserts_and_replacements() {
    all_are(
        &[Upsert],
        ALL,
        &[
            "INSERT INTO products (id, version) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET name = excluded.name",
            "INSERT INTO products (id, version) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET name = 'x' WHERE products.version = 1",
            "WITH one AS (SELECT 1) INSERT INTO products VALUES (1) ON CONFLICT (id) DO UPDATE SET name = 'x'",
        ],
    );
    all_are(
        &[Upsert],
        &[Postgres],
        &[
            "INSERT INTO products AS p VALUES (1) ON CONFLICT ON CONSTRAINT key DO UPDATE SET name = p.name RETURNING id",
        ],
    );
    all_are(
        &[Upsert],
        &[Mysql],
        &[
            "INSERT INTO products (id, name) VALUES (1, 'a') ON DUPLICATE KEY UPDATE name = VALUES(name)",
            "INSERT INTO `products` SET `id` = 1 ON DUPLICATE KEY UPDATE `name` = 'x'",
            "INSERT INTO products (id) VALUES (1) AS n ON DUPLICATE KEY UPDATE name = n.version",
        ],
    );
    all_are(
        &[Replace],
        &[Mysql, Sqlite],
        &[
            "REPLACE INTO products (id, version) VALUES (1, 2)",
            "REPLACE products VALUES (1)",
            "REPLACE INTO `products` SELECT * FROM `new`",
        ],
    );
    all_are(&[Replace], &[Sqlite], &["INSERT OR REPLACE INTO products (id) VALUES (?)"]);
    all_are(
        &[Replace],
        &[Mysql],
        &["REPLACE DELAYED INTO products VALUES (1)", "REPLACE INTO products SET id = 1"],
    );
}

#[test]
fn a_version_that_stays() {
    all_are(
        &[VersionStays],
        ALL,
        &[
            "UPDATE products SET name = 'x', version = version",
            "UPDATE products SET version = (((version)))",
            "UPDATE products SET version = products.version",
            "UPDATE products SET version = 7",
            "UPDATE products SET version = -7",
            "UPDATE products SET version = 3 + 4",
            "UPDATE products SET version = '2026-01-01'",
            "UPDATE products SET version = NULL",
            "UPDATE products SET version = DEFAULT",
            "UPDATE products SET version = version + 0",
            "UPDATE products SET version = 1 * version",
            "UPDATE products SET version = CAST(version AS INTEGER)",
            "UPDATE products SET version = COALESCE(version, 1)",
            "UPDATE products SET version = CASE WHEN id = 1 THEN version ELSE 3 END",
            "UPDATE products SET (version, name) = (version, 'x')",
            "UPDATE products SET version = version + 1, version = version",
            "INSERT INTO products (version) VALUES (1) ON CONFLICT (id) DO UPDATE SET version = excluded.version",
            "INSERT INTO products (version) VALUES (1) ON CONFLICT (id) DO UPDATE SET version = products.version",
        ],
    );
    all_are(&[VersionStays], &[Postgres], &["UPDATE products SET version = version::bigint"]);
    all_are(
        &[VersionStays],
        &[Mysql],
        &[
            "INSERT INTO products (version) VALUES (1) ON DUPLICATE KEY UPDATE version = VALUES(version)",
            "INSERT INTO products (version) VALUES (1) AS n ON DUPLICATE KEY UPDATE version = n.version",
            "UPDATE products p JOIN orders o ON o.id = p.id SET p.version = p.version",
        ],
    );
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
fn several_statements_are_read_one_by_one() {
    all_are(
        &[Update, Update],
        ALL,
        &[
            "UPDATE products SET a = 1; UPDATE products SET version = version + 1; UPDATE products SET b = 'x;y'",
        ],
    );
    all_are(&[NotRead, Update], ALL, &["gibberish UPDATE products; UPDATE products SET a = 1"]);
    all_are(
        &[Update],
        ALL,
        &[
            "CREATE TABLE t (event INTEGER, \"begin\" INTEGER); UPDATE products SET a = 1",
            "CREATE TABLE t (event INTEGER, begin INTEGER); UPDATE products SET a = 1",
            "CREATE TRIGGER t AFTER UPDATE ON products BEGIN UPDATE products SET b = CASE WHEN 1 THEN 2 END; END; UPDATE products SET a = 1",
            "CREATE TRIGGER t AFTER UPDATE ON o FOR EACH ROW BEGIN IF a THEN SET b = 1; END IF; END; UPDATE products SET a = 1",
            "CREATE PROCEDURE p() BEGIN FOR i IN 1..3 DO UPDATE products SET b = 1; END FOR; END; UPDATE products SET a = 1",
            "CREATE DEFINER = root PROCEDURE p() BEGIN UPDATE products SET b = 1; END; UPDATE products SET a = 1",
            "BEGIN; UPDATE products SET a = 1; END; SELECT 1",
        ],
    );
    let read = read("SELECT 1; UPDATE products SET a = 'b;c' ; SELECT 2", None, &[table("products")], false);
    assert_eq!((read.statements, read.faults[0].statement.as_str()), (3, "UPDATE products SET a = 'b;c'"));
}

#[test]
fn deletes_are_found_where_they_are_asked_for() {
    let tables = [table("products")];
    for sql in [
        "DELETE FROM products WHERE id = 1",
        "DELETE FROM products WHERE name = 'version'",
        "TRUNCATE products",
        "TRUNCATE TABLE orders, products",
        "DELETE p FROM products p JOIN orders o ON o.id = p.id",
        "DELETE FROM p USING products p JOIN orders o ON o.id = p.id",
        "WITH gone AS (DELETE FROM products RETURNING *) INSERT INTO log SELECT * FROM gone",
        "MERGE INTO products p USING new n ON n.id = p.id WHEN MATCHED THEN DELETE",
    ] {
        assert_eq!(found(sql, None, &tables, true), [Delete], "{sql}");
        assert_eq!(found(sql, None, &tables, false), [], "{sql}");
    }
    for sql in [
        "DELETE FROM products WHERE id = 1 AND version = 3",
        "DELETE FROM products WHERE (id, version) IN ((1, 2), (3, 4))",
        "DELETE FROM products USING gone WHERE products.id = gone.id AND products.version = gone.version",
        "DELETE o FROM products p JOIN orders o ON o.id = p.id",
        "DELETE FROM orders WHERE id IN (SELECT id FROM products)",
    ] {
        assert_eq!(found(sql, None, &tables, true), [], "{sql}");
    }
}

#[test]
fn what_the_model_says_decides() {
    let sql = "UPDATE products SET name = 'x'";
    let by_database = Table { by_database: true, ..table("products") };
    assert_eq!(found(sql, None, &[by_database], false), []);
    let fresh = Table { is_fresh: true, ..table("products") };
    assert_eq!(found(sql, None, std::slice::from_ref(&fresh), false), [Update]);
    for sql in [
        "INSERT INTO products (version) VALUES (?) ON CONFLICT (id) DO UPDATE SET version = excluded.version",
        "REPLACE INTO products (id, version) VALUES (?, ?)",
    ] {
        assert_eq!(found(sql, None, std::slice::from_ref(&fresh), false), [], "{sql}");
    }
    let mut shop = Table { schema: Some("shop".into()), ..table("products") };
    for (sql, kinds) in [
        ("UPDATE shop.products SET name = 'x'", &[Update][..]),
        ("UPDATE \"SHOP\".products SET name = 'x'", &[Update]),
        ("UPDATE products SET name = 'x'", &[Update]),
        ("UPDATE other.products SET name = 'x'", &[]),
    ] {
        assert_eq!(found(sql, None, std::slice::from_ref(&shop), false), kinds, "{sql}");
    }
    shop.name = "a \"b\"".into();
    assert_eq!(found("UPDATE shop.\"a \"\"b\"\"\" SET name = 'x'", None, &[shop], false), [Update]);
    let two = [table("orders"), table("products")];
    assert_eq!(
        found("UPDATE orders o, products p SET o.a = 1, p.b = 2", Some(Mysql), &two, false),
        [Update, Update]
    );
    let one = "UPDATE orders o, products p SET o.a = 1, o.version = o.version + 1, p.b = 2";
    assert_eq!(found(one, Some(Mysql), &two, false), [Update]);
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
