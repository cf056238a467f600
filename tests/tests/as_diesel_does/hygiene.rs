//! What stands beside a struct, under the names that a macro might give its variables: a pattern `value` is the constant `value`,
//! where there is one, and the column `value`, where `dsl::*` is imported.

use diesel::prelude::*;
use occ_runtime::prelude::*;

mod columns {
    use super::*;

    diesel::table! {
        words (id) {
            id -> Integer, value -> Integer, a -> Integer, b -> Integer, to -> Integer, from -> Nullable<Integer>, line -> Integer,
            base -> Integer, mine -> Nullable<Integer>, theirs -> Integer, index -> Integer, visit -> Integer, visitor -> Integer,
            prepared -> Integer, all -> Integer, version -> Integer,
        }
    }

    const WORDS: &str =
        "CREATE TABLE words (id INTEGER PRIMARY KEY, value INTEGER, a INTEGER, b INTEGER, 'to' INTEGER, 'from' INTEGER,
                             line INTEGER, base INTEGER, mine INTEGER, theirs INTEGER, 'index' INTEGER, visit INTEGER,
                             visitor INTEGER, prepared INTEGER, 'all' INTEGER, version INTEGER);
         INSERT INTO words VALUES (1, 1, 1, 1, 1, NULL, 1, 1, NULL, 1, 1, 1, 1, 1, 1, 1), (2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2);";

    mod versioned {
        use super::words::{self, dsl::*};
        use diesel::prelude::*;
        use occ_runtime::prelude::*;

        #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
        #[diesel(table_name = words, treat_none_as_null = false)]
        #[occ(tracked)]
        struct Word {
            id: i32,
            value: i32,
            a: i32,
            b: i32,
            to: i32,
            from: Option<i32>,
            #[occ(merge = add)]
            line: i32,
            base: i32,
            #[diesel(serialize_as = i32)]
            mine: Option<i32>,
            theirs: i32,
            index: i32,
            #[occ(unversioned)]
            visit: i32,
            #[diesel(serialize_as = i32)]
            visitor: i32,
            prepared: i32,
            all: i32,
            version: i32,
        }

        /// As a program reads that has such an import.
        fn some(conn: &mut SqliteConnection) -> QueryResult<Word> {
            words.filter(value.eq(1).and(all.ge(1))).select(Word::as_select()).first(conn)
        }

        mod test {
            use super::super::*;
            use super::Word;

            life! {
                Word => words: WORDS;
                by |it| words::id.eq(it.id);
                edit |it| { it.value += 1; it.line += 1; it.mine = Some(9); it.visitor = 7 };
                theirs |it| { it.a += 1; it.prepared += 1; it.from = Some(9) };
            }

            #[test]
            fn unversioned() {
                use crate::life::Place as _;
                let ((), mut conn) = SqliteConnection::fresh(WORDS).unwrap();
                let mut word = super::some(&mut conn).unwrap();
                word.visit = 8;
                word.save_unversioned(&mut conn).unwrap();
                assert_eq!(super::some(&mut conn).unwrap(), word);
            }
        }
    }

    mod compared {
        use super::words::{self, dsl::*};
        use diesel::prelude::*;
        use occ_runtime::prelude::*;

        #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
        #[diesel(table_name = words, treat_none_as_null = true)]
        #[occ(check = all)]
        struct Word {
            id: i32,
            value: i32,
            prepared: i32,
            from: Option<i32>,
            all: i32,
            #[diesel(serialize_as = i32)]
            visitor: i32,
            #[occ(version = false)]
            version: i32,
        }

        fn some(conn: &mut SqliteConnection) -> QueryResult<occ_runtime::Tracked<Word>> {
            words
                .filter(value.eq(1).and(all.ge(1)))
                .select(occ_runtime::Tracked::<Word>::as_select())
                .first(conn)
        }

        mod test {
            use super::super::*;

            #[test]
            fn saved_and_refused() {
                use crate::life::Place as _;
                let ((), mut conn) = SqliteConnection::fresh(WORDS).unwrap();
                let mut mine = super::some(&mut conn).unwrap();
                let mut theirs = super::some(&mut conn).unwrap();
                theirs.visitor = 5;
                theirs.save_optimistic(&mut conn).unwrap();
                (mine.prepared, mine.from) = (6, Some(6));
                assert!(mine.save_optimistic(&mut conn).unwrap_err().is_stale());
                mine.rebase(&mut conn).unwrap();
                mine.save_optimistic(&mut conn).unwrap();
                assert_eq!(*super::some(&mut conn).unwrap(), *mine);
                assert_eq!((mine.visitor, mine.prepared), (5, 6));
            }
        }
    }
}

mod constants {
    use super::*;

    diesel::table! { things (id) { id -> Integer, name -> Text, #[sql_name = "note"] r#type -> Nullable<Text>, size -> Integer, version -> Integer } }

    const THINGS: &str =
        "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT, note TEXT, size INTEGER, version INTEGER);
         INSERT INTO things VALUES (1, 'a', NULL, 1, 1), (2, 'b', 'n', 2, 1);";

    #[derive(Clone, Debug, PartialEq, AsChangeset)]
    #[diesel(table_name = things)]
    struct Measure {
        size: i32,
    }

    /// Alone, since Diesel's derives have such variables too.
    mod beside {
        #![allow(non_upper_case_globals, reason = "as variables are written")]

        use super::{AsChangeset, Measure, OptimisticLock, things};

        const version: i32 = 1;
        const value: i32 = 1;
        const a: i32 = 1;
        const b: i32 = 1;
        const to: i32 = 1;
        const from: i32 = 1;
        const row: i32 = 1;
        const visit: i32 = 1;
        const visitor: i32 = 1;
        const prepared: i32 = 1;
        const mine: i32 = 1;
        const base: i32 = 1;
        const theirs: i32 = 1;
        const index: i32 = 1;
        const all: i32 = 1;
        const other: i32 = 1;
        const sentence: i32 = 1;
        static own: i32 = 1;
        static embedded: i32 = 1;
        static method: i32 = 1;

        #[derive(Clone, Debug, PartialEq, AsChangeset, OptimisticLock)]
        #[diesel(table_name = things, treat_none_as_null = false)]
        #[occ(tracked)]
        struct Thing {
            #[diesel(serialize_as = i32)]
            id: i32,
            #[diesel(serialize_as = String, column_name = r#type)]
            note: Option<String>,
            #[occ(merge = theirs)]
            name: Option<String>,
            #[diesel(embed)]
            measure: Measure,
            version: i32,
        }

        mod test {
            use super::super::*;
            use super::Thing;

            life! {
                Thing => things: THINGS;
                from |_conn| (1..3).map(|id| Thing { id, note: None, name: None, measure: Measure { size: 3 }, version: 1 }).collect();
                by |it| things::id.eq(it.id);
                edit |it| (it.note, it.measure.size) = (Some("new".into()), 4);
                theirs |it| it.name = Some("new".into());
            }
        }
    }
}
