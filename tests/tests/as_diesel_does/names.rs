//! Names of columns, tables, structs and methods, and what stands beside the struct.

use diesel::prelude::*;
use occ_runtime::prelude::*;

/// Columns called like keywords, under raw names and renamed.
mod keywords {
    use super::*;

    diesel::table! { r#loop (r#ref) { r#ref -> Integer, r#type -> Text, r#match -> Nullable<Text>, #[sql_name = "fn"] r#fn -> Integer, r#async -> BigInt, r#mod -> Integer } }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = r#loop, treat_none_as_null = true)]
    #[diesel(primary_key(r#ref))]
    #[occ(tracked)]
    pub struct Thing {
        #[diesel(skip_update)]
        r#ref: i32,
        r#type: String,
        #[diesel(column_name = "match")]
        r#impl: Option<String>,
        r#fn: i32,
        #[diesel(column_name = r#async)]
        kind: i64,
        #[occ(version)]
        r#mod: i32,
    }

    life! {
        Thing => r#loop as "loop": "CREATE TABLE loop (ref INTEGER PRIMARY KEY, type TEXT, match TEXT, fn INTEGER, async BIGINT, mod INTEGER);
                                    INSERT INTO loop VALUES (1, 'a', NULL, 1, 1, 1), (2, 'b', 'm', 2, 2, 2);";
        by |it| r#loop::r#ref.eq(it.r#ref);
        edit |it| (it.r#type, it.r#impl) = ("t".into(), Some("i".into()));
        theirs |it| (it.r#fn, it.kind) = (7, 8);
    }
}

/// Columns called like what generated code might call its own.
mod words_of_the_machine {
    use super::*;

    diesel::table! {
        words (id) {
            id -> Integer, value -> Integer, a -> Integer, b -> Integer, to -> Integer, from -> Nullable<Integer>, row -> Integer,
            base -> Integer, mine -> Integer, theirs -> Integer, index -> Integer, out -> Integer, version -> Integer,
        }
    }

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
        row: i32,
        base: i32,
        mine: i32,
        #[occ(merge = theirs)]
        theirs: i32,
        index: i32,
        out: i32,
        version: i32,
    }

    life! {
        Word => words: "CREATE TABLE words (id INTEGER PRIMARY KEY, value INTEGER, a INTEGER, b INTEGER, 'to' INTEGER, 'from' INTEGER, row INTEGER,
                            base INTEGER, mine INTEGER, theirs INTEGER, 'index' INTEGER, out INTEGER, version INTEGER);
                        INSERT INTO words VALUES (1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 1), (2, 1, 2, 3, 4, NULL, 6, 7, 8, 9, 1, 2, 1);";
        by |it| words::id.eq(it.id);
        edit |it| { it.value = 100; it.to += 1; it.from = Some(9); it.row += 1 };
        theirs |it| { it.a = 100; it.mine += 1; it.theirs = 1 };
    }

    mod converted {
        use super::super::*;

        diesel::table! {
            words (id) {
                id -> Integer, visit -> Integer, visitor -> Integer, prepared -> Integer, other -> Integer, see -> Integer, conn -> Integer,
                column -> Nullable<Integer>, all -> Integer, sentence -> Integer, written -> Integer, update -> Integer, version -> Integer,
            }
        }

        #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
        #[diesel(table_name = words, treat_none_as_null = false)]
        #[occ(tracked)]
        struct Word {
            #[diesel(serialize_as = i32)]
            id: i32,
            visit: i32,
            #[diesel(serialize_as = i32)]
            visitor: i32,
            #[diesel(serialize_as = i32)]
            prepared: i32,
            other: i32,
            #[occ(secret)]
            see: i32,
            conn: i32,
            #[diesel(serialize_as = i32)]
            column: Option<i32>,
            #[occ(merge = mine)]
            all: i32,
            sentence: i32,
            written: i32,
            update: i32,
            version: i32,
        }

        life! {
            Word => words: "CREATE TABLE words (id INTEGER PRIMARY KEY, visit INTEGER, visitor INTEGER, prepared INTEGER, other INTEGER, see INTEGER,
                                conn INTEGER, 'column' INTEGER, 'all' INTEGER, sentence INTEGER, written INTEGER, 'update' INTEGER, version INTEGER);
                            INSERT INTO words VALUES (1, 1, 2, 3, 4, 5, 6, NULL, 8, 9, 1, 2, 1), (2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 1);";
            by |it| words::id.eq(it.id);
            edit |it| { it.visitor = 100; it.see += 1; it.column = Some(9); it.all += 1 };
            theirs |it| { it.visit = 100; it.prepared += 1; it.written = 1 };
        }
    }
}

