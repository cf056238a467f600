//! A save that merges where somebody else was faster.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use diesel::prelude::*;
use occ_runtime::conflict::Saved;
use occ_runtime::{Choice, Error, RetryPolicy, Tracked};

use super::article::{Article, articles, create_table, load, somebody_counts};
use super::cell::{
    Database, begin, block_on, connect, execute, record, rollback, save_merging, save_merging_by,
    save_merging_by_with, save_merging_with, save_tracked,
};
use super::retry::{at_once, meanwhile};

/// Somebody else takes a title and a body.
async fn somebody_writes(title: &str, body: &str, database: &Database) {
    let conn = &mut connect(database).await;
    let mut theirs = load(1, conn).await;
    theirs.title = title.into();
    theirs.body = body.into();
    save_tracked(&mut theirs, conn).await.unwrap();
}

/// Its memory is the row, and nothing is left to be saved.
async fn is_the_row(mine: &Tracked<Article>, database: &Database) {
    assert_eq!(*mine, load(1, &mut connect(database).await).await);
    assert!(!mine.is_dirty());
}

/// Somebody else counts a view past the value, while a merge is being decided.
fn somebody_is_faster(database: &Database) {
    meanwhile(async || {
        let changes = (articles::views.eq(articles::views + 1), articles::version.eq(articles::version + 1));
        let row = diesel::update(articles::table.find(1)).set(changes);
        execute(row, &mut connect(database).await).await.unwrap();
    });
}

