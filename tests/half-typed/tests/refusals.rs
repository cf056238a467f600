//! Mistakes that nobody makes twice, and so no cases of `compile_fail`: each is refused with these words.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use occ_half_typed::promises::{errors, message, output};

#[track_caller]
fn assert_says(item: &str, expected: &[&str]) {
    let output = output(&item.parse().unwrap()).unwrap();
    let said: Vec<String> = errors(&output).iter().map(|error| message(error).unwrap()).collect();
    assert_eq!(said.len(), expected.len(), "{item}: {said:#?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.starts_with(expected), "{item}: {said}");
    }
}

#[test]
fn what_is_no_generator() {
    for (generator, what) in [
        ("fn(i32) -> i32", "a function"),
        ("&'static Increment", "a reference"),
        ("dyn Generator", "a trait"),
        ("(Increment,)", "such a type"),
        ("[Increment; 1]", "such a type"),
    ] {
        assert_says(
            &format!("struct P {{ id: i32, #[occ(version, generator = {generator})] version: i32 }}"),
            &[&format!("{what} cannot be the generator of a version")],
        );
    }
}

/// The attribute is then somebody else's, such as an older derive's.
#[test]
fn an_attribute_of_diesel_1_is_left_alone_beside_the_key_that_replaces_it() {
    for (old, new) in [
        ("table_name = \"items\"", "table_name = items"),
        ("primary_key(sku)", "primary_key(sku)"),
        ("changeset_options(treat_none_as_null = \"true\")", "treat_none_as_null = true"),
    ] {
        let rest = "struct P { id: i32, sku: i32, name: Option<String>, version: i32 }";
        assert_says(&format!("#[{old}] #[diesel({new})] {rest}"), &[]);
        for other in ["table_name = items", "primary_key(sku)", "treat_none_as_null = true"] {
            if other != new {
                let word = old.split(['(', ' ']).next().unwrap();
                assert_says(
                    &format!("#[{old}] #[diesel({other})] {rest}"),
                    &[&format!("`#[{word}]` is an attribute of Diesel 1")],
                );
            }
        }
    }
    assert_says(
        "struct P { id: i32, #[column_name = \"title\"] #[diesel(column_name = title)] name: i32, version: i32 }",
        &[],
    );
}

#[test]
fn a_parameter_may_be_the_version_where_it_is_bound() {
    for item in [
        "struct P<V: Counter> { id: i32, version: V }",
        "struct P<V> where V: Counter { id: i32, version: V }",
        "struct P<'a, 'b, V> where 'a: 'b, V: Counter { id: i32, name: &'a str, note: &'b str, version: V }",
    ] {
        assert_says(item, &[]);
    }
    for item in [
        "struct P<V> { id: i32, version: V }",
        "struct P<T, V> where T: Counter { id: T, version: V }",
        "struct P<'a, 'b, V> where 'a: 'b { id: i32, name: &'a str, note: &'b str, version: V }",
    ] {
        assert_says(item, &["nothing is known of `V` that a version needs"]);
    }
}

#[test]
fn a_key_that_is_none_of_diesels_is_refused_where_it_is_near_to_one() {
    let with = |key: &str| format!("#[diesel({key})] struct P {{ id: i32, version: i32 }}");
    assert_says(&with("table_nam = ps"), &["unknown key `table_nam` for `#[diesel(..)]`"]);
    assert_says(&with("tracked"), &["`tracked` is a key of `#[occ(..)]`"]);
    // Those of Diesel's that are near, and those that are not.
    for own in
        ["deserialize_as = String", "skip_insertion", "treat_none_as_default_value = false", "belongs_to(Q)"]
    {
        assert_says(&with(own), &[]);
    }
}
