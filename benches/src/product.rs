//! The row that everyone saves, and the structs that hold it where a library derives nothing unusual.

use diesel::prelude::*;
use diesel_versioning::{Versioned, VersionedAsync};
use occ_runtime::OptimisticLock;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        note -> Nullable<Text>,
        quantity -> Integer,
        price -> Double,
        version -> Integer,
    }
}

/// A struct with the fields of the table.
pub trait Product: Send {
    /// As it is after [`fill`](crate::database::Database::fill), at whatever version.
    fn at(row: usize, version: i32) -> Self;
    /// What a user would change before each save. The sum of all quantities tells whether the saves came through.
    fn change(&mut self);
}

pub fn load<P: Product>(rows: usize, version: i32) -> Vec<P> {
    (0..rows).map(|row| P::at(row, version)).collect()
}

pub fn key(row: usize) -> i32 {
    i32::try_from(row).unwrap() + 1
}

pub fn name(row: usize) -> String {
    format!("product number {}", key(row))
}

/// Every other product has none.
pub fn note(row: usize) -> Option<String> {
    row.is_multiple_of(2).then(|| "kept dry, away from the window".to_owned())
}

pub const PRICE: f64 = 12.5;

macro_rules! product {
    ($(#[$on_struct:meta])* $struct:ident $(, #[$on_version:meta])?) => {
        $(#[$on_struct])*
        pub struct $struct {
            pub id: i32,
            pub name: String,
            pub note: Option<String>,
            pub quantity: i32,
            pub price: f64,
            $(#[$on_version])?
            pub version: i32,
        }

        impl Product for $struct {
            fn at(row: usize, version: i32) -> Self {
                Self { id: key(row), name: name(row), note: note(row), quantity: 0, price: PRICE, version }
            }

            fn change(&mut self) {
                self.quantity += 1;
            }
        }
    };
}

product! {
    #[derive(OptimisticLock)]
    #[diesel(table_name = products)]
    Occ
}

product! {
    // NULL for `None`, as all others here.
    #[derive(AsChangeset)]
    #[diesel(table_name = products, treat_none_as_null = true)]
    ByHand, #[diesel(skip_update)]
}

product! {
    // Its derive drops an attribute in which it does not know every key, so the last one stands alone.
    #[derive(AsChangeset, Identifiable, Versioned)]
    #[diesel(table_name = products)]
    #[diesel(check_for_backend(diesel::sqlite::Sqlite))]
    #[cfg_attr(feature = "postgres", diesel(check_for_backend(diesel::pg::Pg)))]
    #[cfg_attr(feature = "mysql", diesel(check_for_backend(diesel::mysql::Mysql)))]
    #[diesel(treat_none_as_null = true)]
    DieselVersioning, #[version]
}

product! {
    #[derive(AsChangeset, Identifiable, VersionedAsync)]
    #[diesel(table_name = products)]
    #[diesel(check_for_backend(diesel::sqlite::Sqlite, diesel::pg::Pg, diesel::mysql::Mysql))]
    #[diesel(treat_none_as_null = true)]
    DieselVersioningAsync, #[version]
}

product! {
    /// For libraries that are handed one value after the other.
    Plain
}
