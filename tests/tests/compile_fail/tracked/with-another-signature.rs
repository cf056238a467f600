use occ_runtime::prelude::*;

diesel::table! {
    articles (id) {
        id -> Integer,
        title -> Text,
        views -> Integer,
        version -> Integer,
    }
}

fn greater(mine: i32, theirs: i32) -> i32 {
    mine.max(theirs)
}

#[derive(Clone, OptimisticLock)]
#[occ(tracked)]
struct Article {
    id: i32,
    title: String,
    #[occ(merge(with = greater))] //~ ERROR mismatched types
    views: i32,
    version: i32,
}

fn main() {}