super::scenarios! {
    async fn what_nobody_has_touched_is_saved_by_one_update(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        let recorder = record(conn);
        assert_eq!(save_merging(&mut mine, conn).await.unwrap(), Saved::Unchanged);
        assert_eq!(recorder.take(), [""; 0]);
        mine.title = "Locks".into();
        assert_eq!(save_merging(&mut mine, conn).await.unwrap(), Saved::AsWritten);
        assert_eq!(recorder.take(), [
            "UPDATE articles SET title = ?, version = ? WHERE id = ? AND version = ? -- [\"Locks\", 2, 1, 1]",
        ]);
        is_the_row(&mine, database).await;
    }

    async fn what_others_have_changed_is_merged_and_named(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        somebody_writes("Doors", "They open.", database).await;
        somebody_counts(database).await;
        mine.title = "Locks".into();
        mine.views += 1;
        let recorder = record(conn);
        assert_eq!(save_merging(&mut mine, conn).await.unwrap(), Saved::Merged(vec!["body", "views"]));
        assert_eq!(recorder.take().len(), 4, "refused, the look, the row, saved");
        assert_eq!((mine.title.as_str(), mine.body.as_str(), mine.views, mine.version), ("Locks", "They open.", 16, 4));
        is_the_row(&mine, database).await;
        assert_eq!(save_merging(&mut mine, conn).await.unwrap(), Saved::Unchanged);
    }

    async fn what_others_have_saved_already_is_not_saved_once_more(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        somebody_writes("Locks", "They close.", database).await;
        mine.title = "Locks".into();
        assert_eq!(save_merging(&mut mine, conn).await.unwrap(), Saved::AsWritten);
        assert_eq!(mine.version, 2, "theirs");
        is_the_row(&mine, database).await;
        // And with more of theirs it is merged.
        somebody_writes("Keys", "They turn.", database).await;
        mine.title = "Keys".into();
        assert_eq!(save_merging(&mut mine, conn).await.unwrap(), Saved::Merged(vec!["body"]));
        is_the_row(&mine, database).await;
    }

    async fn where_nobody_decides_the_value_stays_what_it_was(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        somebody_writes("Theirs", "They open.", database).await;
        mine.title = "Mine".into();
        let before = mine.clone();
        let Err(Error::Unmerged(error)) = save_merging(&mut mine, conn).await else { panic!("it is a conflict") };
        assert_eq!(error.differences().len(), 1);
        assert_eq!(mine, before);
        assert!(save_tracked(&mut mine, conn).await.unwrap_err().is_stale(), "it is not at their version either");
        // It can be decided, also by a value that neither has.
        let both = |_: &str, _: &Article, mine: &Article, theirs: &Article| {
            let title = format!("{} and {}", mine.title, theirs.title);
            Choice::Value(Article { title, body: "not taken".into(), ..mine.clone() })
        };
        assert_eq!(
            save_merging_with(&mut mine, both, conn).await.unwrap(),
            Saved::Merged(vec!["title", "body"])
        );
        assert_eq!((mine.title.as_str(), mine.body.as_str()), ("Mine and Theirs", "They open."));
        is_the_row(&mine, database).await;
    }

    async fn a_row_that_is_gone_ends_it_at_once(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        execute(diesel::delete(articles::table.find(1)), conn).await.unwrap();
        mine.title = "Locks".into();
        let before = mine.clone();
        let recorder = record(conn);
        let Err(Error::Stale(stale)) = save_merging(&mut mine, conn).await else { panic!("it is gone") };
        assert!(stale.is_deleted());
        assert_eq!(recorder.take().len(), 2, "refused, and the look");
        assert_eq!(mine, before);
    }

    async fn a_row_that_goes_while_it_is_merged_ends_it_at_once(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        somebody_writes("Theirs", "They open.", database).await;
        mine.title = "Mine".into();
        let before = mine.clone();
        let deletes = |_: &str, _: &Article, _: &Article, _: &Article| {
            meanwhile(async || {
                let row = diesel::delete(articles::table.find(1));
                execute(row, &mut connect(database).await).await.unwrap();
            });
            Choice::Mine
        };
        let Err(Error::Stale(stale)) = save_merging_with(&mut mine, deletes, conn).await else { panic!("it is gone") };
        assert!(stale.is_deleted());
        assert_eq!(mine, before);
    }

    async fn a_value_that_others_overtake_each_time_is_given_up_when_the_policy_says_so(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let faster = AtomicU32::new(0);
        let mut mine = load(1, conn).await;
        somebody_writes("Theirs", "They open.", database).await;
        mine.title = "Mine".into();
        mine.views += 1;
        let before = mine.clone();
        let policy = at_once().attempts(4);
        let outcome = {
            let choose = |_: &str, _: &Article, _: &Article, _: &Article| {
                somebody_is_faster(database);
                faster.fetch_add(1, Relaxed);
                Choice::Mine
            };
            save_merging_by_with(&policy, &mut mine, choose, conn).await
        };
        let Err(Error::RetriesExhausted(exhausted)) = outcome else { panic!("it is lost each time: {outcome:?}") };
        assert_eq!((exhausted.attempts(), faster.load(Relaxed)), (4, 3));
        assert_eq!(mine, before, "memory is what it was");
        // Nothing of it is in doubt: once the others are done, my one view is added once.
        let mine_wins = |_: &str, _: &Article, _: &Article, _: &Article| Choice::Mine;
        assert!(matches!(save_merging_with(&mut mine, mine_wins, conn).await, Ok(Saved::Merged(_))));
        assert_eq!(mine.views, 10 + 3 + 1);
        is_the_row(&mine, database).await;
    }

    async fn within_a_transaction_nothing_is_sent(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        mine.title = "Mine".into();
        let before = mine.clone();
        begin(conn).await.unwrap();
        let recorder = record(conn);
        assert!(matches!(save_merging(&mut mine, conn).await, Err(Error::NestedRetry(_))));
        assert_eq!(recorder.take(), [""; 0]);
        assert_eq!(mine, before);
        rollback(conn).await.unwrap();
    }

    async fn sixteen_who_count_lose_nothing(database) {
        create_table(database).await;
        let start = Barrier::new(16);
        std::thread::scope(|scope| {
            for worker in 0..16 {
                let start = &start;
                scope.spawn(move || {
                    let policy = RetryPolicy::new().deadline(Duration::from_secs(90));
                    block_on(async {
                        let conn = &mut connect(database).await;
                        let mut mine = load(1, conn).await;
                        start.wait();
                        for round in 0..5 {
                            mine.views += 1;
                            mine.editor = format!("{worker} {round}");
                            let saved = save_merging_by(&policy, &mut mine, conn).await.unwrap();
                            assert_ne!(saved, Saved::Unchanged);
                            assert!(!mine.is_dirty());
                        }
                    });
                });
            }
        });
        let row = load(1, &mut connect(database).await).await;
        assert_eq!((row.views, row.version), (10 + 80, 1 + 80));
    }
}
