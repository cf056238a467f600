//! Keys of every kind.

use diesel::prelude::*;
use occ_runtime::prelude::*;

/// A child with a key of its parent's and its own, which are not the first columns; the key is named in another order.
mod of_two_columns_and_a_parent {
    use super::*;

    diesel::table! { orders (id) { id -> Integer, title -> Text, version -> Integer } }
    diesel::table! { lines (order_id, position) { label -> Text, position -> SmallInt, order_id -> Integer, amount -> Integer, version -> BigInt } }
    diesel::joinable!(lines -> orders (order_id));
    diesel::allow_tables_to_appear_in_same_query!(lines, orders);

    #[derive(Clone, Debug, Queryable, Selectable, Identifiable, Insertable, AsChangeset, OptimisticLock)]
    struct Order {
        id: i32,
        title: String,
        version: i32,
    }

    #[derive(
        Clone,
        Debug,
        PartialEq,
        Eq,
        Hash,
        Queryable,
        Selectable,
        Identifiable,
        Associations,
        Insertable,
        AsChangeset,
        OptimisticLock,
    )]
    #[diesel(table_name = lines)]
    #[diesel(belongs_to(Order, foreign_key = order_id))]
    #[diesel(primary_key(position, order_id))]
    #[diesel(check_for_backend(diesel::sqlite::Sqlite))]
    #[occ(tracked)]
    struct Line {
        label: String,
        position: i16,
        order_id: i32,
        amount: i32,
        version: i64,
    }

    life! {
        Line => lines: "CREATE TABLE lines (label TEXT, position INTEGER, order_id INTEGER, amount INTEGER, version INTEGER,
                                            PRIMARY KEY (order_id, position));
                        INSERT INTO lines VALUES ('a', 1, 1, 5, 1), ('b', 2, 1, 5, 1), ('c', 1, 2, 5, 9);";
        by |it| lines::order_id.eq(it.order_id).and(lines::position.eq(it.position));
        edit |it| it.amount += 2;
        theirs |it| it.label.push('!');
    }

    #[test]
    fn with_what_the_other_derives_bring() {
        let conn = &mut SqliteConnection::establish(":memory:").unwrap();
        diesel::connection::SimpleConnection::batch_execute(
            conn,
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, title TEXT, version INTEGER);
             CREATE TABLE lines (label TEXT, position INTEGER, order_id INTEGER, amount INTEGER, version INTEGER)",
        )
        .unwrap();
        let mut order = Order { id: 4, title: "o".into(), version: Order::initial_version() };
        diesel::insert_into(orders::table).values(&order).execute(conn).unwrap();
        let line =
            Line { label: "a".into(), position: 1, order_id: 4, amount: 1, version: Line::initial_version() };
        diesel::insert_into(lines::table).values(&line).execute(conn).unwrap();
        let mut lines: Vec<Line> = Line::belonging_to(&order).select(Line::as_select()).load(conn).unwrap();
        assert_eq!(lines, [line]);
        lines[0].amount = 7;
        lines.save_all_optimistic(conn).unwrap();
        order.touch_optimistic(conn).unwrap();
        let stored: (i32, i64) = lines::table.select((lines::amount, lines::version)).first(conn).unwrap();
        assert_eq!(stored, (7, 2));
    }
}

/// A newtype that a derive makes a value of Diesel's.
mod newtypes {
    use super::*;
    use diesel::deserialize::FromSqlRow;
    use diesel::expression::AsExpression;

    diesel::table! { people (id) { id -> BigInt, invited_by -> Nullable<BigInt>, name -> Text, version -> Integer } }

    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow)]
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pub struct PersonId(pub i64);

    impl<DB> diesel::serialize::ToSql<diesel::sql_types::BigInt, DB> for PersonId
    where
        DB: diesel::backend::Backend,
        i64: diesel::serialize::ToSql<diesel::sql_types::BigInt, DB>,
    {
        fn to_sql<'b>(
            &'b self,
            out: &mut diesel::serialize::Output<'b, '_, DB>,
        ) -> diesel::serialize::Result {
            self.0.to_sql(out)
        }
    }

    impl<DB> diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB> for PersonId
    where
        DB: diesel::backend::Backend,
        i64: diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB>,
    {
        fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
            i64::from_sql(bytes).map(Self)
        }
    }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, Identifiable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = people, treat_none_as_null = true)]
    #[occ(tracked)]
    pub struct Person {
        pub id: PersonId,
        pub invited_by: Option<PersonId>,
        pub name: String,
        pub version: i32,
    }

    life! {
        Person => people: "CREATE TABLE people (id INTEGER PRIMARY KEY, invited_by INTEGER, name TEXT, version INTEGER);
                           INSERT INTO people VALUES (1, NULL, 'a', 1), (2, 1, 'b', 3);";
        by |it| people::id.eq(it.id);
        edit |it| it.invited_by = Some(PersonId(2));
        theirs |it| it.name.push('!');
    }
}

