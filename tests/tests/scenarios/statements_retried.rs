//! What a transaction around a save sends, and what is done again where it was lost: the table `transactions` of
//! `occ-runtime/docs/STATEMENTS.md`.

use occ_runtime::{Choice, Error, RetryPolicy};
use occ_tests::statements::Statements;

use super::article::{self, Article};
use super::cell::{
    connect, modify, modify_with, record, reload, retry, retry_with, save, save_merging, save_merging_by,
    save_merging_by_with, save_merging_with, transaction,
};
use super::product::{Product, load};
use super::statements::columns;

super::scenarios! {
    async fn a_transaction_around_a_save(database) {
        let conn = &mut connect(database).await;
        let mut row = load(1, conn).await;
        let mut statements = Statements::of(record(conn));
        let outcome: Result<(), Error> =
            transaction(conn, &mut row, async |conn, row| save(row, conn).await).await;
        outcome.unwrap();
        statements.sent("`optimistic_transaction`");
        let policy = RetryPolicy::new();
        let outcome: Result<(), Error> =
            retry(&policy, conn, async |conn| save(&mut load(1, conn).await, conn).await).await;
        outcome.unwrap();
        statements.sent("`policy.run`");
        reload(&mut row, conn).await.unwrap();
        statements.forget();
        let outcome: Result<(), Error> =
            retry_with(&policy, conn, &mut row, async |conn, row| save(row, conn).await).await;
        outcome.unwrap();
        statements.sent("`policy.run_with`");
        let _: Product = modify_with(&policy, 1, conn, |row: &mut Product| row.quantity += 1).await.unwrap();
        statements.sent("`policy.modify`");
        let _: Product = modify(1, conn, |row: &mut Product| row.quantity += 1).await.unwrap();
        statements.sent("`modify_optimistic`");
        article::create_table(database).await;
        let mut tracked = article::load(1, conn).await;
        statements.forget();
        tracked.views += 1;
        save_merging(&mut tracked, conn).await.unwrap();
        statements.sent("`tracked.save_merging`");
        tracked.views += 1;
        article::somebody_counts(database).await;
        save_merging(&mut tracked, conn).await.unwrap();
        statements.sent("`tracked.save_merging`, where somebody else was faster");
        tracked.views += 1;
        let mine = |_: &str, _: &Article, _: &Article, _: &Article| Choice::Mine;
        save_merging_with(&mut tracked, mine, conn).await.unwrap();
        statements.sent("`tracked.save_merging_with`");
        tracked.views += 1;
        save_merging_by(&policy, &mut tracked, conn).await.unwrap();
        statements.sent("`policy.save_merging`");
        tracked.views += 1;
        save_merging_by_with(&policy, &mut tracked, mine, conn).await.unwrap();
        statements.sent("`policy.save_merging_with`");
        statements.compare("transactions", columns());
    }
}
