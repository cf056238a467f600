use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        deleted -> Bool,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    #[occ(soft_delete)]
    #[diesel(serialize_as = bool)] //~ ERROR the field's own type says what is deleted
    deleted: bool,
    version: i32,
}

fn main() {}
