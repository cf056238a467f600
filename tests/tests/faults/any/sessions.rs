//! The server's sessions, as another one sees them.

use std::sync::Arc;
use std::thread::{JoinHandle, spawn, yield_now};

use diesel::dsl::sql;
use diesel::sql_types::BigInt;
use occ_tests::cell::Backend;

use super::cell::{BACKEND, Conn, Database, batch, block_on, connect, first};

/// What ends a session, or what it is doing.
#[derive(Clone, Copy, Debug)]
pub enum End {
    Session,
    Query,
}

/// What the server calls this connection.
pub async fn session(conn: &mut Conn) -> i64 {
    let id = match BACKEND {
        Backend::Postgres => "CAST(pg_backend_pid() AS BIGINT)",
        Backend::Mysql => "CAST(CONNECTION_ID() AS SIGNED)",
        // A connection of SQLite's is the program's own, and ends with it.
        Backend::Sqlite => "0",
    };
    first(diesel::select(sql::<BigInt>(id)), conn).await.unwrap()
}

async fn counts(what: &str, conn: &mut Conn) -> bool {
    first::<_, i64>(diesel::select(sql::<BigInt>(what)), conn).await.unwrap() > 0
}

/// Waits until the server has done all that the session has sent, and has ended it.
pub async fn wait_until_gone(session: i64, conn: &mut Conn) {
    let lives = match BACKEND {
        Backend::Postgres => format!("(SELECT count(*) FROM pg_stat_activity WHERE pid = {session})"),
        Backend::Mysql => {
            format!("(SELECT count(*) FROM information_schema.processlist WHERE id = {session})")
        }
        Backend::Sqlite => return,
    };
    while counts(&lives, conn).await {
        yield_now();
    }
}

/// The query that counts a session where it waits for a lock that another one has.
fn waits(session: i64) -> String {
    match BACKEND {
        Backend::Postgres => {
            format!(
                "(SELECT count(*) FROM pg_stat_activity WHERE pid = {session} AND wait_event_type = 'Lock')"
            )
        }
        // What runs there comes to no end while the row is locked. `innodb_trx` says more, but it is a copy that who asks
        // without a pause never sees change.
        _ => format!(
            "(SELECT count(*) FROM information_schema.processlist WHERE id = {session}
              AND command IN ('Query', 'Execute') AND (info LIKE 'UPDATE%' OR info LIKE '%FOR UPDATE' OR info = 'COMMIT'))"
        ),
    }
}

/// Waits until the session waits for a lock that another one has.
pub async fn wait_until_it_waits(session: i64, conn: &mut Conn) {
    while !counts(&waits(session), conn).await {
        yield_now();
    }
}

/// Waits until it waits no more.
pub async fn wait_until_it_goes_on(session: i64, conn: &mut Conn) {
    while counts(&waits(session), conn).await {
        yield_now();
    }
}

pub async fn end(end: End, session: i64, conn: &mut Conn) {
    let sql = match (BACKEND, end) {
        (Backend::Postgres, End::Session) => format!("SELECT pg_terminate_backend({session})"),
        (Backend::Postgres, End::Query) => format!("SELECT pg_cancel_backend({session})"),
        (_, End::Session) => format!("KILL {session}"),
        (_, End::Query) => format!("KILL QUERY {session}"),
    };
    batch(&sql, conn).await.unwrap();
}

/// Ends it from a thread of its own, once it waits for a lock. The database is given back before its end.
pub fn end_once_it_waits(what: End, session: i64, database: &Arc<Database>) -> JoinHandle<()> {
    let database = Arc::clone(database);
    spawn(move || {
        block_on(async {
            let conn = &mut connect(&database).await;
            wait_until_it_waits(session, conn).await;
            end(what, session, conn).await;
        });
    })
}