/// Ids as text.
mod text {
    use super::*;

    diesel::table! { ciphers (uuid) { uuid -> Text, user_uuid -> Nullable<Text>, data -> Text, deleted_at -> Nullable<Text>, version -> Integer } }

    #[derive(Clone, Identifiable, Queryable, Selectable, Insertable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = ciphers)]
    #[diesel(treat_none_as_null = true)]
    #[diesel(primary_key(uuid))]
    #[occ(tracked)]
    pub struct Cipher {
        pub uuid: String,
        pub user_uuid: Option<String>,
        pub data: String,
        pub deleted_at: Option<String>,
        pub version: i32,
    }

    life! {
        Cipher => ciphers: "CREATE TABLE ciphers (uuid TEXT PRIMARY KEY, user_uuid TEXT, data TEXT, deleted_at TEXT, version INTEGER);
                            INSERT INTO ciphers VALUES ('a', 'u', '{}', 'now', 1), ('A', NULL, '{}', NULL, 1);";
        by |it| ciphers::uuid.eq(it.uuid.clone());
        edit |it| it.deleted_at = it.deleted_at.is_none().then(|| "then".to_owned());
        theirs |it| it.data = "[]".to_owned();
    }
}

/// An id of another crate's type, converted both ways; one that is never written; and a number that Diesel has no type for.
mod converted {
    use super::*;
    use diesel::sql_types::{BigInt, Nullable};

    diesel::table! { bots (id) { id -> BigInt, guild -> Nullable<BigInt>, is_user -> Bool, version -> Integer } }

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Snowflake(u64);

    impl From<Snowflake> for i64 {
        fn from(it: Snowflake) -> Self {
            it.0.cast_signed()
        }
    }

    impl From<i64> for Snowflake {
        fn from(it: i64) -> Self {
            Self(it.cast_unsigned())
        }
    }

    #[derive(Clone, Debug, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = bots)]
    #[occ(tracked)]
    pub struct Bot {
        #[diesel(serialize_as = i64, deserialize_as = i64, skip_update)]
        pub id: Snowflake,
        #[diesel(serialize_as = i64, deserialize_as = MaybeSnowflake)]
        pub guild: Option<Snowflake>,
        pub is_user: bool,
        pub version: i32,
    }

    pub struct MaybeSnowflake(Option<i64>);

    impl From<MaybeSnowflake> for Option<Snowflake> {
        fn from(it: MaybeSnowflake) -> Self {
            it.0.map(Into::into)
        }
    }

    impl Queryable<Nullable<BigInt>, diesel::sqlite::Sqlite> for MaybeSnowflake {
        type Row = Option<i64>;

        fn build(row: Self::Row) -> diesel::deserialize::Result<Self> {
            Ok(Self(row))
        }
    }

    life! {
        Bot => bots: "CREATE TABLE bots (id INTEGER PRIMARY KEY, guild INTEGER, is_user BOOLEAN, version INTEGER);
                      INSERT INTO bots VALUES (-3, 9, 0, 1), (5, NULL, 1, 1);";
        by |it| bots::id.eq(i64::from(it.id));
        edit |it| it.guild = Some(Snowflake(u64::MAX));
        theirs |it| it.is_user ^= true;
    }
}

/// What is never written stands first, as in many programs: the key, a parent and a path.
mod never_written {
    use super::*;

    diesel::table! { tracks (id) { id -> Integer, library_id -> Integer, path -> Text, duration -> Float, lyrics -> Nullable<Text>, version -> Integer } }

    #[derive(
        Debug, Default, Clone, Queryable, Selectable, Identifiable, AsChangeset, Insertable, OptimisticLock,
    )]
    #[diesel(table_name = tracks)]
    #[diesel(treat_none_as_null = true)]
    #[diesel(check_for_backend(diesel::sqlite::Sqlite))]
    #[occ(tracked)]
    pub struct Track {
        #[diesel(skip_update)]
        #[diesel(skip_insertion)]
        pub id: i32,
        #[diesel(skip_update)]
        pub library_id: i32,
        #[diesel(skip_update)]
        pub path: String,
        pub duration: f32,
        pub lyrics: Option<String>,
        pub version: i32,
    }

    life! {
        Track => tracks: "CREATE TABLE tracks (id INTEGER PRIMARY KEY, library_id INTEGER, path TEXT, duration REAL, lyrics TEXT, version INTEGER);
                          INSERT INTO tracks VALUES (1, 1, '/a', 1.5, 'la', 1), (2, 1, '/b', 1e300, NULL, 1);";
        by |it| tracks::id.eq(it.id);
        edit |it| { it.lyrics = None; it.duration += 0.25; it.path = "ignored".into() };
        theirs |it| it.lyrics = None;
    }
}

