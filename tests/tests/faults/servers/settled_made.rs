//! `settle`, after a write that was to make its row whatever version is in memory: that another has made the row at that version says nothing.

use diesel::prelude::*;
use occ_runtime::{Expect, OptimisticLock, Outcome};
use occ_tests::cut::{Point, Proxy, Strike};
use occ_tests::database::TestDatabase as _;

use super::cell::{
    Conn, batch, connect, connect_to, first, insert, insert_all, overwrite, settle, transaction, upsert,
};
use super::sessions::{session, wait_until_gone};

diesel::table! { coins (id) { id -> Integer, quantity -> Integer, version -> Integer } }

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
struct Coin {
    id: i32,
    quantity: i32,
    version: i32,
}

#[derive(Clone, Copy, Debug)]
enum Call {
    Insert,
    InsertInTransaction,
    InsertAll,
    UpsertAbsent,
    UpsertAny,
    UpsertAt,
    Overwrite,
}

impl Call {
    const ALL: [Self; 7] = [
        Self::Insert,
        Self::InsertInTransaction,
        Self::InsertAll,
        Self::UpsertAbsent,
        Self::UpsertAny,
        Self::UpsertAt,
        Self::Overwrite,
    ];

    /// Some are at the row only after it is there.
    fn needs_row(self) -> bool {
        matches!(self, Self::UpsertAt | Self::Overwrite)
    }

    /// The statement that does its work.
    fn statement(self) -> &'static str {
        if self.needs_row() { "UPDATE" } else { "INSERT" }
    }

    async fn make(self, mine: &mut Coin, conn: &mut Conn) -> Result<(), occ_runtime::Error> {
        match self {
            Self::Insert => insert(mine, conn).await,
            Self::InsertInTransaction => {
                transaction(conn, mine, async |conn, mine| insert(mine, conn).await).await
            }
            Self::InsertAll => insert_all(std::slice::from_mut(mine), conn).await,
            Self::UpsertAbsent => upsert(mine, Expect::Absent, conn).await.map(drop),
            Self::UpsertAny => upsert(mine, Expect::Any, conn).await.map(drop),
            Self::UpsertAt => upsert(mine, Expect::At(3), conn).await.map(drop),
            Self::Overwrite => overwrite(mine, conn).await.map(drop),
        }
    }
}

faults! {
    async fn settle_takes_no_row_that_another_has_made_for_one_that_was_there_before(database) {
        let witness = &mut connect(&database).await;
        let table = "CREATE TABLE coins (id INTEGER PRIMARY KEY, quantity INTEGER NOT NULL, version INTEGER NOT NULL)";
        batch(table, witness).await.unwrap();
        let (proxy, url) = Proxy::through(&database.url()).unwrap();
        for (id, call) in (901..).zip(Call::ALL) {
            if call.needs_row() {
                batch(&format!("INSERT INTO coins VALUES ({id}, 1, 3)"), witness).await.unwrap();
            }
            let mut mine = Coin { id, quantity: 7, version: 5 };
            let before = mine.clone();
            let conn = &mut connect_to(&url, &database).await;
            let session = session(conn).await;
            proxy.at(Point::Statement, call.statement(), Strike::Cut);
            let error = call.make(&mut mine, conn).await.unwrap_err();
            assert!(proxy.has_struck() && error.needs_new_connection(), "{call:?}: {error:?}");
            assert_eq!(mine, before, "{call:?}");
            wait_until_gone(session, witness).await;

            // Another brings the row to the version that is in memory.
            let theirs = format!("DELETE FROM coins WHERE id = {id}; INSERT INTO coins VALUES ({id}, 2, 5)");
            batch(&theirs, witness).await.unwrap();
            assert_eq!(settle(&mut mine, witness).await.unwrap(), Outcome::Overtaken, "{call:?}");
            assert_eq!(mine, before, "{call:?}");
            let row: Coin = first(coins::table.find(id).select(Coin::as_select()), witness).await.unwrap();
            assert_eq!(row, Coin { id, quantity: 2, version: 5 }, "{call:?}");
        }
    }
}
