//! Every address of the service.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, Uri};
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use occ_runtime::http::{EntityTagger, Problem};

use crate::page::Refusal;
use crate::store::Store;
use crate::{api, assets, guard, page};

/// What every request needs.
#[derive(Clone)]
pub struct App {
    pub store: Store,
    /// The tags of articles as JSON. The page's forms carry the same, and check them by the same rule.
    pub tags: EntityTagger,
}

/// A body of 64 KiB in up to four copies (as it was, mine, theirs, and what to make of them), each line break as `%0D%0A`.
const MOST_FORM: usize = 2 * 1024 * 1024;
/// A body of 64 KiB, each byte as `\u00XX`, and a title and a summary.
const MOST_JSON: usize = 512 * 1024;

pub fn router(app: App) -> Router {
    let api = Router::new()
        .route("/api/openapi.json", get(api::description))
        .route("/api/articles", get(api::list))
        .route("/api/articles/{slug}", get(api::read).put(api::put).patch(api::patch).delete(api::delete))
        .layer(DefaultBodyLimit::max(MOST_JSON))
        .layer(middleware::from_fn(guard::length::<MOST_JSON>));
    let page = Router::new()
        .route("/", get(page::list))
        .route("/new", get(page::blank).post(page::create))
        .route("/articles/{slug}", get(page::show).post(page::save))
        .route("/articles/{slug}/edit", get(page::edit))
        .route("/articles/{slug}/delete", post(page::delete))
        .layer(DefaultBodyLimit::max(MOST_FORM))
        .layer(middleware::from_fn(guard::length::<MOST_FORM>));
    Router::new()
        .merge(api)
        .merge(page)
        .route("/style.css", get(assets::style))
        .route("/page.js", get(assets::script))
        .route("/favicon.svg", get(assets::icon))
        .fallback(async |uri: Uri| refusal(&uri, StatusCode::NOT_FOUND))
        .method_not_allowed_fallback(async |uri: Uri| refusal(&uri, StatusCode::METHOD_NOT_ALLOWED))
        .layer(middleware::from_fn(guard::same_site))
        .layer(middleware::from_fn(guard::headers))
        .with_state(app)
}

/// For programs below `/api`, for people elsewhere.
pub fn refusal(uri: &Uri, status: StatusCode) -> Response {
    if uri.path().starts_with("/api") {
        Problem::new(status).into_response()
    } else {
        Refusal::from(status).into_response()
    }
}
