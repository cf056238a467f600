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
struct Label {
    name: String,
}

#[derive(OptimisticLock)]
struct Product {
    #[diesel(column_name = id)]
    number: i32,
    #[diesel(embed)]
    id: Label, //~ ERROR an embedded struct cannot be called `id`
    version: i32,
}

fn main() {}
