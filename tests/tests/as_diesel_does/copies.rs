//! Fields that are only read, of a column that another field holds.

use diesel::prelude::*;
use occ_runtime::prelude::*;

diesel::table! { things (id) { id -> Integer, name -> Text, note -> Nullable<Text>, size -> Integer, version -> Integer } }

const THINGS: &str =
    "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT, note TEXT, size INTEGER, version INTEGER);
                      INSERT INTO things VALUES (1, 'a', NULL, 1, 1), (2, 'b', 'n', 2, 7);";

/// After what is written, and more than one of it.
mod of_values {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = things, treat_none_as_null = true)]
    #[occ(tracked)]
    struct Thing {
        id: i32,
        name: String,
        #[diesel(column_name = name, skip_update)]
        as_loaded: String,
        #[diesel(skip_update, column_name = "name")]
        once_more: String,
        note: Option<String>,
        #[diesel(column_name = note)]
        #[diesel(skip_update)]
        note_before: Option<String>,
        version: i32,
    }

    life! {
        Thing => things: THINGS;
        by |it| things::id.eq(it.id);
        edit |it| { it.name = "new".into(); it.as_loaded = "ignored".into(); it.note_before = Some("ignored".into()) };
        theirs |it| it.note = Some("theirs".into());
    }
}

/// Before what is written, also of the key and of the version.
mod of_each_role {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = things)]
    #[occ(tracked)]
    struct Thing {
        #[diesel(column_name = version, skip_update)]
        loaded_at: i32,
        #[diesel(column_name = id, skip_update)]
        number: i32,
        #[diesel(column_name = name, skip_update)]
        old_name: String,
        version: i32,
        id: i32,
        name: String,
    }

    life! {
        Thing => things: THINGS;
        by |it| things::id.eq(it.id);
        edit |it| { it.name = "new".into(); it.number = 77; it.loaded_at = 77; it.old_name = "ignored".into() };
        theirs |it| it.name = "new".into();
    }
}

/// What is computed of a column, and of another type than it.
mod computed {
    use super::*;
    use diesel::dsl::{Eq, Mul};

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = things)]
    #[occ(tracked)]
    struct Thing {
        #[diesel(column_name = id, skip_update, select_expression = things::id.eq(1), select_expression_type = Eq<things::id, i32>)]
        is_first: bool,
        id: i32,
        #[diesel(column_name = size, skip_update)]
        #[diesel(select_expression = things::size * 2, select_expression_type = Mul<things::size, i32>)]
        twice: i32,
        size: i32,
        #[occ(version)]
        #[diesel(column_name = version)]
        revision: i32,
        #[diesel(skip_update, select_expression = things::version.eq(1), select_expression_type = Eq<things::version, i32>)]
        version: bool,
    }

    life! {
        Thing => things: THINGS;
        by |it| things::id.eq(it.id);
        edit |it| { it.size = 5; it.twice = -1; it.is_first ^= true; it.version ^= true };
        theirs |it| it.size = 5;
    }
}

/// Two that are read, and none that is written.
mod of_what_is_never_written {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = things)]
    #[occ(tracked)]
    struct Thing(
        #[diesel(column_name = id)] i32,
        #[diesel(column_name = name)] String,
        #[diesel(column_name = note, skip_update)] Option<String>,
        #[diesel(column_name = note, skip_update)] Option<String>,
        #[diesel(column_name = version)] i32,
    );

    life! {
        Thing => things: THINGS;
        by |it| things::id.eq(it.0);
        edit |it| (it.1, it.2) = ("new".into(), Some("ignored".into()));
        theirs |it| (it.1, it.3) = ("new".into(), Some("ignored".into()));
    }
}
