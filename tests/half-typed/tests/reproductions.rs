//! What random edits have found, one by one, as short as it gets; and inputs too large to be edited.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use occ_half_typed::promises::Outcome::{self, Accepted, Refused};
use occ_half_typed::promises::output;
use occ_half_typed::run::{as_in_rustc, outcome};

#[track_caller]
fn assert_is(expected: Outcome, item: &str) {
    let became = as_in_rustc(|| outcome(&item.parse().unwrap()));
    let start: String = item.chars().take(200).collect();
    assert_eq!(became, Ok(expected), "{start}");
}

/// Refused or accepted, but as promised.
#[track_caller]
fn assert_kept(item: &str) {
    let became = as_in_rustc(|| outcome(&item.parse().unwrap()));
    assert!(became.is_ok(), "{item}: {became:?}");
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
fn a_function_that_cannot_have_this_name() {
    let merged = |function: &str| {
        format!(
            "#[occ(tracked)] struct P {{ id: i32, #[occ(merge(with = {function}))] views: i32, version: i32 }}"
        )
    };
    assert_is(Refused, &merged("try"));
    assert_is(Refused, &merged("a::try::b"));
    assert_is(Accepted, &merged("r#try"));
    assert_is(Accepted, &merged("<P as Merges>::views"));
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

#[test]
fn a_table_whose_path_has_a_keyword() {
    assert_kept("#[diesel(table_name = try)] struct P { id: i32, version: i32 }");
    assert_kept("#[diesel(table_name = try)] struct P { id: i32 }");
    assert_kept("#[diesel(table_name = schema::try)] struct P { id: i32, version: i32 }");
}

#[test]
fn a_table_whose_path_has_arguments() {
    for table in
        ["products<i32>", "products<>", "products<{}>", "products<i32,>", "products<'a>", "a<b>::products"]
    {
        assert_kept(&format!("#[diesel(table_name = {table})] struct P {{ id: i32, version: i32 }}"));
    }
}

#[test]
fn a_crate_that_is_no_path_of_a_use() {
    for path in ["Self", "occ<b>", "occ<>", "a<b>::occ"] {
        assert_kept(&format!("#[occ(crate = {path})] struct P {{ id: i32, version: i32 }}"));
        assert_kept(&format!("#[occ(crate = {path})] struct P {{ }}"));
    }
}

#[test]
fn a_value_that_is_half_a_type_is_refused_with_a_help() {
    for value in ["(a b)", "(() >)", "Option(a b)", "fn(a b)", "Option ()"] {
        assert_kept(&format!("struct P {{ id: i32, #[occ(version, generator = {value})] version: i32 }}"));
        assert_kept(&format!("#[occ(crate = {value})] struct P {{ id: i32, version: i32 }}"));
    }
}

/// Diesel takes any expression here, also in parentheses. What stands beside it holds, or another column is written.
#[test]
fn an_expression_hides_no_other_key() {
    for expression in
        ["(products::a + 1)", "(1)", "lower(products::a)", "(products::a * 2)", "(products::a == 1, 2)"]
    {
        let item = format!(
            "struct P {{ id: i32, #[diesel(column_name = title, select_expression = {expression})] name: String, version: i32 }}"
        );
        let output = output(&item.parse().unwrap()).unwrap().to_string();
        assert!(output.contains("ps :: title") && !output.contains("ps :: name"), "{item}");
    }
}

/// Before `as` and in a `where` clause they are something else, or nothing.
#[test]
fn types_that_go_on() {
    assert_kept("struct P { id: Size, version: i32 + }");
    assert_kept("struct P { tenant: <row>::f32, id: String, version: i32 }");
    assert_is(Accepted, "struct P<T: Entity> { id: <T>::Key, version: i32 }");
    assert_kept("#[occ(tracked)] struct P { id: i32, name: A + B, version: i32 }");
    assert_kept("struct P { #[diesel(serialize_as = 'a + N)] id: i32, version: i32 }");
    assert_kept("struct P { id: i32, #[occ(version, generator = A + B)] version: i32 }");
    assert_kept("struct P { id: i32, #[occ(version, generator = <A>::B)] version: i32 }");
}
