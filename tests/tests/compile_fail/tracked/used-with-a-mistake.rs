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
    #[occ(merge = longest)] //~ ERROR unknown merge rule `longest`
    title: String,
    views: i32,
    version: i32,
}

fn main() {
    let article = Article { id: 1, title: String::new(), views: 0, version: 1 };
    let mut article = occ_runtime::Tracked::new(article);
    let mut conn = <diesel::SqliteConnection as diesel::Connection>::establish(":memory:").unwrap();
    let _ = article.save_optimistic(&mut conn);
    let _ = article.is_dirty();
}
