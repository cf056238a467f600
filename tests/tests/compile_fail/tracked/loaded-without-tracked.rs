use diesel::{Queryable, Selectable};
use occ_runtime::prelude::*;

diesel::table! {
    articles (id) {
        id -> Integer,
        title -> Text,
        views -> Integer,
        version -> Integer,
    }
}

#[derive(Clone, Queryable, Selectable, OptimisticLock)]
struct Article {
    id: i32,
    title: String,
    views: i32,
    version: i32,
}

fn main() {
    use diesel::prelude::*;
    let conn = &mut SqliteConnection::establish(":memory:").unwrap();
    let _ = articles::table
        .select(occ_runtime::Tracked::<Article>::as_select())
        .load(conn); //~ ERROR the trait bound
}
