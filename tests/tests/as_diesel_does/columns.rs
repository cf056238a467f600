//! One column of each type that a database has, as a value and as a key.

/// For each line a struct with the type as a value and as one that may be NULL: the column in `table!`, in SQL, the field,
/// a value in SQL and another in Rust.
macro_rules! values {
    ($conn:ty; $($test:ident: [$($column:tt)+] $sql:literal, $ty:ty, $old:literal => $new:expr;)+) => {$(
        mod $test {
            #[allow(unused_imports)]
            use super::*;

            diesel::table! {
                use diesel::sql_types::*;
                use super::custom::*;

                things (id) { id -> Integer, value -> $($column)+, maybe -> Nullable<$($column)+>, version -> BigInt }
            }

            #[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset, OptimisticLock)]
            #[diesel(table_name = things, treat_none_as_null = true)]
            #[occ(tracked)]
            struct Thing {
                id: i32,
                value: $ty,
                maybe: Option<$ty>,
                version: i64,
            }

            life! {
                Thing => things: concat!(
                    super::setup!(),
                    "CREATE TABLE things (id INTEGER PRIMARY KEY, value ", $sql, " NOT NULL, maybe ", $sql, " NULL, version BIGINT NOT NULL);",
                    "INSERT INTO things VALUES (1, ", $old, ", ", $old, ", 1), (2, ", $old, ", NULL, 1), (3, ", $old, ", NULL, 7);",
                );
                on $conn;
                by |it| things::id.eq(it.id);
                edit |it| it.maybe = match it.id {
                    1 => None,
                    _ => Some($new),
                };
                theirs |it| it.value = $new;
            }
        }
    )+};
}

/// For each line a struct with the type as a part of the key.
macro_rules! keys {
    ($conn:ty; $($test:ident: [$($column:tt)+] $sql:literal, $ty:ty, $one:literal, $other:literal;)+) => {$(
        mod $test {
            #[allow(unused_imports)]
            use super::*;

            diesel::table! {
                use diesel::sql_types::*;
                use super::custom::*;

                things (code, part) { part -> Integer, code -> $($column)+, note -> Text, version -> BigInt }
            }

            #[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset, OptimisticLock)]
            #[diesel(table_name = things, primary_key(part, code))]
            #[occ(tracked)]
            struct Thing {
                code: $ty,
                note: String,
                part: i32,
                version: i64,
            }

            life! {
                Thing => things: concat!(
                    super::setup!(),
                    "CREATE TABLE things (part INTEGER, code ", $sql, ", note TEXT, version BIGINT, PRIMARY KEY (code, part));",
                    "INSERT INTO things VALUES (1, ", $one, ", 'a', 1), (1, ", $other, ", 'b', 1), (2, ", $one, ", 'c', 7);",
                );
                on $conn;
                by |it| things::code.eq(it.code.clone()).and(things::part.eq(it.part));
                edit |it| it.note = "new".into();
                theirs |it| it.note = "new".into();
            }
        }
    )+};
}
