use occ_runtime::prelude::*;

diesel::table! {
    pages (id) {
        id -> Integer,
        title -> Text,
        weight -> Double,
    }
}

#[derive(Clone, OptimisticLock)]
#[occ(check = all)] //~ ERROR `check` compares columns where there is no version
struct Page {
    id: i32,
    title: String,
    #[occ(version)]
    weight: i32,
}

fn main() {}
