//! Two people edit one row.

use occ_runtime::{Choice, Error, UnmergedError};

use super::article::{create_table, load};
use super::cell::{batch, connect, rebase, rebase_with, record, save_tracked};

fn unmerged(result: Result<(), Error>) -> UnmergedError {
    match result {
        Err(Error::Unmerged(error)) => error,
        other => panic!("expected an unmerged value, got {other:?}"),
    }
}

super::scenarios! {
    async fn two_people_who_edit_different_fields_are_merged_without_a_question(database) {
        create_table(database).await;
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut mine, mut theirs) = (load(1, a).await, load(1, b).await);
        theirs.body = "They open.".into();
        save_tracked(&mut theirs, b).await.unwrap();
        mine.title = "Locks".into();
        assert!(save_tracked(&mut mine, a).await.unwrap_err().is_stale());
        let recorder = record(a);
        rebase(&mut mine, a).await.unwrap();
        assert_eq!(recorder.take().len(), 1, "one SELECT");
        assert_eq!(mine.dirty_fields(), ["title"]);
        assert_eq!((mine.version, mine.original()), (2, &*theirs));
        save_tracked(&mut mine, a).await.unwrap();
        assert_eq!(recorder.take(), [
            "UPDATE articles SET title = ?, version = ? WHERE id = ? AND version = ? -- [\"Locks\", 3, 1, 2]",
        ]);
        let row = load(1, b).await;
        assert_eq!((row.title.as_str(), row.body.as_str(), row.version), ("Locks", "They open.", 3));
    }

    async fn the_same_field_edited_differently_is_reported_and_nothing_is_merged(database) {
        create_table(database).await;
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut mine, mut theirs) = (load(1, a).await, load(1, b).await);
        theirs.title = "Theirs".into();
        theirs.body = "Theirs too.".into();
        theirs.summary = Some("Short.".into());
        save_tracked(&mut theirs, b).await.unwrap();
        mine.title = "Mine".into();
        mine.summary = Some("Long.".into());
        let before = mine.clone();
        let error = unmerged(rebase(&mut mine, a).await);
        assert_eq!(mine, before);
        assert_eq!((error.table(), error.key()), ("articles", "1"));
        let lines: Vec<_> =
            error.differences().iter().map(|one| (one.field(), one.base(), one.mine(), one.theirs())).collect();
        assert_eq!(lines, [
            ("title", Some("Doors"), "Mine", Some("Theirs")),
            ("summary", Some("none"), "Long.", Some("Short.")),
        ]);
        assert_eq!(
            error.to_string(),
            "cannot merge row 1 of `articles`: both sides have changed `title`, `summary`; decide for each between \
             mine and theirs with `rebase_with`, or give it a merge rule"
        );
        let error = Error::from(error);
        assert!(!error.is_stale() && !error.is_retryable());
        assert!(save_tracked(&mut mine, a).await.unwrap_err().is_stale(), "and it cannot be saved unmerged");
    }

    async fn who_is_asked_decides_field_by_field(database) {
        create_table(database).await;
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut mine, mut theirs) = (load(1, a).await, load(1, b).await);
        theirs.title = "Theirs".into();
        theirs.body = "Theirs too.".into();
        theirs.views = 11;
        save_tracked(&mut theirs, b).await.unwrap();
        mine.title = "Mine".into();
        mine.body = "Mine too.".into();
        mine.views = 12;
        mine.summary = Some("Mine alone.".into());
        let before = mine.clone();
        let mut asked = Vec::new();
        let error = rebase_with(&mut mine, a, |field, base, mine, theirs| {
            asked.push((field, base.title.clone(), mine.title.clone(), theirs.title.clone()));
            if field == "title" { Choice::Mine } else { Choice::Undecided }
        })
        .await;
        assert_eq!(unmerged(error).differences().len(), 1);
        assert_eq!(mine, before);
        assert_eq!(asked.len(), 2, "only where both have changed, and no rule decides: {asked:?}");
        assert_eq!(asked[0], ("title", "Doors".into(), "Mine".into(), "Theirs".into()));
        rebase_with(&mut mine, a, |field, _, _, _| if field == "title" { Choice::Mine } else { Choice::Theirs })
            .await
            .unwrap();
        save_tracked(&mut mine, a).await.unwrap();
        let row = load(1, b).await;
        assert_eq!((row.title.as_str(), row.body.as_str(), row.views), ("Mine", "Theirs too.", 13));
        assert_eq!((row.summary.as_deref(), row.version), (Some("Mine alone."), 3));
    }

    async fn the_same_edit_on_both_sides_is_no_conflict(database) {
        create_table(database).await;
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut mine, mut theirs) = (load(1, a).await, load(1, b).await);
        theirs.title = "Locks".into();
        save_tracked(&mut theirs, b).await.unwrap();
        mine.title = "Locks".into();
        rebase(&mut mine, a).await.unwrap();
        assert_eq!(mine, theirs);
        assert!(!mine.is_dirty());
    }

    async fn counters_of_two_people_add_up_and_rules_decide(database) {
        create_table(database).await;
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut mine, mut theirs) = (load(1, a).await, load(1, b).await);
        theirs.views += 5;
        theirs.editor = "them".into();
        theirs.checksum = 7;
        save_tracked(&mut theirs, b).await.unwrap();
        mine.views -= 1;
        mine.editor = "me".into();
        mine.checksum = 9;
        rebase(&mut mine, a).await.unwrap();
        assert_eq!((mine.views, mine.editor.as_str(), mine.checksum), (14, "me", 7));
        assert_eq!(mine.dirty_fields(), ["views", "editor"]);
        save_tracked(&mut mine, a).await.unwrap();
        assert_eq!(load(1, b).await, mine);
    }

    async fn equal_changes_of_a_counter_add_up_too(database) {
        create_table(database).await;
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut mine, mut theirs) = (load(1, a).await, load(1, b).await);
        theirs.views += 1;
        save_tracked(&mut theirs, b).await.unwrap();
        mine.views += 1;
        rebase(&mut mine, a).await.unwrap();
        assert_eq!(mine.views, 12, "two people saw it");
    }

    async fn a_sum_that_does_not_fit_is_a_conflict(database) {
        create_table(database).await;
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut mine, mut theirs) = (load(1, a).await, load(1, b).await);
        theirs.views = i32::MAX;
        save_tracked(&mut theirs, b).await.unwrap();
        mine.views = 11;
        let before = mine.clone();
        assert_eq!(unmerged(rebase(&mut mine, a).await).differences()[0].field(), "views");
        assert_eq!(mine, before);
        rebase_with(&mut mine, a, |_, _, _, _| Choice::Theirs).await.unwrap();
        assert_eq!(mine.views, i32::MAX);
    }

    async fn a_row_that_is_gone_is_stale_and_the_value_stays(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        mine.title = "Mine".into();
        let before = mine.clone();
        batch("DELETE FROM articles", conn).await.unwrap();
        let Err(Error::Stale(stale)) = rebase(&mut mine, conn).await else { panic!("the row is gone") };
        assert!(stale.is_deleted());
        assert_eq!(
            stale.to_string(),
            "cannot rebase row 1 of `articles`: it was read at version 1, but it is gone or not visible to this connection"
        );
        assert_eq!(mine, before);
    }

    async fn a_save_after_a_rebase_is_checked_against_what_was_read(database) {
        create_table(database).await;
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut mine, mut theirs) = (load(1, a).await, load(1, b).await);
        mine.title = "Mine".into();
        theirs.body = "First.".into();
        save_tracked(&mut theirs, b).await.unwrap();
        rebase(&mut mine, a).await.unwrap();
        theirs.body = "Second.".into();
        save_tracked(&mut theirs, b).await.unwrap();
        assert!(save_tracked(&mut mine, a).await.unwrap_err().is_stale());
        rebase(&mut mine, a).await.unwrap();
        save_tracked(&mut mine, a).await.unwrap();
        assert_eq!((mine.body.as_str(), mine.version), ("Second.", 4));
    }
}
