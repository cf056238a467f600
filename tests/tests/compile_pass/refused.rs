//! What is advised where a key or a field was refused.

use diesel::prelude::*;
use occ_runtime::prelude::*;
use occ_runtime::{SavesOn, Trackable};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

/// help: a version in an embedded struct is not seen: move it from there to the struct itself, and mark it there: `#[occ(version)] version: i32`
mod embedded {
    use super::*;

    #[derive(AsChangeset)]
    #[diesel(table_name = products)]
    pub struct Label {
        name: String,
    }

    #[derive(OptimisticLock)]
    pub struct Product {
        id: i32,
        #[diesel(embed)]
        label: Label,
        #[occ(version)]
        version: i32,
    }
}

/// help: name a type that implements `VersionGenerator`: `#[occ(version, generator = Increment)]`
/// help: remove `#[occ(version)]` from all but one of them
mod generator {
    use super::*;

    #[derive(OptimisticLock)]
    pub struct Product {
        id: i32,
        name: String,
        #[occ(version, generator = Increment)]
        version: i32,
    }
}

/// help: write `#[occ(check = all)]`
/// help: remove `unchecked`
mod check {
    use super::*;

    diesel::table! {
        pages (id) {
            id -> Integer,
            title -> Text,
        }
    }

    #[derive(Clone, OptimisticLock)]
    #[occ(check = all)]
    pub struct Page {
        id: i32,
        title: String,
    }
}

/// help: write `#[occ(tracked)]`
mod tracked {
    use super::*;

    #[derive(Clone, OptimisticLock)]
    #[occ(tracked)]
    pub struct Product {
        id: i32,
        name: String,
        version: i32,
    }
}

fn saves<M: SavesOn<SqliteConnection>>() {}

fn is_tracked<M: Trackable>() {}

fn main() {
    saves::<embedded::Product>();
    saves::<generator::Product>();
    is_tracked::<check::Page>();
    is_tracked::<tracked::Product>();
}
