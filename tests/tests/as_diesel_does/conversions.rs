//! Fields that are not what the column is: enums, wrappers, conversions, JSON, and what `None` means.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Integer, Nullable, Text};
use diesel::sqlite::Sqlite;
use occ_runtime::prelude::*;

/// Enums: as text, as a number, and with an SQL type of their own.
mod enums {
    use super::*;

    diesel::table! {
        use diesel::sql_types::*;
        use super::sql_types::Mood;

        tasks (id) { id -> Integer, status -> Text, priority -> Integer, mood -> Mood, last_mood -> Nullable<Mood>, version -> Integer }
    }

    pub mod sql_types {
        #[derive(Debug, Clone, Copy, diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
        #[diesel(sqlite_type(name = "Text"))]
        #[diesel(postgres_type(name = "mood"))]
        #[diesel(mysql_type(name = "Enum"))]
        pub struct Mood;
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq, AsExpression, FromSqlRow)]
    #[diesel(sql_type = Text)]
    pub enum Status {
        Open,
        Done,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq, AsExpression, FromSqlRow)]
    #[diesel(sql_type = Integer)]
    #[repr(i32)]
    pub enum Priority {
        Low = -1,
        High = 10,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq, AsExpression, FromSqlRow)]
    #[diesel(sql_type = sql_types::Mood)]
    pub enum Mood {
        Fine,
        Bad,
    }

    impl ToSql<Text, Sqlite> for Status {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            out.set_value(match self {
                Self::Open => "open",
                Self::Done => "done",
            });
            Ok(IsNull::No)
        }
    }

    impl<DB: Backend> FromSql<Text, DB> for Status
    where
        String: FromSql<Text, DB>,
    {
        fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
            Ok(if String::from_sql(bytes)? == "open" { Self::Open } else { Self::Done })
        }
    }

    impl<DB: Backend> ToSql<Integer, DB> for Priority
    where
        i32: ToSql<Integer, DB>,
    {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
            match self {
                Self::Low => (-1).to_sql(out),
                Self::High => 10.to_sql(out),
            }
        }
    }

    impl FromSql<Integer, Sqlite> for Priority {
        fn from_sql(bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
            Ok(if <i32 as FromSql<Integer, Sqlite>>::from_sql(bytes)? < 0 { Self::Low } else { Self::High })
        }
    }

    impl ToSql<sql_types::Mood, Sqlite> for Mood {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            out.set_value(format!("{self:?}"));
            Ok(IsNull::No)
        }
    }

    impl FromSql<sql_types::Mood, Sqlite> for Mood {
        fn from_sql(bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
            let text = <String as FromSql<Text, Sqlite>>::from_sql(bytes)?;
            Ok(if text == "Fine" { Self::Fine } else { Self::Bad })
        }
    }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, Identifiable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = tasks, treat_none_as_null = true)]
    #[occ(tracked)]
    struct Task {
        id: i32,
        status: Status,
        priority: Priority,
        mood: Mood,
        last_mood: Option<Mood>,
        version: i32,
    }

    life! {
        Task => tasks: "CREATE TABLE tasks (id INTEGER PRIMARY KEY, status TEXT, priority INTEGER, mood TEXT, last_mood TEXT, version INTEGER);
                        INSERT INTO tasks VALUES (1, 'open', -1, 'Fine', NULL, 1), (2, 'done', 10, 'Bad', 'Fine', 1);";
        by |it| tasks::id.eq(it.id);
        edit |it| { it.last_mood = Some(it.mood); it.mood = Mood::Bad };
        theirs |it| { it.status = Status::Done; it.priority = Priority::High };
    }
}

diesel::table! { notes (id) { id -> Integer, at -> Text, until -> Nullable<Text>, body -> Nullable<Text>, version -> Integer } }

const NOTES: &str =
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, at TEXT NOT NULL, until TEXT, body TEXT, version INTEGER);
                     INSERT INTO notes VALUES (1, '10', '20', NULL, 1), (2, '30', NULL, '{}', 1);";

