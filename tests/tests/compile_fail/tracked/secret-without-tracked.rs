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
    #[occ(secret)] //~ ERROR `secret` does nothing in a struct that is not tracked
    title: String,
    views: i32,
    version: i32,
}

fn main() {}
