//! A deletion by a mark, or what undoes it, whose future is dropped: memory is as it was, and the connection is refused or right.

use diesel::prelude::*;
use occ_runtime::{
    AsyncOptimisticBatchDsl, AsyncOptimisticDsl, AsyncSoftDeleteDsl, Error, SoftDelete as _, Tracked,
};

use super::cell::{Conn, batch, connect, delete, delete_all_tracked, first, restore, save};
use super::poll_at_most;
use crate::scenarios::soft_delete::{Note, create_notes, notes};

async fn load(id: i32, conn: &mut Conn) -> Note {
    first(notes::table.find(id).select(Note::as_select()), conn).await.unwrap()
}

/// What a statement says on a connection whose future was dropped: that a new one is needed, or what it would say on any other.
fn is_refused_or(outcome: Result<(), Error>, is_right: impl FnOnce(&Result<(), Error>) -> bool) {
    match outcome {
        Err(error) if error.needs_new_connection() => {}
        outcome => assert!(is_right(&outcome), "{outcome:?}"),
    }
}

super::scenarios! {
    async fn a_dropped_restoration_leaves_the_value_whenever_it_is_dropped(database) {
        let setup = &mut connect(database).await;
        create_notes(setup).await;
        for (polls, version) in (0..1000).zip((0..).step_by(10)) {
            assert!(polls < 999, "it never gets ready");
            // A version of its own, so that what comes late meets no later round.
            batch(&format!("UPDATE notes SET deleted = TRUE, version = {version} WHERE id = 1"), setup).await.unwrap();
            let mut conn = connect(database).await;
            let mut note = load(1, &mut conn).await;
            let before = note.clone();
            let done = poll_at_most(polls, note.restore_optimistic(&mut conn)).await;
            if let Some(outcome) = done {
                outcome.unwrap();
                assert_eq!(load(1, setup).await, note);
                break;
            }
            assert_eq!(note, before, "dropped after {polls} polls");
            // On the same connection: it was restored, or is now.
            is_refused_or(restore(&mut note, &mut conn).await, |outcome| match outcome {
                Ok(()) => true,
                Err(error) => error.is_stale(),
            });
            drop(conn);
            let mut again = before.clone();
            match restore(&mut again, setup).await {
                Ok(()) => assert_eq!(load(1, setup).await, again),
                Err(error) => assert!(error.is_stale(), "{error}"),
            }
            let row = load(1, setup).await;
            assert_eq!((row.is_deleted(), row.version), (false, version + 1), "it is restored once");
        }
    }

    async fn dropped_deletions_are_done_or_not_and_never_by_half(database) {
        let setup = &mut connect(database).await;
        create_notes(setup).await;
        for way in 0..3 {
            for (polls, version) in (0..1000).zip((way * 10_000..).step_by(10)) {
                assert!(polls < 999, "it never gets ready");
                batch(&format!("UPDATE notes SET deleted = FALSE, version = {version}"), setup).await.unwrap();
                let mut conn = connect(database).await;
                let rows = [load(1, &mut conn).await, load(2, &mut conn).await];
                let tracked = rows.clone().map(Tracked::new);
                let outcome = match way {
                    0 => poll_at_most(polls, rows[0].delete_optimistic(&mut conn)).await,
                    1 => poll_at_most(polls, rows.delete_all_optimistic(&mut conn)).await,
                    _ => poll_at_most(polls, delete_all_tracked(&tracked, &mut conn)).await,
                };
                let done = outcome.is_some();
                if let Some(outcome) = outcome {
                    outcome.unwrap();
                } else {
                    // What was begun on it holds locks until it is closed.
                    is_refused_or(delete(&rows[0], &mut conn).await, |outcome| match outcome {
                        Ok(()) => true,
                        Err(error) => error.is_stale(),
                    });
                }
                drop(conn);
                if done {
                    assert_eq!([load(1, setup).await, load(2, setup).await].map(|row| row.is_deleted()), [true, way > 0]);
                    break;
                }
                // The next writer finds it deleted or not.
                let mut mine = rows[0].clone();
                match save(&mut mine, setup).await {
                    Ok(()) => assert_eq!(load(1, setup).await, mine),
                    Err(error) => assert!(error.is_stale() && load(1, setup).await.is_deleted(), "{error}"),
                }
                let other = load(2, setup).await;
                assert_eq!(other.is_deleted(), other.version != version);
                assert!(rows.iter().all(|row| row.version == version && !row.is_deleted()));
            }
        }
    }
}
