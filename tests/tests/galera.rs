//! A Galera cluster: every node is written to, and a conflict between nodes shows as a failed certification.
#![cfg(feature = "async")]

mod nodes;

use nodes::Cluster;

const GALERA: Cluster = Cluster {
    name: "Galera",
    kind: "galera",
    variable: "OCC_TEST_GALERA_URLS",
    // A certification that failed is ours to see, not the server's to repeat.
    setup: "SET SESSION wsrep_retry_autocommit = 0",
    in_step: "SET SESSION wsrep_sync_wait = 1",
};

mod waiting {
    const MODE: &str = "waiting";

    #[allow(dead_code, reason = "a cell defines more than this needs")]
    mod cell {
        occ_tests::async_cell!(Mysql, diesel_async::AsyncMysqlConnection, occ_tests::mysql::Database);
        occ_tests::async_retry!();
    }

    include!("nodes/race.rs");

    #[test]
    fn writers_on_all_nodes_lose_no_update() {
        lose_no_update(&super::GALERA, How::Transaction);
    }
}

// Each save by itself: MariaDB 10.11 at times never answers the prepared statement of a client of the C library whose
// open transaction another node has just overruled, and that client waits without end.
#[cfg(feature = "mysql")]
mod blocking {
    const MODE: &str = "blocking";

    #[allow(dead_code, reason = "a cell defines more than this needs")]
    mod cell {
        occ_tests::blocking_cell!(Mysql, diesel::MysqlConnection, occ_tests::mysql::Database);
        occ_tests::blocking_retry!();
    }

    include!("nodes/race.rs");

    #[test]
    fn writers_on_all_nodes_lose_no_update() {
        lose_no_update(&super::GALERA, How::Save);
    }
}
