//! Problem documents: RFC 9457.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::http::StatusCode;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};

/// An error for a client, as JSON: a problem document of RFC 9457.
///
/// Every error of this crate turns into one, so a handler whose error this is can use `?`. What it says is fixed for
/// each kind of error: no SQL, no name of a table or constraint, no key, and nothing that a database has said. Only a
/// conflict has more, which is for the client: see [`conflict`](Self::conflict), and `Error::Unmerged`, whose problem
/// has the member `differences` as well. The error itself is the problem's [`source`](std::error::Error::source), for your
/// log, and with the feature `tracing` each 500 that an error has become is an event with it.
///
/// ```
/// use http::StatusCode;
/// use occ_runtime::Error;
/// use occ_runtime::http::Problem;
///
/// let problem = Problem::new(StatusCode::FORBIDDEN).with_detail("This article is not yours.");
/// assert_eq!(
///     problem.to_json(),
///     r#"{"detail":"This article is not yours.","status":403,"title":"Forbidden","type":"about:blank"}"#
/// );
/// let problem = Problem::from(Error::from(diesel::result::Error::NotFound));
/// assert_eq!(problem.status(), StatusCode::NOT_FOUND);
/// ```
// Boxed, so that a `Result` with it stays small.
#[derive(Clone, PartialEq)]
pub struct Problem(Box<Document>);

#[derive(Clone, PartialEq)]
struct Document {
    status: StatusCode,
    retry_after: Option<Duration>,
    kind: Cow<'static, str>,
    title: Cow<'static, str>,
    detail: Option<Cow<'static, str>>,
    instance: Option<Cow<'static, str>>,
    members: Map<String, Value>,
    cause: Cause,
}

/// The error that a problem was made of: for the log, and no part of the document. So it makes no two of them differ.
#[derive(Clone, Default)]
struct Cause(Option<Arc<dyn std::error::Error + Send + Sync>>);

impl PartialEq for Cause {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Problem {
    /// The media type of the document.
    pub const MEDIA_TYPE: &'static str = "application/problem+json";

    /// The `type` of a problem that says no more than its status.
    pub const BLANK: &'static str = "about:blank";

    /// The `type` of a conflict: somebody else has changed the resource since the client has read it. It may have the
    /// members that [`conflict`](Self::conflict) names. It is a name to compare and nothing to be found under; for the
    /// address of your own page there is [`with_type`](Self::with_type).
    pub const EDIT_CONFLICT: &'static str = "urn:uuid:25941ce6-6b9c-4f88-aab0-95f7c02c67aa";

    /// Long enough for what is retried to be over, short enough for a client to wait.
    pub(super) const RETRY_AFTER: Duration = Duration::from_secs(1);

    /// Of this status, with its usual title, and no more.
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self(Box::new(Document {
            status,
            retry_after: None,
            kind: Self::BLANK.into(),
            title: status.canonical_reason().unwrap_or("Error").into(),
            detail: None,
            instance: None,
            members: Map::new(),
            cause: Cause::default(),
        }))
    }

