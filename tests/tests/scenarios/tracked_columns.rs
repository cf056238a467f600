//! After a plain transaction that has committed, a tracked row goes on, also where its columns have to be compared: a bool.

use diesel::prelude::*;
use occ_runtime::{OptimisticLock, Tracked};

use super::cell::{
    Conn, batch, begin, commit, connect, delete_tracked, first, rebase, rollback, save_tracked,
};

diesel::table! {
    posts (id) {
        id -> Integer,
        title -> Text,
        published -> Bool,
        version -> Integer,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = posts)]
#[occ(tracked)]
struct Post {
    id: i32,
    title: String,
    published: bool,
    version: i32,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = posts)]
#[occ(check = all)]
struct AllChecked {
    id: i32,
    title: String,
    published: bool,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = posts)]
#[occ(check = dirty)]
struct DirtyChecked {
    id: i32,
    title: String,
    published: bool,
}

async fn create_posts(conn: &mut Conn) {
    batch(
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, title VARCHAR(50) NOT NULL, published BOOLEAN NOT NULL, \
         version INTEGER NOT NULL)",
        conn,
    )
    .await
    .unwrap();
}

/// Writes of a tracked row of type `$row`, each in a plain transaction or after one.
macro_rules! goes_on {
    ($row:ty, $conn:ident) => {{
        for published in ["TRUE", "FALSE"] {
            let load = || posts::table.find(1).select(Tracked::<$row>::as_select());
            batch("DELETE FROM posts", $conn).await.unwrap();
            batch(&format!("INSERT INTO posts VALUES (1, 'Doors', {published}, 1)"), $conn).await.unwrap();
            let what = format!("{} {published}", stringify!($row));
            let mut mine: Tracked<$row> = first(load(), $conn).await.unwrap();
            begin($conn).await.unwrap();
            for title in ["Zero", "One"] {
                mine.title = title.into();
                save_tracked(&mut mine, $conn).await.unwrap();
            }
            commit($conn).await.unwrap();
            mine.title = "Two".into();
            save_tracked(&mut mine, $conn).await.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(mine, first(load(), $conn).await.unwrap(), "{what}");

            begin($conn).await.unwrap();
            mine.published = !mine.published;
            save_tracked(&mut mine, $conn).await.unwrap();
            commit($conn).await.unwrap();
            rebase(&mut mine, $conn).await.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(!mine.is_dirty(), "{what}");
            assert_eq!(mine, first(load(), $conn).await.unwrap(), "{what}");

            // After a rollback too.
            begin($conn).await.unwrap();
            mine.title = "Three".into();
            save_tracked(&mut mine, $conn).await.unwrap();
            rollback($conn).await.unwrap();
            save_tracked(&mut mine, $conn).await.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(mine, first(load(), $conn).await.unwrap(), "{what}");

            begin($conn).await.unwrap();
            mine.title = "Four".into();
            save_tracked(&mut mine, $conn).await.unwrap();
            commit($conn).await.unwrap();
            delete_tracked(&mine, $conn).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        }
    }};
}

/// For each column and what the database has put into it, the others being NULL: a tracked row of type `$row` is written in a
/// plain transaction that commits, then again, and deleted. The key is `id`, the column that is written `title`.
#[allow(unused_macros, reason = "a MultiConnection has no types of one database alone")]
macro_rules! each_column_goes_on {
    ($table:ident, $row:ty, $conn:ident, $columns:expr) => {{
        use crate::cell::{batch, begin, commit, delete_tracked, first, save_tracked};

        let mut wrong = Vec::new();
        for (column, content) in $columns {
            let load = || $table::table.find(1).select(occ_runtime::Tracked::<$row>::as_select());
            batch(concat!("DELETE FROM ", stringify!($table)), $conn).await.unwrap();
            let insert = format!(
                "INSERT INTO {} (id, title, {column}, version) VALUES (1, 'Doors', {content}, 1)",
                stringify!($table)
            );
            batch(&insert, $conn).await.unwrap();
            let mut mine: occ_runtime::Tracked<$row> = first(load(), $conn).await.unwrap();
            begin($conn).await.unwrap();
            for title in ["One", "Two"] {
                mine.title = title.into();
                if let Err(error) = save_tracked(&mut mine, $conn).await {
                    wrong.push(format!("{column} {content}, {title} within: {error}"));
                }
            }
            commit($conn).await.unwrap();
            mine.title = "Three".into();
            match save_tracked(&mut mine, $conn).await {
                Ok(()) => assert_eq!(mine, first(load(), $conn).await.unwrap(), "{column} {content}"),
                Err(error) => wrong.push(format!("{column} {content}, saved: {error}")),
            }
            let mut mine: occ_runtime::Tracked<$row> = first(load(), $conn).await.unwrap();
            mine.title = "Four".into();
            begin($conn).await.unwrap();
            save_tracked(&mut mine, $conn).await.unwrap();
            commit($conn).await.unwrap();
            if let Err(error) = delete_tracked(&mine, $conn).await {
                wrong.push(format!("{column} {content}, deleted: {error}"));
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
    }};
}
#[allow(unused_imports, reason = "a MultiConnection has no types of one database alone")]
pub(crate) use each_column_goes_on;

super::scenarios! {
    async fn a_row_with_a_bool_goes_on_after_a_plain_commit(database) {
        let conn = &mut connect(database).await;
        create_posts(conn).await;
        goes_on!(Post, conn);
    }

    async fn a_row_with_a_bool_and_without_a_version_goes_on_after_a_plain_commit(database) {
        let conn = &mut connect(database).await;
        create_posts(conn).await;
        goes_on!(AllChecked, conn);
        goes_on!(DirtyChecked, conn);
    }
}
