use diesel::prelude::*;
use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(AsChangeset)]
#[diesel(table_name = products)]
struct Meta {
    name: String,
    version: i32,
}

#[derive(OptimisticLock)]
struct Product { //~ ERROR `Product` has no version field
    id: i32,
    #[diesel(embed)]
    meta: Meta,
}

fn main() {}
