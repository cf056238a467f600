//! What holds for every request and every answer, whichever page it is.

use axum::extract::Request;
use axum::http::header::{
    CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderName, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::refusal;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Another site's page must not write here in its visitor's name. Browsers say where a request comes from, by
/// `Sec-Fetch-Site` or, older ones, by `Origin`; a request with neither is no browser's, and has no visitor's name to use.
/// The service has no cookies, so there is nothing yet to be stolen: but it has, once somebody adds a login.
pub async fn same_site(request: Request, next: Next) -> Response {
    if !request.method().is_safe() && !is_from_here(request.headers()) {
        return refusal(request.uri(), StatusCode::FORBIDDEN);
    }
    next.run(request).await
}

fn is_from_here(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        // `none` is somebody who typed the address, `same-site` another port or subdomain.
        return site == "same-origin" || site == "none";
    }
    match (headers.get(ORIGIN), headers.get(HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => match origin.as_bytes().iter().position(|&byte| byte == b'/') {
            // What comes after the `//` of `http://`.
            Some(slash) => origin.as_bytes().get(slash + 2..) == Some(host.as_bytes()),
            // `null`: a page that hides where it is from.
            None => false,
        },
        (Some(_), None) => false,
    }
}

/// A body that is announced to be too long is refused before it is read, so that a client that waits for leave to send it
/// (`Expect: 100-continue`, as curl does) is told, and not cut off. One that is not announced ends at the same limit.
pub async fn length<const MOST: usize>(request: Request, next: Next) -> Response {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > MOST as u64) {
        return refusal(request.uri(), StatusCode::PAYLOAD_TOO_LARGE);
    }
    next.run(request).await
}

/// Even if a text would get onto a page as markup, it could load and send nothing.
const POLICY: &str =
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

pub async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // JSON is not to be taken for a page, so what holds for pages need not be said of it.
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_origin_write() {
        let with = |list: &[(&'static str, &'static str)]| {
            let header = |&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
            is_from_here(&list.iter().map(header).collect())
        };
        let (host, origin) = (("host", "example.org:3000"), ("origin", "http://example.org:3000"));
        assert!(with(&[host]), "no browser");
        assert!(with(&[host, origin]));
        assert!(with(&[host, origin, ("sec-fetch-site", "same-origin")]));
        assert!(with(&[host, ("sec-fetch-site", "none")]));
        assert!(!with(&[host, origin, ("sec-fetch-site", "cross-site")]));
        assert!(!with(&[host, origin, ("sec-fetch-site", "same-site")]));
        for other in
            ["http://example.org", "http://evil.example:3000", "null", "http://example.org:3000.evil", ""]
        {
            assert!(!with(&[host, ("origin", other)]), "{other}");
        }
        assert!(!with(&[origin]), "no host to compare with");
    }
}
