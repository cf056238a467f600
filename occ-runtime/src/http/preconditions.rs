//! What a request demands of the row before it is answered: RFC 9110, section 13, and RFC 6585, section 3.

use ::http::header::{IF_MATCH, IF_NONE_MATCH};
use ::http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::http::condition::TagCondition;
use crate::http::tag::EntityTag;
use crate::http::tags::EntityTagger;
use crate::model::versioned::Versioned;

/// The preconditions of a request: its `If-Match` and `If-None-Match`.
///
/// Those by date, `If-Modified-Since` and `If-Unmodified-Since`, are not looked at, as the RFC has it for rows that
/// have no date of their last change, and neither is `If-Range`.
///
/// With the feature `axum` it is an extractor, which answers 400 to what cannot be parsed.
///
/// ```
/// use http::{HeaderMap, Method};
/// use occ_runtime::http::{EntityTag, Preconditions, Verdict};
///
/// let mut headers = HeaderMap::new();
/// headers.insert("If-None-Match", r#""a1""#.parse()?);
/// let preconditions = Preconditions::from_headers(&headers)?;
///
/// let (seen, newer): (EntityTag, EntityTag) = (r#""a1""#.parse()?, r#""b2""#.parse()?);
/// assert_eq!(preconditions.evaluate(&Method::GET, Some(&seen)), Verdict::NotModified);
/// assert_eq!(preconditions.evaluate(&Method::GET, Some(&newer)), Verdict::Proceed);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preconditions {
    if_match: Option<TagCondition>,
    if_none_match: Option<TagCondition>,
}

/// What is to become of a request.
///
/// ```
/// use http::Method;
/// use occ_runtime::http::{Preconditions, Verdict};
///
/// // Who demands nothing is refused nothing.
/// assert_eq!(Preconditions::default().evaluate(&Method::DELETE, None), Verdict::Proceed);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub enum Verdict {
    /// Do what it asks for.
    Proceed,
    /// Answer 304: what the client has is what there is.
    NotModified,
    /// Answer 412, and do nothing.
    PreconditionFailed,
}

impl Preconditions {
    /// Reads the headers. What is neither `*` nor a list of entity tags is an error, for an answer of 400: passed over,
    /// it would be a request without a precondition.
    pub fn from_headers(headers: &HeaderMap) -> Result<Self, MalformedPreconditionError> {
        let lines = |name| headers.get_all(name).into_iter().map(HeaderValue::as_bytes);
        Self::from_lines(lines(IF_MATCH), lines(IF_NONE_MATCH))
    }

    /// The same from the values of the two headers as bytes, a value for each line: for servers with header types of their own.
    ///
    /// ```
    /// use occ_runtime::http::Preconditions;
    ///
    /// let preconditions = Preconditions::from_lines([r#""a1", "b2""#], None::<&str>)?;
    /// assert_eq!(preconditions.if_match().map(|condition| condition.tags().count()), Some(2));
    /// assert!(preconditions.if_none_match().is_none());
    /// # Ok::<_, occ_runtime::http::MalformedPreconditionError>(())
    /// ```
    pub fn from_lines<M, N>(if_match: M, if_none_match: N) -> Result<Self, MalformedPreconditionError>
    where
        M: IntoIterator<Item: AsRef<[u8]>>,
        N: IntoIterator<Item: AsRef<[u8]>>,
    {
        Ok(Self { if_match: parse(IF_MATCH, if_match)?, if_none_match: parse(IF_NONE_MATCH, if_none_match)? })
    }

    /// The condition that the row is at one of these tags.
    #[must_use]
    pub fn if_match(&self) -> Option<&TagCondition> {
        self.if_match.as_ref()
    }

    /// The condition that the row is at none of these tags.
    #[must_use]
    pub fn if_none_match(&self) -> Option<&TagCondition> {
        self.if_none_match.as_ref()
    }

