//! What is advised about the primary key.

use diesel::prelude::*;
use occ_runtime::SavesOn;
use occ_runtime::prelude::*;

/// write `#[diesel(primary_key(sku))]`
mod another_key {
    use super::*;

    diesel::table! {
        products (sku) {
            sku -> Text,
            name -> Text,
            version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    #[diesel(primary_key(sku))]
    pub struct Product {
        sku: String,
        name: String,
        version: i32,
    }
}

/// add to `Product` itself a field for `tenant`
mod added_field {
    use super::*;

    diesel::table! {
        products (tenant, id) {
            tenant -> Integer,
            id -> Integer,
            name -> Text,
            version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    #[diesel(primary_key(tenant, id))]
    pub struct Product {
        tenant: i32,
        id: i32,
        name: String,
        version: i32,
    }
}

/// one in an embedded struct is not seen: move it from there to `Disk` itself: `id`
mod added_field_beside_the_embedded_one {
    use super::*;

    diesel::table! {
        disks (id) {
            id -> Integer,
            name -> Text,
            size -> Integer,
            version -> Integer,
        }
    }

    #[derive(AsChangeset)]
    #[diesel(table_name = disks)]
    pub struct Identity {
        id: i32,
        name: String,
    }

    #[derive(OptimisticLock)]
    pub struct Disk {
        id: i32,
        #[diesel(embed)]
        identity: Identity,
        size: i32,
        version: i32,
    }
}

/// write `#[diesel(primary_key(id))]`
mod named_columns {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            name -> Text,
            version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    #[diesel(primary_key(id))]
    pub struct Product {
        id: i32,
        name: String,
        version: i32,
    }
}

/// write `#[diesel(primary_key(order_id, line))]`
/// add to `Line` itself a field for `line`, and write `#[diesel(primary_key(order_id, line))]`
/// help: write `#[diesel(primary_key(order_id, line))]`
mod whole_key {
    use super::*;

    diesel::table! {
        lines (order_id, line) {
            order_id -> Integer,
            line -> Integer,
            version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    #[diesel(primary_key(order_id, line))]
    pub struct Line {
        order_id: i32,
        line: i32,
        version: i32,
    }
}

/// or, if (order_id) is unique in the database, `#[occ(unique_key)]`
mod unique_key {
    use super::*;

    diesel::table! {
        lines (order_id, line) {
            order_id -> Integer,
            line -> Integer,
            version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    #[diesel(primary_key(order_id))]
    #[occ(unique_key)]
    pub struct Line {
        order_id: i32,
        line: i32,
        version: i32,
    }
}

/// `unique_key` does nothing where a row is found by the primary key of its table, and that of `lines` is (order_id, line): remove it
mod removed {
    use super::*;

    diesel::table! {
        lines (order_id, line) {
            order_id -> Integer,
            line -> Integer,
            version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    #[diesel(primary_key(line, order_id))]
    pub struct Line {
        order_id: i32,
        line: i32,
        version: i32,
    }
}

/// write `#[diesel(primary_key(kind, number))]`
mod other_names {
    use super::*;

    pub mod schema {
        diesel::table! {
            shop.things (kind, number) {
                #[sql_name = "type"]
                kind -> Text,
                #[sql_name = "no"]
                number -> Integer,
                version -> Integer,
            }
        }
    }

    #[derive(OptimisticLock)]
    #[diesel(table_name = schema::things)]
    #[diesel(primary_key(kind, number))]
    pub struct Thing<'a, T> {
        number: T,
        #[diesel(column_name = kind)]
        sort: &'a str,
        version: i32,
    }
}

/// give the version a column of its own
mod apart_from_the_version {
    use super::*;

    diesel::table! {
        products (id, version) {
            id -> Integer,
            version -> Integer,
            name -> Text,
            revision -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    #[diesel(primary_key(id, version))]
    pub struct Product {
        id: i32,
        version: i32,
        name: String,
        #[occ(version)]
        revision: i32,
    }
}

// More columns than the table's key are as unique as that.
mod more_than_the_key {
    use super::*;

    diesel::table! {
        products (id) {
            tenant -> Integer,
            id -> Integer,
            name -> Text,
            version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    #[diesel(primary_key(tenant, id))]
    pub struct Product {
        tenant: i32,
        id: i32,
        name: String,
        version: i32,
    }
}

// A table without a version.
mod without_a_version {
    use super::*;

    diesel::table! {
        lines (order_id, line) {
            order_id -> Integer,
            line -> Integer,
            amount -> Integer,
        }
    }

    #[derive(Clone, OptimisticLock)]
    #[diesel(primary_key(line, order_id))]
    #[occ(check = all)]
    pub struct Line {
        order_id: i32,
        line: i32,
        amount: i32,
    }
}

// Keys of one to eight columns, each named backwards.
macro_rules! keys {
    ($($module:ident ($($column:ident),+) ($($backwards:ident),+);)+) => {
        $(
            mod $module {
                use super::*;

                diesel::table! {
                    products ($($column),+) {
                        $($column -> Integer,)+
                        name -> Text,
                        version -> Integer,
                    }
                }

                #[derive(OptimisticLock)]
                #[diesel(primary_key($($backwards),+))]
                pub struct Product {
                    version: i32,
                    $($column: i32,)+
                    name: String,
                }
            }
        )+

        fn keys() {
            $(
                saves::<$module::Product>();
                const { assert!(!$module::Product::UNIQUE_KEY) };
            )+
        }
    };
}

keys! {
    one (a) (a);
    two (a, b) (b, a);
    three (a, b, c) (c, b, a);
    four (a, b, c, d) (d, c, b, a);
    five (a, b, c, d, e) (e, d, c, b, a);
    six (a, b, c, d, e, f) (f, e, d, c, b, a);
    seven (a, b, c, d, e, f, g) (g, f, e, d, c, b, a);
    eight (a, b, c, d, e, f, g, h) (h, g, f, e, d, c, b, a);
}

fn saves<M: SavesOn<SqliteConnection>>() {}

fn main() {
    keys();
    saves::<another_key::Product>();
    saves::<added_field::Product>();
    saves::<added_field_beside_the_embedded_one::Disk>();
    saves::<named_columns::Product>();
    saves::<whole_key::Line>();
    saves::<unique_key::Line>();
    saves::<removed::Line>();
    saves::<other_names::Thing<'_, i32>>();
    saves::<apart_from_the_version::Product>();
    saves::<more_than_the_key::Product>();
    const { assert!(unique_key::Line::UNIQUE_KEY && !whole_key::Line::UNIQUE_KEY) };
    let _: fn(&without_a_version::Line) -> &'static str = |_| without_a_version::Line::table_name();
}
