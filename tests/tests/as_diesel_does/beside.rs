//! What has a name of occ's, of Diesel's or of the prelude's: methods of the struct, what stands beside it, and itself.

use diesel::prelude::*;
use occ_runtime::prelude::*;

diesel::table! { gadgets (id) { id -> Integer, name -> Text, note -> Nullable<Text>, version -> Integer } }

const GADGETS: &str = "CREATE TABLE gadgets (id INTEGER PRIMARY KEY, name TEXT, note TEXT, version INTEGER);
                       INSERT INTO gadgets VALUES (1, 'a', NULL, 1), (2, 'b', 'n', 1);";

/// Methods of the user's own, with other types, under the names of the traits' methods.
mod methods {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Name(String);

    impl From<Name> for String {
        fn from(it: Name) -> Self {
            it.0
        }
    }

    impl From<String> for Name {
        fn from(it: String) -> Self {
            Self(it)
        }
    }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = gadgets)]
    #[occ(tracked)]
    struct Gadget {
        id: i32,
        #[diesel(serialize_as = String, deserialize_as = String)]
        name: Name,
        version: i32,
    }

    const NEVER: &str = "the struct's own method is not the trait's";

    #[allow(clippy::unused_self, clippy::needless_pass_by_value)]
    impl Gadget {
        fn key(&self) -> ! {
            panic!("{NEVER}")
        }
        fn values(&self) -> ! {
            panic!("{NEVER}")
        }
        fn table() -> ! {
            panic!("{NEVER}")
        }
        fn table_name() -> ! {
            panic!("{NEVER}")
        }
        fn set_version(&mut self, _: String) -> ! {
            panic!("{NEVER}")
        }
        fn field(_: usize) -> ! {
            panic!("{NEVER}")
        }
        fn visit_key(&self) -> ! {
            panic!("{NEVER}")
        }
        fn visit_version(&self) -> ! {
            panic!("{NEVER}")
        }
        fn has_key_of(&self, _: &Self) -> ! {
            panic!("{NEVER}")
        }
        fn unversioned(&self) -> ! {
            panic!("{NEVER}")
        }
        fn compared(&self) -> ! {
            panic!("{NEVER}")
        }
        fn serialize_as(&self) -> ! {
            panic!("{NEVER}")
        }
        fn prepare(&self) -> ! {
            panic!("{NEVER}")
        }
        fn version(&self) -> ! {
            panic!("{NEVER}")
        }
        fn version_identity(&self) -> ! {
            panic!("{NEVER}")
        }
        fn initial_version() -> ! {
            panic!("{NEVER}")
        }
        fn sql_name() -> ! {
            panic!("{NEVER}")
        }
    }

    life! {
        Gadget => gadgets: GADGETS;
        by |it| gadgets::id.eq(it.id);
        edit |it| it.name.0 = "new".into();
        theirs |it| it.name.0 = "new".into();
    }
}

/// Beside aliases and items that hide what a prelude brings.
mod beside_other_names {
    use super::*;

    type Result<T> = std::result::Result<T, Error>;
    #[derive(Debug)]
    struct Error;
    struct Some;
    struct Ok;
    struct Err;
    struct Default;
    struct Vec;
    struct Box;
    struct Iterator;
    trait From {}
    trait PartialEq {}
    trait Debug {}
    trait Send {}
    trait Sync {}
    trait Sized {}
    mod occ_runtime {}
    mod diesel_derives {}
    #[allow(unused_macros)]
    macro_rules! panic {
        () => {};
    }

    fn all_of_it() -> Result<()> {
        std::result::Result::Err(Error)
    }

    #[derive(
        Clone, ::std::fmt::Debug, ::std::cmp::PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock,
    )]
    #[diesel(table_name = gadgets)]
    #[occ(tracked)]
    struct Gadget {
        id: i32,
        name: String,
        #[diesel(treat_none_as_null = false)]
        note: Option<String>,
        version: i32,
    }

    mod test {
        use super::super::*;
        use super::Gadget;

        life! {
            Gadget => gadgets: GADGETS;
            by |it| gadgets::id.eq(it.id);
            edit |it| it.name.push('!');
            theirs |it| it.note = Some("theirs".into());
        }
    }
}

/// A struct with the name of something of occ's, of Diesel's or of the prelude's.
macro_rules! structs_called {
    ($($test:ident $name:ident;)+) => {$(
        mod $test {
            use super::*;

            #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
            #[diesel(table_name = gadgets)]
            #[occ(tracked)]
            pub struct $name {
                id: i32,
                name: String,
                version: i32,
            }

            life! {
                $name => gadgets: GADGETS;
                by |it| gadgets::id.eq(it.id);
                edit |it| it.name = "new".into();
                theirs |it| it.name = "new".into();
            }
        }
    )+};
}

structs_called! {
    field Field;
    columns Columns;
    table Table;
    backend Backend;
    tracked Tracked;
    result Result;
    error Error;
    letter A;
    visitor Visitor;
    string String_;
}
