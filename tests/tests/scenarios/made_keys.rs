//! Keys that the database takes for none: 0 and NULL. A row is never written under another key than the one in memory.

use diesel::prelude::*;
use occ_runtime::{Created, DatabaseGenerated, Error, Expect, OptimisticLock};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, Conn, all, batch, begin, commit, connect, create_if_absent, first, insert, insert_all, rollback,
    upsert,
};
use super::insert::new;
use super::product::load;

diesel::table! { tickets (id) { id -> Integer, text -> Text, version -> Integer } }
diesel::table! { seats (hall, place) { hall -> Text, place -> Integer, text -> Text, version -> Integer } }

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(primary_key(hall, place))]
struct Seat {
    hall: String,
    place: i32,
    text: String,
    version: i32,
}

diesel::table! { papers (id) { id -> Integer, text -> Text, version -> Integer } }

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Integer)]
pub struct Id(i32);

impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Integer, DB> for Id
where
    i32: diesel::serialize::ToSql<diesel::sql_types::Integer, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Integer, DB> for Id
where
    i32: diesel::deserialize::FromSql<diesel::sql_types::Integer, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
        i32::from_sql(value).map(Self)
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
struct Ticket {
    id: Id,
    text: String,
    version: i32,
}

/// The same, whose version the database makes.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = tickets)]
struct Stamped {
    id: i32,
    text: String,
    #[occ(version, generator = DatabaseGenerated)]
    #[diesel(skip_update)]
    version: i32,
}

/// A key that may be missing, whatever the column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, diesel::expression::AsExpression)]
#[diesel(sql_type = diesel::sql_types::Integer)]
pub struct Missing(Option<i32>);

impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Integer, DB> for Missing
where
    i32: diesel::serialize::ToSql<diesel::sql_types::Integer, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
        self.0.as_ref().map_or(Ok(diesel::serialize::IsNull::Yes), |id| id.to_sql(out))
    }
}

#[derive(Clone, Debug, PartialEq, OptimisticLock)]
struct Paper {
    id: Missing,
    text: String,
    version: i32,
}

fn ticket(id: i32) -> Ticket {
    Ticket { id: Id(id), text: "mine".into(), version: 77 }
}

async fn create_tables(conn: &mut Conn) {
    let id = match BACKEND {
        Backend::Sqlite => "INTEGER PRIMARY KEY AUTOINCREMENT",
        Backend::Postgres => "SERIAL PRIMARY KEY",
        Backend::Mysql => "INTEGER AUTO_INCREMENT PRIMARY KEY",
    };
    for table in ["tickets", "papers"] {
        batch(
            &format!("CREATE TABLE {table} (id {id}, text VARCHAR(20) NOT NULL, version INTEGER NOT NULL DEFAULT 41)"),
            conn,
        )
        .await
        .unwrap();
    }
}

async fn tickets(conn: &mut Conn) -> Vec<Ticket> {
    all(tickets::table.order(tickets::id).select(Ticket::as_select()), conn).await.unwrap()
}

fn says_that_the_key_is_made<T: std::fmt::Debug>(result: Result<T, Error>) {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Database(_)) && !error.is_retryable(), "{error:?}");
    let said = error.to_string();
    assert!(
        said.contains("create_optimistic(values, conn)") && said.contains("has not got the key"),
        "{said}"
    );
}

