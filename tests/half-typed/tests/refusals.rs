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
