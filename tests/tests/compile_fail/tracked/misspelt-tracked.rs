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
#[occ(traked)] //~ ERROR unknown key `traked`
struct Article {
    id: i32,
    #[occ(merge = mine)]
    title: String,
    views: i32,
    version: i32,
}

fn main() {}
