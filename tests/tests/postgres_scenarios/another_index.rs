//! Two make the very same row, and PostgreSQL meets it in another unique index before it meets it in the key's.

use std::sync::mpsc::channel;

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::BigInt;
use occ_runtime::{Created, Error, Expect, OptimisticLock, Upserted};

use super::cell::{
    Conn, Database, all, batch, block_on, connect, create_if_absent, first, insert, transaction, upsert,
};

diesel::table! { coins (id) { id -> Integer, name -> Text, version -> Integer } }

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
struct Coin {
    id: i32,
    name: String,
    version: i32,
}

/// The index that is older is looked at first. Whoever has set `occ.gate` waits in it, when PostgreSQL has seen already that the key is free.
const TABLE: &str = "
    CREATE TABLE coins (id INTEGER NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL);
    CREATE FUNCTION at_the_gate(name TEXT) RETURNS TEXT IMMUTABLE LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('occ.gate', true) = 'on' THEN
            PERFORM pg_advisory_xact_lock_shared(77);
        END IF;
        RETURN name;
    END $$;
    CREATE UNIQUE INDEX coins_name ON coins (at_the_gate(name));
    ALTER TABLE coins ADD PRIMARY KEY (id);";

fn coin() -> Coin {
    Coin { id: 1, name: "penny".into(), version: 0 }
}

/// What `make` answers where another has made the row after it has looked for one.
fn beaten<T: Send>(database: &Database, make: impl AsyncFnOnce(&mut Conn) -> T + Send) -> T {
    let (locks, locked) = channel();
    let (begins, begun) = channel();
    let faster = move || {
        block_on(async {
            let (conn, watch) = (&mut connect(database).await, &mut connect(database).await);
            batch("DELETE FROM coins; SELECT pg_advisory_lock(77)", conn).await.unwrap();
            locks.send(()).unwrap();
            let pid: i64 = begun.recv().unwrap();
            // Divided by none, until somebody waits.
            let waits = format!("SELECT 1 / count(*) FROM pg_locks WHERE pid = {pid} AND NOT granted");
            while batch(&waits, watch).await.is_err() {}
            batch("INSERT INTO coins VALUES (1, 'penny', 1); SELECT pg_advisory_unlock(77)", conn)
                .await
                .unwrap();
        });
    };
    let slower = move || {
        block_on(async {
            let conn = &mut connect(database).await;
            batch("SET occ.gate = 'on'", conn).await.unwrap();
            let pid = diesel::dsl::sql::<BigInt>("CAST(pg_backend_pid() AS BIGINT)");
            let pid: Vec<i64> = all(diesel::select(pid), conn).await.unwrap();
            locked.recv().unwrap();
            begins.send(pid[0]).unwrap();
            make(conn).await
        })
    };
    std::thread::scope(|scope| {
        let slower = scope.spawn(slower);
        scope.spawn(faster).join().unwrap();
        slower.join().unwrap()
    })
}

super::scenarios! {
    async fn a_row_that_another_has_just_made_is_there_whatever_index_says_so(database) {
        batch(TABLE, &mut connect(database).await).await.unwrap();
        let theirs = Coin { version: 1, ..coin() };

        let mut mine = coin();
        let error = beaten(database, async |conn| insert(&mut mine, conn).await).unwrap_err();
        assert!(matches!(&error, Error::Exists(exists) if exists.key() == "1"), "{error:?}");
        assert_eq!(mine, coin());

        let error = beaten(database, async |conn| upsert(&mut mine, Expect::Absent, conn).await).unwrap_err();
        assert!(matches!(error, Error::Exists(_)), "{error:?}");
        assert_eq!(mine, coin());

        let upserted = beaten(database, async |conn| upsert(&mut mine, Expect::Any, conn).await).unwrap();
        assert_eq!((upserted, mine.version), (Upserted::Updated, 2));
        let row: Coin = first(coins::table.select(Coin::as_select()), &mut connect(database).await).await.unwrap();
        assert_eq!(row, mine);

        let values = (coins::id.eq(1), coins::name.eq("penny"));
        let made = beaten(database, async |conn| create_if_absent::<Coin, _, _>(values, 1, conn).await);
        assert_eq!(made.unwrap(), Created::Existing(theirs));
    }

    async fn in_a_transaction_that_is_aborted_by_it_nothing_more_can_be_asked(database) {
        batch(TABLE, &mut connect(database).await).await.unwrap();
        let mut mine = coin();
        let error = beaten(database, async |conn| {
            transaction(conn, &mut mine, async |conn, mine| insert(mine, conn).await).await
        });
        let error = error.unwrap_err();
        let is_unique_violation = |error: &Error| {
            matches!(error, Error::Database(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
        };
        assert!(is_unique_violation(&error), "{error:?}");
        assert_eq!(mine, coin());
    }
}
