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
#[occ(tracked = true)] //~ ERROR `tracked` takes no value
struct Article {
    id: i32,
    title: String,
    views: i32,
    version: i32,
}

fn main() {}
