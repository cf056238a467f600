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
    #[diesel(skip_update)]
    #[occ(merge = mine)] //~ ERROR `merge` cannot be used here: a field that is never written
    views: i32,
    version: i32,
}

fn main() {}
