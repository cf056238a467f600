use occ_runtime::prelude::*;

diesel::table! {
    articles (id) {
        id -> Integer,
        title -> Text,
        views -> Integer,
        version -> Integer,
    }
}

#[derive(Clone, OptimisticLock)]
struct Article {
    id: i32,
    #[occ(merge = mine)] //~ ERROR `merge` does nothing in a struct that is not tracked
    title: String,
    #[occ(merge = add)]
    views: i32,
    version: i32,
}

fn main() {}
