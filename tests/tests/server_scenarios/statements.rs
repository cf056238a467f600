//! What a row lock sends: what the table of `occ-runtime/docs/STATEMENTS.md` says.

use occ_runtime::{LockMode, OptimisticLock};
use occ_tests::statements::Statements;

use super::cell::{begin, connect, lock, lock_at, record, rollback};
use super::product::{Product, load};
use crate::scenarios::statements::columns;

super::scenarios! {
    async fn a_lock_of_a_row(database) {
        let conn = &mut connect(database).await;
        let row = load(1, conn).await;
        begin(conn).await.unwrap();
        let mut statements = Statements::of(record(conn));
        lock(&row, LockMode::for_update(), conn).await.unwrap();
        statements.sent("`lock_optimistic`");
        lock_at(Product::at(2, 1), LockMode::for_update(), conn).await.unwrap();
        statements.sent("`at(..).lock`");
        rollback(conn).await.unwrap();
        statements.compare("locks", columns());
    }
}