    /// What is to become of a request by `method`, where the row has the tag `current`, or is not there.
    ///
    /// This is RFC 9110, section 13.2.2, with its order: a false `If-Match` (strong comparison) is 412; then a false
    /// `If-None-Match` (weak comparison) is 304 for GET and HEAD, and 412 for all others. `CONNECT`, `OPTIONS` and
    /// `TRACE` have no preconditions. Where `current` was made by an [`EntityTagger`] that is
    /// [behind proxies](EntityTagger::behind_proxies), both headers are compared as it says there.
    ///
    /// Where the answer would not be a success anyway, preconditions do not count: answer 404 before you ask for a
    /// verdict, unless the request may create the row.
    pub fn evaluate(&self, method: &Method, current: Option<&EntityTag>) -> Verdict {
        evaluate(self.if_match(), self.if_none_match(), method, current)
    }

    /// [`evaluate`](Self::evaluate) for a request that writes, with `?` in mind. `If-None-Match: *` fails where the row is
    /// there, so a client can create and never replace.
    ///
    /// ```
    /// use http::HeaderMap;
    /// use occ_runtime::http::{EntityTag, Preconditions};
    ///
    /// let create_only = HeaderMap::from_iter([(http::header::IF_NONE_MATCH, "*".parse()?)]);
    /// let preconditions = Preconditions::from_headers(&create_only)?;
    /// assert!(preconditions.check(None).is_ok());
    /// assert!(preconditions.check(Some(&r#""a1""#.parse()?)).is_err());
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn check(&self, current: Option<&EntityTag>) -> Result<(), PreconditionFailed> {
        check(self.if_match(), self.if_none_match(), current)
    }

    /// Why the verdict is 412.
    pub(super) fn failed(&self, current: Option<&EntityTag>) -> PreconditionFailed {
        failed(self.if_match(), current)
    }

    /// Demands an `If-Match`. Without one the error is to be answered with 428.
    pub fn require_if_match(self) -> Result<IfMatch, PreconditionRequired> {
        match self.if_match {
            Some(condition) => Ok(IfMatch { condition, if_none_match: self.if_none_match }),
            None => Err(PreconditionRequired { wanted: Wanted::IfMatch }),
        }
    }
}

fn parse<L>(header: HeaderName, lines: L) -> Result<Option<TagCondition>, MalformedPreconditionError>
where
    L: IntoIterator<Item: AsRef<[u8]>>,
{
    let lines: Vec<L::Item> = lines.into_iter().collect();
    let lines: Vec<&[u8]> = lines.iter().map(AsRef::as_ref).collect();
    TagCondition::parse(&lines).map_err(|_| MalformedPreconditionError { header })
}

fn evaluate(
    if_match: Option<&TagCondition>,
    if_none_match: Option<&TagCondition>,
    method: &Method,
    current: Option<&EntityTag>,
) -> Verdict {
    if matches!(*method, Method::CONNECT | Method::OPTIONS | Method::TRACE) {
        return Verdict::Proceed;
    }
    if if_match.is_some_and(|condition| !condition.matches_strongly(current)) {
        return Verdict::PreconditionFailed;
    }
    let Some(none) = if_none_match else { return Verdict::Proceed };
    match *method {
        Method::GET | Method::HEAD if none.matches_response(current) => Verdict::NotModified,
        Method::GET | Method::HEAD => Verdict::Proceed,
        _ if none.matches_weakly(current) => Verdict::PreconditionFailed,
        _ => Verdict::Proceed,
    }
}

/// All methods that write have the same verdict.
fn check(
    if_match: Option<&TagCondition>,
    if_none_match: Option<&TagCondition>,
    current: Option<&EntityTag>,
) -> Result<(), PreconditionFailed> {
    match evaluate(if_match, if_none_match, &Method::PUT, current) {
        Verdict::Proceed => Ok(()),
        Verdict::NotModified | Verdict::PreconditionFailed => Err(failed(if_match, current)),
    }
}