super::scenarios! {
    async fn a_row_of_key_0_has_that_key_or_is_not_written(database) {
        let conn = &mut connect(database).await;
        create_tables(conn).await;
        let mut one = ticket(1);
        insert(&mut one, conn).await.unwrap();
        if BACKEND == Backend::Mysql {
            let mut zero = ticket(0);
            for within in [false, true] {
                if within {
                    begin(conn).await.unwrap();
                }
                says_that_the_key_is_made(insert(&mut zero, conn).await);
                says_that_the_key_is_made(upsert(&mut zero, Expect::Absent, conn).await);
                says_that_the_key_is_made(upsert(&mut zero, Expect::Any, conn).await);
                let mut some = [ticket(8), ticket(0), ticket(9)];
                says_that_the_key_is_made(insert_all(&mut some, conn).await);
                assert_eq!(some, [ticket(8), ticket(0), ticket(9)]);
                let mut stamped = Stamped { id: 0, text: "mine".into(), version: 77 };
                says_that_the_key_is_made(insert(&mut stamped, conn).await);
                let values = (tickets::id.eq(Id(0)), tickets::text.eq("mine"));
                says_that_the_key_is_made(create_if_absent::<Ticket, _, _>(values, 0, conn).await);
                let values = (tickets::id.eq(0), tickets::text.eq("mine"));
                says_that_the_key_is_made(create_if_absent::<Stamped, _, _>(values, 0, conn).await);
                assert_eq!((&zero, stamped.version), (&ticket(0), 77));
                assert_eq!(tickets(conn).await, [one.clone()], "it is rolled back");
                if within {
                    rollback(conn).await.unwrap();
                }
            }
            batch("SET sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')", conn).await.unwrap();
        }
        let mut zero = ticket(0);
        insert(&mut zero, conn).await.unwrap();
        assert_eq!(tickets(conn).await, [zero, one.clone()]);
        assert!(matches!(insert(&mut ticket(0), conn).await, Err(Error::Exists(_))));
        let values = (tickets::id.eq(Id(0)), tickets::text.eq("theirs"));
        assert!(!create_if_absent::<Ticket, _, _>(values, 0, conn).await.unwrap().is_new());
        if BACKEND == Backend::Mysql {
            // The row under the key 0 is somebody else's.
            batch("SET sql_mode = REPLACE(@@sql_mode, 'NO_AUTO_VALUE_ON_ZERO', '')", conn).await.unwrap();
            says_that_the_key_is_made(insert(&mut ticket(0), conn).await);
            let values = (tickets::id.eq(Id(0)), tickets::text.eq("mine"));
            says_that_the_key_is_made(create_if_absent::<Ticket, _, _>(values, 0, conn).await);
            assert_eq!(tickets(conn).await.len(), 2);
        }
    }

    async fn values_of_another_key_than_the_one_beside_them_make_no_row(database) {
        let conn = &mut connect(database).await;
        create_tables(conn).await;
        let mut five = ticket(5);
        insert(&mut five, conn).await.unwrap();
        for (id, key) in [(6, 5), (6, 8)] {
            let values = (tickets::id.eq(id), tickets::text.eq("mine"));
            says_that_the_key_is_made(create_if_absent::<Ticket, _, _>(values, key, conn).await);
            says_that_the_key_is_made(create_if_absent::<Stamped, _, _>(values, key, conn).await);
        }
        let values = tickets::text.eq("mine");
        says_that_the_key_is_made(create_if_absent::<Ticket, _, _>(values, 5, conn).await);
        says_that_the_key_is_made(create_if_absent::<Ticket, _, _>(values, 8, conn).await);
        says_that_the_key_is_made(create_if_absent::<Stamped, _, _>(values, 5, conn).await);
        if BACKEND != Backend::Postgres {
            // Nor is it there in a transaction that goes on.
            begin(conn).await.unwrap();
            let values = (tickets::id.eq(6), tickets::text.eq("mine"));
            says_that_the_key_is_made(create_if_absent::<Ticket, _, _>(values, 5, conn).await);
            says_that_the_key_is_made(create_if_absent::<Stamped, _, _>(values, 5, conn).await);
            commit(conn).await.unwrap();
        }
        assert_eq!(tickets(conn).await, [five.clone()]);
        // A key that the database writes in another way is the same key.
        let values = (tickets::id.eq(diesel::dsl::sql::<diesel::sql_types::Integer>("3 + 6")), tickets::text.eq("mine"));
        let Created::New(nine) = create_if_absent::<Ticket, _, _>(values, 9, conn).await.unwrap() else { panic!("it was not there") };
        assert_eq!((nine.id, nine.version), (Id(9), 1));
        let values = (tickets::text.eq("mine"), tickets::id.eq(5));
        assert_eq!(create_if_absent::<Ticket, _, _>(values, 5, conn).await.unwrap(), Created::Existing(five));
        let made = create_if_absent::<Stamped, _, _>((tickets::text.eq("mine"), tickets::id.eq(11)), 11, conn).await.unwrap();
        assert_eq!(made, Created::New(Stamped { id: 11, text: "mine".into(), version: 41 }));
    }

    async fn a_key_of_texts_and_numbers_is_found_in_the_values(database) {
        let conn = &mut connect(database).await;
        batch(
            "CREATE TABLE seats (hall VARCHAR(20) NOT NULL, place INTEGER NOT NULL, text VARCHAR(20) NOT NULL, version INTEGER NOT NULL, \
             PRIMARY KEY (hall, place))",
            conn,
        )
        .await
        .unwrap();
        let seat = |hall: &'static str, place: i32| (seats::text.eq("mine"), seats::place.eq(place), seats::hall.eq(hall));
        let made = create_if_absent::<Seat, _, _>(seat("große", 1), ("große", 1), conn).await.unwrap();
        assert_eq!(made.into_row(), Seat { hall: "große".into(), place: 1, text: "mine".into(), version: 1 });
        for (hall, place) in [("große", 2), ("kleine", 1), ("", 0)] {
            says_that_the_key_is_made(create_if_absent::<Seat, _, _>(seat(hall, place), ("große", 1), conn).await);
        }
        assert_eq!(first::<_, i64>(seats::table.count(), conn).await.unwrap(), 1);
    }

    async fn a_row_whose_key_is_null_is_not_written_under_another(database) {
        let conn = &mut connect(database).await;
        create_tables(conn).await;
        let paper = Paper { id: Missing(None), text: "mine".into(), version: 77 };
        let mut null = paper.clone();
        let refused = insert(&mut null, conn).await;
        if BACKEND == Backend::Postgres {
            assert!(matches!(refused, Err(Error::Database(_))), "{refused:?}");
        } else {
            says_that_the_key_is_made(refused);
        }
        assert!(insert_all(&mut [paper.clone(), Paper { id: Missing(Some(3)), ..paper.clone() }], conn).await.is_err());
        assert_eq!(null, paper);
        assert_eq!(first::<_, i64>(papers::table.count(), conn).await.unwrap(), 0);
        let mut given = Paper { id: Missing(Some(3)), ..paper };
        insert(&mut given, conn).await.unwrap();
        assert_eq!(given.version, 1);
    }

    async fn a_column_that_makes_no_keys_has_a_row_of_key_0(database) {
        let conn = &mut connect(database).await;
        let mut some = [new(0), new(-1), new(3)];
        insert_all(&mut some, conn).await.unwrap();
        assert_eq!(load(0, conn).await, some[0]);
        assert_eq!(some.map(|product| product.version), [1, 1, 1]);
    }
}
