//! Any bytes as entity tags and preconditions: they are read as RFC 9110 says, and judged so; and a tag of any row comes back as
//! it was sent.

use arbitrary::{Result, Unstructured};
use http::header::{IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use occ_runtime::http::{
    EntityTag, EntityTagger, MergePatch, MergePatchError, Preconditions, TagCondition, Verdict,
};
use occ_runtime::prelude::*;
use occ_runtime::{Tracked, UuidV4};

use schema::{pages, sheets};

use crate::Outcome;
use crate::values::{number, text};

mod schema {
    diesel::table! {
        pages (id) {
            id -> Text,
            number -> BigInt,
            version -> Text,
        }
    }

    diesel::table! {
        sheets (id, number) {
            id -> Text,
            number -> BigInt,
            text -> Nullable<Text>,
            made_at -> BigInt,
            version -> Text,
        }
    }
}

/// Two columns are the key of one, so that parts of it might be taken for each other.
#[derive(Clone, Debug, PartialEq, OptimisticLock)]
#[diesel(primary_key(id, number))]
struct Page {
    id: String,
    number: i64,
    #[occ(version, generator = UuidV4)]
    version: String,
}

/// A row that can be patched.
#[derive(Clone, Debug, PartialEq, OptimisticLock, serde::Serialize, serde::Deserialize)]
#[diesel(table_name = sheets, primary_key(id, number))]
#[occ(tracked)]
struct Sheet {
    id: String,
    number: i64,
    text: Option<String>,
    #[diesel(skip_update)]
    #[serde(default)]
    made_at: i64,
    #[occ(version, generator = UuidV4)]
    version: String,
}

/// Reads headers and judges them, and sends tags of rows.
pub fn check(bytes: &[u8]) -> Outcome {
    let mut bytes = Unstructured::new(bytes);
    let outcome = Input::arbitrary(&mut bytes).map_or("nothing", |input| input.check());
    if let Ok((tags, page, other)) = rows(&mut bytes) {
        check_rows(&tags, &page, &other);
        check_patch(&page, bytes.take_rest());
    }
    outcome
}

/// A patch of any JSON is taken or refused; what is refused has changed nothing, and key and version never change.
fn check_patch(page: &Page, bytes: &[u8]) {
    // Often with the name of a member.
    let names = ["id", "number", "text", "made_at", "version"];
    let text = String::from_utf8_lossy(bytes);
    let name = names[bytes.len() % names.len()];
    for json in
        [text.to_string(), format!("{{\"{name}\":{text}}}"), format!("{{\"{name}\":[{}]}}", bytes.len())]
    {
        let Ok(patch) = serde_json::from_str(&json) else { continue };
        let Page { id, number, version } = page.clone();
        let sheet = Sheet { id, number, text: Some("a".to_owned()), made_at: 1, version };
        let mut patched = Tracked::new(sheet.clone());
        let outcome = patched.apply_merge_patch(&MergePatch::new(patch), &names);
        assert_eq!(
            (&patched.id, patched.number, &patched.version),
            (&sheet.id, sheet.number, &sheet.version)
        );
        assert!(outcome.is_ok() || *patched == sheet, "{json}");
        assert!(!matches!(outcome, Err(MergePatchError::Struct(_))), "{json}");
    }
}

#[derive(Debug)]
struct Input {
    if_match: Vec<HeaderValue>,
    if_none_match: Vec<HeaderValue>,
    current: Option<EntityTag>,
}

/// What a header may have in it, half the time of what tags are made of.
fn line(bytes: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    const OF_TAGS: &[u8] = b"\"\"\"\"aab,, \t*W/W/\x80\xFF!~'\\";
    let length = bytes.int_in_range(0..=24)?;
    let raw = bytes.bytes(length)?;
    let of_tags = |byte: &u8| OF_TAGS[usize::from(*byte) % OF_TAGS.len()];
    Ok(if bytes.arbitrary()? { raw.to_vec() } else { raw.iter().map(of_tags).collect() })
}

fn lines(bytes: &mut Unstructured<'_>) -> Result<Vec<HeaderValue>> {
    let mut lines = Vec::new();
    for _ in 0..bytes.int_in_range(0..=3)? {
        // Some bytes are no header of anybody's.
        lines.extend(HeaderValue::from_bytes(&line(bytes)?).ok());
    }
    Ok(lines)
}

impl Input {
    fn arbitrary(bytes: &mut Unstructured<'_>) -> Result<Self> {
        let (if_match, if_none_match) = (lines(bytes)?, lines(bytes)?);
        let written = HeaderValue::from_bytes(&line(bytes)?).ok();
        let read = written.as_ref().and_then(|written| EntityTag::try_from(written).ok());
        if let Some(written) = &written {
            let expected = model_tag(written.as_bytes()).filter(|(_, rest)| rest.is_empty());
            assert_eq!(read.is_some(), expected.is_some(), "{written:?}");
        }
        // Often one of those that are asked for.
        let asked: Vec<EntityTag> = [&if_match, &if_none_match]
            .into_iter()
            .filter_map(|lines| Model::read(lines).ok().flatten())
            .flat_map(|model| model.tags)
            .map(|tag| EntityTag::try_from(&HeaderValue::from_bytes(&tag).expect("legal")).expect("a tag"))
            .collect();
        let current =
            if asked.is_empty() || bytes.ratio(1, 3)? { read } else { Some(bytes.choose(&asked)?.clone()) };
        Ok(Self { if_match, if_none_match, current })
    }

    fn check(&self) -> Outcome {
        let (if_match, if_none_match) = (Model::read(&self.if_match), Model::read(&self.if_none_match));
        let named = |name: HeaderName, lines: &[HeaderValue]| {
            lines.iter().map(move |line| (name.clone(), line.clone())).collect::<Vec<_>>()
        };
        let headers: HeaderMap = [named(IF_MATCH, &self.if_match), named(IF_NONE_MATCH, &self.if_none_match)]
            .concat()
            .into_iter()
            .collect();
        let read = Preconditions::from_headers(&headers);
        let lines =
            |lines: &[HeaderValue]| lines.iter().map(|line| line.as_bytes().to_vec()).collect::<Vec<_>>();
        let from_lines = Preconditions::from_lines(lines(&self.if_match), lines(&self.if_none_match));
        assert_eq!(from_lines, read, "{self:?}");
        let (if_match, if_none_match) = match (if_match, if_none_match) {
            (Ok(if_match), Ok(if_none_match)) => (if_match, if_none_match),
            (if_match, _) => {
                let name = if if_match.is_err() { IF_MATCH } else { IF_NONE_MATCH };
                assert_eq!(read.expect_err("malformed").header(), name, "{self:?}");
                return "malformed";
            }
        };
        let read = read.unwrap_or_else(|error| panic!("{error}: {self:?}"));
        check_condition(read.if_match(), if_match.as_ref());
        check_condition(read.if_none_match(), if_none_match.as_ref());

        let current = self.current.as_ref().map(|tag| HeaderValue::from(tag).as_bytes().to_vec());
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let expected = verdict(if_match.as_ref(), if_none_match.as_ref(), &method, current.as_deref());
            assert_eq!(read.evaluate(&method, self.current.as_ref()), expected, "{method}: {self:?}");
        }
        let write = verdict(if_match.as_ref(), if_none_match.as_ref(), &Method::PUT, current.as_deref());
        assert_eq!(read.check(self.current.as_ref()).is_ok(), write == Verdict::Proceed, "{self:?}");
        let either = read.clone().require_either().is_ok();
        assert_eq!(either, if_match.is_some() || if_none_match.is_some(), "{self:?}");
        assert_eq!(read.require_if_match().is_ok(), if_match.is_some(), "{self:?}");
        match verdict(if_match.as_ref(), if_none_match.as_ref(), &Method::GET, current.as_deref()) {
            Verdict::Proceed => "proceed",
            Verdict::NotModified => "not modified",
            Verdict::PreconditionFailed => "precondition failed",
        }
    }
}

