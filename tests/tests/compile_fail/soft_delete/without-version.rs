use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        deleted -> Bool,
        version -> Integer,
    }
}

#[derive(Clone, OptimisticLock)]
#[occ(check = all)]
struct Product {
    id: i32,
    #[occ(soft_delete)] //~ ERROR `soft_delete` needs a version
    deleted: bool,
}

fn main() {}
