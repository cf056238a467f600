//! MySQL's Group Replication, of which every node is a primary: a conflict between nodes shows at COMMIT, as error 3101 or 1180.
#![cfg(feature = "async")]

mod nodes;

use nodes::Cluster;

/// At its default of `group_replication_consistency`, by which a node may show what is no more.
const GROUP: Cluster = Cluster {
    name: "Group Replication",
    kind: "group",
    variable: "OCC_TEST_GROUP_URLS",
    setup: "SET SESSION group_replication_consistency = 'EVENTUAL'",
    in_step: "SET SESSION group_replication_consistency = 'BEFORE'",
};

/// The race of one mode, blocking or async, by each of these ways to write.
macro_rules! mode {
    ($mode:ident, $cell:ident, $retry:ident, $connection:ty, [$($test:ident: $how:ident),*]) => {
        mod $mode {
            const MODE: &str = stringify!($mode);

            #[allow(dead_code, reason = "a cell defines more than this needs")]
            mod cell {
                occ_tests::$cell!(Mysql, $connection, occ_tests::mysql::Database);
                occ_tests::$retry!();
            }

            include!("nodes/race.rs");

            $(
                #[test]
                fn $test() {
                    lose_no_update(&super::GROUP, How::$how);
                }
            )*
        }
    };
}

mode!(
    waiting,
    async_cell,
    async_retry,
    diesel_async::AsyncMysqlConnection,
    [
        transactions_on_all_nodes_lose_no_update: Transaction,
        saves_on_all_nodes_lose_no_update: Save,
        a_retry_policy_on_all_nodes_loses_no_update_and_gives_back_no_error: Retry
    ]
);
// MariaDB's C client may wait without end in a transaction that another node has overruled: see DATABASES.md.
#[cfg(feature = "mysql")]
mode!(
    blocking,
    blocking_cell,
    blocking_retry,
    diesel::MysqlConnection,
    [saves_on_all_nodes_lose_no_update: Save]
);
