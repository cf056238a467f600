//! Two transactions that wait for each other.

use std::sync::Barrier;

use occ_runtime::{Error, Transient};

use super::cell::{Conn, Database, batch, begin, block_on, commit, connect, save, touch};
use super::product::{Product, load};

pub(super) fn transient(error: &Error) -> Option<Transient> {
    match error {
        Error::Database(error) => Transient::of(error),
        _ => None,
    }
}

/// Two threads take rows 1 and 2 crosswise, on connections that have run `setup`; the outcome of the one (or both) that the server stopped.
pub(super) fn deadlock(
    database: &Database,
    setup: &str,
    after: impl AsyncFn(&mut Conn, &mut Product, Error) + Sync,
) {
    let both_hold_one = Barrier::new(2);
    let after = &after;
    let worker = |ids: [i32; 2]| {
        let both_hold_one = &both_hold_one;
        move || {
            block_on(async {
                let conn = &mut connect(database).await;
                let (mut one, mut other) = (load(ids[0], conn).await, load(ids[1], conn).await);
                if !setup.is_empty() {
                    batch(setup, conn).await.unwrap();
                }
                begin(conn).await.unwrap();
                touch(&mut one, conn).await.unwrap();
                both_hold_one.wait();
                let before = other.clone();
                match save(&mut other, conn).await {
                    Ok(()) => {
                        commit(conn).await.unwrap();
                        0
                    }
                    Err(error) => {
                        assert_eq!(other, before);
                        after(conn, &mut other, error).await;
                        1
                    }
                }
            })
        }
    };
    let victims: i32 = std::thread::scope(|scope| {
        let workers = [scope.spawn(worker([1, 2])), scope.spawn(worker([2, 1]))];
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    assert_eq!(victims, 1, "one of the two is stopped");
}
