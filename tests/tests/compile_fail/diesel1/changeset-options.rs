use diesel::prelude::*;
use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        note -> Nullable<Text>,
        version -> Integer,
    }
}

#[derive(AsChangeset, OptimisticLock)]
#[changeset_options(treat_none_as_null = "false")] //~ ERROR `#[changeset_options]` is an attribute of Diesel 1
struct Product {
    id: i32,
    note: Option<String>,
    version: i32,
}

fn main() {}
