use diesel::prelude::*;
use occ_runtime::LocksOn;
use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn save<M: LocksOn<SqliteConnection>>(_: M) {}

fn main() {
    save(Product { id: 1, name: "lamp".to_owned(), version: 1 }); //~ ERROR `Product` has no optimistic lock
}
