//! Both sides of a conflict as values.

use super::article::{create_table, load as load_article};
use super::cell::{batch, conflict, connect, delete, into_conflict, record, save, save_tracked};
use super::product::load;

super::scenarios! {
    async fn after_a_conflict_both_sides_are_there_for_an_answer(database) {
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut mine, mut theirs) = (load(1, a).await, load(1, b).await);
        theirs.name = "theirs".into();
        save(&mut theirs, b).await.unwrap();
        mine.name = "mine".into();
        assert!(save(&mut mine, a).await.unwrap_err().is_stale());
        let copy = mine.clone();
        let recorder = record(a);
        let conflict = into_conflict(mine, a).await.unwrap();
        assert_eq!(recorder.take().len(), 1);
        assert_eq!((conflict.my_version(), conflict.their_version()), (&1, Some(&2)));
        assert_eq!((conflict.mine(), conflict.theirs(), conflict.base()), (&copy, Some(&theirs), None));
        assert!(!conflict.is_deleted());
        assert_eq!(
            format!("{conflict:?}"),
            "Conflict { table: \"products\", my_version: 1, their_version: Some(2), .. }"
        );
        assert_eq!(conflict.into_parts(), (copy, Some(theirs), None));
    }

    async fn a_conflict_with_a_row_that_is_gone_is_no_error(database) {
        let conn = &mut connect(database).await;
        let mine = load(1, conn).await;
        delete(&mine, conn).await.unwrap();
        let conflict = into_conflict(mine, conn).await.unwrap();
        assert!(conflict.is_deleted());
        assert_eq!((conflict.theirs(), conflict.their_version()), (None, None));
    }

    async fn differences_name_the_fields_with_base_mine_and_theirs(database) {
        create_table(database).await;
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut mine, mut theirs) = (load_article(1, a).await, load_article(1, b).await);
        theirs.title = "Theirs".into();
        theirs.views = 12;
        theirs.body = "Both.".into();
        save_tracked(&mut theirs, b).await.unwrap();
        mine.title = "Mine".into();
        mine.body = "Both.".into();
        mine.summary = Some("Short.".into());
        let tracked = conflict(&mine, a).await.unwrap();
        assert_eq!(tracked.base(), Some(mine.original()));
        let differences = tracked.differences();
        let lines: Vec<_> = differences.iter().map(|one| (one.field(), one.base(), one.mine(), one.theirs())).collect();
        assert_eq!(lines, [
            ("title", Some("Doors"), "Mine", Some("Theirs")),
            ("summary", Some("none"), "Short.", Some("none")),
            ("views", Some("10"), "10", Some("12")),
        ]);
        let untracked = into_conflict(mine.into_inner(), a).await.unwrap().differences();
        let lines: Vec<_> = untracked.iter().map(|one| (one.field(), one.base())).collect();
        assert_eq!(lines, [("title", None), ("summary", None), ("views", None)]);
    }

    async fn differences_with_a_row_that_is_gone_are_what_would_be_lost(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load_article(1, conn).await;
        mine.title = "Mine".into();
        batch("DELETE FROM articles", conn).await.unwrap();
        let differences = conflict(&mine, conn).await.unwrap().differences();
        let lines: Vec<_> = differences.iter().map(|one| (one.field(), one.mine(), one.theirs())).collect();
        assert_eq!(lines, [("title", "Mine", None)]);
        let all = into_conflict(mine.into_inner(), conn).await.unwrap().differences();
        let fields: Vec<_> = all.iter().map(occ_runtime::conflict::Difference::field).collect();
        assert_eq!(fields, ["title", "body", "summary", "views", "editor", "checksum", "token"]);
    }

    async fn a_secret_is_named_and_shown_nowhere(database) {
        create_table(database).await;
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        let (mut mine, mut theirs) = (load_article(1, a).await, load_article(1, b).await);
        theirs.token = "abracadabra".into();
        save_tracked(&mut theirs, b).await.unwrap();
        mine.token = "hocus pocus".into();
        let conflict = conflict(&mine, a).await.unwrap();
        let differences = conflict.differences();
        assert_eq!(differences.len(), 1);
        let token = &differences[0];
        assert!(token.is_secret());
        assert_eq!((token.field(), token.base()), ("token", Some("hidden")));
        assert_eq!((token.mine(), token.theirs()), ("hidden", Some("hidden")));
        let error = super::cell::rebase(&mut mine, a).await.unwrap_err();
        let texts = [
            format!("{conflict:?}"), format!("{differences:?}"), format!("{error:?}"), error.to_string(),
            format!("{mine:?}"), format!("{:?}", diesel::result::Error::from(error)),
        ];
        for text in texts {
            for secret in ["sesame", "cadabra", "pocus"] {
                assert!(!text.contains(secret), "{text}");
            }
        }
        assert!(format!("{mine:?}").contains("token: hidden (was hidden)"), "{mine:?}");
    }
}