    /// The `status`, which is that of the answer. The title stays.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = status;
        self
    }

    /// 503 with `Retry-After`, for an error that says that a connection to the database could not be had, such
    /// as that of a pool. The error is the problem's [`source`](std::error::Error::source).
    ///
    /// ```
    /// use occ_runtime::http::Problem;
    ///
    /// type Pool = diesel::r2d2::Pool<diesel::r2d2::ConnectionManager<diesel::SqliteConnection>>;
    ///
    /// fn handle(pool: &Pool) -> Result<(), Problem> {
    ///     let _conn = pool.get().map_err(Problem::unavailable)?;
    ///     Ok(())
    /// }
    /// # let manager = diesel::r2d2::ConnectionManager::new("/nowhere/at/all.db");
    /// # let pool = Pool::builder().connection_timeout(std::time::Duration::from_millis(1)).build_unchecked(manager);
    /// # assert_eq!(handle(&pool).unwrap_err().status(), 503);
    /// ```
    #[must_use]
    pub fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE)
            .with_detail("The service is busy, or its database cannot be reached. Try again later.")
            .with_retry_after(Self::RETRY_AFTER)
            .caused_by(error)
    }

    /// The `type`: a URI that names this kind of problem, for programs.
    #[must_use]
    pub fn with_type(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.0.kind = uri.into();
        self
    }

    /// The `title`: what kind of problem it is, for people.
    #[must_use]
    pub fn with_title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.0.title = title.into();
        self
    }

    /// The `detail`: what has happened this time, for people.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// The `instance`: a URI of this one occurrence.
    #[must_use]
    pub fn with_instance(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.0.instance = Some(uri.into());
        self
    }

    /// Another member of the document, in place of an earlier one of that name. `type`, `title`, `status`, `detail` and
    /// `instance` are not set by it, since they have methods of their own: such a member is not written.
    ///
    /// ```
    /// # use occ_runtime::http::Problem;
    /// let problem = Problem::new(http::StatusCode::CONFLICT).with_member("seats_left", 0);
    /// assert_eq!(problem.member("seats_left"), Some(&0.into()));
    /// ```
    #[must_use]
    pub fn with_member(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.members.insert(name.into(), value.into());
        self
    }

    /// When to try again: the header `Retry-After`, in whole seconds.
    #[must_use]
    pub fn with_retry_after(mut self, time: Duration) -> Self {
        self.0.retry_after = Some(time);
        self
    }

    /// What [`source`](std::error::Error::source) says from now on.
    pub(super) fn caused_by(mut self, error: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.cause = Cause(Some(Arc::new(error)));
        self
    }

    /// The status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The `type`.
    #[must_use]
    pub fn type_uri(&self) -> &str {
        &self.0.kind
    }

    /// The `title`.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// The `detail`, if there is one.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// Another member.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.0.members.get(name)
    }

    /// When to try again.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The document as text, for the body of a response of type [`MEDIA_TYPE`](Self::MEDIA_TYPE).
    #[must_use]
    pub fn to_json(&self) -> String {
        Value::Object(self.document()).to_string()
    }

    /// The members of the RFC come last, so that no other takes their place.
    fn document(&self) -> Map<String, Value> {
        let Document { status, retry_after: _, kind, title, detail, instance, members, cause: _ } = &*self.0;
        let mut document = members.clone();
        let mut set = |name: &str, value: Option<Value>| match value {
            Some(value) => document.insert(name.to_owned(), value),
            None => document.remove(name),
        };
        set("type", Some(kind.as_ref().into()));
        set("title", Some(title.as_ref().into()));
        set("status", Some(status.as_u16().into()));
        set("detail", detail.as_deref().map(Value::from));
        set("instance", instance.as_deref().map(Value::from));
        document
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.document().serialize(serializer)
    }
}

/// For clients: what was written is read again, less `Retry-After`, which is a header. As RFC 9457 has it, a member of the RFC's own
/// that is missing or of another type is taken for missing. The status is that of the document; where that has none, the
/// answer's own is to be set by [`with_status`](Problem::with_status), and until then it is 500.
///
/// ```
/// use occ_runtime::http::Problem;
///
/// let body = r#"{ "type": "about:blank", "title": "Conflict", "status": 409, "current_tag": "\"a1\"" }"#;
/// let problem: Problem = serde_json::from_str(body)?;
/// assert_eq!((problem.status().as_u16(), problem.title()), (409, "Conflict"));
/// assert_eq!(problem.member("current_tag"), Some(&"\"a1\"".into()));
/// # Ok::<_, serde_json::Error>(())
/// ```
impl<'de> Deserialize<'de> for Problem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Value::Object(mut members) = Value::deserialize(deserializer)? else {
            return Err(D::Error::custom("a problem document is a JSON object"));
        };
        let status = members.remove("status").and_then(|status| u16::try_from(status.as_u64()?).ok());
        let status = status.and_then(|status| StatusCode::from_u16(status).ok());
        let mut text = |name| match members.remove(name) {
            Some(Value::String(text)) => Some(Cow::<'static, str>::Owned(text)),
            _ => None,
        };
        let mut problem = Self::new(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
        let document = &mut *problem.0;
        (document.detail, document.instance) = (text("detail"), text("instance"));
        document.kind = text("type").unwrap_or(Self::BLANK.into());
        if let Some(title) = text("title") {
            document.title = title;
        }
        document.members = members;
        Ok(problem)
    }
}

/// Status, title and detail.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status().as_u16(), self.title())?;
        self.detail().map_or(Ok(()), |detail| write!(f, ": {detail}"))
    }
}

/// The source is the error that the problem was made of: it is for your log, and nothing of it is in the document.
///
/// ```
/// use std::error::Error as _;
///
/// use occ_runtime::http::Problem;
///
/// let broken = diesel::result::Error::DeserializationError("a column is missing".into());
/// let problem = Problem::from(occ_runtime::Error::from(broken));
/// assert!(!problem.to_json().contains("column"));
/// assert!(problem.source().is_some_and(|error| error.to_string().contains("a column is missing")));
/// ```
impl std::error::Error for Problem {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.0.as_ref().map(|error| &**error as _)
    }
}

/// The document.
impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Problem({})", self.to_json())
    }
}
