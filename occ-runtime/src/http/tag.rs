//! One entity tag, and its grammar: RFC 9110, section 8.8.3.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use ::http::HeaderValue;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Error as _, Serialize, Serializer};

/// One entity tag: what the header `ETag` holds.
///
/// [`EntityTagger`](super::EntityTagger) makes them, and they are parsed from headers. Two tags are equal (`==`) if they are written alike; what
/// a request asks for is [`strong_eq`](Self::strong_eq) or [`weak_eq`](Self::weak_eq). A tag that was made to be compared
/// otherwise ([`EntityTagger::behind_proxies`](super::EntityTagger::behind_proxies)) remembers that, for [`Preconditions`](super::Preconditions); one that was
/// parsed does not.
///
/// In JSON it is the text of the header: for a list whose items have their tags, and for a request that names the tag of each row it
/// changes, which [`EntityTagger::check_tag`](super::EntityTagger::check_tag) compares.
///
/// ```
/// use occ_runtime::http::EntityTag;
///
/// let tag: EntityTag = r#""a1""#.parse()?;
/// let weak: EntityTag = r#"W/"a1""#.parse()?;
/// assert_eq!(tag.to_string(), r#""a1""#);
/// assert!(weak.is_weak() && tag.weak_eq(&weak) && !tag.strong_eq(&weak));
/// # Ok::<_, occ_runtime::http::MalformedTagError>(())
/// ```
#[derive(Clone, Debug)]
pub struct EntityTag {
    /// As in a header. Bytes, not text, since a client may send any byte from 0x80 on.
    written: Box<[u8]>,
    /// Whether the tags of a request are this one even as a proxy has altered it.
    behind_proxies: bool,
    /// How former secrets have written it: taken, and never sent. In the order of the secrets.
    former: Vec<Box<[u8]>>,
}

impl EntityTag {
    /// A strong tag of characters that are known to be legal within the quotes.
    pub(super) fn strong(opaque: &str) -> Self {
        Self {
            written: format!("\"{opaque}\"").into_bytes().into(),
            behind_proxies: false,
            former: Vec::new(),
        }
    }

    /// The same, weak.
    pub(super) fn weakened(self) -> Self {
        if self.is_weak() { self } else { Self { written: [WEAK, &*self.written].concat().into(), ..self } }
    }

    /// The same, to be known again behind proxies.
    pub(super) fn behind_proxies(self) -> Self {
        Self { behind_proxies: true, ..self }
    }

    /// The same, to be known as former secrets have written it, too.
    pub(super) fn also(self, former: impl Iterator<Item = Self>) -> Self {
        Self { former: former.map(|tag| tag.written).collect(), ..self }
    }

    /// As it is written, and as former secrets have written it.
    pub(super) fn writings(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::once(&*self.written).chain(self.former.iter().map(|former| &**former))
    }

    /// What the secret of this number has made of it; without one, what is sent.
    pub(super) fn by_secret(&self, former: Option<usize>) -> &[u8] {
        former.and_then(|number| self.former.get(number)).unwrap_or(&self.written)
    }

    pub(super) fn is_behind_proxies(&self) -> bool {
        self.behind_proxies
    }

    /// What [`length`] has measured.
    pub(super) fn measured(written: &[u8]) -> Self {
        Self { written: written.into(), behind_proxies: false, former: Vec::new() }
    }

    pub(super) fn written(&self) -> &[u8] {
        &self.written
    }

    /// Whether it says only that two representations are equivalent, not that they are the same byte for byte.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        is_weak(&self.written)
    }

    /// The comparison of `If-Match`: both are strong and the same. RFC 9110, section 8.8.3.2.
    #[must_use]
    pub fn strong_eq(&self, other: &Self) -> bool {
        strong_eq(&self.written, &other.written)
    }

    /// The comparison of `If-None-Match`: the same, whether weak or strong. RFC 9110, section 8.8.3.2.
    #[must_use]
    pub fn weak_eq(&self, other: &Self) -> bool {
        weak_eq(&self.written, &other.written)
    }

    fn parse(written: &[u8]) -> Result<Self, MalformedTagError> {
        match length(written) {
            Some(length) if length == written.len() => Ok(Self::measured(written)),
            _ => Err(MalformedTagError),
        }
    }
}

/// By how they are written.
impl PartialEq for EntityTag {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl Eq for EntityTag {}

impl Hash for EntityTag {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.written.hash(state);
    }
}

/// As in a header; bytes that are no UTF-8, which only a client's tag can have, as U+FFFD.
impl fmt::Display for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.written))
    }
}

impl FromStr for EntityTag {
    type Err = MalformedTagError;

    fn from_str(written: &str) -> Result<Self, MalformedTagError> {
        Self::parse(written.as_bytes())
    }
}

impl TryFrom<&HeaderValue> for EntityTag {
    type Error = MalformedTagError;

    fn try_from(value: &HeaderValue) -> Result<Self, MalformedTagError> {
        Self::parse(value.as_bytes())
    }
}

impl From<&EntityTag> for HeaderValue {
    fn from(tag: &EntityTag) -> Self {
        // Every byte of a tag is legal in a header, so the other branch is never taken. Nobody's `If-Match` would match it.
        Self::from_bytes(&tag.written).unwrap_or(Self::from_static("W/\"\""))
    }
}

impl From<EntityTag> for HeaderValue {
    fn from(tag: EntityTag) -> Self {
        Self::from(&tag)
    }
}

/// As in a header. A client's tag with bytes that are no UTF-8 is an error.
impl Serialize for EntityTag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.written) {
            Ok(written) => serializer.serialize_str(written),
            Err(_) => Err(S::Error::custom("an entity tag has bytes that are no UTF-8")),
        }
    }
}

impl<'de> Deserialize<'de> for EntityTag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// This is not an entity tag.
///
/// ```
/// use occ_runtime::http::EntityTag;
///
/// let error = "a1".parse::<EntityTag>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#"this is no entity tag: write it in double quotes without spaces, as in "a1" or W/"a1""#
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no entity tag: write it in double quotes without spaces, as in \"a1\" or W/\"a1\"")]
#[non_exhaustive]
pub struct MalformedTagError;

const WEAK: &[u8] = b"W/";

/// The length of the entity tag that `bytes` begin with.
///
/// ```text
/// entity-tag = [ %s"W/" ] DQUOTE *etagc DQUOTE
/// etagc      = %x21 / %x23-7E / %x80-FF        ; no space, no quote, and no escapes
/// ```
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    let quoted = bytes.strip_prefix(WEAK).unwrap_or(bytes);
    let opaque = quoted.strip_prefix(b"\"")?;
    let end = opaque.iter().position(|byte| !matches!(byte, 0x21 | 0x23..=0x7E | 0x80..=0xFF))?;
    (opaque[end] == b'"').then_some(bytes.len() - opaque.len() + end + 1)
}

fn is_weak(written: &[u8]) -> bool {
    written.starts_with(WEAK)
}

pub(super) fn strong_eq(a: &[u8], b: &[u8]) -> bool {
    !is_weak(a) && a == b
}

pub(super) fn weak_eq(a: &[u8], b: &[u8]) -> bool {
    a.strip_prefix(WEAK).unwrap_or(a) == b.strip_prefix(WEAK).unwrap_or(b)
}

/// What is between the quotes.
pub(super) fn opaque(written: &[u8]) -> &[u8] {
    match written.strip_prefix(WEAK).unwrap_or(written) {
        [b'"', opaque @ .., b'"'] => opaque,
        other => other,
    }
}
