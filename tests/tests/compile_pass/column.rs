//! What the help lines about columns advise.

use diesel::prelude::*;
use occ_runtime::SavesOn;
use occ_runtime::prelude::*;

/// note: to leave the column alone: `#[diesel(treat_none_as_null = false)]` above the field
mod left_alone {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            name -> Text,
            version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    pub struct Product {
        id: i32,
        #[diesel(treat_none_as_null = false)]
        name: Option<String>,
        version: i32,
    }
}

/// note: to write NULL: declare the column `Nullable<..>` in `table!`
mod written_as_null {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            name -> Nullable<Text>,
            version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    pub struct Product {
        id: i32,
        name: Option<String>,
        version: i32,
    }
}

/// help: remove one of them, name its column: `#[diesel(column_name = other)]`, or only read it: `#[diesel(skip_update)]`
mod other_column {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            name -> Text,
            other -> Text,
            version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    pub struct Product {
        id: i32,
        name: String,
        #[diesel(column_name = other)]
        title: String,
        version: i32,
    }

    #[derive(OptimisticLock)]
    #[diesel(table_name = products)]
    pub struct Read {
        id: i32,
        name: String,
        #[diesel(column_name = name)]
        #[diesel(skip_update)]
        title: String,
        version: i32,
    }
}

/// help: name it: `#[diesel(column_name = name)]`
mod tuple_struct {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            name -> Text,
            version -> Integer,
        }
    }

    #[derive(OptimisticLock)]
    pub struct Product(
        #[diesel(column_name = id)] i32,
        #[diesel(column_name = name)] String,
        #[diesel(column_name = version)] i32,
    );
}

/// note: add `#[derive(AsChangeset)]` and the same `#[diesel(table_name = ..)]` to `Label`
mod embedded {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            name -> Text,
            version -> Integer,
        }
    }

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
        version: i32,
    }
}

/// note: add `#[derive(AsChangeset)]` and the same `#[diesel(table_name = ..)]` to `Label`
mod embedded_with_a_lifetime {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            name -> Text,
            version -> Integer,
        }
    }

    #[derive(AsChangeset)]
    #[diesel(table_name = products)]
    pub struct Label<'a> {
        name: &'a str,
    }

    #[derive(OptimisticLock)]
    pub struct Product<'a> {
        id: i32,
        #[diesel(embed)]
        label: Label<'a>,
        version: i32,
    }
}

/// note: add `#[derive(Clone)]` to `Colour` and `impl From<Colour> for String`
mod serialize_as {
    use super::*;

    diesel::table! {
        products (id) {
            id -> Integer,
            colour -> Text,
            version -> Integer,
        }
    }

    #[derive(Clone)]
    struct Colour;

    impl From<Colour> for String {
        fn from(_: Colour) -> Self {
            "red".to_owned()
        }
    }

    #[derive(OptimisticLock)]
    pub struct Product {
        id: i32,
        #[diesel(serialize_as = String)]
        colour: Colour,
        version: i32,
    }
}

fn saves<M: SavesOn<SqliteConnection>>() {}

fn main() {
    saves::<left_alone::Product>();
    saves::<written_as_null::Product>();
    saves::<other_column::Product>();
    saves::<tuple_struct::Product>();
    saves::<embedded::Product>();
    saves::<embedded_with_a_lifetime::Product>();
    saves::<serialize_as::Product>();
}
