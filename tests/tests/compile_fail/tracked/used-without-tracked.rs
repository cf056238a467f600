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
struct Article {
    id: i32,
    title: String,
    views: i32,
    version: i32,
}

fn main() {
    let article = Article { id: 1, title: String::new(), views: 0, version: 1 };
    let _ = occ_runtime::Tracked::new(article); //~ ERROR the fields of `Article` are not tracked
}
