//! `bump_version` in an upsert, whose target each backend spells in its own way.

/// The scenarios for a backend whose upserts have this target.
macro_rules! upserts {
    ($target:expr) => {
        use diesel::prelude::*;
        use occ_runtime::bump_version;

        use super::cell::{connect, execute, save};
        use super::product::{Product, load, products};

        crate::scenarios::scenarios! {
            async fn an_upsert_of_diesels_moves_the_version_on(database) {
                let conn = &mut connect(database).await;
                let (mut lamp, mut desk) = (load(1, conn).await, load(2, conn).await);
                for round in 1..4 {
                    let row = (
                        products::id.eq(1),
                        products::name.eq("lamp"),
                        products::quantity.eq(5),
                        products::version.eq(40),
                    );
                    let upsert = diesel::insert_into(products::table)
                        .values(row)
                        .on_conflict($target)
                        .do_update()
                        .set((products::quantity.eq(products::quantity + 5), bump_version::<Product>()));
                    execute(upsert, conn).await.unwrap();
                    let row = load(1, conn).await;
                    assert_eq!((row.quantity, row.version), (10 + 5 * round, 1 + round));
                    assert!(save(&mut lamp, conn).await.unwrap_err().is_stale());
                }
                save(&mut desk, conn).await.unwrap();
            }

            async fn an_upsert_that_sets_nothing_but_the_version_moves_it_on(database) {
                let conn = &mut connect(database).await;
                let mut lamp = load(1, conn).await;
                let row = (products::id.eq(1), products::name.eq("x"), products::quantity.eq(5), products::version.eq(40));
                let upsert = diesel::insert_into(products::table)
                    .values(row)
                    .on_conflict($target)
                    .do_update()
                    .set(bump_version::<Product>());
                execute(upsert, conn).await.unwrap();
                assert_eq!(load(1, conn).await, Product { version: 2, ..lamp.clone() });
                assert!(save(&mut lamp, conn).await.unwrap_err().is_stale());
            }
        }
    };
}
pub(crate) use upserts;
