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
struct Lock {
    version: i32,
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    #[occ(version)]
    #[diesel(embed)] //~ ERROR `embed` cannot be used on the version
    lock: Lock,
}

fn main() {}
