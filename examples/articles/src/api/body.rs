//! The bodies of requests, and a problem document for each way in which one can be wrong.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use occ_runtime::http::Problem;
use serde::de::{Deserialize, DeserializeOwned, Deserializer};

use crate::article::Content;

pub struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        read(request, state, "application/json").await.map(Self)
    }
}

/// A merge patch, RFC 7396.
pub struct PatchBody(pub Patch);

impl<S: Send + Sync> FromRequest<S> for PatchBody {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        const MERGE_PATCH: &str = "application/merge-patch+json";
        match read(request, state, MERGE_PATCH).await {
            Ok(patch) => Ok(Self(patch)),
            Err(problem) if problem.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                let accepted = HeaderName::from_static("accept-patch");
                Err(([(accepted, HeaderValue::from_static(MERGE_PATCH))], problem).into_response())
            }
            Err(problem) => Err(problem.into_response()),
        }
    }
}

/// What is absent is left alone; a `null` removes, which only a summary can bear.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    #[serde(default, deserialize_with = "present")]
    title: Option<String>,
    #[serde(default)]
    summary: Summary,
    #[serde(default, deserialize_with = "present")]
    body: Option<String>,
}

/// A field that is there, whatever its value: without this a `null` would count as absent.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(field: D) -> Result<Option<T>, D::Error> {
    T::deserialize(field).map(Some)
}

#[derive(Default)]
enum Summary {
    #[default]
    Absent,
    Present(Option<String>),
}

impl<'de> Deserialize<'de> for Summary {
    fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
        Option::deserialize(field).map(Self::Present)
    }
}

impl Patch {
    pub fn apply(self, before: Content) -> Content {
        let summary = match self.summary {
            Summary::Absent => before.summary,
            Summary::Present(summary) => summary,
        };
        Content { title: self.title.unwrap_or(before.title), summary, body: self.body.unwrap_or(before.body) }
    }
}

async fn read<S: Send + Sync, T: DeserializeOwned>(
    request: Request,
    state: &S,
    wanted: &str,
) -> Result<T, Problem> {
    let problem = |status, detail: String| Problem::new(status).with_detail(detail);
    let headers = request.headers();
    // What follows a semicolon, such as a charset, does not matter: JSON is UTF-8.
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()?.split(';').next());
    if !kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted)) {
        let detail = format!("The body must be {wanted}, and the header `content-type` must say so.");
        return Err(problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    if headers.contains_key(CONTENT_ENCODING) {
        let detail = "The body must not be compressed.".to_owned();
        return Err(problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
        problem(rejection.status(), "The body is too long, or was cut short.".to_owned())
    })?;
    // serde would also take the fields of a struct as a list.
    if bytes.trim_ascii_start().first().is_some_and(|&first| first == b'[') {
        return Err(problem(StatusCode::UNPROCESSABLE_ENTITY, "The body must be a JSON object.".to_owned()));
    }
    serde_json::from_slice(&bytes).map_err(|error| {
        // Well-formed, but not what is asked for; or not even JSON.
        let status = if error.is_data() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
        problem(status, format!("The body cannot be read: {error}."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patched(patch: &str) -> Result<Content, String> {
        let before = Content { title: "t".into(), summary: Some("s".into()), body: "b".into() };
        serde_json::from_str::<Patch>(patch)
            .map(|patch| patch.apply(before))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn absent_is_left_alone_and_null_removes() {
        let content = |title: &str, summary: Option<&str>, body: &str| {
            Ok(Content { title: title.into(), summary: summary.map(Into::into), body: body.into() })
        };
        assert_eq!(patched("{}"), content("t", Some("s"), "b"));
        assert_eq!(patched(r#"{"title": "T"}"#), content("T", Some("s"), "b"));
        assert_eq!(patched(r#"{"summary": null}"#), content("t", None, "b"));
        assert_eq!(patched(r#"{"summary": "S", "body": ""}"#), content("t", Some("S"), ""));
    }

    #[test]
    fn what_cannot_be_removed_or_is_unknown_is_refused() {
        for bad in [r#"{"title": null}"#, r#"{"body": null}"#, r#"{"version": 1}"#, "null", r#"{"title": 1}"#]
        {
            assert!(patched(bad).is_err(), "{bad}");
        }
    }
}
