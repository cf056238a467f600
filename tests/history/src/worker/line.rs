// The way from a worker to its server, on which connections are lost.

use std::sync::mpsc::{Receiver, Sender};

use diesel::sql_types::BigInt;
use occ_tests::cell::Backend;
use occ_tests::database::TestDatabase as _;

use super::super::cell::{BACKEND, Conn, batch, connect, connect_to, first};
use super::{Stage, set_up};
use crate::fault::Fault;
use crate::proxy::{Order, Proxy};

/// Of one worker, whatever connection it has.
pub struct Line {
    url: String,
    proxy: Option<Proxy>,
    orders: Sender<Order>,
    /// The connection, as the server numbers it.
    number: i64,
}

impl Line {
    /// Through a proxy, if something is to go wrong there; in a cluster to a node of the worker's own.
    pub fn of(worker: usize, stage: &Stage<'_>, orders: Sender<Order>) -> Self {
        let mut line = Self { url: url_of(worker, stage), proxy: None, orders, number: 0 };
        if stage.setting.faults.is_some_and(|faults| faults.server) {
            let usual = if BACKEND == Backend::Postgres { 5432 } else { 3306 };
            let (before, server, after) =
                Proxy::split(&line.url, usual).expect("the URL names a server and a database");
            let proxy = Proxy::to(&server).expect("the proxy can listen");
            // What is encrypted shows no COMMIT.
            let plain = if BACKEND == Backend::Postgres { "?sslmode=disable" } else { "" };
            line.url = format!("{before}{}{after}{plain}", proxy.address());
            line.proxy = Some(proxy);
        }
        line
    }

    pub async fn connect(&mut self, stage: &Stage<'_>) -> Conn {
        let mut conn = connect_to(&self.url, stage.database).await;
        set_up(&stage.setting.each, &mut conn).await;
        if self.proxy.is_some() {
            set_up(&signed(stage), &mut conn).await;
            self.number = number(&mut conn).await;
        }
        conn
    }

    pub fn arm(&self, fault: Fault) {
        if let Some(proxy) = &self.proxy {
            proxy.arm(fault, self.number, self.orders.clone());
        }
    }

    /// Whether it has happened.
    pub fn disarm(&self) -> bool {
        self.proxy.as_ref().is_some_and(Proxy::disarm)
    }
}

/// Makes the connections of this database known on PostgreSQL, where others use the same.
fn signed(stage: &Stage<'_>) -> String {
    if BACKEND == Backend::Postgres {
        format!("SET application_name TO '{}'", stage.database.setup().replace("SET search_path TO ", ""))
    } else {
        String::new()
    }
}

fn own_number() -> &'static str {
    if BACKEND == Backend::Postgres {
        "CAST(pg_backend_pid() AS BIGINT)"
    } else {
        "CAST(CONNECTION_ID() AS SIGNED)"
    }
}

async fn number(conn: &mut Conn) -> i64 {
    let number = diesel::select(diesel::dsl::sql::<BigInt>(own_number()));
    first(number, conn).await.expect("a connection has a number")
}

/// The administrator: does what it is told by the proxies, until they are gone.
pub async fn administer(orders: Receiver<Order>, stage: &Stage<'_>) {
    let conn = &mut connect(stage.database).await;
    while let Ok(Order { victim, kill, done }) = orders.recv() {
        let order = match (BACKEND, kill) {
            (Backend::Postgres, true) => format!("SELECT pg_terminate_backend({victim})"),
            (Backend::Postgres, false) => format!("SELECT pg_cancel_backend({victim})"),
            (_, true) => format!("KILL CONNECTION {victim}"),
            (_, false) => format!("KILL QUERY {victim}"),
        };
        // It may be gone already.
        let _ = batch(&order, conn).await;
        let _ = done.send(());
    }
}

/// Waits until the servers have done, or given up, what they were sent by connections that are lost.
pub async fn settle(stage: &Stage<'_>) {
    if !stage.setting.faults.is_some_and(|faults| faults.server) {
        return;
    }
    let others = match BACKEND {
        Backend::Postgres => {
            "(SELECT COUNT(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() \
             AND application_name = current_setting('application_name'))"
        }
        _ => {
            "(SELECT COUNT(*) FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND db = DATABASE())"
        }
    };
    for node in 0..stage.setting.nodes.len().max(1) {
        let mut conn = connect_to(&url_of(node, stage), stage.database).await;
        set_up(&signed(stage), &mut conn).await;
        loop {
            let count = diesel::select(diesel::dsl::sql::<BigInt>(others));
            let count: i64 = first(count, &mut conn).await.expect("the connections can be counted");
            if count == 0 {
                break;
            }
            // Nothing tells when it changes.
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }
}

/// Of the server, or in a cluster of the node for this worker.
fn url_of(worker: usize, stage: &Stage<'_>) -> String {
    let (database, nodes) = (stage.database.url(), &stage.setting.nodes);
    let node = nodes.get(worker % nodes.len().max(1));
    match (node, database.rsplit_once('/')) {
        (Some(node), Some((_, name))) => format!("{node}/{name}"),
        _ => database,
    }
}
