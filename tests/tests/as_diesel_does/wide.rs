//! As many columns as Diesel can have in a table.

use diesel::prelude::*;
use occ_runtime::prelude::*;

/// A struct and its table, with a column for each word between key and version.
macro_rules! wide {
    ($test:ident: $($column:ident)+) => {
        mod $test {
            use super::*;

            diesel::table! { things (id) { id -> Integer, $($column -> Nullable<Integer>,)+ version -> Integer } }

            #[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset, OptimisticLock)]
            #[diesel(table_name = things, treat_none_as_null = true)]
            #[occ(tracked)]
            struct Thing {
                id: i32,
                $($column: Option<i32>,)+
                version: i32,
            }

            life! {
                Thing => things: concat!(
                    "CREATE TABLE things (id INTEGER PRIMARY KEY, ", $(stringify!($column), " INTEGER, ",)+ "version INTEGER);",
                    "INSERT INTO things (id, version) VALUES (1, 1), (2, 1);",
                );
                by |it| things::id.eq(it.id);
                edit |it| { $(it.$column = Some(it.id);)+ };
                theirs |it| { $(it.$column = Some(it.id);)+ };
            }
        }
    };
}

wide! {
    of_64_columns:
    c1 c2 c3 c4 c5 c6 c7 c8 c9 c10 c11 c12 c13 c14 c15 c16 c17 c18 c19 c20 c21 c22 c23 c24 c25 c26 c27 c28
    c29 c30 c31 c32 c33 c34 c35 c36 c37 c38 c39 c40 c41 c42 c43 c44 c45 c46 c47 c48 c49 c50 c51 c52 c53 c54
    c55 c56 c57 c58 c59 c60 c61 c62
}

wide! {
    of_128_columns:
    c1 c2 c3 c4 c5 c6 c7 c8 c9 c10 c11 c12 c13 c14 c15 c16 c17 c18 c19 c20 c21 c22 c23 c24 c25 c26 c27 c28
    c29 c30 c31 c32 c33 c34 c35 c36 c37 c38 c39 c40 c41 c42 c43 c44 c45 c46 c47 c48 c49 c50 c51 c52 c53 c54
    c55 c56 c57 c58 c59 c60 c61 c62 c63 c64 c65 c66 c67 c68 c69 c70 c71 c72 c73 c74 c75 c76 c77 c78 c79 c80
    c81 c82 c83 c84 c85 c86 c87 c88 c89 c90 c91 c92 c93 c94 c95 c96 c97 c98 c99 c100 c101 c102 c103 c104
    c105 c106 c107 c108 c109 c110 c111 c112 c113 c114 c115 c116 c117 c118 c119 c120 c121 c122 c123 c124 c125
    c126
}
