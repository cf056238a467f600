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
    #[occ(with = greater)] //~ ERROR unknown key `with`
    views: i32,
    version: i32,
}

fn main() {}
