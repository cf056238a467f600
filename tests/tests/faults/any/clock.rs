//! The clock steps back under versions that say when they were written.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use diesel::prelude::*;
use occ_runtime::{
    OptimisticLock, Timestamp,
    version::{Clock, Micros},
};

use super::cell::{batch, connect, first, save, save_all};

const START: u64 = 1_700_000_000_000_000;

/// Microseconds since 1970.
static NOW: AtomicU64 = AtomicU64::new(START);

struct Stepping;

impl Clock for Stepping {
    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::from_micros(NOW.load(Relaxed))
    }
}

diesel::table! {
    readings (id) {
        id -> Integer,
        quantity -> Integer,
        written -> BigInt,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
struct Reading {
    id: i32,
    quantity: i32,
    #[occ(version, generator = Timestamp<Micros, Stepping>)]
    written: i64,
}

faults! {
    async fn a_clock_that_steps_back(database) {
        let conn = &mut connect(&database).await;
        batch(
            "CREATE TABLE readings (id INTEGER PRIMARY KEY, quantity INTEGER NOT NULL, written BIGINT NOT NULL);
             INSERT INTO readings VALUES (1, 10, 1);
             INSERT INTO readings VALUES (2, 20, 1);",
            conn,
        )
        .await
        .unwrap();
        let start = i64::try_from(START).unwrap();
        let read = readings::table.select(Reading::as_select());
        let mut mine: Reading = first(read.find(1), conn).await.unwrap();
        let unread = mine.clone();
        save(&mut mine, conn).await.unwrap();
        assert_eq!(mine.written, start);

        // An hour back, and the same time again and again.
        NOW.store(START - 3_600_000_000, Relaxed);
        for step in 1..=20 {
            let old = mine.clone();
            mine.quantity += 1;
            save(&mut mine, conn).await.unwrap();
            assert_eq!(mine.written, start + step, "one further than before");
            for mut stale in [old, unread.clone()] {
                let before = stale.clone();
                assert!(save(&mut stale, conn).await.unwrap_err().is_stale());
                assert_eq!(stale, before);
            }
        }
        let mut both = [mine, first(read.find(2), conn).await.unwrap()];
        save_all(&mut both, conn).await.unwrap();
        let [mut mine, other] = both;
        // The other row is not ahead of the clock.
        assert_eq!((mine.written, other.written), (start + 21, start - 3_600_000_000));
        assert_eq!(first::<_, Reading>(read.find(1), conn).await.unwrap(), mine);

        NOW.store(START + 1_000_000, Relaxed);
        save(&mut mine, conn).await.unwrap();
        assert_eq!(mine.written, start + 1_000_000, "the clock has caught up");
    }
}
