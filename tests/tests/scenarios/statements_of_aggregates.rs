//! What the roots of aggregates send, and writes that only report: more tables of `occ-runtime/docs/STATEMENTS.md`.

use diesel::prelude::*;
use occ_runtime::{DatabaseGenerated, Error, OnStale, OptimisticLock, Tracked, VersionTrigger};
use occ_tests::cell::Backend;
use occ_tests::statements::Statements;

use super::cell::{
    BACKEND, all, batch, begin, connect, delete_with, first, record, rollback, save, save_with,
    with_children, with_these_children,
};
use super::orders::{create_tables, lines, order, orders};
use super::product::load;
use super::statements::columns;

/// Whose version the database makes.
#[derive(Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = orders)]
struct Stamped {
    id: i32,
    name: String,
    #[occ(version, generator = DatabaseGenerated)]
    #[diesel(skip_update)]
    version: i32,
}

super::scenarios! {
    async fn the_root_of_an_aggregate(database) {
        create_tables(database).await;
        let conn = &mut connect(database).await;
        let (mut root, mut children) = (order(1, conn).await, lines(1, conn).await);
        let mut tracked = Tracked::new(order(2, conn).await);
        let mut statements = Statements::of(record(conn));
        with_children(&mut root, conn, async |_| Ok::<_, Error>(())).await.unwrap();
        statements.sent("`with_children`, nothing in it");
        with_these_children(&mut root, conn, &mut children, async |conn, _, children| {
            save(&mut children[0], conn).await
        })
        .await
        .unwrap();
        statements.sent("`with_these_children`, a save in it");
        with_children(&mut tracked, conn, async |_| Ok::<_, Error>(())).await.unwrap();
        statements.sent("`tracked.with_children`, nothing was changed");
        tracked.name = "toys".into();
        with_children(&mut tracked, conn, async |_| Ok::<_, Error>(())).await.unwrap();
        statements.sent("`tracked.with_children`");
        begin(conn).await.unwrap();
        statements.forget();
        with_children(&mut root, conn, async |_| Ok::<_, Error>(())).await.unwrap();
        statements.sent("`with_children`, in a transaction");
        rollback(conn).await.unwrap();
        statements.forget();
        let refused = with_children(&mut root, conn, async |_| Ok::<_, Error>(())).await;
        assert!(refused.unwrap_err().is_stale());
        statements.sent("`with_children` that is refused");
        let trigger = VersionTrigger::counter("orders", "version");
        let trigger = match BACKEND {
            Backend::Sqlite => trigger.sqlite(),
            Backend::Postgres => trigger.postgres(),
            Backend::Mysql => trigger.mysql(),
        };
        batch(&trigger, conn).await.unwrap();
        let mut stamped: Stamped = first(orders::table.find(1).select(Stamped::as_select()), conn).await.unwrap();
        statements.forget();
        with_children(&mut stamped, conn, async |_| Ok::<_, Error>(())).await.unwrap();
        statements.sent("`with_children`, a version that the database makes");
        let stored: Vec<i32> = all(orders::table.find(1).select(orders::version), conn).await.unwrap();
        assert_eq!(stored, [stamped.version]);
        statements.compare("aggregates", columns());
    }

    async fn a_write_that_only_reports(database) {
        let conn = &mut connect(database).await;
        let (mut row, mut two) = (load(1, conn).await, load(2, conn).await);
        let reports = OnStale::Report(&|_| {});
        let mut statements = Statements::of(record(conn));
        save_with(&mut row, reports, conn).await.unwrap();
        statements.sent("`save_optimistic_with`");
        row.version = 0;
        save_with(&mut row, reports, conn).await.unwrap();
        statements.sent("`save_optimistic_with`, something to report");
        delete_with(&row, reports, conn).await.unwrap();
        statements.sent("`delete_optimistic_with`");
        two.version = 0;
        delete_with(&two, reports, conn).await.unwrap();
        statements.sent("`delete_optimistic_with`, something to report");
        statements.compare("reports", columns());
    }
}
