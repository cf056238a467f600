//! What people see. Everything works without JavaScript: forms say which row they were made from, and what it said.

mod conflict;
mod difference;
mod edit;
mod form;
mod layout;
mod refusal;
mod view;

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use occ_runtime::Tracked;
use serde::Deserialize;

use crate::app::App;
use crate::article::{Article, Content, Field, is_slug};
use crate::store;
use edit::Outcome;
use form::{Creation, Deletion, Edit, FormBody};
pub use refusal::Refusal;

type Answer = Result<Response, Refusal>;

/// A form that is old by the time it is shown again would only make a conflict of what need not be one.
const FRESH: [(HeaderName, &str); 1] = [(CACHE_CONTROL, "no-cache")];

/// The article that an address names.
pub struct Named(String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(slug)) if is_slug(&slug) => Ok(Self(slug)),
            _ => Err(StatusCode::NOT_FOUND.into()),
        }
    }
}

/// What has led to a page, to be said there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Done {
    #[default]
    Nothing,
    Created,
    Saved,
    Merged,
    Deleted,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Shown {
    done: Done,
    after: Option<String>,
}

type AnyQuery = Result<Query<Shown>, QueryRejection>;

/// What nobody here has linked to is passed over.
fn known(query: AnyQuery) -> Shown {
    query.map(|Query(shown)| shown).unwrap_or_default()
}

/// As many as a page of the list has.
const MOST_LISTED: u8 = 20;

pub async fn list(State(app): State<App>, shown: AnyQuery) -> Answer {
    let Shown { done, after } = known(shown);
    let after = after.filter(|after| is_slug(after));
    let (articles, has_more) = app.store.list(after.as_deref(), MOST_LISTED).await?;
    Ok((FRESH, view::list(&articles, after.is_some(), has_more, done)).into_response())
}

pub async fn show(State(app): State<App>, Named(slug): Named, shown: AnyQuery) -> Answer {
    let article = find(&app, &slug).await?;
    let tag = app.tags.of(&*article).to_string();
    Ok((FRESH, view::article(&article, &tag, known(shown).done)).into_response())
}

pub async fn edit(State(app): State<App>, Named(slug): Named) -> Answer {
    let article = find(&app, &slug).await?;
    let tag = app.tags.of(&*article).to_string();
    let content = article.content();
    Ok((FRESH, view::editor(&article, &tag, &content, &content, &[])).into_response())
}

pub async fn blank() -> Response {
    view::creator("", &Content::default(), &[], None).into_response()
}

pub async fn create(State(app): State<App>, FormBody(form): FormBody<Creation>) -> Answer {
    let (slug, content) = (form.slug.trim(), form.content());
    let violations = content.violations();
    let refused = |status, why| {
        Ok((status, FRESH, view::creator(&form.slug, &content, &violations, why)).into_response())
    };
    if !is_slug(slug) {
        let why = "The address has 1 to 64 of a-z, 0-9 and single hyphens between them.";
        return refused(StatusCode::UNPROCESSABLE_ENTITY, Some(why));
    }
    if !violations.is_empty() {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, None);
    }
    if app.store.create(slug, &content).await?.is_none() {
        let why = "There is an article at this address already. Choose another one.";
        return refused(StatusCode::CONFLICT, Some(why));
    }
    Ok(Redirect::to(&format!("/articles/{slug}?done=created")).into_response())
}

pub async fn save(State(app): State<App>, Named(slug): Named, FormBody(form): FormBody<Edit>) -> Answer {
    let tag = form.tag()?;
    let (mine, unclear) = form.mine();
    let Some(article) = app.store.find(&slug).await? else {
        return Ok((StatusCode::NOT_FOUND, FRESH, view::gone(&slug, &mine)).into_response());
    };
    let violations = mine.violations();
    if !violations.is_empty() {
        let again = view::editor(&article, &tag.to_string(), &form.base(), &mine, &violations);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, FRESH, again).into_response());
    }
    Ok(match edit::apply(&app, article, &tag, &form.base(), &mine, &unclear).await? {
        Outcome::Saved => Redirect::to(&format!("/articles/{slug}?done=saved")).into_response(),
        Outcome::Merged => Redirect::to(&format!("/articles/{slug}?done=merged")).into_response(),
        Outcome::Gone => (StatusCode::NOT_FOUND, FRESH, view::gone(&slug, &mine)).into_response(),
        Outcome::Conflict { article, fields } => {
            let before = |field: Field| form.was(field).unwrap_or_else(|| form.base().text(field).to_owned());
            let tag = app.tags.of(&**article).to_string();
            let page = conflict::page(&article, &tag, &mine, &fields, &unclear, before);
            (StatusCode::CONFLICT, FRESH, page).into_response()
        }
    })
}

pub async fn delete(
    State(app): State<App>,
    Named(slug): Named,
    FormBody(form): FormBody<Deletion>,
) -> Answer {
    let tag = form.tag()?;
    while let Some(article) = app.store.find(&slug).await? {
        let current = app.tags.of(&*article);
        if !tag.weak_eq(&current) {
            let page = conflict::deletion(&article, &current.to_string());
            return Ok((StatusCode::CONFLICT, FRESH, page).into_response());
        }
        match app.store.delete(&article).await {
            Ok(()) => break,
            // Somebody was in between: the row that is there now has another tag, or is gone.
            Err(store::Error::Refused(error)) if error.is_stale() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Redirect::to("/?done=deleted").into_response())
}

async fn find(app: &App, slug: &str) -> Result<Tracked<Article>, Refusal> {
    app.store.find(slug).await?.ok_or(StatusCode::NOT_FOUND.into())
}
