//! The scenarios, written once and included by each cell, whose names they use.

pub(crate) mod answers;
pub(crate) mod article;
mod at;
pub(crate) mod batch;
mod batch_cascade;
mod batch_each;
#[cfg(feature = "version_types")]
mod batch_kinds;
mod broken_off;
#[cfg(feature = "version_types")]
mod bump;
mod checked_columns;
mod children;
mod children_limit;
mod conflict;
mod conflict_values;
mod create;
#[cfg(feature = "version_types")]
mod database_generated;
mod errors;
#[cfg(feature = "version_types")]
mod exact;
mod expecting;
mod guards;
pub(crate) mod history;
mod history_kinds;
mod identity;
mod insert;
mod insert_kinds;
mod insert_race;
mod isolation;
mod keys;
mod made_keys;
mod merge;
#[cfg(feature = "version_types")]
mod merge_rules;
#[cfg(feature = "retry")]
mod modify_lost;
mod names;
mod options;
pub(crate) mod orders;
mod overwrite;
mod panics;
mod partial_update;
pub(crate) mod product;
mod put_back;
mod put_back_panics;
mod quoted_text;
mod race;
mod report;
#[cfg(feature = "retry")]
mod retry;
#[cfg(feature = "retry")]
mod retry_ends;
#[cfg(feature = "retry")]
mod retry_events;
#[cfg(feature = "retry")]
mod retry_over;
mod same_row;
mod save;
#[cfg(feature = "retry")]
mod save_merging;
pub(crate) mod schema;
pub(crate) mod schema_cures;
mod schema_keys;
#[cfg(feature = "version_types")]
mod schema_marks;
#[cfg(feature = "version_types")]
mod schema_versions;
pub(crate) mod server;
mod settle;
pub(crate) mod soft_delete;
#[cfg(feature = "version_types")]
mod soft_delete_kinds;
mod soft_delete_race;
pub(crate) mod statements;
mod statements_of_aggregates;
mod statements_of_marks;
#[cfg(feature = "retry")]
mod statements_retried;
mod tracked;
mod tracked_batch;
mod tracked_batch_ends;
mod tracked_batch_kinds;
mod tracked_by_reference;
pub(crate) mod tracked_columns;
mod tracked_doubt;
mod tracked_layers;
mod tracked_model;
mod tracked_one_transaction;
mod tracked_places;
mod tracked_read;
mod tracked_refused;
mod tracked_reload;
#[cfg(feature = "retry")]
mod tracked_retry;
mod tracked_rollback;
mod tracked_storage;
mod tracked_unsettled;
mod tracked_versions;
mod transaction_slices;
mod transaction_vecs;
mod transactions;
pub(crate) mod trigger_sql;
mod two_connections;
mod unique_key;
mod unversioned;
mod upsert;
#[allow(unused_macros, unused_imports, reason = "a MultiConnection has no upsert of one database alone")]
pub(crate) mod upserts;
#[cfg(feature = "version_types")]
pub(crate) mod version_kinds;
#[cfg(feature = "version_types")]
mod version_trigger;
mod version_trigger_strict;
mod versions;
#[cfg(feature = "version_types")]
mod watch;

use super::cell;

/// Declares scenarios: async functions that get the cell's database with the table `products` in it.
macro_rules! scenarios {
    ($($(#[$meta:meta])* async fn $name:ident($database:ident) $body:block)*) => {$(
        #[test]
        $(#[$meta])*
        fn $name() {
            let Some(database) = <crate::cell::Database as occ_tests::database::TestDatabase>::create() else {
                return;
            };
            crate::cell::block_on(async {
                let $database = &database;
                crate::scenarios::product::create_table($database).await;
                $body
            });
            occ_tests::watched::assert();
        }
    )*};
}
pub(crate) use scenarios;