/// A time of some crate, and the wrapper that crate's users get for Diesel.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Moment(i64);

#[derive(Clone, Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
struct Stored(i64);

impl From<Moment> for Stored {
    fn from(it: Moment) -> Self {
        Self(it.0)
    }
}

impl From<Stored> for Moment {
    fn from(it: Stored) -> Self {
        Self(it.0)
    }
}

impl ToSql<Text, Sqlite> for Stored {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.to_string());
        Ok(IsNull::No)
    }
}

impl FromSql<Text, Sqlite> for Stored {
    fn from_sql(bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(<String as FromSql<Text, Sqlite>>::from_sql(bytes)?.parse()?))
    }
}

/// The same for a whole `Option`.
#[derive(Clone, Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = Nullable<Text>)]
struct MaybeStored(Option<i64>);

impl From<Option<Moment>> for MaybeStored {
    fn from(it: Option<Moment>) -> Self {
        Self(it.map(|it| it.0))
    }
}

impl From<MaybeStored> for Option<Moment> {
    fn from(it: MaybeStored) -> Self {
        it.0.map(Moment)
    }
}

impl ToSql<Nullable<Text>, Sqlite> for MaybeStored {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        let Some(time) = self.0 else { return Ok(IsNull::Yes) };
        out.set_value(time.to_string());
        Ok(IsNull::No)
    }
}

impl FromSql<Nullable<Text>, Sqlite> for MaybeStored {
    fn from_sql(bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Some(<String as FromSql<Text, Sqlite>>::from_sql(bytes)?.parse()?)))
    }

    fn from_nullable_sql(bytes: Option<<Sqlite as Backend>::RawValue<'_>>) -> deserialize::Result<Self> {
        bytes.map_or(Ok(Self(None)), Self::from_sql)
    }
}

/// One test for each line: what stands above the struct, and above its field `until`.
macro_rules! moments {
    ($($test:ident: [$($on_struct:tt)*] [$($on_field:tt)*] $none:expr;)+) => {$(
        mod $test {
            use super::*;

            #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
            #[diesel(table_name = notes, $($on_struct)*)]
            #[occ(tracked)]
            struct Note {
                id: i32,
                #[diesel(serialize_as = Stored, deserialize_as = Stored)]
                at: Moment,
                #[diesel(deserialize_as = MaybeStored, $($on_field)*)]
                until: Option<Moment>,
                version: i32,
            }

            life! {
                Note => notes: NOTES;
                by |it| notes::id.eq(it.id);
                edit |it| it.until = if it.id == 1 { $none } else { Some(Moment(7)) };
                theirs |it| it.at = Moment(8);
            }
        }
    )+};
}

moments! {
    whole_option_said_by_the_struct: [treat_none_as_null = true] [serialize_as = MaybeStored] None;
    whole_option_said_by_the_field: [] [serialize_as = MaybeStored, treat_none_as_null = true] None;
    whole_option_the_field_counts: [treat_none_as_null = false] [treat_none_as_null = true, serialize_as = MaybeStored] None;
    content_left_alone_by_the_struct: [treat_none_as_null = false] [serialize_as = Stored] Some(Moment(6));
    content_left_alone_by_the_field: [treat_none_as_null = true] [serialize_as = Stored, treat_none_as_null = false] Some(Moment(6));
    content_and_nothing_said: [] [serialize_as = Stored] Some(Moment(6));
}

