//! `openapi.json` describes what is there: every operation and every status that it names is real, and no other is met.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::client::{CREATE, JSON, MERGE_PATCH};
use crate::database::Database;
use crate::server::Server;

/// Method, address, headers and body.
type Request<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);

#[test]
fn every_status_that_is_described_is_met() {
    let server = Server::new(Database::sqlite());
    let client = server.client();
    let description = client.get("/api/openapi.json").json();
    let article = json!({ "title": "t", "body": "b" }).to_string();
    let article = article.as_str();
    let long = json!({ "title": "t", "body": "x".repeat(600 * 1024) }).to_string();
    let tag = client.create("boats", &json!({ "title": "Boats", "body": "" }));

    let (one, none, all) = ("/api/articles/boats", "/api/articles/none", "/api/articles");
    let (any, stale, bad, cross) =
        (("if-match", "*"), ("if-match", "\"a\""), ("if-match", "a"), ("sec-fetch-site", "cross-site"));
    let (seen, not_any) = (("if-none-match", &*tag), ("if-none-match", "\"a\""));
    let requests: &[Request<'_>] = &[
        ("GET", "/api/openapi.json", &[], ""),
        ("GET", all, &[], ""),
        ("GET", "/api/articles?limit=0", &[], ""),
        ("GET", one, &[], ""),
        ("GET", one, &[seen], ""),
        ("GET", one, &[bad], ""),
        ("GET", one, &[stale], ""),
        ("GET", none, &[], ""),
        ("HEAD", one, &[], ""),
        ("HEAD", one, &[seen], ""),
        ("HEAD", one, &[bad], ""),
        ("HEAD", one, &[stale], ""),
        ("HEAD", none, &[], ""),
        ("PUT", "/api/articles/made", &[JSON, CREATE], article),
        ("PUT", one, &[JSON, any], article),
        ("PUT", one, &[JSON, any], "{"),
        ("PUT", one, &[JSON, any, cross], article),
        ("PUT", none, &[JSON, any], article),
        ("PUT", one, &[JSON, CREATE], article),
        ("PUT", one, &[JSON, any], &long),
        ("PUT", one, &[any], article),
        ("PUT", one, &[JSON, any], "{}"),
        ("PUT", one, &[JSON, not_any], article),
        ("PATCH", one, &[MERGE_PATCH, any], "{}"),
        ("PATCH", one, &[MERGE_PATCH, any], "{"),
        ("PATCH", one, &[MERGE_PATCH, any, cross], "{}"),
        ("PATCH", none, &[MERGE_PATCH, any], "{}"),
        ("PATCH", one, &[MERGE_PATCH, stale], "{}"),
        ("PATCH", one, &[MERGE_PATCH, any], &long),
        ("PATCH", one, &[JSON, any], "{}"),
        ("PATCH", one, &[MERGE_PATCH, any], "[]"),
        ("PATCH", one, &[MERGE_PATCH], "{}"),
        ("DELETE", one, &[], ""),
        ("DELETE", one, &[bad], ""),
        ("DELETE", one, &[any, cross], ""),
        ("DELETE", none, &[any], ""),
        ("DELETE", one, &[stale], ""),
        ("DELETE", one, &[any], ""),
    ];
    let mut met = BTreeSet::new();
    for &(method, place, headers, body) in requests {
        let answer = client.send(method, place, headers, body);
        let path = place.split('?').next().unwrap();
        let path = if path.starts_with("/api/articles/") { "/api/articles/{slug}" } else { path };
        met.insert((path.to_owned(), method.to_lowercase(), answer.status.to_string()));
    }

    let mut described = BTreeSet::new();
    for (path, operations) in description["paths"].as_object().unwrap() {
        for (method, operation) in
            operations.as_object().unwrap().iter().filter(|(name, _)| *name != "parameters")
        {
            for status in operation["responses"].as_object().unwrap().keys() {
                described.insert((path.clone(), method.clone(), status.clone()));
            }
        }
    }
    // These take a race and a database that is busy; `api` has a test for each.
    described.retain(|(.., status)| status != "409" && status != "503");
    assert_eq!(met, described);
}

#[test]
fn every_reference_leads_somewhere() {
    let text = include_str!("../../openapi.json");
    let description: Json = serde_json::from_str(text).unwrap();
    let mut count = 0;
    for rest in text.split("\"$ref\": \"#").skip(1) {
        let pointer = rest.split('"').next().unwrap();
        assert!(description.pointer(pointer).is_some(), "{pointer}");
        count += 1;
    }
    assert!(count > 20, "{count}");
    let limits = &description["components"]["schemas"]["Article"]["properties"];
    assert_eq!((&limits["title"]["maxLength"], &limits["body"]["maxLength"]), (&json!(200), &json!(65_536)));
}
