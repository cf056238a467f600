//! Models in the manner of public programs: a registry of packages, a forum, a control plane, a chat, sessions.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use diesel::sqlite::Sqlite;
use occ_runtime::prelude::*;

/// Parents, limits that may be missing, a column that is never written.
mod registry {
    use super::*;

    diesel::table! {
        crates (id) {
            id -> Integer,
            name -> Text,
            updated_at -> Timestamp,
            created_at -> Timestamp,
            description -> Nullable<Text>,
            homepage -> Nullable<Text>,
            max_upload_size -> Nullable<Integer>,
            max_features -> Nullable<SmallInt>,
            lock_version -> Integer,
        }
    }

    diesel::table! {
        versions (id) {
            id -> Integer,
            crate_id -> Integer,
            num -> Text,
            #[sql_name = "type"]
            kind -> Text,
            yanked -> Bool,
            revision -> BigInt,
        }
    }

    diesel::joinable!(versions -> crates (crate_id));
    diesel::allow_tables_to_appear_in_same_query!(crates, versions);

    #[derive(
        Clone,
        Debug,
        PartialEq,
        Queryable,
        Selectable,
        Identifiable,
        QueryableByName,
        AsChangeset,
        OptimisticLock,
    )]
    #[diesel(table_name = crates, check_for_backend(diesel::sqlite::Sqlite))]
    #[occ(tracked)]
    pub struct Crate {
        pub id: i32,
        pub name: String,
        pub updated_at: NaiveDateTime,
        #[diesel(skip_update)]
        pub created_at: NaiveDateTime,
        #[diesel(deserialize_as = Option<String>)]
        pub description: Option<String>,
        pub homepage: Option<String>,
        pub max_upload_size: Option<i32>,
        pub max_features: Option<i16>,
        #[occ(version)]
        pub lock_version: i32,
    }

    life! {
        Crate => crates: "CREATE TABLE crates (id INTEGER PRIMARY KEY, name TEXT, updated_at TEXT, created_at TEXT, description TEXT,
                                               homepage TEXT, max_upload_size INTEGER, max_features INTEGER, lock_version INTEGER);
                          INSERT INTO crates VALUES
                              (1, 'a', '2020-01-01 00:00:00', '2020-01-01 00:00:00', NULL, NULL, NULL, NULL, 1),
                              (2, 'b', '2020-01-01 00:00:00', '2020-01-01 00:00:00', 'd', 'h', 1, 2, 1);";
        by |it| crates::id.eq(it.id)
            => (crates::homepage.eq(it.homepage.clone()), crates::name.eq(it.name.clone()), crates::lock_version.eq(it.lock_version));
        edit |it| it.homepage = Some("new".into());
        theirs |it| it.name.push('!');
    }

    mod child {
        use super::*;

        #[derive(
            Clone,
            Debug,
            PartialEq,
            Queryable,
            Selectable,
            Identifiable,
            Associations,
            AsChangeset,
            OptimisticLock,
        )]
        #[diesel(belongs_to(Crate, foreign_key = crate_id))]
        #[occ(tracked)]
        pub struct Version {
            pub id: i32,
            pub crate_id: i32,
            #[diesel(column_name = "num")]
            pub number: String,
            #[diesel(column_name = kind)]
            pub r#type: String,
            pub yanked: bool,
            #[occ(version)]
            pub revision: i64,
        }

        life! {
            Version => versions: "CREATE TABLE versions (id INTEGER PRIMARY KEY, crate_id INTEGER, num TEXT, type TEXT, yanked BOOL, revision BIGINT);
                                  INSERT INTO versions VALUES (1, 1, '1', 'x', 0, 1), (2, 1, '2', 'x', 0, 1);";
            by |it| versions::id.eq(it.id);
            edit |it| it.yanked = !it.yanked;
            theirs |it| it.r#type.push('!');
        }
    }
}

