use occ_runtime::prelude::*;

mod schema {
    diesel::table! {
        products (id) {
            id -> Integer,
            name -> Text,
            version -> Integer,
        }
    }
}

#[derive(OptimisticLock)]
#[diesel(table_name = schema::prodcts)] //~ ERROR cannot find `prodcts` in `schema`
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
