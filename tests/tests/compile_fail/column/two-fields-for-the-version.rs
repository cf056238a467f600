use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    #[diesel(skip_update)]
    #[occ(version, generator = occ_runtime::DatabaseGenerated)]
    version: i32,
    #[diesel(column_name = version)] //~ ERROR two fields hold the column `version`
    revision: i32,
}

fn main() {}
