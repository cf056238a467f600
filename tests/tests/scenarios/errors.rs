//! What is left of a value when something else than a conflict goes wrong, and how errors travel.

use diesel::prelude::*;
use diesel::result::Error as DieselError;
use occ_runtime::Error;

use super::cell::{batch, connect, delete, record, save, touch, update, verify};
use super::product::{load, products};

super::scenarios! {
    async fn a_missing_table_leaves_the_value_as_it_was(database) {
        let conn = &mut connect(database).await;
        let mut product = load(1, conn).await;
        product.name = "changed".into();
        batch("DROP TABLE products", conn).await.unwrap();
        let before = product.clone();
        let errors = [
            save(&mut product, conn).await,
            update(&mut product, products::quantity.eq(1), conn).await,
            touch(&mut product, conn).await,
            delete(&product, conn).await,
            verify(&product, conn).await,
        ];
        for error in errors {
            assert!(matches!(error, Err(Error::Database(DieselError::DatabaseError(..)))), "{error:?}");
        }
        assert_eq!(product, before);
    }

    async fn a_refused_constraint_leaves_the_value_and_the_row_as_they_were(database) {
        let conn = &mut connect(database).await;
        batch("CREATE UNIQUE INDEX one_name ON products (name)", conn).await.unwrap();
        let mut product = load(1, conn).await;
        product.name = "desk".into();
        let (before, row) = (product.clone(), load(1, conn).await);
        let error = save(&mut product, conn).await.unwrap_err();
        assert!(!error.is_stale());
        assert!(matches!(
            error,
            Error::Database(DieselError::DatabaseError(diesel::result::DatabaseErrorKind::UniqueViolation, _))
        ));
        assert_eq!((product, load(1, conn).await), (before, row));
    }

    async fn an_exhausted_version_sends_nothing(database) {
        let conn = &mut connect(database).await;
        batch("UPDATE products SET version = 2147483647 WHERE id = 1", conn).await.unwrap();
        let mut product = load(1, conn).await;
        product.name = "changed".into();
        let before = product.clone();
        let recorder = record(conn);
        for result in [
            save(&mut product, conn).await,
            touch(&mut product, conn).await,
            update(&mut product, products::quantity.eq(1), conn).await,
        ] {
            let error = result.unwrap_err();
            assert!(matches!(error, Error::Version(_)));
            assert_eq!(
                error.to_string(),
                "no version follows 2147483647: `i32` is exhausted; use a wider type and column"
            );
        }
        assert_eq!(recorder.take(), [""; 0]);
        assert_eq!(product, before);
        assert_eq!(load(1, conn).await.name, "lamp");
        delete(&product, conn).await.unwrap();
    }

    async fn a_stale_error_goes_through_diesels_error_and_back_without_loss(database) {
        let conn = &mut connect(database).await;
        let mut old = load(1, conn).await;
        save(&mut load(1, conn).await, conn).await.unwrap();
        let error = save(&mut old, conn).await.unwrap_err();
        let text = error.to_string();
        let through: DieselError = error.into();
        assert_eq!(through.to_string(), text, "Diesel prints our sentence");
        let Error::Stale(stale) = Error::from(through) else { panic!("it was a stale object") };
        assert_eq!((stale.key(), stale.expected(), stale.actual()), ("1", "1", Some("2")));
    }

    async fn diesels_own_errors_go_through_ours_and_back(_database) {
        for error in [
            DieselError::NotFound,
            DieselError::RollbackTransaction,
            DieselError::QueryBuilderError("somebody else's".into()),
        ] {
            let text = error.to_string();
            let ours = Error::from(error);
            assert!(matches!(ours, Error::Database(_)));
            assert_eq!(DieselError::from(ours).to_string(), text);
        }
    }
}
