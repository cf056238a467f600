//! Somebody else who has a row.

use std::sync::{Arc, mpsc};
use std::thread::{JoinHandle, spawn};

use super::cell::{Database, begin, block_on, connect, rollback, save};
use super::product::load;

/// Has row 1 until it is told to give it back.
pub fn holder(database: &Arc<Database>) -> (JoinHandle<()>, mpsc::Receiver<()>, mpsc::SyncSender<()>) {
    let (has_it, holds) = mpsc::channel();
    // Who tells it need not wait, and may do so twice.
    let (give_back, told) = mpsc::sync_channel(1);
    let database = Arc::clone(database);
    let thread = spawn(move || {
        block_on(async {
            let conn = &mut connect(&database).await;
            begin(conn).await.unwrap();
            save(&mut load(1, conn).await, conn).await.unwrap();
            has_it.send(()).unwrap();
            told.recv().unwrap();
            rollback(conn).await.unwrap();
        });
    });
    (thread, holds, give_back)
}
