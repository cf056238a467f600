//! Deletions by a mark, and what undoes them, of several writers at once.

use std::sync::Barrier;

use diesel::prelude::*;
use occ_runtime::{Error, SoftDelete as _};

use super::cell::{Conn, Database, begin, block_on, commit, connect, delete, first, restore, rollback, save};
use super::soft_delete::{Note, create_notes, notes};

async fn load(conn: &mut Conn) -> Note {
    first(notes::table.find(1).select(Note::as_select()), conn).await.unwrap()
}

/// What came of an attempt of each of so many writers, that begin at once: whether it was the one that counts.
fn at_once<F>(database: &Database, writers: usize, write: F) -> Vec<bool>
where
    F: AsyncFn(usize, &mut Note, &mut Conn) -> Result<(), Error> + Sync,
{
    let start = Barrier::new(writers);
    let worker = |number| {
        let (start, write) = (&start, &write);
        move || {
            block_on(async {
                let conn = &mut connect(database).await;
                let note = load(conn).await;
                let mut value = note.clone();
                start.wait();
                loop {
                    match write(number, &mut value, conn).await {
                        Ok(()) => return true,
                        Err(Error::Stale(_)) => {
                            assert_eq!(value, note, "memory is as it was");
                            return false;
                        }
                        // A lock that was not to be had.
                        Err(error) if error.is_retryable() => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..writers).map(|number| scope.spawn(worker(number))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    })
}

super::scenarios! {
    async fn of_deletions_restorations_and_saves_at_once_one_is_done(database) {
        let conn = &mut connect(database).await;
        create_notes(conn).await;
        for round in 0..10 {
            let version = load(conn).await.version;
            // Half of them delete it, and half save it.
            let done = at_once(database, 4, async |number, note, conn| {
                if number % 2 == 0 { delete(note, conn).await } else { save(note, conn).await }
            });
            assert_eq!(done.iter().filter(|done| **done).count(), 1, "round {round}: {done:?}");
            let mut row = load(conn).await;
            assert_eq!((row.version, row.is_deleted()), (version + 1, done[0] || done[2]));
            if !row.is_deleted() {
                delete(&row, conn).await.unwrap();
                row = load(conn).await;
            }
            let done = at_once(database, 4, async |_, note, conn| restore(note, conn).await);
            assert_eq!(done.iter().filter(|done| **done).count(), 1, "round {round}: {done:?}");
            let restored = load(conn).await;
            assert_eq!(restored, Note { version: row.version + 1, ..restored.clone() });
            assert!(!restored.is_deleted());
        }
    }

    async fn a_deletion_that_is_rolled_back_has_not_happened(database) {
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        create_notes(a).await;
        let (mine, mut theirs) = (load(a).await, load(b).await);
        begin(a).await.unwrap();
        delete(&mine, a).await.unwrap();
        rollback(a).await.unwrap();
        save(&mut theirs, b).await.unwrap();
        begin(a).await.unwrap();
        let theirs_again = load(a).await;
        delete(&theirs_again, a).await.unwrap();
        commit(a).await.unwrap();
        let Err(Error::Stale(stale)) = save(&mut theirs, b).await else { panic!("it is deleted") };
        assert!(stale.is_deleted());
        assert!(load(b).await.is_deleted());
    }
}
