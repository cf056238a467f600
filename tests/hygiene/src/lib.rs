//! Compiling this crate is the test: no prelude, every lint an error, and no crate called `occ_runtime`.
#![deny(warnings, missing_docs, unsafe_code, clippy::all, clippy::pedantic, clippy::nursery)]
#![deny(
    let_underscore_drop,
    meta_variable_misuse,
    missing_copy_implementations,
    missing_debug_implementations,
    non_ascii_idents,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unnameable_types,
    unreachable_pub,
    unused_crate_dependencies,
    unused_extern_crates,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]

pub mod beside;

/// A table.
pub mod schema {
    ::diesel::table! {
        /// A table.
        items (id) {
            /// A key.
            id -> Integer,
            /// Its name.
            name -> Text,
            /// A remark.
            note -> Nullable<Text>,
            /// Moves on.
            version -> BigInt,
        }
    }
}

/// Structs in a module without the prelude. (`table!` above needs it.)
#[no_implicit_prelude]
pub mod model {
    /// A row.
    #[derive(Debug, Clone, ::my_occ::OptimisticLock)]
    #[diesel(table_name = crate::schema::items)]
    #[occ(crate = ::my_occ, tracked)]
    pub struct Item<'a> {
        /// Its key.
        pub id: i32,
        /// Its name.
        pub name: &'a str,
        /// What there is to say.
        #[occ(secret, merge = theirs)]
        pub note: ::std::option::Option<::std::string::String>,
        /// Moves on.
        #[occ(version, generator = ::my_occ::Increment)]
        pub version: i64,
    }

    /// A row whose table has no version.
    #[derive(Debug, Clone, ::my_occ::OptimisticLock)]
    #[diesel(table_name = crate::schema::items)]
    #[occ(crate = ::my_occ, check = all)]
    pub struct Unversioned {
        /// Its key.
        pub id: i32,
        /// Its name.
        pub name: ::std::string::String,
        /// What there is to say.
        #[occ(unchecked)]
        pub note: ::std::option::Option<::std::string::String>,
    }

    /// A row of which a save leaves something alone.
    #[derive(Debug, ::my_occ::OptimisticLock)]
    #[diesel(table_name = crate::schema::items)]
    #[occ(crate = ::my_occ)]
    pub struct Partly {
        /// Its key.
        pub id: i32,
        /// What there is to say.
        #[occ(unversioned)]
        pub note: ::std::option::Option<::std::string::String>,
        /// Moves on.
        pub version: i64,
    }

    /// A private row, in a function.
    #[must_use]
    pub fn in_a_function() -> &'static str {
        use ::my_occ::OptimisticLock;

        #[derive(OptimisticLock)]
        #[diesel(table_name = crate::schema::items, treat_none_as_null = false)]
        #[occ(crate = ::my_occ)]
        struct Item {
            id: i32,
            note: ::std::option::Option<::std::string::String>,
            version: i64,
        }

        let item = Item { id: 1, note: ::std::option::Option::None, version: 1 };
        if item.note.is_none() && item.id > 0 { <Item as OptimisticLock>::table_name() } else { "" }
    }
}
