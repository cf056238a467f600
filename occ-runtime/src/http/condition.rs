//! The value of `If-Match` or `If-None-Match`, and its grammar: RFC 9110, sections 5.6.1, 13.1.1 and 13.1.2.

use std::fmt;

use crate::http::tag::EntityTag;
use crate::http::{proxies, tag};

/// The value of `If-Match` or `If-None-Match`: `*`, or a list of entity tags.
///
/// It is parsed in linear time, however long it is, and kept in one allocation: the tags stay as they were sent, and are
/// read again where they are compared. How long a header may be, the server decides.
///
/// ```
/// use occ_runtime::http::{EntityTag, Preconditions};
///
/// let mut headers = http::HeaderMap::new();
/// headers.insert("If-Match", r#""a1", "b2""#.parse()?);
/// let preconditions = Preconditions::from_headers(&headers)?;
/// let condition = preconditions.if_match().ok_or("it was sent")?;
/// assert!(!condition.is_any());
/// assert_eq!(condition.tags().collect::<Vec<_>>(), [r#""a1""#.parse()?, r#""b2""#.parse::<EntityTag>()?]);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TagCondition {
    wanted: Wanted,
}

#[derive(Clone, PartialEq, Eq)]
enum Wanted {
    Any,
    /// A list that `Elements` has been through without an error.
    Listed(Box<[u8]>),
}

impl TagCondition {
    /// All lines of one header. `None` if there is none; `Err` if they are neither `*` nor a list of entity tags.
    ///
    /// A list without a tag is refused as well. The grammar has it, but it says nothing: an `If-None-Match` like this would
    /// let everything pass, as if it had not been sent.
    pub(super) fn parse(lines: &[&[u8]]) -> Result<Option<Self>, Malformed> {
        if lines.is_empty() {
            return Ok(None);
        }
        let list = lines.join(JOIN);
        let wanted = if trimmed(&list) == b"*" {
            Wanted::Any
        } else {
            let tags = Elements(&list).try_fold(0_usize, |tags, element| element.map(|_| tags + 1))?;
            if tags == 0 {
                return Err(Malformed);
            }
            Wanted::Listed(list.into())
        };
        Ok(Some(Self { wanted }))
    }

    /// This tag alone.
    pub(super) fn one(tag: &EntityTag) -> Self {
        Self { wanted: Wanted::Listed(tag.written().into()) }
    }

    /// Whether it is `*`: any current representation will do. In an `If-Match` it protects nobody's change, since the
    /// client does not say what it has seen.
    #[must_use]
    pub fn is_any(&self) -> bool {
        matches!(self.wanted, Wanted::Any)
    }

    /// The tags of the list, in their order; none for `*`.
    pub fn tags(&self) -> impl Iterator<Item = EntityTag> + '_ {
        self.written().map(EntityTag::measured)
    }

    fn written(&self) -> impl Iterator<Item = &[u8]> {
        let list = match &self.wanted {
            Wanted::Any => &[],
            Wanted::Listed(list) => &**list,
        };
        Elements(list).filter_map(Result::ok)
    }

    /// Whether `current` is among them by the strong comparison, as `If-Match` asks; where `current` is behind proxies, by
    /// what they may have made of it.
    pub(super) fn matches_strongly(&self, current: Option<&EntityTag>) -> bool {
        self.matches(current, tag::strong_eq)
    }

    /// Whether `current` is among them by the weak comparison, as `If-None-Match` asks; where `current` is behind proxies,
    /// by what they may have made of it.
    pub(super) fn matches_weakly(&self, current: Option<&EntityTag>) -> bool {
        self.matches(current, tag::weak_eq)
    }

    /// The same for a client that asks whether its response is still the current one. That has the tag of the present secret, or
    /// it is not: told that it was unchanged, with another tag than its own, no cache could tell which response is meant.
    pub(super) fn matches_response(&self, current: Option<&EntityTag>) -> bool {
        self.matches_any_of(current, |current| vec![current.written()], tag::weak_eq)
    }

    /// Whether `current` is among them, or what a proxy may have made of it.
    pub(super) fn matches_altered(&self, current: Option<&EntityTag>) -> bool {
        self.matches(current, proxies::same)
    }

    fn matches(&self, current: Option<&EntityTag>, eq: fn(&[u8], &[u8]) -> bool) -> bool {
        self.matches_any_of(current, |current| current.writings().collect(), eq)
    }

    fn matches_any_of(
        &self,
        current: Option<&EntityTag>,
        writings: fn(&EntityTag) -> Vec<&[u8]>,
        eq: fn(&[u8], &[u8]) -> bool,
    ) -> bool {
        current.is_some_and(|current| {
            let eq = if current.is_behind_proxies() { proxies::same } else { eq };
            let current = writings(current);
            self.is_any() || self.written().any(|sent| current.iter().any(|current| eq(sent, current)))
        })
    }
}

/// As in a header.
impl fmt::Debug for TagCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.wanted {
            Wanted::Any => f.write_str("*"),
            Wanted::Listed(list) => f.write_str(&String::from_utf8_lossy(list)),
        }
    }
}

/// Several lines of a header are one, joined like this. The space, which no tag has, keeps a quote that is not closed
/// from going on in the next line.
const JOIN: &[u8] = b", ";

/// Something in a list is no entity tag, or nothing is in it.
#[derive(Debug)]
pub(super) struct Malformed;

/// The elements of a list, each as it is written. Empty ones are passed over, as a recipient must.
struct Elements<'a>(&'a [u8]);

impl<'a> Iterator for Elements<'a> {
    type Item = Result<&'a [u8], Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.0.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b','))?;
        let rest = &self.0[start..];
        let element = tag::length(rest).and_then(|length| {
            let (element, rest) = rest.split_at(length);
            // Between two tags there is a comma.
            let next = rest.iter().find(|byte| !matches!(byte, b' ' | b'\t'));
            matches!(next, None | Some(b',')).then_some((element, rest))
        });
        // After an error there is no telling where the next element begins.
        self.0 = element.map_or(&[], |(_, rest)| rest);
        Some(element.map(|(element, _)| element).ok_or(Malformed))
    }
}

/// Without spaces and tabs around it.
fn trimmed(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}
