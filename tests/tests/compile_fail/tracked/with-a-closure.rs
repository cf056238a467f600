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
    #[occ(merge(with = |_, mine, _| mine))] //~ ERROR `merge` takes the path of a function as `with`
    views: i32,
    version: i32,
}

fn main() {}
