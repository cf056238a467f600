//! What the help lines about items and attributes advise.

use diesel::prelude::*;
use occ_runtime::SavesOn;
use occ_runtime::prelude::*;

/// help: derive it on a struct that mirrors a row: `struct Product { id: i32, version: i32 }`
mod a_row {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    pub struct Product {
        id: i32,
        version: i32,
    }
}

/// help: write `#[occ(version)]` or `#[occ(version, generator = Increment)]`
mod flag {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            lock_version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    pub struct Product {
        id: i32,
        #[occ(version)]
        lock_version: i32,
    }
}

/// help: write `#[occ(version)]` or `#[occ(version, generator = Increment)]`
mod generator {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            lock_version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    pub struct Product {
        id: i32,
        #[occ(version, generator = Increment)]
        lock_version: i32,
    }
}

/// help: write `#[occ(crate = my_occ)]`
mod other_name {
    use super::*;
    use occ_runtime as my_occ;

    diesel::table! {
        products (id) {
            id -> Integer,
            version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    #[occ(crate = my_occ)]
    pub struct Product {
        id: i32,
        version: i32,
    }
}

/// help: write `#[diesel(table_name = products)]`
mod diesels_keys {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            name -> Text,
            version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    #[diesel(table_name = products)]
    pub struct Product {
        id: i32,
        #[diesel(column_name = name)]
        title: String,
        version: i32,
    }
}

fn saves<M: SavesOn<SqliteConnection>>() {}

/// help: write `#[diesel(table_name = items)]`
/// help: write `#[diesel(primary_key(code, shop))]`
/// help: write `#[diesel(treat_none_as_null = false)]`
/// help: write `#[diesel(column_name = label)]`
mod diesel_1 {
    use super::*;

    diesel::table! {
        items (code, shop) {
            code -> Text,
            shop -> Integer,
            label -> Nullable<Text>,
            version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    #[diesel(table_name = items)]
    #[diesel(primary_key(code, shop))]
    #[diesel(treat_none_as_null = false)]
    pub struct Item {
        pub code: String,
        pub shop: i32,
        #[diesel(column_name = label)]
        pub name: Option<String>,
        pub version: i32,
    }
}

fn main() {
    saves::<a_row::Product>();
    saves::<flag::Product>();
    saves::<generator::Product>();
    saves::<other_name::Product>();
    saves::<diesels_keys::Product>();
    saves::<diesel_1::Item>();
}
