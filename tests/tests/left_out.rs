//! Names the test targets that this build leaves out, since a test that is not built says nothing.

use occ_tests::report::skipped;

#[test]
fn the_cells_that_are_not_built_are_named() {
    let cells = [
        ("sqlite", "sqlite", cfg!(feature = "sqlite")),
        ("sqlite_async", "async", cfg!(feature = "async")),
        ("postgres", "postgres", cfg!(feature = "postgres")),
        ("postgres_async", "async", cfg!(feature = "async")),
        ("mysql", "mysql", cfg!(feature = "mysql")),
        ("mysql_async", "async", cfg!(feature = "async")),
        ("multi_sqlite", "sqlite", cfg!(feature = "sqlite")),
        ("multi_postgres", "postgres", cfg!(feature = "postgres")),
        ("multi_mysql", "mysql", cfg!(feature = "mysql")),
        ("galera", "async", cfg!(feature = "async")),
        ("group", "async", cfg!(feature = "async")),
        ("replica", "async", cfg!(feature = "async")),
        ("pgbouncer", "async", cfg!(feature = "async")),
        ("server_death", "async", cfg!(feature = "async")),
        ("blocking_and_async", "async", cfg!(feature = "async")),
        ("generators", "version_types", cfg!(feature = "version_types")),
        ("properties", "version_types", cfg!(feature = "version_types")),
        ("merge_laws", "version_types", cfg!(feature = "version_types")),
        ("conflict_json", "version_types", cfg!(feature = "version_types")),
        ("http_rules", "http", cfg!(feature = "http")),
        ("handlers", "async,http", cfg!(all(feature = "async", feature = "http"))),
        ("conformance", "version_types", cfg!(feature = "version_types")),
        ("watch", "version_types", cfg!(feature = "version_types")),
        ("allocations", "version_types", cfg!(feature = "version_types")),
        ("instructions", "version_types", cfg!(feature = "version_types")),
    ];
    let left_out = cells.iter().filter(|(_, _, built)| !built);
    let names: Vec<_> = left_out
        .map(|(cell, feature, _)| {
            skipped(
                format_args!("all scenarios of {cell}"),
                format_args!("cargo test -p occ-tests --features {feature} --test {cell}"),
            );
            cell
        })
        .collect();
    assert!(names.len() < cells.len(), "a build without any backend tests nothing");
}
