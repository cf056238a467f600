//! Structs and parts of them that macros make, and attributes under conditions.

use diesel::prelude::*;
use occ_runtime::prelude::*;

diesel::table! { rows (id) { id -> Integer, name -> Text, note -> Nullable<Text>, size -> Integer, version -> Integer } }

const ROWS: &str =
    "CREATE TABLE rows (id INTEGER PRIMARY KEY, name TEXT, note TEXT, size INTEGER, version INTEGER);
                    INSERT INTO rows VALUES (1, 'a', NULL, 1, 1), (2, 'b', 'n', 2, 1);";

/// Each part by a fragment of its own kind.
mod fragments {
    use super::*;

    macro_rules! entity {
        ($name:ident { $($body:tt)* }) => {
            #[derive(Clone, Debug, PartialEq, AsChangeset, OptimisticLock)]
            #[diesel(table_name = rows, treat_none_as_null = false)]
            #[occ(tracked)]
            pub struct $name { $($body)* }
        };
    }

    macro_rules! optional {
        ($ty:ty) => { Option<$ty> };
    }

    entity!(Row {
        id: i32,
        name: String,
        #[diesel(column_name = "note")]
        text: Option<&'static str>,
        pub(super) size: i32,
        version: i32,
    });

    life! {
        Row => rows: ROWS;
        from |_conn| (1..3).map(|id| Row { id, name: "n".into(), text: None, size: 1, version: 1 }).collect();
        by |it| rows::id.eq(it.id);
        edit |it| it.text = Some("t");
        theirs |it| it.size += 1;
    }

    mod with_types_of_fragments {
        use super::super::*;

        macro_rules! entity {
            ($name:ident, $table:ident, $key:ty, $text:ty, $maybe:ty, $version:ident: $version_ty:ty, $treat:literal) => {
                #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
                #[diesel(table_name = $table, treat_none_as_null = $treat)]
                #[occ(tracked)]
                struct $name {
                    id: $key,
                    name: $text,
                    note: $maybe,
                    $version: $version_ty,
                }
            };
        }

        entity!(Row, rows, i32, String, Option<String>, version: i32, false);

        life! {
            Row => rows: ROWS;
            by |it| rows::id.eq(it.id);
            edit |it| { it.note = None; it.name.push('!') };
            theirs |it| it.note = Some("theirs".into());
        }
    }

    #[allow(unused_parens)]
    mod with_a_type_macro {
        use super::*;

        #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
        #[diesel(table_name = rows)]
        #[occ(tracked)]
        struct Row {
            id: i32,
            name: (String),
            note: optional!(String),
            version: i32,
        }

        life! {
            Row => rows: ROWS;
            by |it| rows::id.eq(it.id) => (rows::name.eq(it.name.clone()), rows::note.eq(it.note.clone()), rows::version.eq(it.version));
            edit |it| it.name.push('!');
            theirs |it| it.note = Some("theirs".into());
        }
    }
}

mod every_fragment {
    use super::*;

    macro_rules! model {
        (
            $(#[$meta:meta])* $vis:vis struct $name:ident<$life:lifetime> of $table:path, key $key:ident {
                $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $ty:ty = $column:ident),* $(,)?
            }
        ) => {
            $(#[$meta])*
            #[diesel(table_name = $table)]
            #[diesel(primary_key($key))]
            $vis struct $name<$life> {
                $($(#[$field_meta])* #[diesel(column_name = $column)] $field_vis $field: $ty,)*
            }
        };
        (both $($tokens:tt)*) => { model! { $($tokens)* } };
    }

    model! {
        both
        #[derive(Clone, Debug, PartialEq, AsChangeset, OptimisticLock)]
        #[occ(tracked)]
        pub(super) struct Row<'a> of super::rows, key id {
            pub(crate) key: i32 = id,
            #[occ(merge = mine)]
            pub text: &'a str = name,
            #[diesel(treat_none_as_null = true)]
            maybe: Option<std::borrow::Cow<'a, str>> = note,
            moves: i32 = version,
        }
    }

    life! {
        Row<'static> => rows: ROWS;
        from |_conn| (1..3).map(|key| Row { key, text: "t", maybe: None, moves: 1 }).collect();
        by |it| rows::id.eq(it.key);
        edit |it| it.maybe = Some("new".into());
        theirs |it| it.text = "theirs";
    }
}

/// Keys given twice, the second under a condition, and fields that are not there.
mod conditions {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    #[cfg_attr(all(), derive(Queryable, Selectable, AsChangeset, OptimisticLock))]
    #[cfg_attr(all(), diesel(table_name = rows), diesel(treat_none_as_null = false))]
    #[cfg_attr(all(), occ(tracked))]
    #[cfg_attr(any(), diesel(table_name = nothing))]
    #[cfg_attr(all(), diesel(treat_none_as_null = true))]
    struct Row {
        #[cfg_attr(all(), diesel(column_name = id))]
        r#key: i32,
        #[cfg(any())]
        gone: Gone,
        #[diesel(column_name = note)]
        #[cfg_attr(all(), diesel(column_name = name))]
        text: String,
        #[cfg_attr(all(), diesel(treat_none_as_null = false))]
        #[cfg_attr(not(any()), diesel(treat_none_as_null = true))]
        note: Option<String>,
        #[cfg(feature = "sqlite")]
        #[cfg_attr(all(), occ(version))]
        version: i32,
    }

    life! {
        Row => rows: ROWS;
        by |it| rows::id.eq(it.key);
        edit |it| it.note = if it.key == 1 { Some("n".into()) } else { None };
        theirs |it| it.text.push('!');
    }
}

/// With documentation, lints and attributes of other derives on everything.
#[deny(warnings)]
mod with_other_attributes {
    use super::*;

    /// A row.
    #[non_exhaustive]
    #[must_use]
    #[repr(C)]
    #[derive(
        Clone,
        Debug,
        PartialEq,
        Eq,
        Hash,
        PartialOrd,
        Ord,
        Default,
        Queryable,
        Selectable,
        AsChangeset,
        OptimisticLock,
    )]
    #[diesel(table_name = rows, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_default_value = false)]
    #[occ(tracked)]
    #[allow(non_snake_case, clippy::struct_field_names)]
    pub struct Row {
        /** A key. */
        #[doc(alias = "key")]
        pub id: i32,
        /// Its name.
        #[doc = "more"]
        #[diesel(column_name = name)]
        pub itsName: String,
        #[allow(unused)]
        pub(crate) size: i32,
        /// Moves on.
        version: i32,
    }

    life! {
        Row => rows: ROWS;
        by |it| rows::id.eq(it.id);
        edit |it| it.itsName.push('!');
        theirs |it| it.size += 1;
    }
}
