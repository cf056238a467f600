use occ_runtime::prelude::*;

diesel::table! {
    articles (id) {
        id -> Integer,
        title -> Text,
        views -> Integer,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[occ(tracked)]
struct Article { //~ ERROR the trait bound `Article: Clone` is not satisfied
    id: i32,
    title: String,
    views: i32,
    version: i32,
}

fn main() {}
