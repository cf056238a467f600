//! Feature `axum`: what goes over the wire.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, RETRY_AFTER};
use http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode};
use occ_runtime::Error;
use occ_runtime::http::{IfMatch, PreconditionFailed, Preconditions, Problem, RequirePreconditions, Tagged};
use tower::ServiceExt as _;

use super::tag;

/// A resource that is at the tag `"a"` and moves on to `"b"`.
fn router() -> Router {
    Router::new()
        .route(
            "/",
            get(async |preconditions: Preconditions| {
                let answer = preconditions.respond(tag(r#""a""#), || "the row");
                ([(CACHE_CONTROL, "no-cache")], answer)
            })
            .patch(async |if_match: IfMatch| {
                if if_match.condition().tags().any(|sent| sent.strong_eq(&tag(r#""a""#))) {
                    Ok(Tagged(tag(r#""b""#), "the new row"))
                } else {
                    Err(failed())
                }
            })
            .put(async |if_match: Option<IfMatch>| if if_match.is_some() { "checked" } else { "unchecked" })
            .delete(async || Err::<(), _>(Error::from(diesel::result::Error::NotFound))),
        )
        .route(
            "/no-body",
            get(async |preconditions: Preconditions| {
                preconditions.respond(tag(r#""a""#), || -> &str { panic!("nobody asked for it") })
            }),
        )
        .route(
            "/busy",
            get(async || {
                Problem::new(StatusCode::SERVICE_UNAVAILABLE).with_retry_after(Duration::from_millis(1001))
            }),
        )
        .route("/tagged-error", get(async || Tagged(tag(r#""a""#), StatusCode::IM_A_TEAPOT)))
}

fn failed() -> PreconditionFailed {
    Preconditions::from_headers(&HeaderMap::from_iter([(IF_MATCH, "\"x\"".parse().unwrap())]))
        .unwrap()
        .check(None)
        .unwrap_err()
}

fn call(method: Method, path: &str, headers: &[(HeaderName, &str)]) -> (Response<()>, String) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let (parts, body) = router().oneshot(request).await.unwrap().into_parts();
        let body = axum::body::to_bytes(body, 1 << 16).await.unwrap();
        (Response::from_parts(parts, ()), String::from_utf8(body.to_vec()).unwrap())
    })
}

/// Of a problem document: its status, and that it is one.
fn problem(method: Method, path: &str, headers: &[(HeaderName, &str)]) -> (u16, HeaderMap) {
    let (response, body) = call(method, path, headers);
    assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json", "{body}");
    assert_eq!(response.headers()[CACHE_CONTROL], "no-store", "{body}");
    assert!(!response.headers().contains_key(ETAG), "{body}");
    let document: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(document["status"], response.status().as_u16());
    (response.status().as_u16(), response.headers().clone())
}

#[test]
fn a_read_has_the_tag_and_its_body_only_where_the_client_lacks_it() {
    for headers in [&[][..], &[(IF_NONE_MATCH, r#""old""#)], &[(IF_MATCH, r#""a""#)]] {
        let (response, body) = call(Method::GET, "/", headers);
        assert_eq!((response.status(), body.as_str()), (StatusCode::OK, "the row"));
        assert_eq!(response.headers()[ETAG], r#""a""#);
    }
    for written in [r#""a""#, r#"W/"a""#, r#""old", "a""#, "*"] {
        let (response, body) = call(Method::GET, "/", &[(IF_NONE_MATCH, written)]);
        assert_eq!((response.status(), body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{written}");
        assert_eq!(response.headers()[ETAG], r#""a""#);
        assert_eq!(response.headers()[CACHE_CONTROL], "no-cache");
        assert!(!response.headers().contains_key(CONTENT_TYPE));
        // The body is not even made.
        assert_eq!(
            call(Method::GET, "/no-body", &[(IF_NONE_MATCH, written)]).0.status(),
            StatusCode::NOT_MODIFIED
        );
    }
    let (response, body) = call(Method::HEAD, "/", &[]);
    assert_eq!((response.status(), body.as_str()), (StatusCode::OK, ""));
    assert_eq!(response.headers()[ETAG], r#""a""#);
    // Cache-Control is that of the handler, which is around it.
    let (response, body) = call(Method::GET, "/", &[(IF_MATCH, r#""old""#)]);
    assert_eq!(response.status(), StatusCode::PRECONDITION_FAILED, "{body}");
    assert_eq!(problem(Method::GET, "/no-body", &[(IF_MATCH, r#""old""#)]).0, 412);
}

#[test]
fn a_write_needs_an_if_match_that_matches() {
    let (response, body) = call(Method::PATCH, "/", &[(IF_MATCH, r#""a""#)]);
    assert_eq!((response.status(), body.as_str()), (StatusCode::OK, "the new row"));
    assert_eq!(response.headers()[ETAG], r#""b""#);
    assert_eq!(problem(Method::PATCH, "/", &[(IF_MATCH, r#""old""#)]).0, 412);
    assert_eq!(problem(Method::PATCH, "/", &[]).0, 428);
    assert_eq!(problem(Method::PATCH, "/", &[(IF_NONE_MATCH, "*")]).0, 428);
}

#[test]
fn what_cannot_be_parsed_is_refused_by_every_extractor() {
    for method in [Method::GET, Method::PATCH, Method::PUT] {
        assert_eq!(problem(method.clone(), "/", &[(IF_MATCH, "a")]).0, 400, "{method}");
        assert_eq!(problem(method.clone(), "/", &[(IF_NONE_MATCH, "a")]).0, 400, "{method}");
    }
}

#[test]
fn an_if_match_that_is_not_demanded_is_none_only_where_it_is_not_sent() {
    assert_eq!(call(Method::PUT, "/", &[(IF_MATCH, r#""a""#)]).1, "checked");
    assert_eq!(problem(Method::PUT, "/", &[(IF_MATCH, "")]).0, 400);
    assert_eq!(call(Method::PUT, "/", &[]).1, "unchecked");
    assert_eq!(call(Method::PUT, "/", &[(IF_NONE_MATCH, "*")]).1, "unchecked");
}

#[test]
fn an_error_of_a_handler_is_a_problem_document() {
    assert_eq!(problem(Method::DELETE, "/", &[]).0, 404);
    let (status, headers) = problem(Method::GET, "/busy", &[]);
    // Rounded up to whole seconds.
    assert_eq!((status, &headers[RETRY_AFTER]), (503, &"2".parse().unwrap()));
    let whole = Problem::new(StatusCode::SERVICE_UNAVAILABLE).with_retry_after(Duration::from_secs(3));
    assert_eq!(whole.into_response().headers()[RETRY_AFTER], "3");
}

#[test]
fn a_tag_is_not_put_on_what_is_no_success() {
    let (response, _) = call(Method::GET, "/tagged-error", &[]);
    assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
    assert!(!response.headers().contains_key(ETAG));
}

#[test]
fn every_error_of_the_feature_is_a_response() {
    assert_eq!(failed().into_response().status(), 412);
    assert_eq!(Preconditions::default().require_if_match().unwrap_err().into_response().status(), 428);
    let malformed = super::parsed(&IF_MATCH, ["a"]).unwrap_err();
    assert_eq!(malformed.into_response().status(), 400);
}

/// What the layer makes of a request, where the handlers demand nothing.
fn through(layer: RequirePreconditions, method: &Method, path: &str, headers: &[(HeaderName, &str)]) -> u16 {
    let done = || axum::routing::any(async || "done");
    let router = Router::new().route("/rows", done()).route("/rows/1", done()).layer(layer);
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let answer = runtime.block_on(router.oneshot(request.body(Body::empty()).unwrap())).unwrap();
    let problem = answer.extensions().get::<Problem>().map(Problem::status);
    assert_eq!(problem.is_some(), !answer.status().is_success(), "{method} {path}");
    answer.status().as_u16()
}

#[test]
fn the_layer_demands_a_precondition_of_every_write() {
    let layer = RequirePreconditions::new;
    for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE] {
        assert_eq!(through(layer(), &method, "/rows/1", &[]), 200, "{method}");
    }
    let odd = Method::from_bytes(b"MERGE").unwrap();
    for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::POST, odd] {
        assert_eq!(through(layer(), &method, "/rows/1", &[]), 428, "{method}");
        for (name, value, status) in [
            (IF_MATCH, "\"a\"", 200),
            (IF_MATCH, "*", 200),
            (IF_NONE_MATCH, "*", 200),
            (IF_MATCH, "a", 400),
            (IF_NONE_MATCH, "", 400),
            (ETAG, "\"a\"", 428),
        ] {
            assert_eq!(
                through(layer(), &method, "/rows/1", &[(name.clone(), value)]),
                status,
                "{method} {name}: {value}"
            );
        }
        let any = [(IF_MATCH, "*")];
        assert_eq!(through(layer().refusing_any(), &method, "/rows/1", &any), 428, "{method}");
        assert_eq!(
            through(layer().refusing_any(), &method, "/rows/1", &[(IF_MATCH, "\"a\"")]),
            200,
            "{method}"
        );
        assert_eq!(
            through(layer().refusing_any(), &method, "/rows/1", &[(IF_NONE_MATCH, "*")]),
            200,
            "{method}"
        );
    }
}

#[test]
fn the_layer_lets_its_exceptions_pass_each_of_them() {
    let layer = || {
        RequirePreconditions::new()
            .except(|method, _| method == Method::DELETE)
            .refusing_any()
            .except(|method, path| method == Method::POST && path == "/rows")
    };
    for (method, path, status) in [
        (Method::POST, "/rows", 200),
        (Method::POST, "/rows?x=/rows/1", 200),
        (Method::POST, "/rows/1", 428),
        (Method::PUT, "/rows", 428),
        (Method::DELETE, "/rows/1", 200),
    ] {
        assert_eq!(through(layer(), &method, path, &[]), status, "{method} {path}");
    }
    // What is passed over is not even parsed.
    assert_eq!(through(layer(), &Method::DELETE, "/rows/1", &[(IF_MATCH, "a")]), 200);
    assert_eq!(format!("{:?}", layer()), "RequirePreconditions { exceptions: 2, refuses_any: true }");
}
