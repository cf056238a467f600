//! What programs ask for: `openapi.json` describes it.
//!
//! Who writes says what they have read, by its entity tag. The tag is checked against the row that is loaded (412), and the
//! version of that row is in the `WHERE` of the statement that writes: who slips in between is met there (409).

mod body;
mod slug;

use std::time::Duration;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_LOCATION, CONTENT_TYPE, HeaderName, LOCATION};
use axum::response::{IntoResponse as _, Response};
use occ_runtime::Tracked;
use occ_runtime::http::{IfMatch, Preconditions, Problem, TagCondition, Tagged};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::app::App;
use crate::article::{Article, Content, Heading, is_slug};
use crate::store;
use body::{JsonBody, PatchBody};
use slug::Slug;

type Answer = Result<Response, Problem>;

pub async fn description() -> impl axum::response::IntoResponse {
    ([(CONTENT_TYPE, "application/json")], include_str!("../../openapi.json"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    limit: Option<u8>,
    after: Option<String>,
}

#[derive(Serialize)]
struct Listed {
    articles: Vec<Heading>,
    /// Where it goes on.
    next: Option<String>,
}

/// So that the answer stays small, however many articles there are.
const MOST_LISTED: u8 = 100;
const USUALLY_LISTED: u8 = 20;

pub async fn list(State(app): State<App>, page: Result<Query<Page>, QueryRejection>) -> Answer {
    let bad = |detail: String| Problem::new(StatusCode::BAD_REQUEST).with_detail(detail);
    let Query(Page { limit, after }) = page.map_err(|rejection| bad(rejection.body_text()))?;
    let limit = limit.unwrap_or(USUALLY_LISTED);
    if !(1..=MOST_LISTED).contains(&limit) {
        return Err(bad(format!("`limit` must be from 1 to {MOST_LISTED}.")));
    }
    if after.as_deref().is_some_and(|after| !is_slug(after)) {
        return Err(bad("`after` must be the slug of an article.".to_owned()));
    }
    let (articles, has_more) = app.store.list(after.as_deref(), limit).await?;
    let last = articles.last().filter(|_| has_more);
    let next = last.map(|last| format!("/api/articles?limit={limit}&after={}", last.slug));
    Ok(Json(Listed { articles, next }).into_response())
}

pub async fn read(State(app): State<App>, Slug(slug): Slug, preconditions: Preconditions) -> Answer {
    let article = find(&app, &slug).await?;
    let answer = preconditions.respond(app.tags.of(&*article), || Json(article.content()));
    Ok((REVALIDATE, answer).into_response())
}

/// With `If-None-Match: *` it creates and never replaces; with `If-Match` it replaces and never creates.
pub async fn put(
    State(app): State<App>,
    Slug(slug): Slug,
    preconditions: Preconditions,
    JsonBody(content): JsonBody<Content>,
) -> Answer {
    check(&content)?;
    let creates = preconditions.if_none_match().is_some_and(TagCondition::is_any);
    if creates && preconditions.if_match().is_none() {
        create(&app, &slug, &content).await
    } else {
        change(&app, &slug, &preconditions.require_if_match()?, |_| Ok(content)).await
    }
}

pub async fn patch(
    State(app): State<App>,
    Slug(slug): Slug,
    if_match: IfMatch,
    PatchBody(patch): PatchBody,
) -> Answer {
    change(&app, &slug, &if_match, |before| {
        let after = patch.apply(before);
        check(&after).map(|()| after)
    })
    .await
}

pub async fn delete(State(app): State<App>, Slug(slug): Slug, if_match: IfMatch) -> Answer {
    let article = find(&app, &slug).await?;
    if_match.check(&app.tags, &*article)?;
    match app.store.delete(&article).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(error) => Err(lost(&app, article, error).await),
    }
}

async fn create(app: &App, slug: &str, content: &Content) -> Answer {
    // The table has one article a slug: no look beforehand could be as sure.
    let article = app.store.create(slug, content).await?.ok_or_else(|| {
        Problem::new(StatusCode::PRECONDITION_FAILED)
            .with_detail("There is an article here already, and `If-None-Match: *` only creates.")
    })?;
    let place = [(LOCATION, format!("/api/articles/{slug}"))];
    Ok((StatusCode::CREATED, place, written(app, &article)).into_response())
}

async fn change(
    app: &App,
    slug: &str,
    if_match: &IfMatch,
    make: impl FnOnce(Content) -> Result<Content, Problem>,
) -> Answer {
    let mut article = find(app, slug).await?;
    if_match.check(&app.tags, &*article)?;
    let content = make(article.content())?;
    article.set(content);
    match app.store.save(&mut article).await {
        Ok(()) => Ok(written(app, &article)),
        Err(error) => Err(lost(app, article, error).await),
    }
}

async fn find(app: &App, slug: &str) -> Result<Tracked<Article>, Problem> {
    app.store.find(slug).await?.ok_or_else(slug::no_such_article)
}

/// Somebody has written between the look at the row and the statement: 409 with both sides, or 404 if it is gone.
async fn lost(app: &App, article: Tracked<Article>, error: store::Error) -> Problem {
    match error {
        store::Error::Refused(error) if error.is_stale() => match app.store.conflict(article).await {
            Ok(conflict) => Problem::conflict(&conflict, &app.tags),
            Err(error) => error.into(),
        },
        error => error.into(),
    }
}

/// The article as it is after a write, and its tag. `Content-Location` says that the body is what a GET would answer (RFC
/// 9110, section 8.7), and so whose the tag is: for a PUT section 9.3.4 has none unless what was sent was stored byte for byte,
/// lest a client takes the tag for that of its own bytes. Here it has ours, which may differ in spaces and order.
fn written(app: &App, article: &Article) -> Response {
    let place = [(CONTENT_LOCATION, format!("/api/articles/{}", article.slug))];
    (REVALIDATE, place, Tagged(app.tags.of(article), Json(article.content()))).into_response()
}

/// Caches may keep it, and have to ask before each use.
const REVALIDATE: [(HeaderName, &str); 1] = [(CACHE_CONTROL, "no-cache")];

fn check(content: &Content) -> Result<(), Problem> {
    let violations = content.violations();
    if violations.is_empty() {
        return Ok(());
    }
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY)
        .with_detail("Some fields cannot be stored; `violations` says which, and why.")
        .with_member("violations", json!(violations)))
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        let problem = match &error {
            store::Error::Refused(refused) => Self::from(refused),
            store::Error::Connect(_) | store::Error::Unavailable(_) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE)
                    .with_detail("The database cannot be reached or is busy. Try again later.")
                    .with_retry_after(Duration::from_secs(1))
            }
        };
        // The client is told nothing of the inside, so somebody else has to be.
        if problem.status().is_server_error() {
            eprintln!("articles: {error}");
        }
        problem
    }
}
