//! Batches whose keys are one to Rust or to the database, whatever they print.

use diesel::backend::Backend as DieselBackend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use occ_runtime::{Error, OptimisticLock};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, Conn, all, batch, begin, connect, delete_all, insert, insert_all, record, rollback, save,
    save_all,
};

/// A text that is equal to another one in any case, and has no hash.
#[derive(Clone, Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct AnyCase(String);

impl PartialEq for AnyCase {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl<DB: DieselBackend> ToSql<Text, DB> for AnyCase
where
    String: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB: DieselBackend> FromSql<Text, DB> for AnyCase
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        String::from_sql(value).map(Self)
    }
}

diesel::table! { codes (code) { code -> Text, n -> Integer, version -> Integer } }
diesel::table! { points (x) { x -> Double, n -> Integer, version -> Integer } }

macro_rules! code {
    ($($name:ident: $key:ty;)*) => {$(
        #[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
        #[diesel(table_name = codes, primary_key(code))]
        struct $name {
            code: $key,
            n: i32,
            version: i32,
        }
    )*};
}

code! {
    ByText: String;
    ByAnyCase: AnyCase;
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = points, primary_key(x))]
struct Point {
    x: f64,
    n: i32,
    version: i32,
}

fn code(code: &str, n: i32) -> ByText {
    ByText { code: code.into(), n, version: 1 }
}

/// A key whose collation ignores case.
async fn create(conn: &mut Conn) {
    let column = match BACKEND {
        Backend::Sqlite => "TEXT COLLATE NOCASE",
        Backend::Postgres => {
            let collation = "CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)";
            batch(collation, conn).await.unwrap();
            "TEXT COLLATE any_case"
        }
        Backend::Mysql => "VARCHAR(20) COLLATE utf8mb4_general_ci",
    };
    batch(
        &format!(
            "CREATE TABLE codes (code {column} PRIMARY KEY, n INTEGER NOT NULL, version INTEGER NOT NULL);
             INSERT INTO codes VALUES ('ab', 0, 1), ('cd', 0, 1), ('ef', 0, 2);"
        ),
        conn,
    )
    .await
    .unwrap();
}

async fn stored(conn: &mut Conn) -> Vec<ByText> {
    all(codes::table.order(codes::code).select(ByText::as_select()), conn).await.unwrap()
}

