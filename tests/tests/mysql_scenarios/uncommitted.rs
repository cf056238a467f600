//! READ UNCOMMITTED: a version that was never committed can come again.

use super::cell::{batch, begin, commit, connect, rollback, save};
use super::product::load;

super::scenarios! {
    async fn a_version_that_was_read_uncommitted_can_be_another_ones_version_later(database) {
        let (reader, undone, other) = (&mut connect(database).await, &mut connect(database).await, &mut connect(database).await);
        batch("SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED", reader).await.unwrap();
        begin(undone).await.unwrap();
        save(&mut load(1, undone).await, undone).await.unwrap();
        let mut dirty = load(1, reader).await;
        assert_eq!(dirty.version, 2);
        rollback(undone).await.unwrap();
        let mut theirs = load(1, other).await;
        theirs.name = "theirs".into();
        save(&mut theirs, other).await.unwrap();
        // The limit: both are version 2, and what the others have stored is overwritten.
        save(&mut dirty, reader).await.unwrap();
        assert_eq!(load(1, other).await.name, "lamp");

        // The remedy: what is read is committed.
        batch("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", reader).await.unwrap();
        begin(undone).await.unwrap();
        save(&mut load(1, undone).await, undone).await.unwrap();
        let mut clean = load(1, reader).await;
        rollback(undone).await.unwrap();
        save(&mut load(1, other).await, other).await.unwrap();
        assert!(save(&mut clean, reader).await.unwrap_err().is_stale());
    }

    async fn without_autocommit_a_save_waits_for_a_commit(database) {
        let (conn, other) = (&mut connect(database).await, &mut connect(database).await);
        batch("SET autocommit = 0", conn).await.unwrap();
        let mut row = load(1, conn).await;
        save(&mut row, conn).await.unwrap();
        // The limit: the server has begun a transaction that nobody knows of.
        assert_eq!(load(1, other).await.version, 1);
        begin(conn).await.unwrap();
        save(&mut row, conn).await.unwrap();
        commit(conn).await.unwrap();
        assert_eq!(load(1, other).await.version, 3);
    }
}
