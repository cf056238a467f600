//! Merge patches onto tracked rows: what a client may not change is refused by name, and a refused patch has changed nothing.

use diesel::prelude::*;
use occ_runtime::Tracked;
use occ_runtime::http::{MergePatch, MergePatchError, Problem};
use occ_runtime::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

diesel::table! {
    people (id) {
        id -> Integer,
        name -> Text,
        nick -> Nullable<Text>,
        motto -> Nullable<Text>,
        age -> Integer,
        secret -> Text,
        views -> Integer,
        street -> Text,
        town -> Nullable<Text>,
        made_at -> Text,
        version -> BigInt,
    }
}

#[derive(Clone, Debug, PartialEq, AsChangeset, Serialize, Deserialize)]
#[diesel(table_name = people)]
struct Address {
    street: String,
    town: Option<String>,
}

#[derive(Clone, Debug, PartialEq, OptimisticLock, Serialize, Deserialize)]
#[diesel(table_name = people)]
#[occ(tracked)]
struct Person {
    id: i32,
    #[serde(rename = "fullName")]
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nick: Option<String>,
    #[diesel(treat_none_as_null = false)]
    motto: Option<String>,
    #[serde(default)]
    age: i32,
    #[occ(secret)]
    #[serde(default, skip_serializing)]
    secret: String,
    #[occ(unversioned)]
    views: i32,
    #[diesel(embed)]
    address: Address,
    #[diesel(skip_update)]
    made_at: String,
    version: i64,
}

fn person() -> Tracked<Person> {
    Tracked::new(Person {
        id: 1,
        name: "Ann".into(),
        nick: None,
        motto: Some("On".into()),
        age: 40,
        secret: "not told".into(),
        views: 7,
        address: Address { street: "High Street".into(), town: Some("York".into()) },
        made_at: "today".into(),
        version: 3,
    })
}

/// All names there are, so that what is refused is refused although it is allowed.
const ALL: [&str; 12] = [
    "id", "fullName", "name", "nick", "motto", "age", "secret", "views", "address", "made_at", "version",
    "unknown",
];

fn patched(patch: Value) -> Result<Tracked<Person>, String> {
    let mut person = person();
    person
        .apply_merge_patch(&MergePatch::new(patch), &ALL)
        .map(|()| person)
        .map_err(|error| error.to_string())
}

#[test]
fn what_is_named_is_changed_and_the_rest_is_not() {
    assert_eq!(patched(json!({})).unwrap(), person());
    let changed = patched(json!({ "fullName": "Bea", "nick": "B", "age": 41 })).unwrap();
    assert_eq!(changed.dirty_fields(), ["name", "nick", "age"]);
    assert_eq!((changed.name.as_str(), changed.nick.as_deref(), changed.age), ("Bea", Some("B"), 41));
    assert_eq!(changed.secret, "not told");
    assert_eq!(changed.original(), person().original());
    // Within an embedded struct a patch changes what it names, too.
    let moved = patched(json!({ "address": { "town": null } })).unwrap();
    assert_eq!(moved.address, Address { street: "High Street".into(), town: None });
    assert_eq!(moved.dirty_fields(), ["address"]);
    // What it is already is no change.
    assert!(
        !patched(json!({ "fullName": "Ann", "nick": null, "age": 40, "address": {} })).unwrap().is_dirty()
    );
    // Absent, as serde has it.
    assert_eq!(patched(json!({ "age": null })).unwrap().age, 0);
}

#[test]
fn what_may_not_be_changed_is_refused_although_it_is_allowed() {
    let refused = |patch: Value, expected: &str| {
        assert_eq!(
            patched(patch.clone()).unwrap_err(),
            format!("the patch cannot be applied: {expected}"),
            "{patch}"
        );
    };
    for name in ["id", "version", "secret"] {
        for value in [json!(3), json!("text"), json!(null), json!(1)] {
            refused(json!({ name: value }), &format!("`{name}` may not be changed"));
        }
    }
    refused(json!({ "views": 8 }), "`views` may not be changed");
    refused(json!({ "made_at": "now" }), "`made_at` may not be changed");
    // It would be left as it is in the row.
    refused(json!({ "motto": null }), "`motto` may not be changed");
    refused(json!({ "fullName": null }), "`fullName` cannot have this value");
    refused(json!({ "age": "old" }), "`age` cannot have this value");
    refused(json!({ "age": 1_u64 << 40 }), "`age` cannot have this value");
    refused(json!({ "address": { "street": null } }), "`address` cannot have this value");
    refused(json!({ "address": { "road": "A1" } }), "`address` has something that is not known here");
    refused(
        json!({ "address": { "road": "A1", "street": "Low Street" } }),
        "`address` has something that is not known here",
    );
    refused(
        json!({ "age": 41, "id": 2, "version": 4 }),
        "`id` may not be changed; `version` may not be changed",
    );
    for whole in [json!(null), json!([]), json!("text"), json!(7)] {
        assert_eq!(patched(whole).unwrap_err(), "the patch must be a JSON object");
    }
}

#[test]
fn what_is_not_allowed_is_refused_and_nothing_is_changed() {
    let mut mine = person();
    mine.age = 41;
    let before = mine.clone();
    let patch = MergePatch::new(json!({ "fullName": "Bea", "nick": "B", "isAdmin": true }));
    let error = mine.apply_merge_patch(&patch, &["fullName"]).unwrap_err();
    assert_eq!(mine, before);
    let problem = Problem::from(error);
    assert_eq!(problem.status(), 422);
    let violation = |member: &str| json!({ "member": member, "reason": "may not be changed" });
    assert_eq!(problem.member("violations"), Some(&json!([violation("isAdmin"), violation("nick")])));
    // What was changed before is still a change.
    let patch = MergePatch::new(json!({ "fullName": "Bea" }));
    mine.apply_merge_patch(&patch, &["fullName"]).unwrap();
    assert_eq!(mine.dirty_fields(), ["name", "age"]);
}

#[derive(Clone, Debug, PartialEq, OptimisticLock, Serialize, Deserialize)]
#[diesel(table_name = people)]
#[occ(tracked)]
struct Unreadable {
    id: i32,
    name: String,
    #[serde(skip_serializing)]
    secret: String,
    version: i64,
}

#[test]
fn a_struct_that_cannot_be_read_back_is_no_fault_of_the_request() {
    let row = Unreadable { id: 1, name: "Ann".into(), secret: "not told".into(), version: 1 };
    let patch = MergePatch::new(json!({ "name": "Bea" }));
    let error = Tracked::new(row).apply_merge_patch(&patch, &["name"]).unwrap_err();
    assert!(matches!(error, MergePatchError::Struct(_)));
    assert_eq!(Problem::from(error).status(), 500);
}
