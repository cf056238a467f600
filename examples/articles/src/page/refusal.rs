//! What people see where programs get a problem document.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use maud::html;
use occ_runtime::http::Problem;

use super::layout::page;
use crate::store;

#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    detail: String,
}

impl Refusal {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into() }
    }
}

impl From<StatusCode> for Refusal {
    fn from(status: StatusCode) -> Self {
        let detail = match status {
            StatusCode::NOT_FOUND => "There is nothing at this address, or no more.",
            StatusCode::METHOD_NOT_ALLOWED => "This address is not for that.",
            StatusCode::FORBIDDEN => "Another site's page has sent this. Write from the pages of this one.",
            StatusCode::PAYLOAD_TOO_LARGE => "That is more text than an article can have.",
            _ => "",
        };
        Self::new(status, detail)
    }
}

/// The same words, told on a page.
impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        let problem = Problem::from(error);
        let detail = problem.detail().unwrap_or("Something has gone wrong here. Nothing was written.");
        Self::new(problem.status(), detail)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let body = html! {
            h1 { (title) }
            p { (self.detail) }
            p { a href="/" { "All articles" } }
        };
        let mut response = (self.status, [(CACHE_CONTROL, "no-store")], page(title, &body)).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, 1.into());
        }
        response
    }
}
