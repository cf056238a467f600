use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product(
    #[diesel(column_name = id)] i32,
    String, //~ ERROR a field of a tuple struct does not say which column it is
    #[diesel(column_name = version)] i32,
);

fn main() {}
