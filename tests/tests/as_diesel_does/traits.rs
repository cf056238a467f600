//! What the struct implements besides, by hand or not at all.

use diesel::prelude::*;
use occ_runtime::prelude::*;

diesel::table! { things (id) { id -> Integer, name -> Text, size -> Integer, version -> Integer } }

const THINGS: &str = "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT, size INTEGER, version INTEGER);
                      INSERT INTO things VALUES (1, 'a', 1, 1), (2, 'b', 2, 1);";

mod nothing {
    use super::*;

    #[derive(Queryable, Selectable, AsChangeset, OptimisticLock)]
    struct Thing {
        id: i32,
        name: String,
        version: i32,
    }

    life! {
        Thing => things: THINGS;
        by |it| things::id.eq(it.id) => it;
        edit |it| it.name.push('!');
    }
}

/// `Debug`, `Clone`, `PartialEq`, `Deref`, `Display` and `Drop` by hand.
mod by_hand {
    use super::*;
    use std::fmt;
    use std::ops::{Deref, DerefMut};

    #[derive(Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[occ(tracked)]
    struct Thing {
        id: i32,
        name: String,
        size: i32,
        version: i32,
    }

    impl fmt::Debug for Thing {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            Err(fmt::Error)
        }
    }

    impl Clone for Thing {
        fn clone(&self) -> Self {
            Self { id: self.id, name: self.name.clone(), size: self.size, version: self.version }
        }
    }

    /// Equal are all with the same key, as some programs have it.
    impl PartialEq for Thing {
        fn eq(&self, other: &Self) -> bool {
            self.id == other.id
        }
    }

    impl Deref for Thing {
        type Target = String;

        fn deref(&self) -> &String {
            &self.name
        }
    }

    impl DerefMut for Thing {
        fn deref_mut(&mut self) -> &mut String {
            &mut self.name
        }
    }

    life! {
        Thing => things: THINGS;
        by |it| things::id.eq(it.id);
        edit |it| it.push('!');
        theirs |it| it.size += 1;
    }
}

/// The rows of a joined table are loaded beside.
mod with_has_query {
    use super::*;

    #[derive(Clone, Debug, HasQuery, Identifiable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = things)]
    #[occ(tracked)]
    struct Thing {
        id: i32,
        name: String,
        size: i32,
        version: i32,
    }

    life! {
        Thing => things: THINGS;
        by |it| things::id.eq(it.id);
        edit |it| it.name.push('!');
        theirs |it| it.size += 1;
    }

    #[test]
    fn loaded_by_its_own_query() {
        use crate::life::Place as _;
        let ((), mut conn) = SqliteConnection::fresh(THINGS).unwrap();
        let mut thing: Thing = Thing::query().first(&mut conn).unwrap();
        thing.name.push('!');
        thing.save_optimistic(&mut conn).unwrap();
        assert_eq!(conn.rows("things")[0], "1 'a!' 1 2");
    }
}

/// `Identifiable` by hand with another key, and a trait of the user's with methods of the same names.
mod by_traits {
    use super::*;

    trait Entity {
        fn version(&self) -> String;
        fn table_name() -> i32;
        fn table() -> i32;
        fn set_version(&mut self, _: i32) -> i32;
        fn prepare(&self) -> i32;
        fn field(_: usize) -> i32;
        fn key(&self) -> i32;
        fn is_dirty(&self) -> bool;
    }

    impl<T> Entity for T {
        fn version(&self) -> String {
            panic!()
        }
        fn table_name() -> i32 {
            panic!()
        }
        fn table() -> i32 {
            panic!()
        }
        fn set_version(&mut self, _: i32) -> i32 {
            panic!()
        }
        fn prepare(&self) -> i32 {
            panic!()
        }
        fn field(_: usize) -> i32 {
            panic!()
        }
        fn key(&self) -> i32 {
            panic!()
        }
        fn is_dirty(&self) -> bool {
            panic!()
        }
    }

    #[derive(Clone, Debug, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[occ(tracked)]
    struct Thing {
        #[diesel(serialize_as = i32)]
        id: i32,
        name: String,
        size: i32,
        version: i32,
    }

    life! {
        Thing => things: THINGS;
        by |it| things::id.eq(it.id);
        edit |it| it.name.push('!');
        theirs |it| it.size += 1;
    }
}
