//! What all pages have in common.

use axum::response::Html;
use maud::{DOCTYPE, Markup, html};

use crate::article::{Article, Content, Field, MOST_BODY, MOST_SUMMARY, MOST_TITLE, Violation};

pub fn page(title: &str, body: &Markup) -> Html<String> {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Articles" }
                link rel="icon" href="/favicon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/style.css";
                script src="/page.js" defer {}
            }
            body {
                header.site {
                    a href="/" { "Articles" }
                    nav { a.button href="/new" { "New article" } }
                }
                main { (body) }
            }
        }
    };
    Html(page.into_string())
}

/// A box that screen readers read out as the page opens.
pub fn notice(kind: &str, body: &Markup) -> Markup {
    html! { div class={ "notice " (kind) } role="status" { (body) } }
}

/// Tells the script which article is shown and as of when; it looks whether that is still so.
pub fn watched(article: &Article, tag: &str) -> Markup {
    html! {
        div #changed .notice.warning role="status" hidden
            data-article={ "/api/articles/" (article.slug) } data-tag=(tag) {}
    }
}

pub fn label(field: Field) -> &'static str {
    match field {
        Field::Title => "Title",
        Field::Summary => "Summary",
        Field::Body => "Text",
    }
}

/// The fields for a text, each with what is wrong with it.
pub fn fields(content: &Content, violations: &[Violation]) -> Markup {
    html! {
        @for field in Field::ALL {
            div.field {
                label for=(field.name()) {
                    (label(field))
                    @if field == Field::Summary { " " span.hint { "optional" } }
                }
                (input(field, content.text(field), violations))
                @for violation in violations.iter().filter(|violation| violation.field == field) {
                    p.error id={ (field.name()) "-error" } { "This " (violation.detail) "." }
                }
            }
        }
    }
}

pub fn input(field: Field, text: &str, violations: &[Violation]) -> Markup {
    let name = field.name();
    let error = violations.iter().any(|violation| violation.field == field).then(|| format!("{name}-error"));
    let invalid = error.as_ref().map(|_| "true");
    html! {
        @match field {
            // A browser drops the first line break of a textarea, so there is one to be dropped.
            Field::Body => {
                textarea id=(name) name=(name) rows="14" maxlength=(MOST_BODY)
                    aria-describedby=[error] aria-invalid=[invalid] { "\n" (text) }
            }
            Field::Title => {
                input id=(name) name=(name) value=(text) maxlength=(MOST_TITLE) required
                    aria-describedby=[error] aria-invalid=[invalid];
            }
            Field::Summary => {
                input id=(name) name=(name) value=(text) maxlength=(MOST_SUMMARY)
                    aria-describedby=[error] aria-invalid=[invalid];
            }
        }
    }
}

pub fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// Which row the form was made from, and what that said.
pub fn seen(tag: &str, base: &Content) -> Markup {
    html! {
        (hidden("tag", tag))
        @for field in Field::ALL {
            (hidden(&format!("base_{}", field.name()), base.text(field)))
        }
    }
}
