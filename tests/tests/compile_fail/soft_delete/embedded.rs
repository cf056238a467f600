use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        deleted -> Bool,
        version -> Integer,
    }
}

#[derive(diesel::AsChangeset)]
#[diesel(table_name = products)]
struct Mark {
    deleted: bool,
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    #[occ(soft_delete)] //~ ERROR an embedded struct is several columns
    #[diesel(embed)]
    mark: Mark,
    version: i32,
}

fn main() {}