/// The row is found by what is unique, though not the primary key; names in capitals, as a schema of another program has them.
mod unique_and_in_capitals {
    use super::*;

    diesel::table! {
        #[allow(non_snake_case)]
        USER_PROFILE (ID) { ID -> Integer, HANDLE -> Text, #[sql_name = "fullName"] fullName -> Nullable<Text>, VERSION -> Integer }
    }

    #[derive(Clone, Queryable, Selectable, Insertable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = USER_PROFILE)]
    #[diesel(primary_key(HANDLE), treat_none_as_null = true)]
    #[occ(tracked, unique_key)]
    #[allow(non_snake_case)]
    struct Profile {
        #[diesel(column_name = "HANDLE")]
        handle: String,
        fullName: Option<String>,
        #[diesel(column_name = "VERSION")]
        #[occ(version)]
        version: i32,
    }

    life! {
        Profile => USER_PROFILE: "CREATE TABLE USER_PROFILE (ID INTEGER PRIMARY KEY, HANDLE TEXT UNIQUE, fullName TEXT, VERSION INTEGER);
                                  INSERT INTO USER_PROFILE VALUES (1, 'a', 'A', 1), (2, 'b', NULL, 1);";
        by |it| USER_PROFILE::HANDLE.eq(it.handle.clone());
        edit |it| it.fullName = Some("B".into());
        theirs |it| it.fullName = Some("B".into());
    }
}

/// Three columns: bytes, a converted number and a text of a `Cow`.
mod of_three_columns {
    use super::*;
    use std::borrow::Cow;

    diesel::table! { blobs (hash, kind, name) { hash -> Binary, kind -> Integer, name -> Text, body -> Binary, version -> BigInt } }

    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Kind {
        Small = 1,
        Large = 2,
    }

    impl From<Kind> for i32 {
        fn from(kind: Kind) -> Self {
            kind as Self
        }
    }

    impl TryFrom<i32> for Kind {
        type Error = String;

        fn try_from(kind: i32) -> Result<Self, String> {
            [Self::Small, Self::Large]
                .into_iter()
                .find(|it| *it as i32 == kind)
                .ok_or_else(|| kind.to_string())
        }
    }

    #[derive(Clone, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = blobs, primary_key(hash, kind, name))]
    #[occ(tracked)]
    struct Blob {
        hash: Vec<u8>,
        #[diesel(serialize_as = i32, deserialize_as = i32)]
        kind: Kind,
        name: Cow<'static, str>,
        body: Vec<u8>,
        version: i64,
    }

    life! {
        Blob => blobs: "CREATE TABLE blobs (hash BLOB, kind INTEGER, name TEXT, body BLOB, version INTEGER, PRIMARY KEY (hash, kind, name));
                        INSERT INTO blobs VALUES (x'00ff', 1, 'a', x'', 1), (x'00ff', 2, 'a', x'27', 1), (x'', 2, '', x'00', 1);";
        by |it| blobs::hash.eq(it.hash.clone()).and(blobs::kind.eq(it.kind as i32)).and(blobs::name.eq(it.name.to_string()));
        edit |it| it.body = vec![0];
        theirs |it| it.body = vec![0];
    }
}

/// A point in time as a part of the key.
#[cfg(feature = "version_types")]
mod with_a_time {
    use super::*;
    use chrono::NaiveDateTime;

    diesel::table! { readings (series_id, time) { series_id -> Integer, time -> Timestamp, power -> Integer, energy -> Double, version -> Integer } }

    #[derive(
        AsChangeset, Identifiable, Insertable, Queryable, Selectable, Clone, Debug, PartialEq, OptimisticLock,
    )]
    #[diesel(table_name = readings)]
    #[diesel(primary_key(series_id, time))]
    #[occ(tracked)]
    pub struct Reading {
        pub series_id: i32,
        pub time: NaiveDateTime,
        pub power: i32,
        pub energy: f64,
        pub version: i32,
    }

    life! {
        Reading => readings: "CREATE TABLE readings (series_id INTEGER, time TEXT, power INTEGER, energy DOUBLE, version INTEGER);
            INSERT INTO readings VALUES (1, '2026-01-01 00:00:00.000001', 5, 0.1, 1), (1, '2026-01-01 00:00:00', 5, -0.0, 1);";
        by |it| readings::series_id.eq(it.series_id).and(readings::time.eq(it.time));
        edit |it| it.power += 1;
        theirs |it| it.energy = 1e-300;
    }
}
