//! Pages for one article, or for many.

use axum::response::Html;
use maud::html;

use super::Done;
use super::layout::{fields, notice, page, seen, watched};
use crate::article::{Article, Content, Heading, Violation};

pub fn list(articles: &[Heading], is_later: bool, has_more: bool, done: Done) -> Html<String> {
    let body = html! {
        @if done == Done::Deleted { (notice("good", &html! { "The article is deleted." })) }
        h1 { "Articles" }
        @if articles.is_empty() {
            p.empty {
                "There is nothing here yet. " a href="/new" { "Write the first article" } "."
            }
        }
        ul.articles {
            @for article in articles {
                li {
                    a href={ "/articles/" (article.slug) } { (article.title) }
                    " " span.slug { (article.slug) }
                    @if let Some(summary) = &article.summary { p { (summary) } }
                }
            }
        }
        @if is_later || has_more {
            nav.pages aria-label="Pages of the list" {
                @if is_later { a href="/" { "First page" } }
                @if let (true, Some(last)) = (has_more, articles.last()) {
                    a href={ "/?after=" (last.slug) } rel="next" { "Next page" }
                }
            }
        }
    };
    page("All", &body)
}

pub fn article(article: &Article, tag: &str, done: Done) -> Html<String> {
    let body = html! {
        @match done {
            Done::Created => (notice("good", &html! { "The article is created." })),
            Done::Saved => (notice("good", &html! { "Your edit is saved." })),
            Done::Merged => (notice("good", &html! {
                "Your edit is saved. Somebody else had saved another one in the meantime, and both are in."
            })),
            Done::Nothing | Done::Deleted => {}
        }
        (watched(article, tag))
        article {
            h1 { (article.title) }
            @if let Some(summary) = &article.summary { p.summary { (summary) } }
            div.text { (article.body) }
        }
        p.actions { a.button.primary href={ "/articles/" (article.slug) "/edit" } { "Edit" } }
    };
    page(&article.title, &body)
}

pub fn editor(
    article: &Article,
    tag: &str,
    base: &Content,
    content: &Content,
    violations: &[Violation],
) -> Html<String> {
    let place = format!("/articles/{}", article.slug);
    let body = html! {
        (watched(article, tag))
        h1 { "Edit “" (article.title) "”" }
        @if !violations.is_empty() { (refused()) }
        form.editor method="post" action=(place) {
            (seen(tag, base))
            (fields(content, violations))
            div.actions {
                button.primary type="submit" { "Save" }
                a.button href=(place) { "Cancel" }
            }
        }
        form.deletion method="post" action={ (place) "/delete" } {
            input type="hidden" name="tag" value=(tag);
            button.danger type="submit" { "Delete this article" }
        }
    };
    page(&format!("Edit {}", article.title), &body)
}

pub fn creator(slug: &str, content: &Content, violations: &[Violation], why: Option<&str>) -> Html<String> {
    let body = html! {
        h1 { "New article" }
        @if why.is_some() || !violations.is_empty() { (refused()) }
        (creation(slug, content, violations, why))
    };
    page("New article", &body)
}

/// Nobody's text is thrown away because its article is.
pub fn gone(slug: &str, mine: &Content) -> Html<String> {
    let body = html! {
        h1 { "This article is gone" }
        (notice("warning", &html! {
            "Somebody has deleted it while you were writing. What you wrote is below: you can save it as a new article."
        }))
        (creation(slug, mine, &[], None))
    };
    page("Gone", &body)
}

fn creation(slug: &str, content: &Content, violations: &[Violation], why: Option<&str>) -> maud::Markup {
    html! {
        form.editor method="post" action="/new" {
            div.field {
                label for="slug" { "Address " span.hint { "small letters, digits and hyphens" } }
                input id="slug" name="slug" value=(slug) required maxlength="64" pattern="[a-z0-9]+(-[a-z0-9]+)*"
                    autocapitalize="none" spellcheck="false"
                    aria-describedby=[why.map(|_| "slug-error")] aria-invalid=[why.map(|_| "true")];
                @if let Some(why) = why { p.error #slug-error { (why) } }
            }
            (fields(content, violations))
            div.actions {
                button.primary type="submit" { "Create" }
                a.button href="/" { "Cancel" }
            }
        }
    }
}

fn refused() -> maud::Markup {
    notice("warning", &html! { "Nothing is saved yet: see below." })
}
