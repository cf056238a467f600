//! What the help lines about the primary key advise.

use diesel::prelude::*;
use occ_runtime::LocksOn;
use occ_runtime::prelude::*;

/// help: add the field, or name another key: `#[diesel(primary_key(sku))]`
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

/// help: add the field, or name another key: `#[diesel(primary_key(id))]`
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

/// help: name them: `#[diesel(primary_key(id))]`
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

fn saves<M: LocksOn<SqliteConnection>>() {}

fn main() {
    saves::<another_key::Product>();
    saves::<added_field::Product>();
    saves::<named_columns::Product>();
}
