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
    #[occ(merge = mine)] //~ ERROR `merge` cannot be used here: the key
    id: i32,
    title: String,
    views: i32,
    version: i32,
}

fn main() {}
