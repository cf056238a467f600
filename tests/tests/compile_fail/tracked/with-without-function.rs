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
    #[occ(merge = with)] //~ ERROR `with` needs a function
    views: i32,
    version: i32,
}

fn main() {}
