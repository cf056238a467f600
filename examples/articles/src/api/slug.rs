//! Which article an address names.

use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use occ_runtime::http::Problem;

use crate::article::is_slug;

/// An address that no article can have is one that no article has: 404, whatever the method.
pub struct Slug(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Slug {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(slug)) if is_slug(&slug) => Ok(Self(slug)),
            _ => Err(no_such_article().with_detail(
                "No article can be here: the last part of its address has 1 to 64 of a-z, 0-9 and single hyphens.",
            )),
        }
    }
}

pub fn no_such_article() -> Problem {
    Problem::new(StatusCode::NOT_FOUND)
        .with_detail("There is no article here. A PUT with `If-None-Match: *` creates one.")
}
