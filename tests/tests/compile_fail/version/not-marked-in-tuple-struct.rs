use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        lock_version -> BigInt,
    }
}

#[derive(OptimisticLock)]
struct Product( //~ ERROR `Product` has no version field
    #[diesel(column_name = id)] i32,
    #[diesel(column_name = lock_version)] i64,
);

fn main() {}
