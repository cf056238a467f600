//! Statements that the server has forgotten while the connection still names them.

use super::cell::{batch, connect, save, verify};
use super::product::{Product, load};

super::scenarios! {
    async fn a_statement_that_the_server_has_forgotten_asks_for_a_new_connection(database) {
        for forget in ["DEALLOCATE ALL", "DISCARD PLANS; DEALLOCATE ALL"] {
            let conn = &mut connect(database).await;
            let mut row = load(1, conn).await;
            save(&mut row, conn).await.unwrap();
            batch(forget, conn).await.unwrap();
            let before = row.clone();
            let error = save(&mut row, conn).await.unwrap_err();
            assert!(error.to_string().contains("does not exist"), "{error}");
            assert!(error.needs_new_connection() && !error.is_retryable(), "{error}");
            assert_eq!(row, before);
            save(&mut row, &mut connect(database).await).await.unwrap();
        }
    }

    async fn a_statement_whose_columns_have_another_type_asks_for_a_new_connection(database) {
        let conn = &mut connect(database).await;
        let mut row = load(1, conn).await;
        let mut old = row.clone();
        save(&mut row, conn).await.unwrap();
        assert!(save(&mut old, conn).await.unwrap_err().is_stale());
        verify(&row, conn).await.unwrap();
        batch("ALTER TABLE products ALTER COLUMN version TYPE SMALLINT", &mut connect(database).await).await.unwrap();
        for error in [save(&mut old, conn).await.unwrap_err(), verify(&row, conn).await.unwrap_err()] {
            assert_eq!(error.to_string(), "cached plan must not change result type");
            assert!(error.needs_new_connection() && !error.is_retryable(), "{error}");
        }
        batch("ALTER TABLE products ALTER COLUMN version TYPE INTEGER", &mut connect(database).await).await.unwrap();
        let stored: Product = load(1, &mut connect(database).await).await;
        assert_eq!(stored, row);
    }
}
