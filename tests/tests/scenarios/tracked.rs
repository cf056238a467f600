//! Saves of what was changed, and of nothing else.

use diesel::prelude::*;
use occ_runtime::{Error, Tracked};

use super::article::{Article, articles, create_table, load};
use super::cell::{
    batch, connect, record, reload_tracked, save_tracked, save_tracked_expecting, transaction,
};

super::scenarios! {
    async fn a_tracked_save_writes_the_changed_columns_and_the_version(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut article = load(1, conn).await;
        let recorder = record(conn);
        article.title = "Locks".into();
        save_tracked(&mut article, conn).await.unwrap();
        assert_eq!(recorder.take(), [
            "UPDATE articles SET title = ?, version = ? WHERE id = ? AND version = ? -- [\"Locks\", 2, 1, 1]",
        ]);
        article.summary = Some("Short.".into());
        article.views = 11;
        save_tracked(&mut article, conn).await.unwrap();
        assert_eq!(recorder.take(), [
            "UPDATE articles SET summary = ?, views = ?, version = ? WHERE id = ? AND version = ? \
             -- [\"Short.\", 11, 3, 1, 2]",
        ]);
        article.summary = None;
        save_tracked(&mut article, conn).await.unwrap();
        assert_eq!(load(1, conn).await, article, "a `None` is NULL");
        assert_eq!(article.original(), &*article);
    }

    async fn a_clean_value_is_saved_without_a_statement(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut article = load(1, conn).await;
        let recorder = record(conn);
        save_tracked(&mut article, conn).await.unwrap();
        article.title = "Locks".into();
        article.title = "Doors".into();
        save_tracked(&mut article, conn).await.unwrap();
        assert_eq!(recorder.take(), Vec::<String>::new());
        assert_eq!((article.version, load(1, conn).await.version), (1, 1));
    }

    async fn the_expected_version_is_checked_even_where_nothing_was_changed(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut article = load(1, conn).await;
        let recorder = record(conn);
        save_tracked_expecting(&mut article, &1, conn).await.unwrap();
        assert_eq!(recorder.take(), Vec::<String>::new());
        assert!(save_tracked_expecting(&mut article, &7, conn).await.unwrap_err().is_stale());
        let _ = recorder.take();
        article.title = "Locks".into();
        let before = article.clone();
        assert!(save_tracked_expecting(&mut article, &7, conn).await.unwrap_err().is_stale());
        assert_eq!(article, before);
        let _ = recorder.take();
        save_tracked_expecting(&mut article, &1, conn).await.unwrap();
        assert_eq!(recorder.take(), [
            "UPDATE articles SET title = ?, version = ? WHERE id = ? AND version = ? -- [\"Locks\", 2, 1, 1]",
        ]);
        assert!(!article.is_dirty());
    }

    async fn what_is_dirty_is_told_by_name_until_it_is_saved(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut article = load(1, conn).await;
        assert!(!article.is_dirty());
        article.views = 3;
        article.title = "Locks".into();
        assert!(article.is_dirty());
        assert_eq!(article.dirty_fields(), ["title", "views"]);
        assert_eq!((article.original().title.as_str(), article.original().views), ("Doors", 10));
        save_tracked(&mut article, conn).await.unwrap();
        assert!(!article.is_dirty());
        assert_eq!(article.dirty_fields(), Vec::<&str>::new());
        assert_eq!(article.into_inner(), load(1, conn).await.into_inner());
    }

    async fn a_refused_save_leaves_the_value_and_what_it_was(database) {
        create_table(database).await;
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut first, mut second) = (load(1, a).await, load(1, b).await);
        first.title = "First".into();
        save_tracked(&mut first, a).await.unwrap();
        second.body = "Second".into();
        let before = second.clone();
        for _ in 0..2 {
            assert!(save_tracked(&mut second, b).await.unwrap_err().is_stale());
            assert_eq!(second, before);
            assert_eq!(second.dirty_fields(), ["body"]);
        }
        assert_eq!(load(1, b).await, first);
        reload_tracked(&mut second, b).await.unwrap();
        assert_eq!(second, first);
        assert!(!second.is_dirty());
    }

    async fn a_save_that_the_database_refuses_leaves_the_value_and_what_it_was(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        batch("CREATE UNIQUE INDEX articles_title ON articles (title)", conn).await.unwrap();
        let mut article = load(1, conn).await;
        article.title = "Keys".into();
        let before = article.clone();
        assert!(matches!(save_tracked(&mut article, conn).await, Err(Error::Database(_))));
        assert_eq!(article, before);
        article.title = "Locks".into();
        save_tracked(&mut article, conn).await.unwrap();
        assert_eq!(load(1, conn).await, article);
    }

    async fn a_rollback_puts_back_what_the_value_was_loaded_as(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut article = load(1, conn).await;
        article.title = "Locks".into();
        let before = article.clone();
        let rolled_back: Result<(), Error> = transaction(conn, &mut article, async |conn, article| {
            save_tracked(article, conn).await?;
            assert!(!article.is_dirty());
            Err(diesel::result::Error::RollbackTransaction.into())
        })
        .await;
        rolled_back.unwrap_err();
        assert_eq!(article, before);
        assert!(article.is_dirty());
        let committed: Result<(), Error> =
            transaction(conn, &mut article, async |conn, article| save_tracked(article, conn).await).await;
        committed.unwrap();
        assert_eq!(load(1, conn).await, article);
    }

    async fn updates_of_one_column_are_kept_prepared_and_the_others_are_not(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let (mut article, mut other) = (load(1, conn).await, load(2, conn).await);
        let recorder = record(conn);
        for article in [&mut article, &mut other] {
            article.title.push('!');
            save_tracked(article, conn).await.unwrap();
        }
        assert_eq!(recorder.take_prepared(), 1);
        article.body.push('!');
        save_tracked(&mut article, conn).await.unwrap();
        assert_eq!(recorder.take_prepared(), 1, "another text");
        article.title.push('!');
        article.body.push('!');
        save_tracked(&mut article, conn).await.unwrap();
        assert_eq!(recorder.take_prepared(), 0, "of two columns there are many texts");
        assert_eq!(load(1, conn).await, article);
    }

    async fn a_changed_key_means_another_row_which_is_written_as_a_whole(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut article = load(1, conn).await;
        article.id = 2;
        assert_eq!(article.dirty_fields(), ["id"]);
        save_tracked(&mut article, conn).await.unwrap();
        assert_eq!(load(2, conn).await, article);
        assert_eq!((load(2, conn).await.title.as_str(), load(1, conn).await.version), ("Doors", 1));
    }

    async fn tracked_values_are_loaded_beside_others(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let query = articles::table.order(articles::id).select((Tracked::<Article>::as_select(), articles::views));
        let rows: Vec<(Tracked<Article>, i32)> = super::cell::all(query, conn).await.unwrap();
        assert_eq!(rows.iter().map(|(article, views)| (article.id, *views)).collect::<Vec<_>>(), [(1, 10), (2, 20)]);
        assert_eq!(rows[0].0, Tracked::new(rows[0].0.original().clone()));
    }
}
