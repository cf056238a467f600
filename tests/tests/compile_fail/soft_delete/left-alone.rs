use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        deleted -> Nullable<Timestamp>,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    #[occ(soft_delete)]
    #[diesel(treat_none_as_null = false)] //~ ERROR a `None` that leaves its column alone cannot say that a row is not deleted
    deleted: Option<std::time::SystemTime>,
    version: i32,
}

fn main() {}
