//! Feature `http`: what RFC 9110 says of entity tags and preconditions, what a client is told of an error, and that
//! nothing of the inside is among it.
#![cfg(all(feature = "sqlite", feature = "http"))]

#[path = "http/axum.rs"]
mod axum;
#[path = "http/conditional.rs"]
mod conditional;
#[path = "http/evaluation.rs"]
mod evaluation;
#[path = "http/expect.rs"]
mod expect;
#[path = "http/grammar.rs"]
mod grammar;
#[path = "http/merge_patch.rs"]
mod merge_patch;
#[path = "http/problems.rs"]
mod problems;
#[path = "http/proxies.rs"]
mod proxies;
#[path = "http/seal.rs"]
mod seal;
#[path = "http/several.rs"]
mod several;
#[path = "http/tags.rs"]
mod tags;
#[path = "http/tags_of_any.rs"]
mod tags_of_any;

use ::http::{HeaderMap, HeaderName, HeaderValue};
use occ_runtime::http::{EntityTag, MalformedPreconditionError, Preconditions};

/// Headers of one name, a line for each value.
fn lines<V: AsRef<[u8]>>(name: &HeaderName, values: impl IntoIterator<Item = V>) -> HeaderMap {
    let value = |value: V| HeaderValue::from_bytes(value.as_ref()).unwrap();
    values.into_iter().map(|line| (name.clone(), value(line))).collect()
}

fn preconditions(headers: &[(HeaderName, &str)]) -> Preconditions {
    let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
    Preconditions::from_headers(&headers).unwrap()
}

fn parsed<V: AsRef<[u8]>>(
    name: &HeaderName,
    values: impl IntoIterator<Item = V>,
) -> Result<Preconditions, MalformedPreconditionError> {
    Preconditions::from_headers(&lines(name, values))
}

fn tag(written: &str) -> EntityTag {
    written.parse().unwrap()
}
