//! What is rarer still.

use diesel::prelude::*;
use occ_runtime::prelude::*;

diesel::table! { things (id) { id -> Integer, name -> Text, #[sql_name = "note"] r#type -> Nullable<Text>, size -> Integer, version -> Integer } }

const THINGS: &str =
    "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT, note TEXT, size INTEGER, version INTEGER);
                      INSERT INTO things VALUES (1, 'a', NULL, 1, 1), (2, 'b', 'n', 2, 1);";

/// The target of a conversion has a lifetime too.
mod converted_into_something_borrowed {
    use super::*;
    use std::borrow::Cow;

    #[derive(Clone, Debug, PartialEq)]
    struct Name<'a>(&'a str);

    impl<'a> From<Name<'a>> for Cow<'a, str> {
        fn from(it: Name<'a>) -> Self {
            Cow::Borrowed(it.0)
        }
    }

    #[derive(Clone, Debug, PartialEq, AsChangeset, OptimisticLock)]
    #[diesel(table_name = things)]
    #[occ(tracked)]
    struct Thing<'a> {
        id: i32,
        #[diesel(serialize_as = Cow<'a, str>)]
        name: Name<'a>,
        #[diesel(serialize_as = Option<Cow<'a, str>>, treat_none_as_null = true)]
        #[diesel(column_name = r#type)]
        kind: Option<Cow<'a, str>>,
        version: i32,
    }

    life! {
        Thing<'static> => things: THINGS;
        from |_conn| (1..3).map(|id| Thing { id, name: Name("n"), kind: None, version: 1 }).collect();
        by |it| things::id.eq(it.id);
        edit |it| it.name = Name("new");
        theirs |it| it.kind = Some("kind".into());
    }
}

/// As a formatter leaves it.
mod with_commas_everywhere {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = things,)]
    #[diesel()]
    #[diesel(primary_key(id,), check_for_backend(diesel::sqlite::Sqlite,), treat_none_as_null = true)]
    #[occ(tracked)]
    struct Thing {
        id: i32,
        #[diesel(column_name = name,)]
        #[diesel()]
        #[occ(merge = mine,)]
        name: String,
        version: i32,
    }

    life! {
        Thing => things: THINGS;
        by |it| things::id.eq(it.id);
        edit |it| it.name = "new".into();
        theirs |it| it.name = "new".into();
    }
}

/// Also like what a prelude brings.
mod columns_called_like_crates_and_types {
    use super::*;

    diesel::table! { crates (std) { std -> Integer, core -> Text, serde -> Text, occ_runtime -> Integer, alloc -> Integer, String -> Integer, Option -> Integer, version -> Integer } }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = crates, primary_key(std))]
    #[occ(tracked)]
    #[allow(non_snake_case)]
    struct Crate {
        std: i32,
        core: String,
        serde: String,
        occ_runtime: i32,
        alloc: i32,
        String: i32,
        Option: i32,
        version: i32,
    }

    life! {
        Crate => crates: "CREATE TABLE crates (std INTEGER PRIMARY KEY, core TEXT, serde TEXT, occ_runtime INTEGER, alloc INTEGER, String INTEGER, Option INTEGER, version INTEGER);
                          INSERT INTO crates VALUES (1, 'a', 'b', 1, 1, 1, 1, 1), (2, 'a', 'b', 1, 1, 1, 1, 1);";
        by |it| crates::std.eq(it.std);
        edit |it| (it.serde, it.String) = ("new".into(), 8);
        theirs |it| (it.occ_runtime, it.Option) = (5, 7);
    }
}

/// By `$crate`.
mod table_of_the_crate_of_the_macro {
    use super::*;

    macro_rules! model {
        ($name:ident, $table:ident) => {
            #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
            #[diesel(table_name = $crate::rare::$table)]
            #[occ(tracked, crate = ::occ_runtime)]
            struct $name {
                id: i32,
                name: std::string::String,
                version: i32,
            }
        };
    }

    model!(Thing, things);

    life! {
        Thing => things: THINGS;
        by |it| things::id.eq(it.id);
        edit |it| it.name = "new".into();
        theirs |it| it.name = "new".into();
    }
}

/// And the table by `self`.
mod derived_under_another_name {
    use super::*;
    use occ_runtime::OptimisticLock as Guarded;

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, Guarded)]
    #[diesel(table_name = self::things)]
    #[occ(tracked)]
    struct Thing {
        id: i32,
        name: String,
        version: i32,
    }

    life! {
        Thing => things: THINGS;
        by |it| things::id.eq(it.id);
        edit |it| it.name = "new".into();
        theirs |it| it.name = "new".into();
    }
}

/// Borrowed of any size.
mod unsized_parameter {
    use super::*;

    #[derive(Debug, OptimisticLock)]
    #[diesel(table_name = things)]
    struct Thing<'a, T: ?Sized> {
        id: i32,
        name: &'a T,
        version: i32,
    }

    impl<T: ?Sized> Clone for Thing<'_, T> {
        fn clone(&self) -> Self {
            Self { ..*self }
        }
    }

    life! {
        Thing<'static, str> => things: THINGS;
        from |_conn| (1..3).map(|id| Thing { id, name: "n", version: 1 }).collect();
        by |it| things::id.eq(it.id) => (things::name.eq(it.name), things::version.eq(it.version));
        edit |it| it.name = "new";
    }
}

/// Neither shared between threads nor shown.
mod what_is_no_column_is_anything {
    use super::*;