/// A newtype of a number, stored as the number.
macro_rules! number {
    ($name:ident($number:ty) as $sql_type:ty) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow)]
        #[diesel(sql_type = $sql_type)]
        pub struct $name(pub $number);

        impl<DB: Backend> ToSql<$sql_type, DB> for $name
        where
            $number: ToSql<$sql_type, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                <$number as ToSql<$sql_type, DB>>::to_sql(&self.0, out)
            }
        }

        impl<DB: Backend> FromSql<$sql_type, DB> for $name
        where
            $number: FromSql<$sql_type, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                <$number as FromSql<$sql_type, DB>>::from_sql(bytes).map(Self)
            }
        }
    };
}

/// Attributes under the condition that the crate is built for the server.
mod forum {
    use super::*;

    diesel::table! {
        posts (id) {
            id -> Integer,
            #[max_length = 200]
            name -> Varchar,
            url -> Nullable<Text>,
            removed -> Bool,
            published -> TimestamptzSqlite,
            updated -> Nullable<TimestamptzSqlite>,
            version -> Integer,
        }
    }

    number!(PostId(i32) as Integer);

    #[derive(Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "sqlite", derive(Queryable, Selectable, Identifiable, AsChangeset, OptimisticLock))]
    #[cfg_attr(feature = "sqlite", diesel(table_name = posts))]
    #[cfg_attr(feature = "sqlite", diesel(check_for_backend(diesel::sqlite::Sqlite)))]
    #[cfg_attr(feature = "sqlite", occ(tracked))]
    #[cfg_attr(any(), ts(export))]
    /// A post.
    pub struct Post {
        pub id: PostId,
        /// Its title.
        pub name: String,
        #[cfg_attr(any(), ts(optional))]
        pub url: Option<String>,
        pub removed: bool,
        pub published: DateTime<Utc>,
        #[cfg(any())]
        pub gone: Gone,
        pub updated: Option<DateTime<Utc>>,
        pub version: i32,
    }

    life! {
        Post => posts: "CREATE TABLE posts (id INTEGER PRIMARY KEY, name TEXT, url TEXT, removed BOOL, published TEXT, updated TEXT, version INTEGER);
                        INSERT INTO posts VALUES (1, 'a', NULL, 0, '2020-01-01 00:00:00+00:00', NULL, 1),
                                                 (2, 'a', NULL, 0, '2020-01-01 00:00:00+00:00', NULL, 1);";
        by |it| posts::id.eq(it.id)
            => (posts::removed.eq(it.removed), posts::name.eq(it.name.clone()), posts::published.eq(it.published), posts::version.eq(it.version));
        edit |it| it.removed = !it.removed;
        theirs |it| it.name.push('!');
    }
}

/// Two embedded structs around a generation that counts.
mod control_plane {
    use super::*;

    diesel::table! {
        disks (id) {
            id -> Text,
            name -> Text,
            time_deleted -> Nullable<Timestamp>,
            rcgen -> BigInt,
            disk_state -> Text,
            attach_instance_id -> Nullable<Text>,
            size_bytes -> BigInt,
        }
    }

    number!(Generation(i64) as BigInt);

    impl occ_runtime::version::Counter for Generation {
        const FIRST: Self = Self(1);

        fn successor(&self) -> Option<Self> {
            self.0.checked_add(1).map(Self)
        }
    }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
    #[diesel(table_name = disks)]
    struct Details {
        name: String,
        time_deleted: Option<NaiveDateTime>,
    }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
    #[diesel(table_name = disks, treat_none_as_null = true)]
    struct RuntimeState {
        disk_state: String,
        attach_instance_id: Option<String>,
    }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = disks)]
    struct Disk {
        id: String,
        #[diesel(embed)]
        details: Details,
        #[occ(version)]
        rcgen: Generation,
        #[diesel(embed)]
        runtime_state: RuntimeState,
        #[diesel(column_name = size_bytes)]
        size: i64,
    }

    life! {
        Disk => disks: "CREATE TABLE disks (id TEXT PRIMARY KEY, name TEXT, time_deleted TEXT, rcgen BIGINT, disk_state TEXT,
                                            attach_instance_id TEXT, size_bytes BIGINT);
                        INSERT INTO disks VALUES ('1', 'a', NULL, 1, 's', 'i', 7), ('2', 'a', NULL, 1, 's', NULL, 7);";
        by |it| disks::id.eq(it.id.clone());
        edit |it| { it.runtime_state.attach_instance_id = None; it.details.name.push('!') };
    }
}

