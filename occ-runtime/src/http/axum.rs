//! Extractors and responses for axum 0.8: feature `axum`.

use ::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, RETRY_AFTER};
use ::http::request::Parts;
use ::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum_core::body::Body;
use axum_core::extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Request};
use axum_core::response::{IntoResponse, Response};

use crate::conflict::Conflict;
use crate::error::Error;
use crate::http::expect::CreateOrReplace;
use crate::http::merge_patch::{MergePatch, MergePatchError};
use crate::http::preconditions::{
    IfMatch, MalformedPreconditionError, PreconditionFailed, PreconditionRequired, Preconditions, Verdict,
};
use crate::http::problem::Problem;
use crate::http::tag::EntityTag;
use crate::http::tags::EntityTagger;
use crate::model::fields::Trackable;
use crate::model::versioned::Versioned;

/// A response with an `ETag`: the tag of what is in the body.
///
/// A response that is no success does not get one. As a response to PUT it is right only where the row was stored
/// exactly as it was sent (RFC 9110, section 9.3.4).
///
/// ```
/// use axum::http::header::ETAG;
/// use axum::response::{IntoResponse, Response};
/// use occ_runtime::http::{EntityTag, Tagged};
///
/// fn answer(tag: EntityTag) -> Response {
///     Tagged(tag, "the row").into_response()
/// }
/// assert_eq!(answer(r#""a1""#.parse()?).headers()[ETAG], r#""a1""#);
/// # Ok::<_, occ_runtime::http::MalformedTagError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Tagged<T>(
    /// The tag of the body.
    pub EntityTag,
    /// The rest of the response.
    pub T,
);

impl<T: IntoResponse> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let mut response = self.1.into_response();
        if response.status().is_success() {
            response.headers_mut().insert(ETAG, HeaderValue::from(self.0));
        }
        response
    }
}

impl Preconditions {
    /// Answers a read, GET or HEAD: with the body and its `ETag`, with 304 and the `ETag` if the client has it already,
    /// or with 412. The body is made only if it is sent.
    ///
    /// A 304 also needs the `Cache-Control`, `Expires`, `Vary` and `Content-Location` that the body would come with. So
    /// put them around it, as here, and not into the body.
    ///
    /// ```
    /// use axum::http::header::CACHE_CONTROL;
    /// use axum::response::{IntoResponse, Response};
    /// use occ_runtime::http::{EntityTag, Preconditions};
    ///
    /// fn show(preconditions: &Preconditions, tag: EntityTag) -> Response {
    ///     ([(CACHE_CONTROL, "no-cache")], preconditions.respond(tag, || "the row")).into_response()
    /// }
    /// # assert_eq!(show(&Preconditions::default(), r#""a1""#.parse()?).status(), 200);
    /// # Ok::<_, occ_runtime::http::MalformedTagError>(())
    /// ```
    pub fn respond<R: IntoResponse>(&self, tag: EntityTag, body: impl FnOnce() -> R) -> Response {
        match self.evaluate(&Method::GET, Some(&tag)) {
            Verdict::Proceed => Tagged(tag, body()).into_response(),
            Verdict::NotModified => {
                (StatusCode::NOT_MODIFIED, [(ETAG, HeaderValue::from(tag))]).into_response()
            }
            Verdict::PreconditionFailed => self.failed(Some(&tag)).into_response(),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Preconditions {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self::from_headers(&parts.headers)?)
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Preconditions::from_headers(&parts.headers)?.require_if_match()?)
    }
}

impl<S: Sync> FromRequestParts<S> for CreateOrReplace {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Preconditions::from_headers(&parts.headers)?.require_either()?)
    }
}

/// `None` only where there is no `If-Match`. One that cannot be parsed is refused, not passed over.
impl<S: Sync> OptionalFromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        Ok(Preconditions::from_headers(&parts.headers)?.require_if_match().ok())
    }
}

const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");

impl<S: Send + Sync> FromRequest<S> for MergePatch {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        // What follows a semicolon does not matter: JSON is UTF-8.
        let sent = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()?.split(';').next());
        if !sent.is_some_and(|kind| kind.trim().eq_ignore_ascii_case(Self::MEDIA_TYPE)) {
            let detail = format!("The body must be {}, and `content-type` must say so.", Self::MEDIA_TYPE);
            let problem = Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE).with_detail(detail);
            return Err(([(ACCEPT_PATCH, Self::MEDIA_TYPE)], problem).into_response());
        }
        let unread = |status, detail| Problem::new(status).with_detail(detail).into_response();
        let text = String::from_request(request, state).await.map_err(|rejection| {
            unread(rejection.status(), "The body is too long, was cut short, or is no UTF-8.")
        })?;
        let json = serde_json::from_str(&text);
        json.map(Self::new).map_err(|_| unread(StatusCode::BAD_REQUEST, "The body is no JSON."))
    }
}

/// It is also in the response's extensions, for a middleware that logs its [`source`](std::error::Error::source). With
/// `Cache-Control: no-store`, as it tells of one moment: a 428 must not be stored (RFC 6585, section 3), and a 404
/// may be where nothing is said.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.to_json()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(Self::MEDIA_TYPE));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(time) = self.retry_after() {
            // Rounded up: a client that comes back too early is refused again.
            let seconds = time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0));
            headers.insert(RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// A [`Problem`].
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

/// A [`Problem::conflict`] with the tags of [`EntityTagger::open`]. A service with tags of its own, keyed or of a
/// representation, calls [`Problem::conflict`] with them, or the client is told a tag that will not match.
impl<T: Trackable + Versioned> IntoResponse for Conflict<T> {
    fn into_response(self) -> Response {
        Problem::conflict(&self, &EntityTagger::open()).into_response()
    }
}

/// A [`Problem`] of status 400.
impl IntoResponse for MalformedPreconditionError {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

/// A [`Problem`] of status 422 or 500.
impl IntoResponse for MergePatchError {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

/// A [`Problem`] of status 412.
impl IntoResponse for PreconditionFailed {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

/// A [`Problem`] of status 428.
impl IntoResponse for PreconditionRequired {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