super::scenarios! {
    async fn new_keys_that_only_the_database_takes_for_one_are_one_row_of_the_batch(database) {
        let conn = &mut connect(database).await;
        create(conn).await;
        let before = stored(conn).await;
        for within in [false, true] {
            if within {
                begin(conn).await.unwrap();
            }
            for keys in [&["new", "NEW"][..], &["x", "y", "New", "z", "nEW"]] {
                let mut rows: Vec<_> = keys.iter().map(|key| code(key, 7)).collect();
                let in_memory = rows.clone();
                let error = insert_all(&mut rows, conn).await.unwrap_err();
                let Error::DuplicateRow(error) = error else { panic!("{keys:?}: {error:?}") };
                assert_eq!((error.table(), error.key().to_lowercase().as_str()), ("codes", "\"new\""));
                assert!(error.to_string().contains("the database takes two of the keys for equal"), "{error}");
                assert_eq!(rows, in_memory);
            }
            // Somebody else's.
            let mut rows = [code("x", 7), code("AB", 7)];
            let Err(Error::Exists(exists)) = insert_all(&mut rows, conn).await else { panic!("ab is there") };
            assert_eq!(exists.key(), "\"AB\"");
            assert!(matches!(insert(&mut code("AB", 7), conn).await, Err(Error::Exists(_))));
            if within {
                rollback(conn).await.unwrap();
            }
            assert_eq!(stored(&mut connect(database).await).await, before);
        }
    }

    async fn keys_that_only_the_database_takes_for_one_are_no_conflict(database) {
        let conn = &mut connect(database).await;
        create(conn).await;
        let before = stored(conn).await;
        for within in [false, true] {
            if within {
                begin(conn).await.unwrap();
            }
            for keys in [&["ab", "AB"][..], &["cd", "AB", "ab"], &["AB", "cd", "aB", "Ab"]] {
                let mut rows: Vec<_> = keys.iter().map(|key| code(key, 7)).collect();
                let in_memory = rows.clone();
                for error in [save_all(&mut rows, conn).await.unwrap_err(), delete_all(&rows, conn).await.unwrap_err()] {
                    assert!(!error.is_retryable() && !error.is_stale(), "{keys:?}: {error}");
                    let Error::DuplicateRow(error) = error else { panic!("{keys:?}: {error:?}") };
                    assert_eq!(error.table(), "codes");
                    assert!(error.key().eq_ignore_ascii_case("\"ab\""), "{error}");
                    assert!(error.to_string().contains("the database takes two of the keys for equal"), "{error}");
                }
                assert_eq!(rows, in_memory);
            }
            if within {
                rollback(conn).await.unwrap();
            }
            assert_eq!(stored(&mut connect(database).await).await, before);
        }
    }

    async fn what_somebody_else_has_changed_is_named_and_nothing_else(database) {
        let conn = &mut connect(database).await;
        create(conn).await;
        let before = stored(conn).await;
        // `ef` is at version 2, as `AB` is once `ab` is written.
        let mut rows = vec![code("ab", 7), code("AB", 8), code("ef", 9)];
        let in_memory = rows.clone();
        let Err(Error::StaleBatch(error)) = save_all(&mut rows, conn).await else { panic!("one of them is stale") };
        let named: Vec<_> = error.rows().iter().map(|row| (row.key(), row.actual())).collect();
        assert_eq!(named, [("\"ef\"", Some("2"))]);
        let Err(Error::StaleBatch(error)) = delete_all(&rows, conn).await else { panic!("one of them is stale") };
        let named: Vec<_> = error.rows().iter().map(|row| (row.key(), row.actual())).collect();
        assert_eq!(named, [("\"ef\"", Some("2"))]);
        assert_eq!((rows, stored(conn).await), (in_memory, before));
        // A stale row at the version that others of the batch have been given is a conflict.
        let mut rows = vec![code("cd", 7), code("ef", 9)];
        let Err(Error::StaleBatch(error)) = save_all(&mut rows, conn).await else { panic!("one of them is stale") };
        assert_eq!(error.rows().iter().map(occ_runtime::StaleObjectError::key).collect::<Vec<_>>(), ["\"ef\""]);
    }

    async fn keys_that_are_equal_are_refused_whatever_they_print(database) {
        let conn = &mut connect(database).await;
        create(conn).await;
        batch(
            "CREATE TABLE points (x DOUBLE PRECISION PRIMARY KEY, n INTEGER NOT NULL, version INTEGER NOT NULL);
             INSERT INTO points VALUES (0.0, 0, 1), (1.5, 0, 1);",
            conn,
        )
        .await
        .unwrap();
        let recorder = record(conn);
        let point = |x| Point { x, n: 1, version: 1 };
        let mut points = vec![point(0.0), point(1.5), point(-0.0)];
        let code = |code: &str| ByAnyCase { code: AnyCase(code.into()), n: 1, version: 1 };
        let mut codes = vec![code("ab"), code("cd"), code("AB")];
        for error in [
            save_all(&mut points, conn).await.unwrap_err(),
            delete_all(&points, conn).await.unwrap_err(),
            save_all(&mut codes, conn).await.unwrap_err(),
            delete_all(&codes, conn).await.unwrap_err(),
        ] {
            assert!(matches!(error, Error::DuplicateRow(_)), "{error:?}");
            assert!(error.to_string().ends_with("appears twice in the batch; merge the two values into one"), "{error}");
        }
        assert_eq!(recorder.take(), [""; 0]);
        points.pop();
        codes.pop();
        save_all(&mut points, conn).await.unwrap();
        save_all(&mut codes, conn).await.unwrap();
        save(&mut point(-0.0), conn).await.unwrap_err();
        let versions: Vec<i32> = all(points::table.select(points::version), conn).await.unwrap();
        assert_eq!(versions, [2, 2]);
    }
}
