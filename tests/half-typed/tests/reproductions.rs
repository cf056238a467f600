//! What random edits have found, one by one, as short as it gets; and inputs too large to be edited.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use occ_half_typed::promises::Outcome::{self, Accepted, Refused};
use occ_half_typed::run::{as_in_rustc, outcome};

#[track_caller]
fn assert_is(expected: Outcome, item: &str) {
    let became = as_in_rustc(|| outcome(&item.parse().unwrap()));
    let start: String = item.chars().take(200).collect();
    assert_eq!(became, Ok(expected), "{start}");
}

#[test]
fn a_column_that_is_a_keyword() {
    assert_is(Accepted, "struct P { id: i32, #[diesel(column_name = type)] kind: String, version: i32 }");
    assert_is(Accepted, "struct P { id: i32, #[diesel(column_name = \"type\")] kind: String, version: i32 }");
    assert_is(Refused, "struct P { #[diesel(column_name = final)] id: i32, version: i32 }");
}

#[test]
fn a_column_that_cannot_be_a_name() {
    for column in [
        "_",
        "self",
        "Self",
        "super",
        "crate",
        "\"_\"",
        "\"r#crate\"",
        "\"\"",
        "\"a b\"",
        "\"a\\0b\"",
        "\"🦀\"",
        "\"(\"",
    ] {
        assert_is(
            Refused,
            &format!("struct P {{ id: i32, #[diesel(column_name = {column})] name: String, version: i32 }}"),
        );
        assert_is(
            Refused,
            &format!("#[diesel(primary_key({column}))] struct P {{ id: i32, name: String, version: i32 }}"),
        );
    }
}

#[test]
fn a_struct_whose_table_is_a_keyword() {
    assert_is(Accepted, "struct A { id: i32, version: i32 }");
    assert_is(Refused, "struct A { id: i32 }");
}

#[test]
fn long_names() {
    let name = "N".repeat(70_000);
    assert_is(Accepted, &format!("struct {name} {{ id: i32, {name}: {name}, version: i32 }}"));
    assert_is(Refused, &format!("#[occ({name} = {name})] struct P {{ id: i32, version: i32 }}"));
    assert_is(Refused, &format!("struct P {{ id: i32, #[occ(merge = {name})] name: i32, version: i32 }}"));
}

#[test]
fn deep_nests() {
    let nest = |open: &str, close: &str| format!("{}i32{}", open.repeat(100), close.repeat(100));
    for ty in [nest("(", ")"), nest("Option<", ">"), nest("[", "]"), nest("fn(", ")"), nest("&'static ", "")]
    {
        assert_is(Accepted, &format!("struct P {{ id: i32, name: {ty}, version: i32 }}"));
    }
    for list in [nest("(", ")"), nest("[", "]"), nest("{", "}"), nest("= (", ")")] {
        assert_is(Refused, &format!("#[occ(tracked {list})] struct P {{ id: i32, version: i32 }}"));
    }
}
