use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Text,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    #[occ(version, generator = Increment)] //~ ERROR does not make versions of type `String`
    version: String,
}

fn main() {}