fn check_condition(read: Option<&TagCondition>, model: Option<&Model>) {
    let tags = |condition: &TagCondition| {
        condition.tags().map(|tag| HeaderValue::from(tag).as_bytes().to_vec()).collect::<Vec<_>>()
    };
    assert_eq!(
        read.map(|read| (read.is_any(), tags(read))),
        model.map(|model| (model.any, model.tags.clone()))
    );
    for tag in read.into_iter().flat_map(TagCondition::tags) {
        let sent = HeaderValue::from(&tag);
        assert_eq!(EntityTag::try_from(&sent).as_ref(), Ok(&tag), "it comes back as it was sent");
        assert_eq!(tag.is_weak(), sent.as_bytes().first() == Some(&b'W'));
    }
}

/// The naive reading of RFC 9110: sections 8.8.3, 13.1.1 and 13.1.2.
#[derive(Debug)]
struct Model {
    any: bool,
    /// As they are written.
    tags: Vec<Vec<u8>>,
}

impl Model {
    /// `Ok(None)` without a line.
    fn read(lines: &[HeaderValue]) -> std::result::Result<Option<Self>, ()> {
        if lines.is_empty() {
            return Ok(None);
        }
        // Section 5.3: lines of one name are one, with commas between, and spaces, so that no tag goes over two lines.
        let all = lines.iter().map(HeaderValue::as_bytes).collect::<Vec<_>>().join(&b", "[..]);
        if without_spaces(&all) == b"*" {
            return Ok(Some(Self { any: true, tags: Vec::new() }));
        }
        let (mut tags, mut rest) = (Vec::new(), &all[..]);
        loop {
            rest = without_spaces(rest);
            if let Some((tag, after)) = model_tag(rest) {
                tags.push(tag);
                rest = without_spaces(after);
            }
            match rest {
                [] if tags.is_empty() => return Err(()),
                [] => return Ok(Some(Self { any: false, tags })),
                [b',', after @ ..] => rest = after,
                _ => return Err(()),
            }
        }
    }
}