fn failed(if_match: Option<&TagCondition>, current: Option<&EntityTag>) -> PreconditionFailed {
    let altered = if_match
        .is_some_and(|condition| !condition.matches_strongly(current) && condition.matches_altered(current));
    PreconditionFailed { altered }
}

/// The preconditions of a request that has an `If-Match`, for handlers that write.
///
/// With the feature `axum` it is an extractor: without the header it answers 428, and 400 to what cannot be parsed.
/// `Option<IfMatch>` is one for those who do not demand it.
///
/// ```
/// use diesel::prelude::*;
/// use http::HeaderMap;
/// use occ_runtime::http::{EntityTagger, Preconditions, Problem};
/// use occ_runtime::prelude::*;
#[doc = include_str!("../example.txt")]
///
/// fn rename(id: i32, name: String, headers: &HeaderMap, conn: &mut SqliteConnection) -> Result<(), Problem> {
///     let if_match = Preconditions::from_headers(headers)?.require_if_match()?;
///     let mut product: Product = products::table.find(id).select(Product::as_select()).first(conn)?;
///     if_match.check(&EntityTagger::open(), &product)?;
///     product.name = name;
///     product.save_optimistic(conn)?;
///     Ok(())
/// }
/// # let conn = &mut connection();
/// # assert_eq!(rename(1, "torch".into(), &HeaderMap::new(), conn).unwrap_err().status(), 428);
/// # let tag = |tag: &str| HeaderMap::from_iter([(http::header::IF_MATCH, tag.parse().unwrap())]);
/// # assert_eq!(rename(1, "torch".into(), &tag("\"old\""), conn).unwrap_err().status(), 412);
/// # assert_eq!(rename(2, "torch".into(), &tag("\"old\""), conn).unwrap_err().status(), 404);
/// # assert!(rename(1, "torch".into(), &tag("*"), conn).is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IfMatch {
    condition: TagCondition,
    if_none_match: Option<TagCondition>,
}

impl IfMatch {
    /// Checks the row that was loaded, which is to be saved after that. The error is to be answered with 412.
    ///
    /// The save has the version of this row in its `WHERE`, so nobody can slip in between: another writer makes it
    /// [`Error::Stale`](crate::Error::Stale), which is 409.
    ///
    /// An `If-None-Match` of the same request counts as well. `If-Match: *` matches every row; whether it was sent, the
    /// [`condition`](Self::condition) says.
    pub fn check<T: Versioned>(&self, tags: &EntityTagger, row: &T) -> Result<(), PreconditionFailed> {
        check(Some(&self.condition), self.if_none_match.as_ref(), Some(&tags.of(row)))
    }

    /// What the header says.
    #[must_use]
    pub fn condition(&self) -> &TagCondition {
        &self.condition
    }

    /// Refuses `If-Match: *`, for a service whose clients are to say what they have read. The error is to be answered with 428.
    ///
    /// Without this call a `*` matches every row, and [`save_conditional`](crate::ConditionalDsl::save_conditional) and its like write
    /// over whatever comes between: who sends it wants that. For all handlers at once there is `RequirePreconditions::refusing_any`
    /// (feature `axum`).
    ///
    /// ```
    /// use occ_runtime::http::Preconditions;
    ///
    /// let any = Preconditions::from_lines(["*"], None::<&str>)?.require_if_match()?;
    /// assert!(any.refuse_any().is_err());
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn refuse_any(self) -> Result<Self, PreconditionRequired> {
        if self.condition.is_any() { Err(PreconditionRequired { wanted: Wanted::Tag }) } else { Ok(self) }
    }

    /// Whether no `If-None-Match` counts as well.
    pub(crate) fn is_alone(&self) -> bool {
        self.if_none_match.is_none()
    }
}

