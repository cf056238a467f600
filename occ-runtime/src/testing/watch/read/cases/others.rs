//! Upserts, deletes, several statements, what writes nothing, and what the model says.

use crate::statement::dialect::Dialect::{Mysql, Postgres, Sqlite};
use crate::testing::watch::finding::FindingKind::{Delete, NotRead, Replace, Update, Upsert};
use crate::testing::watch::read::cases::{ALL, all_are, found, table};
use crate::testing::watch::read::read;
use crate::testing::watch::table::Table;

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
