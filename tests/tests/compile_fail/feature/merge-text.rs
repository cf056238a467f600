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
    #[occ(merge = text)]
    title: String, //~ ERROR `merge = text` needs the feature `text` of occ-runtime
    views: i32,
    version: i32,
}

fn main() {}
