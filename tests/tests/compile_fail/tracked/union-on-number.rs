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
    id: i32,
    title: String,
    #[occ(merge = union)]
    views: i32, //~ ERROR `i32` is no set
    version: i32,
}

fn main() {}
