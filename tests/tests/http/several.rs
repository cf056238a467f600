//! Tags of lists and of what is made of several, tags that come alone, and tags of former secrets.

use std::collections::HashSet;

use http::Method;
use http::header::{IF_MATCH, IF_NONE_MATCH};
use occ_runtime::http::{EntityTag, EntityTagger, SealError, Verdict};
use occ_runtime::prelude::*;

use super::tags::{Order, Product};
use super::{preconditions, tag};

fn products(rows: &[(i32, i32)]) -> Vec<Product> {
    rows.iter().map(|&(id, version)| Product { id, version }).collect()
}

/// Computed with Python as the tag of one row is.
#[test]
fn a_tag_of_several_is_the_same_in_every_process_and_release() {
    let tags = EntityTagger::open();
    assert_eq!(
        tags.of_all(&products(&[(1, 7), (2, 7)])).to_string(),
        r#""8becda7f8137a7bfc8d162a2d33d5d6d""#
    );
    assert_eq!(tags.of_all::<Product, _>(&[]).to_string(), r#""16d1f99aaef025ae93120c962a9cbf1e""#);
    let keyed = EntityTagger::keyed("0123456789abcdef").unwrap();
    assert_eq!(keyed.of_all(&products(&[(1, 7)])).to_string(), r#""55064ae6bd13c31a4f4ba7f938b31263""#);
    let both = tags.of_tags([tags.of(&Product { id: 1, version: 7 }), tags.of_all::<Product, _>(&[])]);
    assert_eq!(both.to_string(), r#""a1f20f5f692b05191f8279c7a320203e""#);
}

#[test]
fn a_list_has_another_tag_when_a_row_moves_comes_or_goes_and_when_their_order_does() {
    let tags = EntityTagger::open();
    let lists: [&[(i32, i32)]; 8] = [
        &[],
        &[(1, 7)],
        &[(1, 8)],
        &[(1, 7), (2, 7)],
        &[(2, 7), (1, 7)],
        &[(1, 7), (2, 8)],
        &[(1, 7), (2, 7), (3, 7)],
        &[(1, 7), (1, 7)],
    ];
    let mut seen = HashSet::new();
    for list in lists {
        let rows = products(list);
        assert_eq!(tags.of_all(&rows), tags.of_all(rows.iter()));
        assert!(seen.insert(tags.of_all(&rows)), "{list:?}");
        assert!(seen.insert(tags.representation("page 2").of_all(&rows)), "{list:?}");
    }
    assert!(seen.insert(tags.of_all::<Order, _>(&[])), "no orders are not no products");
    assert!(seen.insert(tags.of(&Product { id: 1, version: 7 })), "a row is no list of one");
}

#[test]
fn a_tag_of_tags_tells_each_of_them_and_their_order() {
    let tags = EntityTagger::open();
    let (a, b) = (tag("\"a\""), tag("\"b\""));
    let sets = [
        vec![],
        vec![a.clone()],
        vec![a.clone(), b.clone()],
        vec![b.clone(), a.clone()],
        vec![tag("\"ab\"")],
    ];
    let mut seen = HashSet::new();
    for set in &sets {
        assert!(seen.insert(tags.of_tags(set.clone())), "{set:?}");
    }
    // Whether they were weakened on their way makes no difference.
    assert_eq!(tags.of_tags([tag("W/\"a\"")]), tags.of_tags([a]));
}

mod wider {
    diesel::table! { products (id) { id -> Integer, version -> Integer, name -> Text } }
}

mod turned {
    diesel::table! { products (id) { version -> Integer, id -> Integer } }
}

macro_rules! product_of {
    ($($name:ident: $table:path;)*) => {$(
        #[derive(OptimisticLock)]
        #[diesel(table_name = $table)]
        struct $name {
            id: i32,
            version: i32,
        }
    )*};
}

product_of! {
    Wider: wider::products;
    Turned: turned::products;
}

#[test]
fn a_column_that_comes_makes_another_tag_and_their_order_does_not() {
    let (id, version) = (1, 7);
    let tag = EntityTag::of(&Product { id, version });
    assert_ne!(EntityTag::of(&Wider { id, version }), tag);
    assert_eq!(EntityTag::of(&Turned { id, version }), tag);
}

#[test]
fn a_tag_that_comes_alone_is_compared_strongly() {
    let row = Product { id: 1, version: 7 };
    let strict = EntityTagger::keyed("0123456789abcdef").unwrap();
    let weak = format!("W/{}", strict.of(&row)).parse().unwrap();
    assert!(strict.check_tag(&strict.of(&row), &row).is_ok());
    assert!(strict.check_tag(&weak, &row).unwrap_err().is_altered_tag());
    assert!(strict.clone().behind_proxies().check_tag(&weak, &row).is_ok());
    let later = Product { id: 1, version: 8 };
    assert!(!strict.check_tag(&strict.of(&row), &later).unwrap_err().is_altered_tag());
    // Not even by a tag that looks like a wildcard.
    assert!("*".parse::<EntityTag>().is_err());
}

#[test]
fn a_tag_in_json_is_its_text_and_nothing_else_is_a_tag() {
    for written in [r#""a1""#, r#"W/"a1""#, r#""""#] {
        let json = serde_json::to_value(tag(written)).unwrap();
        assert_eq!(json, written);
        assert_eq!(serde_json::from_value::<EntityTag>(json).unwrap(), tag(written));
    }
    for other in [r#""a1""#, r#""*""#, "null", "7", r#"["\"a1\""]"#, r#""\"a\" ""#] {
        assert!(serde_json::from_str::<EntityTag>(other).is_err(), "{other}");
    }
    let bytes = EntityTag::try_from(&http::HeaderValue::from_bytes(b"\"\xFF\"").unwrap()).unwrap();
    assert!(serde_json::to_string(&bytes).is_err());
}

fn secrets() -> [EntityTagger; 3] {
    let (old, new) = ("the secret of the last year", "the secret of this year");
    let keyed = |secret| EntityTagger::keyed(secret).unwrap();
    [keyed(old), keyed(new).also(old).unwrap(), keyed(new)]
}

#[test]
fn a_write_may_bring_the_tag_of_a_former_secret() {
    let [old, both, new] = secrets();
    let row = Product { id: 1, version: 7 };
    assert_eq!(both.of(&row), new.of(&row));
    let sent = |tags: &EntityTagger| preconditions(&[(IF_MATCH, &tags.of(&row).to_string())]);
    for (seen, judge, is_taken) in [
        (&old, &both, true),
        (&new, &both, true),
        (&old, &new, false),
        (&both, &old, false),
        (&both, &new, true),
    ] {
        assert_eq!(sent(seen).require_if_match().unwrap().check(judge, &row).is_ok(), is_taken);
        assert!(sent(seen).require_if_match().unwrap().check(judge, &Product { id: 1, version: 8 }).is_err());
    }
    // Lists, and tags of tags.
    let list = products(&[(1, 7), (2, 7)]);
    let whole = |tags: &EntityTagger| tags.of_tags([tags.of(&row), tags.of_all(&list)]);
    for (seen, now) in [(old.of_all(&list), both.of_all(&list)), (whole(&old), whole(&both))] {
        assert_ne!(seen, now);
        assert!(preconditions(&[(IF_MATCH, &seen.to_string())]).check(Some(&now)).is_ok());
    }
    // Weak ones, and those behind proxies.
    let weak = both.clone().weak();
    assert!(
        preconditions(&[(IF_MATCH, &old.weak().of(&row).to_string())]).check(Some(&weak.of(&row))).is_ok()
    );
}

#[test]
fn a_read_with_the_tag_of_a_former_secret_gets_the_whole_answer() {
    let [old, both, new] = secrets();
    let row = Product { id: 1, version: 7 };
    let ask = |seen: &EntityTagger, method: Method| {
        preconditions(&[(IF_NONE_MATCH, &seen.of(&row).to_string())]).evaluate(&method, Some(&both.of(&row)))
    };
    assert_eq!(ask(&old, Method::GET), Verdict::Proceed);
    assert_eq!(ask(&new, Method::GET), Verdict::NotModified);
    // "Only if it is not this": it is, whoever has named it.
    assert_eq!(ask(&old, Method::PUT), Verdict::PreconditionFailed);
}

#[derive(Clone, Debug, PartialEq, OptimisticLock, serde::Serialize, serde::Deserialize)]
#[diesel(table_name = super::tags::products)]
#[occ(tracked)]
struct Sealed {
    id: i32,
    version: i32,
}

#[test]
fn a_base_that_a_former_secret_has_sealed_is_opened() {
    let [old, both, new] = secrets();
    let row = Sealed { id: 1, version: 7 };
    let sealed = old.seal(&row).unwrap();
    assert_eq!(both.unseal::<Sealed>(&sealed).unwrap(), row);
    assert!(matches!(new.unseal::<Sealed>(&sealed), Err(SealError::Broken)));
    assert_eq!(both.seal(&row).unwrap(), new.seal(&row).unwrap());
    assert!(both.unseal::<Sealed>(&sealed.replace('7', "8")).is_err());
    assert!(EntityTagger::keyed("0123456789abcdef").unwrap().also("short").is_err());
    let shown = format!("{both:?}");
    assert!(shown.contains("also: 1") && !shown.contains("year"), "{shown}");
}
