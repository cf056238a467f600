//! What a request expects of a row, from its headers.

use http::header::{IF_MATCH, IF_NONE_MATCH};
use http::{HeaderName, StatusCode};
use occ_runtime::Expect;
use occ_runtime::http::{EntityTagger, Preconditions, Problem};

use super::preconditions;
use super::tags::Product;

const THERE: Product = Product { id: 1, version: 7 };

/// What is expected of a row that is there, and of one that is not; `None` is a refusal.
type Case<'a> = (&'a [(HeaderName, &'a str)], Option<Expect<i32>>, Option<Expect<i32>>);

#[test]
fn each_header_with_and_without_a_row() {
    let tags = EntityTagger::open();
    let (seen, older) = (tags.of(&THERE).to_string(), tags.of(&Product { id: 1, version: 6 }).to_string());
    let both = format!("{older}, {seen}");
    let cases: [Case<'_>; 11] = [
        (&[], Some(Expect::Any), Some(Expect::Any)),
        (&[(IF_MATCH, &seen)], Some(Expect::At(7)), None),
        (&[(IF_MATCH, &both)], Some(Expect::At(7)), None),
        (&[(IF_MATCH, &older)], None, None),
        (&[(IF_MATCH, "*")], Some(Expect::At(7)), None),
        (&[(IF_NONE_MATCH, "*")], None, Some(Expect::Absent)),
        (&[(IF_NONE_MATCH, &seen)], None, Some(Expect::Absent)),
        (&[(IF_NONE_MATCH, &older)], Some(Expect::At(7)), Some(Expect::Absent)),
        (&[(IF_MATCH, "*"), (IF_NONE_MATCH, "*")], None, None),
        (&[(IF_MATCH, &seen), (IF_NONE_MATCH, &older)], Some(Expect::At(7)), None),
        (&[(IF_MATCH, &older), (IF_NONE_MATCH, "*")], None, None),
    ];
    for (headers, there, absent) in cases {
        let sent = preconditions(headers);
        assert_eq!(sent.expect(&tags, Some(&THERE)).ok(), there, "{headers:?}");
        assert_eq!(sent.expect::<Product>(&tags, None).ok(), absent, "{headers:?}");
        let required = sent.require_either();
        assert_eq!(required.is_ok(), !headers.is_empty(), "{headers:?}");
        if let Ok(required) = required {
            assert_eq!(required.expect(&tags, Some(&THERE)).ok(), there, "{headers:?}");
        }
    }
}

#[test]
fn a_428_names_what_is_missing() {
    let problem = |error| {
        let problem = Problem::from(error);
        assert_eq!(problem.status(), StatusCode::PRECONDITION_REQUIRED);
        problem.detail().unwrap().to_owned()
    };
    let both = problem(Preconditions::default().require_either().unwrap_err());
    assert!(both.contains("`If-Match`") && both.contains("`If-None-Match: *`"), "{both}");
    let one = problem(Preconditions::default().require_if_match().unwrap_err());
    assert!(one.contains("`If-Match`") && !one.contains("None"), "{one}");
    let any = preconditions(&[(IF_MATCH, "*")]).require_if_match().unwrap();
    let tag = problem(any.refuse_any().unwrap_err());
    assert!(tag.contains("`If-Match: *`"), "{tag}");
    assert!(preconditions(&[(IF_MATCH, "\"a\"")]).require_if_match().unwrap().refuse_any().is_ok());
}

#[test]
fn lines_of_bytes_are_read_as_headers_are() {
    let lines = [&b"\"a\""[..], b"W/\"\xFF\""];
    let headers = super::lines(&IF_MATCH, lines);
    assert_eq!(Preconditions::from_lines(lines, None::<&[u8]>), Preconditions::from_headers(&headers));
    assert_eq!(Preconditions::from_lines(None::<&str>, None::<&str>), Ok(Preconditions::default()));
    let malformed = Preconditions::from_lines(["\"a\""], ["a"]).unwrap_err();
    assert_eq!(malformed.header(), IF_NONE_MATCH);
    // What no header may have in it is no tag either.
    assert!(Preconditions::from_lines(["\"a\nb\""], None::<&str>).is_err());
    assert!(Preconditions::from_lines(["\"a\u{0}\""], None::<&str>).is_err());
}
