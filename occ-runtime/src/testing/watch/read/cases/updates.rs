//! Updates, and what a version may be set to.

use crate::statement::dialect::Dialect::{Mysql, Postgres, Sqlite};
use crate::testing::watch::finding::FindingKind::{Update, VersionStays};
use crate::testing::watch::read::cases::{ALL, all_are};

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
            "UPDATE products SET version = a FROM (SELECT b.* FROM products AS c, (VALUES ($1, 0)) AS b (a, d) FOR NO KEY UPDATE OF c) AS b",
            "UPDATE products SET version = $1 WHERE id IN (SELECT id FROM products FOR\n KEY /* all */ SHARE SKIP LOCKED)",
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
