use diesel::prelude::*;
use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

diesel::table! {
    labels (id) {
        id -> Integer,
        name -> Text,
    }
}

#[derive(AsChangeset)]
#[diesel(table_name = labels)]
struct Label {
    name: String,
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    #[diesel(embed)]
    label: Label, //~ ERROR the embedded struct `Label` cannot be written
    version: i32,
}

fn main() {}
