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
    #[occ(merge)] //~ ERROR `merge` takes a rule such as `mine` or `add` as its value
    title: String,
    views: i32,
    version: i32,
}

fn main() {}