/// Optional whitespace, section 5.6.3.
fn without_spaces(bytes: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| *byte == b' ' || *byte == b'\t';
    let start = bytes.iter().position(|byte| !is_space(byte)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|byte| !is_space(byte)).map_or(start, |last| last + 1);
    &bytes[start..end]
}

/// The tag at the start, and what is behind it.
fn model_tag(bytes: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let start = if bytes.starts_with(b"W/") { 2 } else { 0 };
    if bytes.get(start) != Some(&b'"') {
        return None;
    }
    let mut end = start + 1;
    loop {
        let byte = *bytes.get(end)?;
        end += 1;
        if byte == b'"' {
            return Some((bytes[..end].to_vec(), &bytes[end..]));
        }
        // etagc: %x21 / %x23-7E / obs-text
        if byte <= 0x20 || byte == 0x7F {
            return None;
        }
    }
}

/// Section 13.2.2.
fn verdict(
    if_match: Option<&Model>,
    if_none_match: Option<&Model>,
    method: &Method,
    current: Option<&[u8]>,
) -> Verdict {
    if *method == Method::OPTIONS {
        return Verdict::Proceed;
    }
    let bare = |tag: &[u8]| if tag[0] == b'W' { tag[2..].to_vec() } else { tag.to_vec() };
    let is_one_of = |model: &Model, is_strong: bool| {
        current.is_some_and(|current| {
            model.any
                || model.tags.iter().any(|tag| {
                    if is_strong { tag == current && tag[0] != b'W' } else { bare(tag) == bare(current) }
                })
        })
    };
    if if_match.is_some_and(|model| !is_one_of(model, true)) {
        return Verdict::PreconditionFailed;
    }
    if if_none_match.is_some_and(|model| is_one_of(model, false)) {
        let reads = *method == Method::GET || *method == Method::HEAD;
        return if reads { Verdict::NotModified } else { Verdict::PreconditionFailed };
    }
    Verdict::Proceed
}

fn rows(bytes: &mut Unstructured<'_>) -> Result<(EntityTagger, Page, Page)> {
    let mut tags = if bytes.arbitrary()? {
        EntityTagger::open()
    } else {
        EntityTagger::keyed([bytes.arbitrary::<u8>()?; 32]).expect("a secret that is long enough")
    };
    if bytes.arbitrary()? {
        tags = tags.also([bytes.arbitrary::<u8>()?; 32]).expect("a secret that is long enough");
    }
    tags = tags.representation(text(bytes)?);
    tags = match bytes.int_in_range(0..=2)? {
        0 => tags,
        1 => tags.behind_proxies(),
        _ => tags.weak(),
    };
    let page = Page { id: text(bytes)?, number: number(bytes)?, version: text(bytes)? };
    let mut other = page.clone();
    match bytes.int_in_range(0..=3)? {
        0 => other.id = text(bytes)?,
        1 => other.number = number(bytes)?,
        2 => other.version = text(bytes)?,
        _ => {}
    }
    Ok((tags, page, other))
}

/// A tag is for one version of one row, and lets that through when it is sent back.
fn check_rows(tags: &EntityTagger, page: &Page, other: &Page) {
    let tag = tags.of(page);
    let sent = HeaderValue::from(&tag);
    assert_eq!(EntityTag::try_from(&sent).as_ref(), Ok(&tag));
    let headers: HeaderMap = [(IF_MATCH, sent)].into_iter().collect();
    let if_match = Preconditions::from_headers(&headers)
        .expect("a tag of ours")
        .require_if_match()
        .expect("it is there");
    assert!(if_match.check(tags, page).is_ok(), "{page:?}");
    assert_eq!(if_match.check(tags, other).is_ok(), page == other, "{page:?} and {other:?}");

    assert_eq!(tags.check_tag(&tag, other).is_ok(), page == other, "{page:?} and {other:?}");
    let in_json = serde_json::to_string(&tag).expect("a tag of ours is ASCII");
    assert_eq!(serde_json::from_str::<EntityTag>(&in_json).expect("it was a tag"), tag);
    // Each tag of several takes as many again.
    if page.id.len().max(other.id.len()) > 100 {
        return;
    }
    let (one, two) = ([page, page], [page, other]);
    assert_eq!(tags.of_all(one) == tags.of_all(two), page == other, "{page:?} and {other:?}");
    let (one, two) =
        (tags.of_tags(one.map(|page| tags.of(page))), tags.of_tags(two.map(|page| tags.of(page))));
    assert_eq!(one == two, page == other, "{page:?} and {other:?}");
    assert!(one != tag && one != tags.of_all([page, page]));
}
