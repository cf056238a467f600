use occ_runtime::prelude::*;

diesel::table! {
    pages (id) {
        id -> Integer,
        title -> Text,
        weight -> Double,
    }
}

#[derive(Clone, OptimisticLock)]
#[occ(check = drity)] //~ ERROR unknown check
struct Page {
    id: i32,
    title: String,
}

fn main() {}
