//! What a client may write, and what it may not: RFC 9110, sections 5.6.1, 8.8.3, 13.1.1 and 13.1.2.

use std::time::{Duration, Instant};

use allocation_counter::measure;
use headers::Header as _;
use http::header::{IF_MATCH, IF_NONE_MATCH};
use http::{HeaderValue, Method};
use occ_runtime::http::{EntityTag, Preconditions, Verdict};
use proptest::prelude::*;

use super::{lines, parsed, preconditions, tag};

type Lines = &'static [&'static [u8]];

/// The tags of an `If-Match` as they are written, or what else it is.
fn read(values: &[&[u8]]) -> Result<Vec<Vec<u8>>, &'static str> {
    let preconditions = parsed(&IF_MATCH, values).map_err(|_| "malformed")?;
    let condition = preconditions.if_match().ok_or("missing")?;
    if condition.is_any() {
        assert_eq!(condition.tags().count(), 0);
        return Err("any");
    }
    Ok(condition.tags().map(|tag| HeaderValue::from(tag).as_bytes().to_vec()).collect())
}

#[test]
fn well_formed_conditions_are_read_as_they_are_meant() {
    let cases: &[(Lines, Lines)] = &[
        (&[br#""xyzzy""#], &[br#""xyzzy""#]),
        (&[br#""xyzzy", "r2d2xxxx", "c3piozzzz""#], &[br#""xyzzy""#, br#""r2d2xxxx""#, br#""c3piozzzz""#]),
        (&[br#"W/"xyzzy", W/"r2d2xxxx""#], &[br#"W/"xyzzy""#, br#"W/"r2d2xxxx""#]),
        // An empty tag is one.
        (&[br#""""#], &[br#""""#]),
        (&[br#"W/"""#], &[br#"W/"""#]),
        // Spaces and tabs, or none.
        (&[b"\t \"a\"\t,\t\"b\" \t"], &[br#""a""#, br#""b""#]),
        (&[br#""a","b""#], &[br#""a""#, br#""b""#]),
        // Empty elements are passed over.
        (&[br#",, "a" ,,	, "b" ,"#], &[br#""a""#, br#""b""#]),
        // A comma, a star, a slash, a backslash within a tag are of the tag. Nothing is escaped.
        (&[br#""a,b", "*", "W/", "c\""#], &[br#""a,b""#, br#""*""#, br#""W/""#, br#""c\""#]),
        // All that may be in one.
        (&[b"\"!#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~\""], &[b"\"!#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~\""]),
        (&[b"\"\x80\xC3\xFF\""], &[b"\"\x80\xC3\xFF\""]),
        (&[b"\"schl\xC3\xBCssel\""], &[b"\"schl\xC3\xBCssel\""]),
        // Several lines are one list.
        (&[br#""a""#, br#""b", "c""#], &[br#""a""#, br#""b""#, br#""c""#]),
        (&[b"", br#""a""#, b" "], &[br#""a""#]),
    ];
    for (values, tags) in cases {
        assert_eq!(read(values).as_deref(), Ok(&*tags.iter().map(|tag| tag.to_vec()).collect::<Vec<_>>()));
    }
    assert_eq!(read(&[]), Err("missing"));
    for star in ["*", " *", "*\t", " \t* "] {
        assert_eq!(read(&[star.as_bytes()]), Err("any"), "{star:?}");
    }
}

#[test]
fn everything_else_is_malformed() {
    let cases: &[Lines] = &[
        // Nothing is said.
        &[b""],
        &[b" \t"],
        &[b" , ,"],
        &[b"", b","],
        // No quotes, one quote, others' quotes.
        &[b"xyzzy"],
        &[b"5"],
        &[br#"""#],
        &[br#""xyzzy"#],
        &[br#"xyzzy""#],
        &[b"'xyzzy'"],
        // The weak mark is upper case, before the quote, and with nothing between.
        &[br#"w/"a""#],
        &[br#"W "a""#],
        &[br#"W/ "a""#],
        &[br#"W"a""#],
        &[br#"/"a""#],
        &[br#""a"W/"#],
        &[b"W/"],
        &[b"W/a"],
        &[br#"W/W/"a""#],
        // No space and no quote within a tag.
        &[br#""a b""#],
        &[b"\"a\tb\""],
        &[br#""a"b""#],
        &[br#""a\"b""#],
        // Nothing but a comma between two.
        &[br#""a" "b""#],
        &[br#""a""b""#],
        &[br#""a";"b""#],
        &[br#""a", b"#],
        &[br#"a, "b""#],
        // A star stands alone.
        &[br#"*, "a""#],
        &[br#""a", *"#],
        &[b"*, *"],
        &[b"**"],
        &[b"*,"],
        &[b"*", b"*"],
        &[b"*", br#""a""#],
        &[b"*", b""],
        &[b"W/*"],
        // A tag does not go on in the next line.
        &[br#""a"#, br#"b""#],
        &[b"\"\xFF"],
        &[b"\xFF"],
    ];
    for values in cases {
        assert_eq!(
            read(values),
            Err("malformed"),
            "{:?}",
            values.iter().map(|v| v.escape_ascii()).collect::<Vec<_>>()
        );
        let error = parsed(&IF_NONE_MATCH, *values).unwrap_err();
        assert_eq!(error.header(), IF_NONE_MATCH);
    }
}

#[test]
fn a_malformed_condition_beside_a_good_one_is_still_malformed() {
    let mut headers = lines(&IF_MATCH, [r#""a""#]);
    headers.insert(IF_NONE_MATCH, "a".parse().unwrap());
    assert_eq!(Preconditions::from_headers(&headers).unwrap_err().header(), IF_NONE_MATCH);
}

#[test]
fn one_tag_has_nothing_around_it() {
    for written in [r#""a""#, r#"W/"a""#, r#""""#, r#""a,b""#, "\"ü\""] {
        assert_eq!(written.parse::<EntityTag>().unwrap().to_string(), written);
    }
    for written in [
        "",
        "a",
        "*",
        r#"""#,
        r#""a"#,
        r#" "a""#,
        r#""a" "#,
        r#""a","b""#,
        r#""a","#,
        "\"a\u{7f}\"",
        "\"\n\"",
    ] {
        assert!(written.parse::<EntityTag>().is_err(), "{written:?}");
    }
}

const MEBIBYTE: usize = 1 << 20;

/// What is quadratic fails at the first size, and would need hours for the last. The tags are read again at each
/// comparison, so those are measured as well.
#[test]
fn a_mebibyte_of_anything_takes_linear_time_and_a_few_allocations() {
    let current = tag(r#""current""#);
    let start = Instant::now();
    let texts =
        [",", "\"", "\"\"", "\"\",", "W/\"\",", "\"a\" ", " ", "\t,", "W/", "*", "*,", "x", "\"a\", \"b"];
    for size in [MEBIBYTE / 64, MEBIBYTE / 8, MEBIBYTE] {
        for text in texts.map(|text| text.repeat(size / text.len())) {
            for text in [format!("\"{text}\""), format!("\"{text}"), text] {
                let what = &text[..20];
                let headers = lines(&IF_MATCH, [&text]);
                let mut read = None;
                let allocations = measure(|| read = Some(Preconditions::from_headers(&headers)));
                assert!(allocations.count_total <= 4, "{what}: {allocations:?}");
                assert!(allocations.bytes_max <= 3 * MEBIBYTE as u64, "{what}: {allocations:?}");
                if let Some(Ok(preconditions)) = read {
                    let verdict = preconditions.evaluate(&Method::PUT, Some(&current));
                    assert_eq!(verdict, Verdict::PreconditionFailed, "{what}");
                }
                assert!(start.elapsed() < Duration::from_secs(30), "{what}: {:?}", start.elapsed());
            }
        }
    }
    let many_lines = lines(&IF_MATCH, std::iter::repeat_n(r#""a""#, 10_000));
    assert!(Preconditions::from_headers(&many_lines).is_ok());
}

/// Whether it is weak, and what is between the quotes.
type Parts = (bool, Vec<u8>);

fn written((weak, opaque): &Parts) -> Vec<u8> {
    [if *weak { &b"W/\""[..] } else { b"\"" }, opaque, b"\""].concat()
}

fn parts(etagc: impl Strategy<Value = u8>) -> impl Strategy<Value = Parts> {
    (any::<bool>(), prop::collection::vec(etagc, 0..4))
}

fn ascii() -> impl Strategy<Value = u8> {
    // Few letters, so that tags are often the same.
    prop_oneof![
        Just(b'a'),
        Just(b','),
        Just(b'*'),
        Just(b'W'),
        Just(b'/'),
        Just(b'\\'),
        Just(0x21),
        0x23_u8..=0x7E
    ]
}

fn any_etagc() -> impl Strategy<Value = u8> {
    prop_oneof![ascii(), 0x80_u8..=0xFF]
}

/// What is between two elements.
pub(super) fn separator() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![",", ", ", " ,\t", ",,", " , ,, "])
}

fn list(tags: &[(Parts, &str)]) -> Vec<u8> {
    let mut list = Vec::new();
    for (index, (tag, separator)) in tags.iter().enumerate() {
        if index > 0 {
            list.extend_from_slice(separator.as_bytes());
        }
        list.extend(written(tag));
    }
    list
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_tag_that_is_written_is_read_again(parts in parts(any_etagc())) {
        let value = HeaderValue::from_bytes(&written(&parts)).unwrap();
        let tag = EntityTag::try_from(&value).unwrap();
        prop_assert_eq!(tag.is_weak(), parts.0);
        prop_assert_eq!(HeaderValue::from(&tag), value.clone());
        if let Ok(text) = value.to_str() {
            prop_assert_eq!(tag.to_string(), text);
            prop_assert_eq!(text.parse(), Ok(tag));
        }
    }

    #[test]
    fn a_list_is_its_tags(tags in prop::collection::vec((parts(any_etagc()), separator()), 1..5)) {
        let expected: Vec<_> = tags.iter().map(|(tag, _)| written(tag)).collect();
        prop_assert_eq!(read(&[&list(&tags)]), Ok(expected.clone()));
        // And so are they in a line each.
        let lines: Vec<_> = expected.iter().map(Vec::as_slice).collect();
        prop_assert_eq!(read(&lines), Ok(expected));
    }

    #[test]
    fn no_bytes_make_it_panic(values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..3)) {
        let values: Vec<_> = values.iter().filter_map(|value| HeaderValue::from_bytes(value).ok()).collect();
        let values: Vec<_> = values.iter().map(HeaderValue::as_bytes).collect();
        let _ = read(&values);
    }

    /// Of the letters that matter, so that many are nearly right.
    #[test]
    fn what_is_read_is_what_the_grammar_allows(text in "[\" ,W/*a\t]{0,8}") {
        prop_assert_eq!(read(&[text.as_bytes()]), by_definition(&text));
    }

    /// The crate `headers` passes malformed elements over, so only what is well-formed can be compared.
    #[test]
    fn the_crate_headers_agrees_on_what_is_well_formed(
        tags in prop::collection::vec((parts(ascii()), separator()), 1..5),
        current in parts(ascii()),
        star in prop::bool::weighted(0.1),
    ) {
        let value = HeaderValue::from_bytes(&if star { b"*".to_vec() } else { list(&tags) }).unwrap();
        let current = String::from_utf8(written(&current)).unwrap();
        let theirs: headers::ETag = current.parse().unwrap();
        let ours = tag(&current);
        let text = value.to_str().unwrap();

        let if_match = headers::IfMatch::decode(&mut [&value].into_iter()).unwrap();
        let verdict = preconditions(&[(IF_MATCH, text)]).evaluate(&Method::PUT, Some(&ours));
        let passes = if_match.precondition_passes(&theirs);
        prop_assert_eq!(verdict == Verdict::Proceed, passes, "{} for {}", text, current);

        let if_none_match = headers::IfNoneMatch::decode(&mut [&value].into_iter()).unwrap();
        let verdict = preconditions(&[(IF_NONE_MATCH, text)]).evaluate(&Method::PUT, Some(&ours));
        let passes = if_none_match.precondition_passes(&theirs);
        prop_assert_eq!(verdict == Verdict::Proceed, passes, "{} for {}", text, current);
    }
}

/// The grammar once more, as slowly as it is written: a text is a list if it can be cut at some of its commas into
/// elements that are empty or an entity tag, with spaces around, and not all of them empty.
fn by_definition(text: &str) -> Result<Vec<Vec<u8>>, &'static str> {
    fn is_tag(element: &str) -> bool {
        let quoted = element.strip_prefix("W/").unwrap_or(element);
        quoted.len() >= 2
            && quoted.starts_with('"')
            && quoted.ends_with('"')
            && !quoted[1..quoted.len() - 1].contains(['"', ' ', '\t'])
    }
    fn cut(text: &str) -> Option<Vec<Vec<u8>>> {
        let element = |text: &str| match text.trim_matches([' ', '\t']) {
            "" => Some(vec![]),
            element => is_tag(element).then(|| vec![element.as_bytes().to_vec()]),
        };
        element(text).or_else(|| {
            text.match_indices(',').find_map(|(comma, _)| {
                let (first, rest) = (element(&text[..comma])?, cut(&text[comma + 1..])?);
                Some([first, rest].concat())
            })
        })
    }
    if text.trim_matches([' ', '\t']) == "*" {
        return Err("any");
    }
    cut(text).filter(|tags| !tags.is_empty()).ok_or("malformed")
}

/// A map of tags is no list.
#[test]
fn tags_that_differ_differ_in_their_hash() {
    use std::hash::BuildHasher as _;
    let state = std::hash::RandomState::new();
    let hash = |tag: &str| state.hash_one(tag.parse::<EntityTag>().unwrap());
    assert_eq!(hash("\"a\""), hash("\"a\""));
    assert_ne!(hash("\"a\""), hash("\"b\""));
    assert_ne!(hash("\"a\""), hash("W/\"a\""));
}
