//! What ends the lock of a whole table.

use super::cell::{batch, connect, save, transaction};
use super::product::load;

super::scenarios! {
    async fn a_transaction_that_begins_gives_the_lock_of_a_table_back(database) {
        let (mine, theirs) = (&mut connect(database).await, &mut connect(database).await);
        batch("SET SESSION lock_wait_timeout = 1", theirs).await.unwrap();
        let (mut product, mut other) = (load(1, mine).await, load(2, mine).await);
        batch("LOCK TABLES products WRITE", mine).await.unwrap();
        assert!(save(&mut other, theirs).await.unwrap_err().is_retryable());
        transaction(mine, &mut product, async |conn, product| {
            save(&mut other, theirs).await?;
            save(product, conn).await
        })
        .await
        .unwrap();
        assert_eq!((load(1, theirs).await, load(2, theirs).await), (product, other));
    }
}
