use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        revision -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    #[occ(generator = Increment)] //~ ERROR `generator` is given for a field that is not the version
    revision: i32,
}

fn main() {}
