// Included for each mode, blocking or async, whose cell it uses; hence no `//!`.

use diesel::prelude::*;

/// Two tables alike, so that a statement for the one would be taken by the other.
macro_rules! table {
    ($table:ident, $row:ident) => {
        diesel::table! { $table (id) { id -> Integer, quantity -> Integer, version -> Integer } }

        #[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
        #[diesel(table_name = $table)]
        struct $row {
            id: i32,
            quantity: i32,
            version: i32,
        }
    };
}
table!(pooled_lamps, Lamp);
table!(pooled_desks, Desk);

const WORKERS: i32 = 8;
const SAVES: i32 = 50;

/// Each worker has a row of its own in each table, and saves them in turn; its connection is made as `setup` says.
pub(super) fn every_save_is_stored(pooler: &Pooler, setup: impl Fn(&mut Conn) + Sync) {
    let _alone = super::TABLES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let setup = &setup;
    block_on(async {
        let conn = &mut connect(pooler).await;
        for table in ["pooled_lamps", "pooled_desks"] {
            batch(&format!("DROP TABLE IF EXISTS {table}"), conn).await.unwrap();
            let columns = "id INTEGER PRIMARY KEY, quantity INTEGER NOT NULL, version INTEGER NOT NULL";
            batch(&format!("CREATE TABLE {table} ({columns})"), conn).await.unwrap();
            batch(&format!("INSERT INTO {table} SELECT n, 0, 1 FROM generate_series(1, {WORKERS}) AS n"), conn).await.unwrap();
        }
    });
    std::thread::scope(|scope| {
        for id in 1..=WORKERS {
            scope.spawn(move || {
                block_on(async {
                    let conn = &mut connect(pooler).await;
                    setup(conn);
                    let mut lamp: Lamp =
                        first(pooled_lamps::table.find(id).select(Lamp::as_select()), conn).await.unwrap();
                    let mut desk: Desk =
                        first(pooled_desks::table.find(id).select(Desk::as_select()), conn).await.unwrap();
                    for _ in 0..SAVES {
                        lamp.quantity += 1;
                        save(&mut lamp, conn).await.unwrap();
                        desk.quantity += 1000;
                        let saved: Result<(), Error> =
                            transaction(conn, &mut desk, async |conn, desk| save(desk, conn).await).await;
                        saved.unwrap();
                    }
                });
            });
        }
    });
    block_on(async {
        let conn = &mut connect(pooler).await;
        setup(conn);
        for id in 1..=WORKERS {
            let lamp: Lamp = first(pooled_lamps::table.find(id).select(Lamp::as_select()), conn).await.unwrap();
            let desk: Desk = first(pooled_desks::table.find(id).select(Desk::as_select()), conn).await.unwrap();
            assert_eq!((lamp.quantity, lamp.version), (SAVES, 1 + SAVES), "{MODE}, {id}");
            assert_eq!((desk.quantity, desk.version), (1000 * SAVES, 1 + SAVES), "{MODE}, {id}");
        }
    });
}
