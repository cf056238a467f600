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
    #[diesel(treat_none_as_null = false)]
    title: Option<String>, //~ ERROR a column that `None` leaves alone cannot be compared
    #[occ(unchecked)]
    weight: f64,
}

fn main() {}
