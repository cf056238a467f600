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
    #[occ(generator = Increment)] //~ ERROR `generator` is given for a field that is not the version
    id: i32,
    name: String,
    version: i32,
}

fn main() {}
