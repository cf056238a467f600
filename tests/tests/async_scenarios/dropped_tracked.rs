//! A tracked value whose save was broken off is saved once in the end, or refused: never twice.

use occ_runtime::{Error, RetryPolicy, Tracked};
use tokio::sync::Mutex;

use super::article::{Article, create_table, load};
use super::cell::{
    Conn, Database, batch, connect, rebase, reload_tracked, retry, retry_with, save_merging, save_tracked,
    transaction,
};
use super::poll_at_most;
use super::product::load as load_product;

/// What can be broken off.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Call {
    Save,
    /// A save that merges, of a value past which somebody else has written already.
    Merging,
    /// A transaction that the value is handed to, or not.
    Transaction(bool),
    /// A transaction that is run again, the same.
    Retry(bool),
}

impl Call {
    async fn run(self, mine: &mut Tracked<Article>, conn: &mut Conn) -> Result<(), Error> {
        match self {
            Self::Save => save_tracked(mine, conn).await,
            Self::Merging => save_merging(mine, conn).await.map(|_| ()),
            Self::Transaction(true) => {
                transaction(conn, mine, async |conn, mine| save_tracked(mine, conn).await).await
            }
            Self::Transaction(false) => {
                let mut other = load_product(1, conn).await;
                transaction(conn, &mut other, async |conn, _| save_tracked(mine, conn).await).await
            }
            Self::Retry(true) => {
                let policy = RetryPolicy::new();
                retry_with(&policy, conn, mine, async |conn, mine| save_tracked(mine, conn).await).await
            }
            Self::Retry(false) => {
                let mine = Mutex::new(mine);
                let save = async |conn: &mut Conn| save_tracked(&mut **mine.lock().await, conn).await;
                retry(&RetryPolicy::new(), conn, save).await
            }
        }
    }
}

/// Saves until it is accepted, with a rebase after each refusal. `false`: nobody can tell what is mine in the row.
async fn save_in_the_end(mine: &mut Tracked<Article>, conn: &mut Conn) -> bool {
    // What was broken off may still be under way, and be there at any of these steps.
    for _ in 0..10 {
        match save_tracked(mine, conn).await {
            Ok(()) => return true,
            Err(error) => assert!(error.is_stale(), "{error}"),
        }
        match rebase(mine, conn).await {
            Ok(()) => {}
            Err(Error::Unmerged(_)) => return false,
            Err(error) => {
                assert!(error.is_stale(), "{error}");
                return false;
            }
        }
    }
    panic!("it is refused for ever");
}

/// Somebody else counts five views, however often what is still under way comes first.
async fn somebody_counts(database: &Database) {
    let conn = &mut connect(database).await;
    let mut theirs = load(1, conn).await;
    theirs.views += 5;
    while save_tracked(&mut theirs, conn).await.is_err() {
        reload_tracked(&mut theirs, conn).await.unwrap();
        theirs.views += 5;
    }
}

/// Breaks the call off after each of its polls; how many times it was saved in the end, and was not since nobody could tell.
async fn break_off(call: Call, counts: bool, others: bool, database: &Database) -> (usize, usize) {
    let (mut saved, mut left) = (0, 0);
    for polls in 0.. {
        assert!(polls < 1000, "{call:?} never gets ready");
        let witness = &mut connect(database).await;
        let anew = "title = 'Doors', body = 'They close.', views = 10, version = 1";
        batch(&format!("UPDATE articles SET {anew} WHERE id = 1"), witness).await.unwrap();
        let mut conn = connect(database).await;
        let mut mine = load(1, &mut conn).await;
        if counts {
            mine.views += 1;
        } else {
            mine.title = "Mine".into();
        }
        if call == Call::Merging {
            let theirs = "UPDATE articles SET body = 'They open.', version = 2 WHERE id = 1";
            batch(theirs, witness).await.unwrap();
        }
        let ended = poll_at_most(polls, call.run(&mut mine, &mut conn)).await;
        drop(conn);
        if let Some(ended) = ended {
            ended.unwrap();
            assert_eq!(mine, load(1, witness).await);
            break;
        }
        if others {
            somebody_counts(database).await;
        }
        let is_saved = save_in_the_end(&mut mine, witness).await;
        let what =
            format!("{call:?} after {polls} polls, counts: {counts}, others: {others}, saved: {is_saved}");
        let row = load(1, witness).await;
        let theirs = if others { 15 } else { 10 };
        if is_saved {
            saved += 1;
            let wanted = if counts { ("Doors", theirs + 1) } else { ("Mine", theirs) };
            assert_eq!((row.title.as_str(), row.views), wanted, "{what}");
            assert_eq!(mine, row, "{what}");
        } else {
            left += 1;
            assert!(row.views == theirs || counts && row.views == theirs + 1, "{} views: {what}", row.views);
            assert!(row.title == "Doors" || !counts && row.title == "Mine", "{}: {what}", row.title);
            assert_ne!(polls, 0, "nothing was sent: {what}");
            // A reload is the way on.
            reload_tracked(&mut mine, witness).await.unwrap();
            mine.body = "Mine.".into();
            save_tracked(&mut mine, witness).await.unwrap();
        }
    }
    (saved, left)
}

/// Somebody else takes back the view that was counted, if it was; whether it was.
async fn somebody_takes_it_back(database: &Database) -> bool {
    let conn = &mut connect(database).await;
    loop {
        let mut theirs = load(1, conn).await;
        let was_stored = theirs.views == 11;
        theirs.views = 10;
        theirs.body = "Theirs.".into();
        if save_tracked(&mut theirs, conn).await.is_ok() {
            return was_stored;
        }
    }
}

super::scenarios! {
    async fn a_sum_that_is_what_it_was_may_hold_what_was_broken_off(database) {
        create_table(database).await;
        let (mut broken_off, mut stored) = (0, 0);
        for round in 0..20 {
            let witness = &mut connect(database).await;
            batch("UPDATE articles SET body = 'Body.', views = 10, version = 1 WHERE id = 1", witness)
                .await
                .unwrap();
            let mut conn = connect(database).await;
            let mut mine = load(1, &mut conn).await;
            mine.views += 1;
            let polls = round % 4;
            if poll_at_most(polls, save_tracked(&mut mine, &mut conn)).await.is_some() {
                continue;
            }
            broken_off += 1;
            drop(conn);
            let was_stored = somebody_takes_it_back(database).await;
            let is_saved = save_in_the_end(&mut mine, witness).await;
            let views = load(1, witness).await.views;
            let once = if was_stored || !is_saved { 10 } else { 11 };
            assert_eq!(views, once, "after {polls} polls, stored: {was_stored}, saved: {is_saved}");
            stored += usize::from(was_stored);
        }
        occ_tests::report::measured(format_args!("of {broken_off} saves that were broken off {stored} were stored"));
    }

    async fn what_was_broken_off_at_any_poll_is_saved_once_or_refused(database) {
        create_table(database).await;
        let (mut saved, mut left) = (0, 0);
        let calls = [
            Call::Save,
            Call::Merging,
            Call::Transaction(true),
            Call::Transaction(false),
            Call::Retry(true),
            Call::Retry(false),
        ];
        for call in calls {
            for (counts, others) in [(true, false), (true, true), (false, false), (false, true)] {
                let seen = break_off(call, counts, others, database).await;
                saved += seen.0;
                left += seen.1;
            }
        }
        occ_tests::report::measured(format_args!(
            "{} tracked saves broken off: {saved} saved once in the end, {left} refused since nobody can tell, 0 twice",
            saved + left
        ));
        assert!(saved > 20, "{saved} of {}", saved + left);
    }
}
