//! `USE` on a connection that keeps statements: a statement stays with the database in which it was prepared.

use super::cell::{Conn, batch, connect, keep_no_statements, save};
use super::product::{Product, load};

/// A second database on the same server, dropped in the end.
async fn with_another_database(
    conn: &mut Conn,
    database: &impl occ_tests::database::TestDatabase,
    test: impl AsyncFnOnce(&mut Conn, &str, &str),
) {
    let url = database.url();
    let (_, first) = url.rsplit_once('/').unwrap();
    let second = format!("{first}_second");
    batch(
        &format!(
            "CREATE DATABASE {second}; CREATE TABLE {second}.products LIKE {first}.products;
             INSERT INTO {second}.products VALUES (1, 'second', NULL, 5, 1)"
        ),
        conn,
    )
    .await
    .unwrap();
    test(conn, first, &second).await;
    batch(&format!("DROP DATABASE {second}"), conn).await.unwrap();
}

super::scenarios! {
    async fn a_kept_statement_stays_with_its_database_and_without_the_cache_it_does_not(database) {
        for keeps in [true, false] {
            let conn = &mut connect(database).await;
            if !keeps {
                keep_no_statements(conn);
            }
            with_another_database(conn, database, async |conn, first, second| {
                let mut row = load(1, conn).await;
                save(&mut row, conn).await.unwrap();
                batch(&format!("USE {second}"), conn).await.unwrap();
                // Diesel's own kept SELECT answers from the first database as well: the limit.
                let mut seen = load(1, conn).await;
                assert_eq!(seen.name == "second", !keeps);
                seen.name = "written".into();
                save(&mut seen, conn).await.unwrap();
                batch(&format!("USE {first}"), conn).await.unwrap();
                let written: Product = elsewhere(database).await;
                assert_eq!(written.name == "written", keeps);
                batch("UPDATE products SET name = 'lamp', version = 1 WHERE id = 1", conn).await.unwrap();
            })
            .await;
        }
    }
}

/// The row of the first database, seen by somebody else.
async fn elsewhere(database: &super::cell::Database) -> Product {
    load(1, &mut connect(database).await).await
}