/// As if the request had this tag in its `If-Match`, and nothing else.
impl From<&EntityTag> for IfMatch {
    fn from(tag: &EntityTag) -> Self {
        Self { condition: TagCondition::one(tag), if_none_match: None }
    }
}

/// A precondition cannot be parsed: to be answered with 400.
///
/// ```
/// use occ_runtime::http::Preconditions;
///
/// let unquoted = http::HeaderMap::from_iter([(http::header::IF_MATCH, "a1".parse()?)]);
/// let error = Preconditions::from_headers(&unquoted).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#"the header `if-match` is neither * nor a list of entity tags in double quotes, such as "a1", "b2""#
/// );
/// # Ok::<_, http::header::InvalidHeaderValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the header `{header}` is neither * nor a list of entity tags in double quotes, such as \"a1\", \"b2\""
)]
pub struct MalformedPreconditionError {
    header: HeaderName,
}

impl MalformedPreconditionError {
    /// Which header it is.
    #[must_use]
    pub fn header(&self) -> &HeaderName {
        &self.header
    }
}

/// The row is not what the request demands: to be answered with 412.
///
/// ```
/// use occ_runtime::http::Preconditions;
///
/// let update_only = http::HeaderMap::from_iter([(http::header::IF_MATCH, "*".parse()?)]);
/// let error = Preconditions::from_headers(&update_only)?.check(None).unwrap_err();
/// assert!(error.to_string().ends_with("read it again and apply the change to that"));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", if *altered { ALTERED } else { NOT_AS_DEMANDED })]
pub struct PreconditionFailed {
    altered: bool,
}

const NOT_AS_DEMANDED: &str = "the resource is not as the preconditions of the request demand; read it again and apply the change to that";

/// For the operator of the service; a client is told less, in `errors`.
const ALTERED: &str = "`If-Match` has the current entity tag as a proxy has altered it, weak or with something appended, \
     and reading the resource again changes nothing; make the tags with `EntityTagger::behind_proxies`, or do not let the \
     proxy compress this resource";

impl PreconditionFailed {
    /// Whether `If-Match` has the current tag as proxies that compress alter it: weak, or with a suffix of theirs. It is
    /// refused since the comparison is a strong one, and will be each time: see [`EntityTagger::behind_proxies`].
    ///
    /// ```
    /// use occ_runtime::http::{EntityTag, Preconditions};
    ///
    /// let sent = http::HeaderMap::from_iter([(http::header::IF_MATCH, r#"W/"a1""#.parse()?)]);
    /// let current: EntityTag = r#""a1""#.parse()?;
    /// let error = Preconditions::from_headers(&sent)?.check(Some(&current)).unwrap_err();
    /// assert!(error.is_altered_tag());
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn is_altered_tag(&self) -> bool {
        self.altered
    }
}

/// The request has no precondition, or none that says enough: to be answered with 428.
///
/// ```
/// use occ_runtime::http::Preconditions;
///
/// let error = Preconditions::default().require_if_match().unwrap_err();
/// assert!(error.to_string().starts_with("this request must say what it changes: send `If-Match`"));
/// let error = Preconditions::default().require_either().unwrap_err();
/// assert!(error.to_string().ends_with("or `If-None-Match: *` to create it"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", wanted.text())]
pub struct PreconditionRequired {
    pub(super) wanted: Wanted,
}

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    IfMatch,
    Either,
    /// There is an `If-Match: *`.
    Tag,
}

impl Wanted {
    fn text(self) -> &'static str {
        match self {
            Self::IfMatch => {
                "this request must say what it changes: send `If-Match` with the entity tag of the resource as it was read"
            }
            Self::Either => {
                "this request must say what it changes: send `If-Match` with the entity tag of the resource as it was read, \
                 or `If-None-Match: *` to create it"
            }
            Self::Tag => {
                "this request must say what it changes: `If-Match: *` does not, so send the entity tag of the resource as it was read"
            }
        }
    }
}
