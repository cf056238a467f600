use occ_runtime::prelude::*;

diesel::table! {
    pages (id) {
        id -> Integer,
        title -> Text,
        weight -> Double,
    }
}

#[derive(Clone, OptimisticLock)]
#[occ(check = all)] //~ ERROR no column is left to compare
struct Page {
    id: i32,
    #[occ(unchecked)]
    title: String,
}

fn main() {}