/// `None` in each position: it is NULL, it leaves the column alone, and an `Option` in an `Option` says which.
mod none {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = notes, treat_none_as_default_value = false)]
    #[occ(tracked)]
    struct Note {
        id: i32,
        at: String,
        #[diesel(treat_none_as_null = true)]
        until: Option<String>,
        #[diesel(treat_none_as_null = false)]
        body: Option<String>,
        version: i32,
    }

    life! {
        Note => notes: NOTES;
        by |it| notes::id.eq(it.id);
        edit |it| { it.until = None; it.body = None; it.at.push('0') };
        theirs |it| it.body = Some("theirs".into());
    }

    mod in_an_option {
        use super::super::*;

        #[derive(Clone, Debug, AsChangeset, OptimisticLock)]
        #[diesel(table_name = notes)]
        struct Change {
            id: i32,
            #[diesel(treat_none_as_null = false)]
            until: Option<Option<String>>,
            #[diesel(treat_none_as_null = false)]
            body: Option<Option<&'static str>>,
            #[diesel(treat_none_as_null = false)]
            at: Option<String>,
            version: i32,
        }

        life! {
            Change => notes: NOTES;
            from |_conn| vec![
                Change { id: 1, until: None, body: Some(None), at: None, version: 1 },
                Change { id: 2, until: Some(None), body: None, at: Some("7".into()), version: 1 },
            ];
            by |it| notes::id.eq(it.id);
            edit |it| (it.until, it.at) = (Some(None), Some("it".into()));
        }
    }
}

/// JSON in a column of text, by a wrapper of any type.
#[cfg(feature = "version_types")]
mod json {
    use super::*;
    use serde::{Deserialize, Serialize, de::DeserializeOwned};

    #[derive(Clone, Debug, PartialEq, AsExpression, FromSqlRow)]
    #[diesel(sql_type = Text)]
    struct Json<T: Sized>(T);

    impl<T: Serialize + std::fmt::Debug> ToSql<Text, Sqlite> for Json<T> {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            out.set_value(serde_json::to_string(&self.0)?);
            Ok(IsNull::No)
        }
    }

    impl<T: DeserializeOwned> FromSql<Text, Sqlite> for Json<T> {
        fn from_sql(bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
            let text = <String as FromSql<Text, Sqlite>>::from_sql(bytes)?;
            Ok(Self(serde_json::from_str(&text)?))
        }
    }

    #[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
    #[serde(default)]
    struct Body {
        tags: Vec<String>,
    }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = notes, treat_none_as_null = true)]
    #[occ(tracked)]
    struct Note {
        id: i32,
        body: Option<Json<Body>>,
        at: Json<serde_json::Value>,
        version: i32,
    }

    life! {
        Note => notes: NOTES;
        by |it| notes::id.eq(it.id);
        edit |it| it.body = Some(Json(Body { tags: vec!["'".to_owned()] }));
        theirs |it| it.at = Json(serde_json::json!(["theirs", null]));
    }
}

/// What is converted into a type with commas in it, and a list that is no column.
mod wrapped {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Words<T, const N: usize>([T; N]);

    #[derive(Debug, AsExpression, FromSqlRow)]
    #[diesel(sql_type = Text)]
    struct Joined<T, const N: usize>(String, std::marker::PhantomData<T>);

    impl<const N: usize> From<Words<char, N>> for Joined<char, N> {
        fn from(it: Words<char, N>) -> Self {
            Self(it.0.iter().collect(), std::marker::PhantomData)
        }
    }

    impl<const N: usize> ToSql<Text, Sqlite> for Joined<char, N> {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            <String as ToSql<Text, Sqlite>>::to_sql(&self.0, out)
        }
    }

    #[derive(Clone, Debug, AsChangeset, OptimisticLock)]
    #[diesel(table_name = notes)]
    struct Note {
        id: i32,
        #[diesel(serialize_as = Joined<char, 3>)]
        at: Words<char, 3>,
        #[diesel(skip_insertion, skip_update)]
        specifications: Words<String, { usize::MIN }>,
        version: i32,
    }

    life! {
        Note => notes: NOTES;
        from |_conn| (1..3).map(|id| Note { id, at: Words(['x'; 3]), specifications: Words([]), version: 1 }).collect();
        by |it| notes::id.eq(it.id);
        edit |it| it.at.0[1] = 'y';
    }
}
