//! What goes over the network: for a warm save one question and one answer.

use diesel::prelude::*;
use occ_tests::database::TestDatabase as _;
use occ_tests::report::measured;
use occ_tests::round_trips::RoundTrips;

use super::cell::{all, begin, commit, connect_to, delete, execute, save, save_all, touch, update, verify};
use crate::scenarios::batch::MOST;
use crate::scenarios::product::{Product, products};

super::scenarios! {
    async fn a_warm_save_is_one_round_trip(database) {
        let (trips, url) = RoundTrips::through(&database.url()).unwrap();
        let conn = &mut connect_to(&url, database).await;
        let rows: Vec<_> = (3..1000).map(|id| {
            (products::id.eq(id), products::name.eq("row"), products::quantity.eq(1), products::version.eq(1))
        }).collect();
        execute(diesel::insert_into(products::table).values(rows), conn).await.unwrap();
        let mut rows: Vec<Product> =
            all(products::table.order(products::id).select(Product::as_select()), conn).await.unwrap();
        for warm in [false, true] {
            let row = &mut rows[usize::from(warm)];
            let mut counts = Vec::new();
            let _ = trips.take();
            save(row, conn).await.unwrap();
            counts.push(trips.take());
            touch(row, conn).await.unwrap();
            counts.push(trips.take());
            verify(row, conn).await.unwrap();
            counts.push(trips.take());
            delete(row, conn).await.unwrap();
            counts.push(trips.take());
            if warm {
                assert_eq!(counts, [1, 1, 1, 1], "save, touch, verify, delete");
            }
        }
        let row = &mut rows[2];
        update(row, products::quantity.eq(2), conn).await.unwrap();
        let _ = trips.take();
        update(row, products::quantity.eq(3), conn).await.unwrap();
        let any_changeset = trips.take();

        let by_hand = || diesel::update(products::table.find(4).filter(products::version.eq(1)))
            .set((products::name.eq("row"), products::note.eq(None::<String>), products::quantity.eq(1), products::version.eq(1)));
        execute(by_hand(), conn).await.unwrap();
        let _ = trips.take();
        assert_eq!(execute(by_hand(), conn).await.unwrap(), 1);
        measured(format!(
            "round trips: 1 for a warm save, touch, verify, delete; {any_changeset} with a changeset of one's own; {} by hand",
            trips.take(),
        ));

        let mut transaction = 0;
        // Twice: diesel-async tells the server without waiting that it is done with the statement by hand.
        for _ in 0..2 {
            let _ = trips.take();
            begin(conn).await.unwrap();
            commit(conn).await.unwrap();
            transaction = trips.take();
        }
        let rows = &mut rows[5..];
        save_all(rows, conn).await.unwrap();
        let _ = trips.take();
        save_all(rows, conn).await.unwrap();
        assert_eq!(trips.take(), rows.len().div_ceil(MOST) + transaction, "a warm batch");
    }

    async fn a_retried_closure_costs_a_round_trip_more_than_a_transaction_on_postgres_and_savepoints_elsewhere(database) {
        let (trips, url) = RoundTrips::through(&database.url()).unwrap();
        let conn = &mut connect_to(&url, database).await;
        let _ = trips.take();
        begin(conn).await.unwrap();
        commit(conn).await.unwrap();
        let plain = trips.take();
        let outcome: Result<(), occ_runtime::Error> =
            super::cell::retry(&occ_runtime::RetryPolicy::new(), conn, async |_| Ok(())).await;
        outcome.unwrap();
        let retried = trips.take();
        measured(format_args!("round trips: {retried} around a retried closure, {plain} around a transaction"));
        let is_postgres = super::cell::BACKEND == occ_tests::cell::Backend::Postgres;
        assert_eq!(retried, plain + if is_postgres { 1 } else { plain });
    }

    async fn a_refused_save_is_one_round_trip_more(database) {
        let (trips, url) = RoundTrips::through(&database.url()).unwrap();
        let conn = &mut connect_to(&url, database).await;
        let mut row: Product = super::cell::first(products::table.find(1).select(Product::as_select()), conn).await.unwrap();
        save(&mut row, conn).await.unwrap();
        row.version = 1;
        assert!(save(&mut row, conn).await.unwrap_err().is_stale());
        let _ = trips.take();
        assert!(save(&mut row, conn).await.unwrap_err().is_stale());
        assert_eq!(trips.take(), 2);
        assert!(delete(&row, conn).await.unwrap_err().is_stale());
        let _ = trips.take();
        assert!(delete(&row, conn).await.unwrap_err().is_stale());
        assert_eq!(trips.take(), 2);
    }
}
