//! Texts that are different versions to Rust and equal to the server.

use diesel::prelude::*;
use occ_runtime::{OptimisticLock, VersionError, VersionGenerator};
use occ_tests::cell::Backend;

use super::cell::{BACKEND, batch, connect, first, save};

/// Writes the same letters large and small in turn: no good as a version where case does not count.
struct Letters;

impl VersionGenerator<String> for Letters {
    fn initial() -> String {
        "abc".to_owned()
    }

    fn next(current: &String) -> Result<String, VersionError> {
        Ok(if current == "abc" { "ABC".to_owned() } else { "abc".to_owned() })
    }
}

diesel::table! { texts (id) { id -> Integer, version -> Text } }

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = texts)]
struct Row {
    id: i32,
    #[occ(version, generator = Letters)]
    version: String,
}

super::scenarios! {
    async fn a_collation_that_ignores_case_takes_a_stale_version_for_the_present_one(database) {
        let columns: &[(&str, bool)] = match BACKEND {
            Backend::Mysql => &[
                ("VARCHAR(36) COLLATE utf8mb4_general_ci", true),
                ("VARCHAR(36) COLLATE utf8mb4_bin", false),
                ("VARBINARY(36)", false),
            ],
            _ => &[("TEXT", false), ("VARCHAR(36)", false)],
        };
        for (column, accepts) in columns {
            let conn = &mut connect(database).await;
            batch("DROP TABLE IF EXISTS texts", conn).await.unwrap();
            batch(&format!("CREATE TABLE texts (id INTEGER PRIMARY KEY, version {column} NOT NULL)"), conn)
                .await
                .unwrap();
            batch("INSERT INTO texts VALUES (1, 'abc')", conn).await.unwrap();
            let mut row: Row = first(texts::table.select(Row::as_select()), conn).await.unwrap();
            let mut stale = row.clone();
            save(&mut row, conn).await.unwrap();
            // The limit of such a column, and why the documentation names other ones.
            assert_eq!(save(&mut stale, conn).await.is_ok(), *accepts, "{column}");
        }
    }

    async fn what_occ_makes_differs_in_more_than_case_and_spaces(_database) {
        let made: Vec<String> = (0..1000).map(|_| <occ_runtime::UuidV4 as VersionGenerator<String>>::initial()).collect();
        for version in &made {
            assert_eq!((version.len(), version.to_lowercase().as_str(), version.trim()), (36, version.as_str(), version.as_str()));
            assert!(version.is_ascii());
        }
        let distinct: std::collections::HashSet<_> = made.iter().collect();
        assert_eq!(distinct.len(), made.len());
    }
}
