// A row that several people edit. Tracked, so that their changes can be merged.

use diesel::prelude::*;
use occ_runtime::{OptimisticLock, Tracked};

use super::cell::{Conn, Database, batch, connect, first, save_tracked};

diesel::table! {
    articles (id) {
        id -> Integer,
        title -> Text,
        body -> Text,
        summary -> Nullable<Text>,
        views -> Integer,
        editor -> Text,
        checksum -> Integer,
        token -> Text,
        version -> Integer,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
pub struct Article {
    pub id: i32,
    pub title: String,
    pub body: String,
    pub summary: Option<String>,
    #[occ(merge = add)]
    pub views: i32,
    #[occ(merge = mine)]
    pub editor: String,
    #[occ(merge = theirs)]
    pub checksum: i32,
    #[occ(secret)]
    pub token: String,
    pub version: i32,
}

pub async fn create_table(database: &Database) {
    batch(
        "CREATE TABLE articles (id INTEGER PRIMARY KEY, title VARCHAR(100) NOT NULL, body VARCHAR(100) NOT NULL, \
         summary VARCHAR(100), views INTEGER NOT NULL, editor VARCHAR(100) NOT NULL, checksum INTEGER NOT NULL, \
         token VARCHAR(100) NOT NULL, version INTEGER NOT NULL);
         INSERT INTO articles VALUES (1, 'Doors', 'They close.', NULL, 10, 'nobody', 0, 'open sesame', 1);
         INSERT INTO articles VALUES (2, 'Keys', 'They turn.', 'Short.', 20, 'nobody', 0, 'friend', 1);",
        &mut connect(database).await,
    )
    .await
    .unwrap();
}

pub async fn load(id: i32, conn: &mut Conn) -> Tracked<Article> {
    first(articles::table.find(id).select(Tracked::<Article>::as_select()), conn).await.unwrap()
}

/// Somebody else counts five views.
pub async fn somebody_counts(database: &Database) {
    let conn = &mut connect(database).await;
    let mut theirs = load(1, conn).await;
    theirs.views += 5;
    save_tracked(&mut theirs, conn).await.unwrap();
}
