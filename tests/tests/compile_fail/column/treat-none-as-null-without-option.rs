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
    #[diesel(treat_none_as_null = false)] //~ ERROR `treat_none_as_null` needs an `Option` field
    name: String,
    version: i32,
}

fn main() {}
