use occ_runtime::prelude::*;

diesel::table! {
    pages (id) {
        id -> Integer,
        title -> Text,
        weight -> Double,
    }
}

#[derive(Clone, OptimisticLock)]
#[occ(check = dirty)]
struct Page {
    id: i32,
    title: String,
    weight: f64, //~ ERROR cannot be compared exactly
}

fn main() {}