/// Ids as text, of which two are the key, in another order than the table's; a type of its own for what may be NULL.
mod chat {
    use super::*;

    diesel::table! {
        channels (team_id, id) {
            id -> Text,
            team_id -> Text,
            r#type -> Text,
            props -> Nullable<Text>,
            version -> Integer,
        }
    }

    const CHANNELS: &str =
        "CREATE TABLE channels (id TEXT, team_id TEXT, type TEXT, props TEXT, version INTEGER, PRIMARY KEY (team_id, id));
         INSERT INTO channels VALUES ('a', 't', 'O', NULL, 1), ('b', 't', 'O', 'p', 1);";

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, Identifiable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = channels, primary_key(id, team_id), treat_none_as_null = true)]
    #[occ(tracked)]
    pub struct Channel(
        #[diesel(column_name = id)] pub String,
        #[diesel(column_name = team_id)] pub String,
        #[diesel(column_name = "type")] pub String,
        #[diesel(column_name = props)] Option<String>,
        #[diesel(column_name = version)] i32,
    );

    life! {
        Channel => channels: CHANNELS;
        by |it| channels::id.eq(it.0.clone()).and(channels::team_id.eq(it.1.clone()));
        edit |it| it.3 = Some("new".into());
        theirs |it| it.2.push('!');
    }

    mod with_a_type_that_may_be_null {
        use super::*;

        #[derive(Clone, Debug, PartialEq, AsExpression, FromSqlRow)]
        #[diesel(sql_type = Nullable<Text>)]
        struct Props(Option<String>);

        impl ToSql<Nullable<Text>, Sqlite> for Props {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                let Some(text) = &self.0 else { return Ok(IsNull::Yes) };
                out.set_value(text.as_str());
                Ok(IsNull::No)
            }
        }

        impl FromSql<Nullable<Text>, Sqlite> for Props {
            fn from_sql(bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                <String as FromSql<Text, Sqlite>>::from_sql(bytes).map(|text| Self(Some(text)))
            }

            fn from_nullable_sql(
                bytes: Option<<Sqlite as Backend>::RawValue<'_>>,
            ) -> deserialize::Result<Self> {
                bytes.map_or(Ok(Self(None)), Self::from_sql)
            }
        }

        #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
        #[diesel(table_name = channels, primary_key(team_id, id))]
        #[occ(tracked)]
        struct Channel {
            version: i32,
            props: Props,
            team_id: String,
            id: String,
        }

        life! {
            Channel => channels: CHANNELS;
            by |it| channels::id.eq(it.id.clone()).and(channels::team_id.eq(it.team_id.clone()));
            edit |it| it.props = Props(if it.id == "a" { Some("new".into()) } else { None });
            theirs |it| it.props = Props(Some("new".into()));
        }
    }
}

/// A key of bytes; the version is a text that nobody counts.
mod sessions {
    use super::*;

    diesel::table! { sessions (id) { id -> Binary, user_id -> Binary, seen -> Nullable<Timestamp>, etag -> Text } }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, Identifiable, AsChangeset, OptimisticLock)]
    #[occ(tracked)]
    struct Session {
        id: Vec<u8>,
        user_id: Vec<u8>,
        seen: Option<NaiveDateTime>,
        #[occ(version, generator = occ_runtime::UuidV7)]
        etag: String,
    }

    life! {
        Session => sessions: "CREATE TABLE sessions (id BLOB PRIMARY KEY, user_id BLOB, seen TEXT, etag TEXT);
                              INSERT INTO sessions VALUES (x'01', x'02', NULL, 'a'), (x'03', x'02', NULL, 'b');";
        by |it| sessions::id.eq(it.id.clone());
        edit |it| it.user_id.push(9);
        theirs |it| it.seen = chrono::DateTime::from_timestamp(9, 0).map(|at| at.naive_utc());
    }
}