    #[derive(Default)]
    struct Cache(std::cell::RefCell<Vec<*const u8>>, std::cell::OnceCell<Box<dyn Fn() -> i32>>);

    #[derive(AsChangeset, OptimisticLock)]
    #[diesel(table_name = things)]
    struct Thing {
        id: i32,
        name: String,
        #[diesel(skip_update)]
        cache: Cache,
        version: i32,
    }

    life! {
        Thing => things: THINGS;
        from |_conn| (1..3).map(|id| Thing { id, name: "n".into(), cache: Cache::default(), version: 1 }).collect();
        by |it| things::id.eq(it.id) => it;
        edit |it| it.name = "new".into();
    }
}

/// Diesel derives no changeset here, but reads.
mod where_on_the_struct {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
    #[diesel(table_name = things)]
    #[occ(tracked)]
    struct Thing<'long, 'short, const N: usize>
    where
        Self: Sized,
        'long: 'short,
        [u8; N]: Default,
        String: 'short,
    {
        id: i32,
        name: std::borrow::Cow<'short, str>,
        #[diesel(column_name = r#type)]
        note: Option<std::borrow::Cow<'long, str>>,
        version: i32,
    }

    life! {
        Thing<'static, 'static, 3> => things: THINGS;
        from |_conn| (1..3).map(|id| Thing { id, name: "n".into(), note: None, version: 1 }).collect();
        by |it| things::id.eq(it.id)
            => (things::name.eq(it.name.to_string()), things::r#type.eq(it.note.clone()), things::version.eq(it.version));
        edit |it| it.name = "new".into();
        theirs |it| it.note = Some("new".into());
    }
}

/// Keys of Diesel that are expressions.
mod commas_in_expressions {
    use super::*;
    use diesel::dsl::sql;
    use diesel::expression::SqlLiteral;
    use diesel::sql_types::BigInt;

    fn pick<const A: usize, const B: usize>() -> SqlLiteral<BigInt> {
        sql("7")
    }

    fn of<T: ?Sized, U: ?Sized>() -> SqlLiteral<BigInt> {
        sql("7")
    }

    #[derive(Clone, Debug, PartialEq, HasQuery, AsChangeset, OptimisticLock)]
    #[diesel(table_name = things, base_query = things::table.filter(things::size.gt(0_i32)).order_by((things::id, things::name)))]
    #[occ(tracked)]
    struct Thing {
        id: i32,
        name: String,
        #[diesel(skip_update, select_expression = of::<str, i32>(), select_expression_type = SqlLiteral<BigInt>)]
        first: i64,
        version: i32,
    }

    life! {
        Thing => things: THINGS;
        by |it| things::id.eq(it.id);
        edit |it| it.name = "new".into();
        theirs |it| it.name = "new".into();
    }

    mod of_constants {
        use super::super::*;
        use super::*;

        #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
        #[diesel(table_name = things)]
        struct Thing {
            id: i32,
            name: String,
            #[diesel(skip_update, select_expression = pick::<3, 4>(), select_expression_type = SqlLiteral<BigInt>)]
            second: i64,
            #[diesel(skip_update, select_expression = of::<i32, [u8]>(), select_expression_type = SqlLiteral<BigInt>)]
            third: i64,
            #[diesel(skip_update, select_expression = of::<i32, &'static str>(), select_expression_type = SqlLiteral<BigInt>)]
            fourth: i64,
            version: i32,
        }
    }
}

/// A value that stays on its thread.
mod not_send {
    use super::*;
    use std::rc::Rc;

    #[derive(Clone, Debug, PartialEq, diesel::expression::AsExpression)]
    #[diesel(sql_type = diesel::sql_types::Text)]
    struct Shared(Rc<str>);

    impl From<Rc<str>> for Shared {
        fn from(it: Rc<str>) -> Self {
            Self(it)
        }
    }

    impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::sqlite::Sqlite> for Shared {
        fn to_sql<'b>(
            &'b self,
            out: &mut diesel::serialize::Output<'b, '_, diesel::sqlite::Sqlite>,
        ) -> diesel::serialize::Result {
            out.set_value(&*self.0);
            Ok(diesel::serialize::IsNull::No)
        }
    }

    mod as_it_is {
        use super::super::*;
        use super::*;

        #[derive(Clone, Debug, PartialEq, AsChangeset, OptimisticLock)]
        #[diesel(table_name = things)]
        #[occ(tracked)]
        struct Thing {
            id: i32,
            name: Shared,
            version: i32,
        }

        life! {
            Thing => things: THINGS;
            from |_conn| (1..3).map(|id| Thing { id, name: Shared("n".into()), version: 1 }).collect();
            by |it| things::id.eq(it.id);
            edit |it| it.name = Shared("new".into());
            theirs |it| it.name = Shared("new".into());
        }
    }
}

/// What is no column may name the struct itself.
mod self_in_a_field_that_is_skipped {
    use super::*;
    use std::marker::PhantomData;

    #[derive(Clone, Debug, PartialEq, AsChangeset, OptimisticLock)]
    #[diesel(table_name = things)]
    #[occ(tracked)]
    struct Thing {
        id: i32,
        name: String,
        #[diesel(skip_update)]
        me: PhantomData<fn() -> Self>,
        version: i32,
    }

    life! {
        Thing => things: THINGS;
        from |_conn| (1..3).map(|id| Thing { id, name: "n".into(), me: PhantomData, version: 1 }).collect();
        by |it| things::id.eq(it.id);
        edit |it| it.name = "new".into();
        theirs |it| it.name = "new".into();
    }
}
