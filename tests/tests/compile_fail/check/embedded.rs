use occ_runtime::prelude::*;

diesel::table! {
    pages (id) {
        id -> Integer,
        title -> Text,
        weight -> Double,
    }
}

#[derive(Clone, PartialEq, diesel::AsChangeset)]
#[diesel(table_name = pages)]
struct Content {
    title: String,
    weight: f64,
}

#[derive(Clone, OptimisticLock)]
#[occ(check = all)]
struct Page {
    id: i32,
    #[diesel(embed)]
    content: Content, //~ ERROR the columns of an embedded struct cannot be compared
}

fn main() {}
