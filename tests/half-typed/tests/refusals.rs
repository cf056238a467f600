//! Mistakes that nobody makes twice, and so no cases of `compile_fail`: each is refused with these words.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use occ_half_typed::promises::{errors, message, output};
use proc_macro2::{TokenStream, TokenTree};

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

/// Where no type is known that the compiler could be asked of, it goes by the generator's name.
#[test]
fn who_makes_the_versions_of_a_parameter() {
    let with = |version: &str, unversioned: &str| {
        format!(
            "struct P<V: Counter> {{ id: i32, {unversioned} name: i32, #[occ({version})] #[diesel(skip_update)] version: V }}"
        )
    };
    assert_says(&with("version, generator = occ::DatabaseGenerated", ""), &[]);
    assert_says(
        &with("version, generator = Increment", ""),
        &["`skip_update` cannot be used on the version"],
    );
    assert_says(&with("version", ""), &["`skip_update` cannot be used on the version"]);
    assert_says(
        &with("version, generator = DatabaseGenerated", "#[occ(unversioned)]"),
        &["`unversioned` cannot be used here: the database makes a new version"],
    );
    assert_says(
        "struct P<V: Counter> { id: i32, #[occ(unversioned)] name: i32, #[occ(version, generator = Mine)] version: V }",
        &[],
    );
}

/// Of a key that lacks a field, the compiler speaks; but not where that field may be in what was refused.
#[test]
fn a_key_without_a_field_is_asked_for_unless_it_may_be_embedded() {
    let asks = |fields: &str| {
        let item = format!("struct P {{ name: String, {fields} version: i32 }}");
        output(&item.parse().unwrap()).unwrap().to_string().contains("wrong_key")
    };
    assert!(asks(""));
    assert!(asks("#[diesel(embed)] more: More,"));
    assert!(asks("#[occ(merge = mine)] more: i32,"));
    assert!(!asks("#[diesel(embed)] more: More, #[occ(merge = mine)] other: i32,"));
}

/// The compiler says that a lifetime is missing, once.
#[test]
fn a_reference_without_a_lifetime_gets_a_stand_in() {
    let stands_in = |ty: &str| {
        let item = format!("struct P<'a> {{ id: i32, name: {ty}, version: i32 }}");
        output(&item.parse().unwrap()).unwrap().to_string().contains("stub")
    };
    assert!(stands_in("&str"));
    assert!(!stands_in("&'a str"));
}

/// The text that the compiler underlines for a key that is not the table's.
fn underlined(item: &str) -> String {
    fn panics(tokens: TokenStream, found: &mut Vec<String>) {
        for token in tokens {
            match token {
                TokenTree::Ident(name) if name == "panic" => found.extend(name.span().source_text()),
                TokenTree::Group(group) => panics(group.stream(), found),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    panics(output(&item.parse().unwrap()).unwrap(), &mut found);
    assert_eq!(found.len(), 1, "{item}: {found:?}");
    found.swap_remove(0)
}

#[test]
fn a_wrong_key_is_reported_where_it_is_said() {
    let fields = "struct P { id: i32, version: i32 }";
    assert_eq!(underlined(fields), "P");
    assert_eq!(underlined(&format!("#[diesel(primary_key(id))] {fields}")), "primary_key");
    assert_eq!(underlined(&format!("#[occ(unique_key)] {fields}")), "unique_key");
    assert_eq!(underlined(&format!("#[occ(unique_key)] #[diesel(primary_key(id))] {fields}")), "unique_key");
    assert_eq!(underlined(&format!("#[occ(unique_key)] #[diesel(primary_key())] {fields}")), "primary_key");
    assert_eq!(underlined(&format!("#[occ(unique_key)] #[diesel(primary_key(id, sku))] {fields}")), "sku");
}

/// What is not known may have been what has the struct tracked.
#[test]
fn a_stand_in_is_tracked_where_it_may_be_meant_so() {
    let is_tracked =
        |item: &str| output(&item.parse().unwrap()).unwrap().to_string().contains(":: Trackable for");
    assert!(is_tracked("struct P { id: i32, #[occ(verson)] version: i32 }"));
    assert!(is_tracked("#[occ(tracked)] struct P { name: i32, version: i32 }"));
    assert!(!is_tracked("struct P { name: i32, version: i32 }"));
}

#[test]
fn what_only_the_compiler_knows_is_left_to_it() {
    for item in [
        // Who makes the versions.
        "struct P { id: i32, #[occ(version)] #[diesel(skip_update)] version: Mine }",
        "struct P { id: i32, #[occ(version, generator = Mine)] #[diesel(skip_update)] version: i32 }",
        // Of an embedded struct no derive reads the name, unless it is that of the key.
        "struct P { id: i32, #[diesel(embed)] name: Names, #[diesel(column_name = name)] title: i32, version: i32 }",
    ] {
        assert_says(item, &[]);
    }
}

/// What serde leaves out, it cannot tell.
#[test]
fn a_secret_that_serde_writes_is_told() {
    let keeps = |serde: &str| {
        let item = format!(
            "#[occ(tracked)] struct P {{ id: i32, #[occ(secret)] #[serde({serde})] pin: i32, version: i32 }}"
        );
        output(&item.parse().unwrap()).unwrap().to_string().contains("SerializesNoSecret")
    };
    for skips in ["skip", "skip_serializing", "default, skip_serializing", "rename = \"a\", skip"] {
        assert!(keeps(skips), "{skips}");
    }
    for writes in ["default", "rename = \"skip\"", "skip_deserializing", "skip_serializing_if = \"is_zero\""]
    {
        assert!(!keeps(writes), "{writes}");
    }
}

#[test]
fn an_attribute_of_diesel_1_without_a_value_is_replaced_by_a_form_to_fill_in() {
    for (old, help) in [
        ("primary_key", "write `#[diesel(primary_key(..))]`"),
        ("table_name", "write `#[diesel(table_name = ..)]`"),
        ("table_name = \"items\"", "write `#[diesel(table_name = items)]`"),
        ("primary_key(a, b)", "write `#[diesel(primary_key(a, b))]`"),
    ] {
        let item = format!("#[{old}] struct P {{ a: i32, id: i32, version: i32 }}");
        let said = errors(&output(&item.parse().unwrap()).unwrap());
        assert!(message(&said[0]).unwrap().ends_with(help), "{old}: {}", message(&said[0]).unwrap());
    }
}
