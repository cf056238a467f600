//! The base of an edit that a client keeps: what it hands back is what it got, or refused.

use occ_runtime::http::{EntityTagger, Problem, SealError};
use occ_runtime::prelude::*;
use proptest::prelude::*;

diesel::table! {
    notes (id) { id -> Integer, text -> Text, price -> Double, secret -> Text, version -> BigInt }
}

mod of_another_schema {
    diesel::table! {
        other.notes (id) { id -> Integer, text -> Text, price -> Double, secret -> Text, version -> BigInt }
    }
}

#[derive(Clone, Debug, PartialEq, OptimisticLock, serde::Serialize, serde::Deserialize)]
#[occ(tracked)]
struct Note {
    id: i32,
    text: String,
    price: f64,
    #[occ(secret)]
    #[serde(default, skip_serializing)]
    secret: String,
    version: i64,
}

/// The same row with another set of fields.
#[derive(Clone, Debug, PartialEq, OptimisticLock, serde::Serialize, serde::Deserialize)]
#[occ(tracked)]
#[diesel(table_name = notes)]
struct Shorter {
    id: i32,
    text: String,
    version: i64,
}

/// The same fields in a table of another schema.
mod elsewhere {
    use super::*;

    #[derive(Clone, Debug, PartialEq, OptimisticLock, serde::Serialize, serde::Deserialize)]
    #[occ(tracked)]
    #[diesel(table_name = notes)]
    pub struct Note {
        id: i32,
        text: String,
        price: f64,
        #[occ(secret)]
        #[serde(default, skip_serializing)]
        secret: String,
        version: i64,
    }

    use super::of_another_schema::notes;
}

fn note(text: &str, price: f64) -> Note {
    Note { id: 1, text: text.into(), price, secret: String::new(), version: i64::MAX }
}

fn tagger() -> EntityTagger {
    EntityTagger::keyed("32 bytes of a secret, not of this").unwrap()
}

#[test]
fn whatever_is_altered_is_noticed() {
    let tags = tagger();
    let sealed = tags.seal(&note("naïve \"text\".\n", 0.1)).unwrap();
    assert_eq!(tags.unseal::<Note>(&sealed).unwrap(), note("naïve \"text\".\n", 0.1));
    for (index, letter) in sealed.char_indices() {
        let mut altered = sealed.clone();
        let other = if letter == 'a' { "b" } else { "a" };
        altered.replace_range(index..index + letter.len_utf8(), other);
        assert!(matches!(tags.unseal::<Note>(&altered), Err(SealError::Broken)), "{altered}");
        altered.replace_range(index..index + other.len(), "");
        assert!(matches!(tags.unseal::<Note>(&altered), Err(SealError::Broken)), "{altered}");
    }
    let seal = sealed.split_once('.').unwrap().0;
    for altered in [
        String::new(),
        ".".into(),
        seal.into(),
        format!("{seal}."),
        format!("{sealed} "),
        format!(" {sealed}"),
        sealed.to_uppercase(),
        sealed.replacen(seal, &seal.to_uppercase(), 1),
        sealed.replacen(seal, &seal[..32], 1),
        sealed.replacen(seal, "", 1),
        sealed.replacen(seal, "é", 1),
    ] {
        assert!(matches!(tags.unseal::<Note>(&altered), Err(SealError::Broken)), "{altered}");
    }
}

#[test]
fn a_seal_is_of_one_table_its_fields_and_one_secret() {
    let tags = tagger();
    let sealed = tags.seal(&note("text", 1.0)).unwrap();
    assert!(matches!(tags.unseal::<Shorter>(&sealed), Err(SealError::Broken)));
    assert!(matches!(tags.unseal::<elsewhere::Note>(&sealed), Err(SealError::Broken)));
    let others = EntityTagger::keyed("another 32 bytes of another secret").unwrap();
    assert!(matches!(others.unseal::<Note>(&sealed), Err(SealError::Broken)));
    // Of whichever representation.
    assert!(tags.representation("html").unseal::<Note>(&sealed).is_ok());
}

#[test]
fn without_a_secret_nothing_is_sealed() {
    let sealed = tagger().seal(&note("text", 1.0)).unwrap();
    assert!(matches!(EntityTagger::open().seal(&note("text", 1.0)), Err(SealError::Open)));
    assert!(matches!(EntityTagger::open().unseal::<Note>(&sealed), Err(SealError::Open)));
}

#[test]
fn a_client_is_told_of_its_own_mistakes_only() {
    let broken = Problem::from(SealError::Broken);
    assert_eq!(broken.status(), 400);
    assert_eq!(
        broken.detail(),
        Some("The base of the edit is not as it was sealed: read the resource again, and edit that.")
    );
    let open = Problem::from(SealError::Open);
    assert_eq!((open.status().as_u16(), open.detail()), (500, None));
    assert!(std::error::Error::source(&open).is_some());
    // What JSON has no form for is not sealed as something else that is then read.
    let sealed = tagger().seal(&note("text", f64::NAN)).unwrap();
    assert!(matches!(tagger().unseal::<Note>(&sealed), Err(SealError::Json(_))));
}

proptest! {
    #[test]
    fn what_is_sealed_comes_back_as_it_was(text in ".*", price in proptest::num::f64::NORMAL) {
        let note = note(&text, price);
        let back: Note = tagger().unseal(&tagger().seal(&note).unwrap()).unwrap();
        prop_assert_eq!(back.price.to_bits(), price.to_bits());
        prop_assert_eq!(back, note);
    }

    #[test]
    fn what_is_made_up_is_refused(text in ".*") {
        prop_assert!(matches!(tagger().unseal::<Note>(&text), Err(SealError::Broken)));
    }
}
