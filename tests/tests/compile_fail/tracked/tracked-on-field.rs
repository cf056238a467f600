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
    #[occ(tracked)] //~ ERROR `tracked` belongs on the struct
    title: String,
    views: i32,
    version: i32,
}

fn main() {}
