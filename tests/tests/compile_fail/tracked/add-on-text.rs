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
    #[occ(merge = add)]
    title: String, //~ ERROR two changes of a `String` do not add up
    views: i32,
    version: i32,
}

fn main() {}
