//! Integer versions of every width, newtypes, and generators of one's own.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Integer;
use occ_runtime::{Error, OptimisticLock, VersionError, VersionGenerator, version::Counter};

use super::cell::{batch, connect, first, save};

/// One table per integer type: insert at the last version but one, save, and find the end of the type.
macro_rules! integer_versions {
    ($($test:ident: $table:ident, $rust:ty, $sql:ident, $column:literal;)*) => {$(
        mod $test {
            use diesel::prelude::*;

            diesel::table! { $table (id) { id -> Integer, version -> $sql } }

            #[derive(Clone, Debug, PartialEq, Queryable, Selectable, occ_runtime::OptimisticLock)]
            #[diesel(table_name = $table)]
            pub struct Row {
                pub id: i32,
                pub version: $rust,
            }
        }

        super::scenarios! {
            async fn $test(database) {
                use $test::{Row, $table};
                let conn = &mut connect(database).await;
                let max = <$rust>::MAX;
                batch(concat!("CREATE TABLE ", stringify!($table), " (id INTEGER PRIMARY KEY, version ", $column, " NOT NULL)"), conn)
                    .await
                    .unwrap();
                batch(&format!("INSERT INTO {} VALUES (1, {})", stringify!($table), max - 1), conn).await.unwrap();
                let mut row: Row = first($table::table.find(1).select(Row::as_select()), conn).await.unwrap();
                let mut old = row.clone();
                save(&mut row, conn).await.unwrap();
                assert_eq!(row.version, max);
                assert!(save(&mut old, conn).await.unwrap_err().is_stale());
                let before = row.clone();
                assert!(matches!(save(&mut row, conn).await, Err(Error::Version(_))));
                assert_eq!(row, before);
                let stored: Row = first($table::table.find(1).select(Row::as_select()), conn).await.unwrap();
                assert_eq!(stored, before);
            }
        }
    )*};
}

integer_versions! {
    sixteen_bit_versions_end_at_their_maximum: sixteens, i16, SmallInt, "SMALLINT";
    thirty_two_bit_versions_end_at_their_maximum: thirty_twos, i32, Integer, "INTEGER";
    sixty_four_bit_versions_end_at_their_maximum: sixty_fours, i64, BigInt, "BIGINT";
}

diesel::table! {
    drafts (id) {
        id -> Integer,
        revision -> Integer,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Integer)]
pub struct Revision(pub i32);

impl<DB: Backend> ToSql<Integer, DB> for Revision
where
    i32: ToSql<Integer, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB: Backend> FromSql<Integer, DB> for Revision
where
    i32: FromSql<Integer, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i32::from_sql(bytes).map(Self)
    }
}

impl Counter for Revision {
    const FIRST: Self = Revision(1);

    fn successor(&self) -> Option<Self> {
        self.0.checked_add(1).map(Revision)
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
struct Draft {
    id: i32,
    #[occ(version)]
    revision: Revision,
}

/// Counts in tens, up to a hundred.
struct Tens;

impl VersionGenerator<i32> for Tens {
    fn initial() -> i32 {
        10
    }

    fn next(current: &i32) -> Result<i32, VersionError> {
        if *current < 100 { Ok(current + 10) } else { Err(VersionError::exhausted(current)) }
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = drafts)]
struct TenDraft {
    id: i32,
    #[occ(version, generator = Tens)]
    revision: i32,
}

/// Gets stuck.
struct Stuck;

impl VersionGenerator<i32> for Stuck {
    fn initial() -> i32 {
        1
    }

    fn next(current: &i32) -> Result<i32, VersionError> {
        Ok((current + 1).min(91))
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = drafts)]
struct StuckDraft {
    id: i32,
    #[occ(version, generator = Stuck)]
    revision: i32,
}

const DRAFTS: &str = "CREATE TABLE drafts (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL); INSERT INTO drafts VALUES (1, 90);";

super::scenarios! {
    async fn a_newtype_around_an_integer_is_a_version(database) {
        let conn = &mut connect(database).await;
        batch(DRAFTS, conn).await.unwrap();
        let mut draft: Draft = first(drafts::table.find(1).select(Draft::as_select()), conn).await.unwrap();
        let mut old = draft.clone();
        save(&mut draft, conn).await.unwrap();
        assert_eq!(draft.revision, Revision(91));
        let Err(Error::Stale(stale)) = save(&mut old, conn).await else { panic!("it is stale") };
        assert_eq!((stale.expected(), stale.actual()), ("Revision(90)", Some("Revision(91)")));
    }

    async fn a_generator_of_ones_own_makes_the_next_version(database) {
        let conn = &mut connect(database).await;
        batch(DRAFTS, conn).await.unwrap();
        let mut draft: TenDraft = first(drafts::table.find(1).select(TenDraft::as_select()), conn).await.unwrap();
        save(&mut draft, conn).await.unwrap();
        assert_eq!(draft.revision, 100);
        assert!(matches!(save(&mut draft, conn).await, Err(Error::Version(_))));
        assert_eq!(draft.revision, 100);
    }

    async fn a_generator_that_repeats_a_version_is_refused_and_nothing_is_written(database) {
        let conn = &mut connect(database).await;
        batch(DRAFTS, conn).await.unwrap();
        let mut draft: StuckDraft = first(drafts::table.find(1).select(StuckDraft::as_select()), conn).await.unwrap();
        save(&mut draft, conn).await.unwrap();
        let before = draft.clone();
        let error = save(&mut draft, conn).await.unwrap_err();
        assert!(matches!(error, Error::Version(_)));
        assert!(error.to_string().contains("has made version 91 of `drafts` twice in a row"), "{error}");
        let row: StuckDraft = first(drafts::table.find(1).select(StuckDraft::as_select()), conn).await.unwrap();
        assert_eq!((&draft, &row), (&before, &before));
    }
}
