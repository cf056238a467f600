//! Structs beside everything that generated code could take for a name of its own.
//!
//! Each word that the derive uses for a binding is there as a unit struct, a `const`, a `static`, a function, a column of a
//! glob import and a field.

/// Declares the items of one kind, and in the same module a struct with a field for each of them.
macro_rules! beside {
    ($(#[$about:meta])* $module:ident, $item:ident, $table:ident: $($name:ident)*) => {
        $(#[$about])*
        #[allow(non_camel_case_types, non_upper_case_globals, dead_code, reason = "that is what they are called")]
        pub mod $module {
            $(beside! { @item [$item] $name })*
            beside! { @item [$item] version }

            /// A row.
            #[derive(Debug, Clone, Copy, ::my_occ::OptimisticLock)]
            #[diesel(table_name = super::schema::$table)]
            #[occ(crate = ::my_occ, tracked)]
            pub struct Word {
                /// Its key.
                pub id: i32,
                $(
                    /// A word.
                    #[occ(merge = add)]
                    pub $name: i32,
                )*
                /// Moves on.
                #[occ(version)]
                pub version: i32,
            }

            beside! { @converted $table }
        }
    };
    (@converted words) => {
        /// A row whose values are converted.
        #[derive(Debug, Clone, Copy, ::my_occ::OptimisticLock)]
        #[diesel(table_name = super::schema::words, primary_key(key), treat_none_as_null = false)]
        #[occ(crate = ::my_occ, tracked, unique_key)]
        pub struct Converted {
            /// Its key.
            #[diesel(serialize_as = i32)]
            pub key: super::Small,
            /// A word.
            #[diesel(serialize_as = i32)]
            pub value: ::core::option::Option<super::Small>,
            /// A word.
            pub row: ::core::option::Option<i32>,
            /// Moves on.
            pub version: i32,
        }
    };
    (@converted others) => {};
    (@item [unit] $name:ident) => {
        /// Of that name.
        #[derive(Debug, Clone, Copy)]
        pub struct $name;
    };
    (@item [constant] $name:ident) => {
        /// Of that name.
        pub const $name: i64 = 0;
    };
    (@item [variable] $name:ident) => {
        /// Of that name.
        pub static $name: i64 = 0;
    };
    (@item [function] $name:ident) => {
        /// Of that name.
        pub const fn $name() {}
    };
    (@item [glob] version) => {
        #[allow(unused_imports, reason = "nothing takes them")]
        use super::schema::words::dsl::*;
        #[allow(unused_imports, reason = "nothing takes them")]
        use super::schema::others::dsl::*;
    };
    (@item [glob] $name:ident) => {};
}

/// The tables.
pub mod schema {
    ::diesel::table! {
        /// A column for each word.
        words (id) {
            /// A word.
            id -> Integer,
            /// A word.
            version -> Integer,
            /// A word.
            value -> Integer,
            /// A word.
            row -> Integer,
            /// A word.
            a -> Integer,
            /// A word.
            b -> Integer,
            /// A word.
            to -> Integer,
            /// A word.
            from -> Integer,
            /// A word.
            base -> Integer,
            /// A word.
            mine -> Integer,
            /// A word.
            theirs -> Integer,
            /// A word.
            key -> Integer,
        }
    }

    ::diesel::table! {
        /// A column for each word.
        others (id) {
            /// A word.
            id -> Integer,
            /// A word.
            version -> Integer,
            /// A word.
            index -> Integer,
            /// A word.
            visit -> Integer,
            /// A word.
            visitor -> Integer,
            /// A word.
            prepared -> Integer,
            /// A word.
            other -> Integer,
            /// A word.
            all -> Integer,
            /// A word.
            sentence -> Integer,
            /// A word.
            key -> Integer,
            /// A word.
            field -> Integer,
        }
    }
}

/// A number that is stored as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Small(pub i16);

impl From<Small> for i32 {
    fn from(small: Small) -> Self {
        Self::from(small.0)
    }
}

beside! {
    /// Unit structs.
    units, unit, words: value row a b to from base mine theirs
}
beside! {
    /// Unit structs.
    units_too, unit, others: index visit visitor prepared other all sentence key field
}
beside! {
    /// Constants, which a pattern of the same name would compare with.
    constants, constant, words: value row a b to from base mine theirs
}
beside! {
    /// Constants, which a pattern of the same name would compare with.
    constants_too, constant, others: index visit visitor prepared other all sentence key field
}
beside! {
    /// Statics.
    variables, variable, words: value row a b to from base mine theirs
}
beside! {
    /// Statics.
    variables_too, variable, others: index visit visitor prepared other all sentence key field
}
beside! {
    /// Functions.
    functions, function, words: value row a b to from base mine theirs
}
beside! {
    /// Functions.
    functions_too, function, others: index visit visitor prepared other all sentence key field
}
beside! {
    /// The columns themselves.
    columns, glob, words: value row a b to from base mine theirs
}
beside! {
    /// The columns themselves.
    columns_too, glob, others: index visit visitor prepared other all sentence key field
}
