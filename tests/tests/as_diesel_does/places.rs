//! Structs where one would not look for them, with parameters and fields that a macro might trip over.

use diesel::prelude::*;
use occ_runtime::prelude::*;

diesel::table! { things (id) { id -> Integer, name -> Text, note -> Nullable<Text>, size -> Integer, version -> Integer } }

const THINGS: &str =
    "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT, note TEXT, size INTEGER, version INTEGER);
     INSERT INTO things VALUES (1, 'a', NULL, 1, 1), (2, 'b', 'n', 2, 1);";

const IN_A_CONSTANT: i32 = {
    #[derive(OptimisticLock)]
    #[diesel(table_name = things)]
    struct Thing {
        id: i32,
        version: i32,
    }
    let it = Thing { id: 1, version: 2 };
    it.id + it.version
};

static IN_A_CLOSURE: fn() -> &'static str = || {
    #[derive(OptimisticLock)]
    #[diesel(table_name = things)]
    struct Thing {
        id: i32,
        version: i32,
    }
    Thing::table_name()
};

trait Named {
    fn named() -> &'static str {
        #[derive(OptimisticLock)]
        #[diesel(table_name = things)]
        struct Thing {
            id: i32,
            version: i32,
        }
        Thing::table_name()
    }
}

impl<T> Named for Vec<T> {
    fn named() -> &'static str {
        #[derive(Clone, OptimisticLock)]
        #[diesel(table_name = things)]
        #[occ(tracked)]
        struct Thing<T: Clone> {
            id: i32,
            #[diesel(skip_update)]
            it: Option<T>,
            version: i32,
        }
        Thing::<i32>::table_name()
    }
}

impl Named for u8 {}

/// The length of an array.
fn in_a_type() -> [u8; {
    #[derive(OptimisticLock)]
    #[diesel(table_name = things)]
    struct Thing {
        id: i32,
        version: i32,
    }
    Thing { id: 1, version: 2 }.version.unsigned_abs() as usize
}] {
    [0, 0]
}

#[test]
fn in_bodies() {
    assert_eq!(IN_A_CONSTANT, 3);
    assert_eq!((IN_A_CLOSURE(), <Vec<i32>>::named(), u8::named()), ("things", "things", "things"));
    assert_eq!(in_a_type().len(), 2);
}

/// Seen as far as some module above.
mod deep {
    pub(super) mod deeper {
        use diesel::prelude::*;
        use occ_runtime::prelude::*;

        #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
        #[diesel(table_name = super::super::things)]
        #[occ(tracked)]
        pub(in crate::places) struct Thing {
            pub(in super::super) id: i32,
            pub(in crate::places::deep) name: String,
            pub(super) note: Option<String>,
            size: i32,
            pub(in crate::places) version: i32,
        }

        mod test {
            use super::super::super::{THINGS, things};
            use super::*;

            life! {
                Thing => things: THINGS;
                by |it| things::id.eq(it.id)
                    => (things::name.eq(it.name.clone()), things::note.eq(it.note.clone()), things::size.eq(it.size), things::version.eq(it.version));
                edit |it| it.name.push('!');
                theirs |it| it.size += 1;
            }
        }
    }
}

/// Fragments of every kind, handed on by a second macro.
mod two_layers_of_macros {
    use super::*;

    macro_rules! outer {
        ($($tokens:tt)*) => { inner! { $($tokens)* } };
    }

    macro_rules! inner {
        (
            $(#[$meta:meta])* $vis:vis struct $name:ident in $table:path {
                key: $key:ty,
                $text:ident: $text_type:path,
                $maybe:ident: Option<$content:ty>, $treat:literal,
                $version:ident by $generator:ty
            }
        ) => {
            $(#[$meta])*
            #[derive(Clone, Debug, PartialEq, AsChangeset, OptimisticLock)]
            #[diesel(table_name = $table)]
            #[occ(tracked)]
            $vis struct $name {
                id: $key,
                #[occ(merge = theirs)]
                $text: $text_type,
                #[diesel(treat_none_as_null = $treat)]
                $maybe: Option<$content>,
                #[occ(version, generator = $generator)]
                $version: $key,
            }
        };
    }

    outer! {
        #[derive(Queryable, Selectable)]
        #[doc = "With documentation."]
        pub(super) struct Thing in crate::places::things {
            key: i32,
            name: std::string::String,
            note: Option<String>, true,
            version by occ_runtime::Increment
        }
    }

    life! {
        Thing => things: THINGS;
        by |it| things::id.eq(it.id);
        edit |it| it.note = Some("new".into());
        theirs |it| it.name.push('!');
    }
}

/// The fields come from one macro, the struct from another.
mod fields_by_a_callback {
    use super::*;

    macro_rules! with_fields {
        ($callback:ident) => {
            $callback! { id: i32, name: String, size: i32, version: i32 }
        };
    }

    macro_rules! make {
        ($($field:ident: $ty:ty),*) => {
            #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
            #[diesel(table_name = things)]
            #[occ(tracked)]
            struct Thing { $($field: $ty),* }
        };
    }

    with_fields!(make);

    life! {
        Thing => things: THINGS;
        by |it| things::id.eq(it.id);
        edit |it| it.name.push('!');
        theirs |it| it.size += 1;
    }
}

/// Called like what generated code has of its own, and of each kind.
mod parameters {
    use super::*;
    use std::marker::PhantomData;

    #[derive(Debug, OptimisticLock)]
    #[diesel(table_name = things)]
    struct Thing<'a, 'b, DB, V, const A: usize, const B: bool>
    where
        'a: 'b,
    {
        id: i32,
        name: &'a str,
        note: Option<&'b str>,
        #[diesel(skip_update)]
        nothing: PhantomData<(DB, V)>,
        version: i32,
    }

    life! {
        Thing<'static, 'static, String, (), 3, true> => things: THINGS;
        from |_conn| (1..3).map(|id| Thing { id, name: "n", note: None, nothing: PhantomData, version: 1 }).collect();
        by |it| things::id.eq(it.id) => (things::name.eq(it.name), things::note.eq(it.note), things::version.eq(it.version));
        edit |it| it.note = Some("new");
    }
}

/// A field that some want no more, under a lint that forbids to use it.
#[deny(warnings)]
mod deprecated_field {
    use super::*;

    #[derive(Clone, Debug, OptimisticLock)]
    #[diesel(table_name = things)]
    #[occ(tracked)]
    #[doc(hidden)]
    #[repr(C)]
    pub struct Thing {
        pub id: i32,
        #[deprecated(note = "use `note`")]
        pub name: String,
        #[doc(hidden)]
        pub note: Option<String>,
        pub version: i32,
    }
}

/// It is dropped in a way of its own, and holds what is neither `Send` nor of one lifetime.
mod dropped_by_hand {
    use super::*;

    type Anything = Box<dyn for<'x> FnMut(&'x str) -> &'x str>;

    #[derive(OptimisticLock)]
    #[diesel(table_name = things)]
    struct Thing {
        id: i32,
        name: String,
        #[diesel(skip_update)]
        anything: Option<Anything>,
        version: i32,
    }

    impl Drop for Thing {
        fn drop(&mut self) {
            self.name.clear();
        }
    }

    life! {
        Thing => things: THINGS;
        from |_conn| (1..3).map(|id| Thing { id, name: "n".into(), anything: None, version: 1 }).collect();
        by |it| things::id.eq(it.id) => (things::name.eq(it.name.clone()), things::version.eq(it.version));
        edit |it| it.name.push('!');
    }
}
