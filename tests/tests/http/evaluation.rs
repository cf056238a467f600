//! When a request is done, and when it is not: RFC 9110, sections 8.8.3.2, 13.1.1, 13.1.2 and 13.2.2.

use http::Method;
use http::header::{IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE};
use occ_runtime::http::Verdict::{self, NotModified, PreconditionFailed, Proceed};
use occ_runtime::http::{EntityTag, EntityTagger, Preconditions};

use super::{preconditions, tag};

#[test]
fn tags_are_compared_as_the_table_of_the_rfc_has_it() {
    let table = [
        (r#"W/"1""#, r#"W/"1""#, false, true),
        (r#"W/"1""#, r#"W/"2""#, false, false),
        (r#"W/"1""#, r#""1""#, false, true),
        (r#""1""#, r#""1""#, true, true),
    ];
    for (a, b, strong, weak) in table {
        for (a, b) in [(tag(a), tag(b)), (tag(b), tag(a))] {
            assert_eq!((a.strong_eq(&b), a.weak_eq(&b)), (strong, weak), "{a} and {b}");
            let (current, sent) = (Some(&a), b.to_string());
            let if_match = preconditions(&[(IF_MATCH, &sent)]).evaluate(&Method::PUT, current);
            assert_eq!(if_match == Proceed, strong, "{a} for If-Match: {b}");
            let if_none_match = preconditions(&[(IF_NONE_MATCH, &sent)]).evaluate(&Method::PUT, current);
            assert_eq!(if_none_match == Proceed, !weak, "{a} for If-None-Match: {b}");
        }
    }
}

const READS: [Method; 2] = [Method::GET, Method::HEAD];
const WRITES: [Method; 4] = [Method::PUT, Method::PATCH, Method::DELETE, Method::POST];

/// If-Match, If-None-Match, current; the verdict for reads and for writes.
type Case = (Option<&'static str>, Option<&'static str>, Option<&'static str>, Verdict, Verdict);

const CURRENT: Option<&str> = Some(r#""a""#);

const CASES: &[Case] = &[
    // Nothing is demanded.
    (None, None, CURRENT, Proceed, Proceed),
    (None, None, None, Proceed, Proceed),
    // 13.1.1: true if one of the list is the current one, strongly; `*` if there is one at all.
    (Some(r#""a""#), None, CURRENT, Proceed, Proceed),
    (Some(r#""b", "a""#), None, CURRENT, Proceed, Proceed),
    (Some(r#""b""#), None, CURRENT, PreconditionFailed, PreconditionFailed),
    (Some(r#"W/"a""#), None, CURRENT, PreconditionFailed, PreconditionFailed),
    (Some(r#""a""#), None, Some(r#"W/"a""#), PreconditionFailed, PreconditionFailed),
    (Some("*"), None, CURRENT, Proceed, Proceed),
    (Some("*"), None, None, PreconditionFailed, PreconditionFailed),
    (Some(r#""a""#), None, None, PreconditionFailed, PreconditionFailed),
    // 13.1.2: false if one of the list is the current one, weakly; `*` if there is one at all.
    (None, Some(r#""a""#), CURRENT, NotModified, PreconditionFailed),
    (None, Some(r#"W/"a""#), CURRENT, NotModified, PreconditionFailed),
    (None, Some(r#""b", W/"a""#), CURRENT, NotModified, PreconditionFailed),
    (None, Some(r#""b""#), CURRENT, Proceed, Proceed),
    (None, Some("*"), CURRENT, NotModified, PreconditionFailed),
    (None, Some("*"), None, Proceed, Proceed),
    (None, Some(r#""a""#), None, Proceed, Proceed),
    // 13.2.2: If-Match comes first, and If-None-Match after it.
    (Some(r#""b""#), Some(r#""a""#), CURRENT, PreconditionFailed, PreconditionFailed),
    (Some(r#""a""#), Some(r#""a""#), CURRENT, NotModified, PreconditionFailed),
    (Some(r#""a""#), Some(r#""b""#), CURRENT, Proceed, Proceed),
    (Some("*"), Some("*"), CURRENT, NotModified, PreconditionFailed),
    (Some("*"), Some("*"), None, PreconditionFailed, PreconditionFailed),
];

#[test]
fn a_request_is_judged_in_the_order_of_the_rfc() {
    for &(if_match, if_none_match, current, read, write) in CASES {
        let headers = [(IF_MATCH, if_match), (IF_NONE_MATCH, if_none_match)];
        let headers: Vec<_> = headers.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let preconditions = preconditions(&headers);
        let current = current.map(tag);
        let verdict = |method: &Method| preconditions.evaluate(method, current.as_ref());
        let what = format!("{preconditions:?}, current {current:?}");
        for method in &READS {
            assert_eq!(verdict(method), read, "{method}: {what}");
        }
        for method in &WRITES {
            assert_eq!(verdict(method), write, "{method}: {what}");
        }
        // 13.2.1: these do not select a representation.
        for method in [Method::OPTIONS, Method::TRACE, Method::CONNECT] {
            assert_eq!(verdict(&method), Proceed, "{method}: {what}");
        }
        assert_eq!(preconditions.check(current.as_ref()).is_ok(), write == Proceed, "{what}");
    }
}

/// 13.1.3 to 13.1.5: there is no date to compare with, so they do not count.
#[test]
fn conditions_by_date_are_not_looked_at() {
    let date = "Sat, 29 Oct 1994 19:43:31 GMT";
    for name in [IF_MODIFIED_SINCE, IF_UNMODIFIED_SINCE, IF_RANGE] {
        let preconditions = preconditions(&[(name, date)]);
        assert_eq!(preconditions, Preconditions::default());
    }
}

mod rows {
    use super::*;
    use occ_runtime::prelude::*;

    diesel::table! { products (id) { id -> Integer, version -> Integer } }

    #[derive(OptimisticLock)]
    struct Product {
        id: i32,
        version: i32,
    }

    const fn product(version: i32) -> Product {
        Product { id: 1, version }
    }

    #[test]
    fn an_if_match_lets_through_the_row_that_was_read_and_no_other() {
        let tags = EntityTagger::keyed([7; 32]).unwrap();
        let read = tags.of(&product(3)).to_string();
        let if_match = preconditions(&[(IF_MATCH, &read)]).require_if_match().unwrap();
        assert!(if_match.check(&tags, &product(3)).is_ok());
        assert!(if_match.check(&tags, &product(4)).is_err());
        assert!(if_match.check(&tags, &Product { id: 2, version: 3 }).is_err());
        assert!(if_match.check(&EntityTagger::open(), &product(3)).is_err());
        assert!(if_match.check(&tags.representation("html"), &product(3)).is_err());
        // A proxy that has made it weak has made it useless, unless the tags are made for that: see `proxies`.
        let weak = preconditions(&[(IF_MATCH, &format!("W/{read}"))]).require_if_match().unwrap();
        assert!(weak.check(&tags, &product(3)).is_err());
    }

    #[test]
    fn a_star_is_told_from_a_tag_and_lets_every_row_through() {
        let if_match = preconditions(&[(IF_MATCH, "*")]).require_if_match().unwrap();
        assert!(if_match.condition().is_any());
        assert!(if_match.check(&EntityTagger::open(), &product(3)).is_ok());
    }

    #[test]
    fn an_if_none_match_beside_an_if_match_counts() {
        let tags = EntityTagger::open();
        let read = EntityTag::of(&product(3)).to_string();
        let both = preconditions(&[(IF_MATCH, "*"), (IF_NONE_MATCH, &read)]).require_if_match().unwrap();
        assert!(both.check(&tags, &product(3)).is_err());
        assert!(both.check(&tags, &product(4)).is_ok());
    }

    #[test]
    fn an_if_match_that_is_demanded_must_be_there() {
        for headers in [&[][..], &[(IF_NONE_MATCH, "*")], &[(IF_NONE_MATCH, r#""a""#)]] {
            assert!(preconditions(headers).require_if_match().is_err());
        }
    }
}
