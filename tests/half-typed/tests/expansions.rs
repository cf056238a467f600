//! What the derive writes for a few structs, so that a change of it is read. Each struct is in `expansions/NAME.rs`, what is written
//! for it in `expansions/NAME.expanded.rs`.
//!
//! After a change: `OCC_RENEW_EXPANSIONS=1 cargo test -p occ-half-typed --test expansions`, then read the diff.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use std::fs;
use std::path::Path;

use occ_half_typed::{corpus, promises};

#[track_caller]
fn assert_expands_as_written_down(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expansions");
    let items = corpus::items(&fs::read_to_string(folder.join(name).with_extension("rs")).unwrap()).unwrap();
    assert_eq!(items.len(), 1, "{name}");
    let output = promises::output(&items[0]).unwrap();
    let rendered = prettyplease::unparse(&syn::parse2(output).unwrap());
    let file = folder.join(name).with_extension("expanded.rs");
    if std::env::var_os("OCC_RENEW_EXPANSIONS").is_some() {
        fs::write(&file, &rendered).unwrap();
    }
    let written_down = fs::read_to_string(&file).unwrap_or_default();
    let differs = rendered.lines().zip(written_down.lines()).position(|(now, then)| now != then);
    let line = differs.unwrap_or_else(|| rendered.lines().count().min(written_down.lines().count()));
    assert!(
        rendered == written_down,
        "{} differs from line {} on; if that is meant, renew it with OCC_RENEW_EXPANSIONS=1\n  now: {}\n  then: {}",
        file.display(),
        line + 1,
        rendered.lines().nth(line).unwrap_or_default(),
        written_down.lines().nth(line).unwrap_or_default(),
    );
}

#[test]
fn a_plain_struct() {
    assert_expands_as_written_down("plain");
}

/// Beside the embedded struct: a key of two columns, conversions, a copy of a column, named backends and a generator.
#[test]
fn a_struct_that_embeds_another() {
    assert_expands_as_written_down("embedded");
}

/// Each way to write a `None`, a field that is written on its own, and a key that the table does not have.
#[test]
fn a_struct_of_optional_fields() {
    assert_expands_as_written_down("optional");
}

/// Of a tuple struct: each merge rule, a secret, and a field that a save does not write.
#[test]
fn a_tracked_struct() {
    assert_expands_as_written_down("tracked");
}

#[test]
fn a_struct_without_a_version() {
    assert_expands_as_written_down("versionless");
}

/// With lifetimes, types and constants as parameters, and the library under another name.
#[test]
fn a_generic_struct() {
    assert_expands_as_written_down("generic");
}

/// And of the struct itself, in types that a constant has to name.
#[test]
fn a_struct_with_lifetimes() {
    assert_expands_as_written_down("borrowed");
}

/// The key and the version are never written, and yet compared.
#[test]
fn a_struct_whose_version_the_database_makes() {
    assert_expands_as_written_down("generated");
}

#[test]
fn a_struct_whose_rows_are_deleted_by_a_mark() {
    assert_expands_as_written_down("soft_delete");
}

#[test]
fn a_struct_that_is_refused() {
    assert_expands_as_written_down("refused");
}

/// Refused by the compiler, with the words that occ-runtime finds for it.
#[test]
fn a_struct_without_a_part_of_its_key() {
    assert_expands_as_written_down("wrong_key");
}