diesel::table! { gadgets (id) { id -> Integer, name -> Text, note -> Nullable<Text>, version -> Integer } }

const GADGETS: &str = "CREATE TABLE gadgets (id INTEGER PRIMARY KEY, name TEXT, note TEXT, version INTEGER);
                       INSERT INTO gadgets VALUES (1, 'a', NULL, 1), (2, 'b', 'n', 1);";

mod places {
    use super::*;

    pub mod schema {
        pub mod inner {
            diesel::table! { #[sql_name = "gadgets"] devices (id) { id -> Integer, #[sql_name = "name"] label -> Text, version -> Integer } }
        }
        pub use inner::devices;
    }

    mod by_a_long_path {
        use super::super::*;

        #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
        #[diesel(table_name = crate::names::places::schema::inner::devices)]
        #[occ(tracked)]
        pub(in super::super) struct Device {
            pub(in super::super) id: i32,
            pub(crate) label: String,
            version: i32,
        }

        use super::schema::devices;
        life! {
            Device => devices as "gadgets": GADGETS;
            by |it| devices::id.eq(it.id);
            edit |it| it.label = "new".into();
            theirs |it| it.label = "new".into();
        }
    }

    mod without_a_table_name {
        use super::super::*;
        use super::schema::*;

        #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
        #[occ(tracked)]
        struct Device {
            id: i32,
            label: String,
            version: i32,
        }

        life! {
            Device => devices as "gadgets": GADGETS;
            by |it| devices::id.eq(it.id);
            edit |it| it.label = "new".into();
            theirs |it| it.label = "new".into();
        }
    }

    #[test]
    fn in_the_body_of_a_function() {
        use crate::life::Place as _;
        use diesel::result::Error;

        fn inner() -> Result<(), Error> {
            use super::gadgets::dsl;

            #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
            #[diesel(table_name = super::gadgets)]
            #[occ(tracked)]
            struct Gadget {
                id: i32,
                name: String,
                version: i32,
            }

            let ((), mut conn) = SqliteConnection::fresh(GADGETS).unwrap();
            let mut gadget = dsl::gadgets.select(Gadget::as_select()).first(&mut conn)?;
            gadget.name.push('!');
            gadget.save_optimistic(&mut conn)?;
            let mut gadget = occ_runtime::Tracked::new(gadget);
            gadget.name.push('?');
            gadget.save_optimistic(&mut conn)?;
            assert_eq!(conn.rows("gadgets")[0], "1 'a!?' NULL 3");
            Ok(())
        }
        inner().unwrap();
    }

    /// The table of a schema of its own.
    mod in_a_schema {
        use super::super::*;

        diesel::table! { archive.gadgets (id) { id -> Integer, name -> Text, version -> Integer } }

        #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
        #[occ(tracked)]
        struct Gadget {
            id: i32,
            name: String,
            version: i32,
        }

        life! {
            Gadget => gadgets as "archive.gadgets": "ATTACH ':memory:' AS archive; CREATE TABLE gadgets (id, name, version);
                CREATE TABLE archive.gadgets (id INTEGER PRIMARY KEY, name TEXT, version INTEGER);
                INSERT INTO archive.gadgets VALUES (1, 'a', 1), (2, 'b', 1);";
            by |it| gadgets::id.eq(it.id);
            edit |it| it.name = "new".into();
            theirs |it| it.name = "new".into();
        }
    }
}
