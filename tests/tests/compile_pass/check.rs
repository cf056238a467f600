//! What the help lines about tables without a version advise.

use diesel::prelude::*;
use occ_runtime::{Error, Tracked, prelude::*, bound::ExactEquality};

diesel::table! {
    pages (id) {
        id -> Integer,
        slug -> Text,
        title -> Nullable<Text>,
        weight -> Double,
    }
}

/// for a table that cannot get one, put `#[occ(check = all)]` above the struct
/// note: leave the field out of the check, if nothing is lost by that: `#[occ(unchecked)]` above it
/// if its table has no version, save a `Tracked<Page>`
mod unchecked {
    use super::*;

    #[derive(Clone, Queryable, Selectable, OptimisticLock)]
    #[diesel(table_name = pages)]
    #[occ(check = all)]
    pub struct Page {
        id: i32,
        title: Option<String>,
        #[occ(unchecked)]
        weight: f64,
    }

    pub fn save_and_delete(conn: &mut SqliteConnection) -> Result<(), Error> {
        let mut page = pages::table.select(Tracked::<Page>::as_select()).first(conn)?;
        page.save_optimistic(conn)?;
        page.delete_optimistic(conn)
    }
}

/// help: leave it out of the check, if nothing is lost by that: `#[occ(unchecked)]`
mod left_alone {
    use super::*;

    #[derive(Clone, OptimisticLock)]
    #[diesel(table_name = pages)]
    #[occ(check = dirty)]
    pub struct Page {
        id: i32,
        slug: String,
        #[diesel(treat_none_as_null = false)]
        #[occ(unchecked)]
        title: Option<String>,
    }
}

/// help: remove it; to keep a field out of saves: `#[occ(unversioned)]`
/// note: mark the field that a save is to leave alone: `#[occ(unversioned)]`
mod unversioned {
    use super::*;

    diesel::table! { products (id) { id -> Integer, views -> Integer, version -> Integer } }

    #[derive(OptimisticLock)]
    pub struct Product {
        id: i32,
        #[occ(unversioned)]
        views: i32,
        version: i32,
    }

    pub fn see(product: &Product, conn: &mut SqliteConnection) -> Result<(), Error> {
        product.save_unversioned(conn)
    }
}

/// if the column is something else, say so: `#[occ(version = false)]`
mod called_version {
    use super::*;

    diesel::table! {
        releases (id) { id -> Integer, name -> Text, version -> Text, lock_version -> Integer }
    }

    #[derive(Clone, OptimisticLock)]
    #[occ(check = all)]
    pub struct Release {
        id: i32,
        name: String,
        #[occ(version = false)]
        version: String,
    }

    pub mod beside_another {
        use super::*;

        #[derive(OptimisticLock)]
        pub struct Release {
            id: i32,
            #[occ(version = false)]
            version: String,
            #[occ(version)]
            lock_version: i32,
        }
    }
}

/// note: for a SQL type of your own: `impl occ_runtime::bound::ExactEquality for MyType {}`
mod of_ones_own {
    use super::*;

    #[derive(diesel::sql_types::SqlType)]
    pub struct MyType;

    impl ExactEquality for MyType {}
}

fn main() {}
