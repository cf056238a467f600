//! A node of a Galera cluster is cut off from the others, and comes back.

#[allow(dead_code, reason = "a cell defines more than this needs")]
mod cell {
    occ_tests::async_cell!(Mysql, diesel_async::AsyncMysqlConnection, occ_tests::mysql::Database);
}

#[path = "../scenarios/product.rs"]
mod product;

use std::process::Command;
use std::time::{Duration, Instant};

use occ_tests::report::{measured, skipped};
use occ_tests::server::Server;

use cell::{Conn, Database, batch, block_on, connect, save};
use diesel_async::AsyncConnection as _;
use product::load;

/// A connection that sees what the cluster has committed. `None` while the node takes no statements.
async fn connect_in_step(database: &Database) -> Option<Conn> {
    use occ_tests::database::TestDatabase as _;
    let mut conn = Conn::establish(&format!("{}?prefer_socket=false", database.url())).await.ok()?;
    batch("SET SESSION wsrep_sync_wait = 1", &mut conn).await.ok()?;
    batch("SELECT 1 FROM products", &mut conn).await.ok()?;
    Some(conn)
}

async fn connect_once_in_step(database: &Database) -> Conn {
    let begun = Instant::now();
    loop {
        if let Some(conn) = connect_in_step(database).await {
            return conn;
        }
        assert!(begun.elapsed() < Duration::from_secs(170), "the node does not come back");
        std::thread::yield_now();
    }
}

/// Stops all that the node does, so that the others no longer hear of it, or lets it go on.
fn signal(what: &str, server: &Server) {
    let pid = std::fs::read_to_string(server.folder().join("node3/data/server.pid")).unwrap();
    assert!(Command::new("kill").args([what, pid.trim()]).status().unwrap().success());
}

#[test]
fn a_node_that_is_cut_off_and_comes_back() {
    let server = Server::new("galera", "faults-galera");
    let Some(urls) = server.run("start") else {
        return skipped(
            "a_node_that_is_cut_off_and_comes_back",
            "tests/servers install, which brings Galera",
        );
    };
    let urls: Vec<_> = urls.lines().collect();
    let here = Database::create_on(urls[0]);
    let apart = here.on(urls[2]);
    block_on(async {
        product::create_table(&here).await;
        let conn = &mut connect_once_in_step(&apart).await;
        let mut mine = load(1, conn).await;
        mine.quantity += 1;
        let before = mine.clone();

        signal("-STOP", &server);
        let other = &mut connect(&here).await;
        let mut theirs = load(1, other).await;
        theirs.quantity += 1;
        // It waits until the two of them have voted the third out.
        save(&mut theirs, other).await.unwrap();
        signal("-CONT", &server);

        let error = save(&mut mine, conn).await.unwrap_err();
        assert!(error.is_retryable() || error.needs_new_connection(), "{error:?}");
        assert_eq!(mine, before);
        measured(format_args!("Galera, a node that was cut off: the save on it was told {error}"));

        let conn = &mut connect_once_in_step(&apart).await;
        let mut mine = load(1, conn).await;
        mine.quantity += 1;
        save(&mut mine, conn).await.unwrap();
        for url in &urls {
            let row = load(1, &mut connect_once_in_step(&here.on(url)).await).await;
            assert_eq!((row.quantity, row.version), (12, 3), "on {url}");
        }
    });
}
