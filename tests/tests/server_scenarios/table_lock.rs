//! The recipe for a whole table, as the documentation of `LockMode` has it: nobody else writes until it is given back.

use occ_runtime::Transient;
use occ_tests::cell::Backend;

use super::cell::{BACKEND, Conn, batch, begin, commit, connect, save};
use super::locks::transient;
use super::product::load;

/// Takes the lock. On MySQL it is the session's: a transaction that begins would give it back.
async fn lock_table(conn: &mut Conn) {
    match BACKEND {
        Backend::Postgres => {
            begin(conn).await.unwrap();
            batch("LOCK TABLE products IN SHARE ROW EXCLUSIVE MODE", conn).await.unwrap();
        }
        _ => batch("LOCK TABLES products WRITE", conn).await.unwrap(),
    }
}

async fn unlock_table(conn: &mut Conn) {
    match BACKEND {
        Backend::Postgres => commit(conn).await.unwrap(),
        _ => batch("UNLOCK TABLES", conn).await.unwrap(),
    }
}

/// A statement that has to wait for a table fails soon.
fn impatient() -> &'static str {
    match BACKEND {
        Backend::Postgres => "SET lock_timeout = '50ms'",
        _ => "SET SESSION lock_wait_timeout = 1",
    }
}

super::scenarios! {
    async fn a_table_is_locked_for_all_other_writers(database) {
        let (mine, theirs) = (&mut connect(database).await, &mut connect(database).await);
        let mut refused = load(1, theirs).await;
        refused.quantity = 3;
        let before = refused.clone();
        batch(impatient(), theirs).await.unwrap();

        lock_table(mine).await;
        let mut product = load(1, mine).await;
        product.quantity += 1;
        save(&mut product, mine).await.unwrap();
        let error = save(&mut refused, theirs).await.unwrap_err();
        assert_eq!(transient(&error), Some(Transient::LockTimeout), "{error:?}");
        assert_eq!(refused, before);
        // The lock outlives the save, and there are no others in between.
        save(&mut product, mine).await.unwrap();
        unlock_table(mine).await;

        let error = save(&mut refused, theirs).await.unwrap_err();
        assert!(error.is_stale(), "{error:?}");
        let row = load(1, theirs).await;
        assert_eq!((row.quantity, row.version), (product.quantity, before.version + 2));
        assert_eq!(row.version, product.version);
    }
}
