use occ_runtime::prelude::*;

diesel::table! {
    articles (id) {
        id -> Integer,
        title -> Text,
        views -> Integer,
        version -> Integer,
    }
}

#[derive(Clone, diesel::Queryable, diesel::Selectable, OptimisticLock)]
#[occ(tracked)]
struct Article {
    id: i32,
    title: String,
    views: i32,
    version: i32,
}

fn save(article: &mut Tracked<Article>, conn: &mut diesel::SqliteConnection) {
    article.save_merging(conn).unwrap(); //~ ERROR this method needs the feature `retry` of occ-runtime
}

fn main() {}
