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
#[occ(tracked)]
struct Article {
    #[occ(secret)] //~ ERROR the key cannot be secret
    id: i32,
    title: String,
    views: i32,
    version: i32,
}

fn main() {}
