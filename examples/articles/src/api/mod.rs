//! What programs ask for: `openapi.json` describes it.
//!
//! Who writes says what they have read, by its entity tag. The tag is checked against the row that is loaded (412), and the
//! version of that row is in the `WHERE` of the statement that writes: who slips in between is met there (409).

mod body;
mod slug;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use occ_runtime::Tracked;
use occ_runtime::http::{IfMatch, PreconditionFailed, Preconditions, Problem, Verdict};
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::article::{Article, Content, is_slug};
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
    limit: Option<i64>,
    after: Option<String>,
}

/// So that the answer stays small, however many articles there are.
const MOST_LISTED: i64 = 100;
const USUALLY_LISTED: i64 = 20;

pub async fn list(State(app): State<App>, page: Result<Query<Page>, QueryRejection>) -> Answer {
    let bad = |detail: String| Problem::new(StatusCode::BAD_REQUEST).with_detail(detail);
    let Query(Page { limit, after }) = page.map_err(|rejection| bad(rejection.body_text()))?;
    let limit = limit.unwrap_or(USUALLY_LISTED);
    if !(1..=MOST_LISTED).contains(&limit) {
        return Err(bad(format!("`limit` must be from 1 to {MOST_LISTED}")));
    }
    if after.as_deref().is_some_and(|after| !is_slug(after)) {
        return Err(bad("`after` must be the slug of an article".to_owned()));
    }
    // One more, to see whether there is a next page.
    let mut articles = app.store.list(after.as_deref(), limit + 1).await?;
    let next = if articles.len() as i64 > limit {
        articles.pop();
        articles.last().map(|last| format!("/api/articles?limit={limit}&after={}", last.slug))
    } else {
        None
    };
    Ok(Json(json!({ "articles": articles, "next": next })).into_response())
}

pub async fn read(
    State(app): State<App>,
    Slug(slug): Slug,
    method: Method,
    preconditions: Preconditions,
) -> Answer {
    let article = find(&app, &slug).await?;
    let tag = app.tags.of(&*article);
    match preconditions.evaluate(&method, Some(&tag)) {
        Verdict::Proceed => Ok(represented(&app, &article)),
        Verdict::NotModified => {
            Ok((StatusCode::NOT_MODIFIED, [(ETAG, HeaderValue::from(tag)), revalidate()]).into_response())
        }
        _ => Err(PreconditionFailed.into()),
    }
}

/// With `If-None-Match: *` it creates and never replaces; with `If-Match` it replaces and never creates.
pub async fn put(
    State(app): State<App>,
    Slug(slug): Slug,
    preconditions: Preconditions,
    JsonBody(content): JsonBody<Content>,
) -> Answer {
    check(&content)?;
    let creates = preconditions.if_none_match().is_some_and(|condition| condition.is_any());
    if creates && preconditions.if_match().is_none() {
        create(&app, &slug, content).await
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

async fn create(app: &App, slug: &str, content: Content) -> Answer {
    let article = Article::new(slug, content);
    // The table has one article a slug: no look beforehand could be as sure.
    if !app.store.insert(&article).await? {
        return Err(PreconditionFailed.into());
    }
    let place = [(LOCATION, format!("/api/articles/{slug}"))];
    Ok((StatusCode::CREATED, place, represented(app, &article)).into_response())
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
        Ok(()) => Ok(represented(app, &article)),
        Err(error) => Err(lost(app, article, error).await),
    }
}

async fn find(app: &App, slug: &str) -> Result<Tracked<Article>, Problem> {
    app.store.find(slug).await?.ok_or_else(|| slug::no_such_article())
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

/// What is stored is what was sent, so the answer to a PUT may name its tag (RFC 9110, section 9.3.4).
fn represented(app: &App, article: &Article) -> Response {
    let tag = HeaderValue::from(app.tags.of(article));
    ([(ETAG, tag), revalidate()], Json(article.content())).into_response()
}

/// Caches may keep it, and have to ask before each use.
fn revalidate() -> (axum::http::HeaderName, HeaderValue) {
    (CACHE_CONTROL, HeaderValue::from_static("no-cache"))
}

fn check(content: &Content) -> Result<(), Problem> {
    let violations = content.violations();
    if violations.is_empty() {
        return Ok(());
    }
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY)
        .with_detail("some fields cannot be stored; `violations` says which, and why")
        .with_member("violations", json!(violations)))
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        let problem = match &error {
            store::Error::Refused(refused) => Self::from(refused),
            store::Error::Unavailable(_) => Self::new(StatusCode::SERVICE_UNAVAILABLE)
                .with_detail("the database cannot be reached or is busy; try again later"),
        };
        // The client is told nothing of the inside, so somebody else has to be.
        if problem.status().is_server_error() {
            eprintln!("articles: {error}");
        }
        problem
    }
}
