//! Pages for two edits of one article, between which somebody has to choose.

use axum::response::Html;
use maud::{Markup, html};

use super::difference::Marked;
use super::layout::{self, hidden, input, label, notice, seen};
use crate::article::{Article, Content, Field};

/// Both edits side by side. The form is made from the row as it is now, `theirs`; so what is sent next is checked
/// against that, and what is left as theirs counts as untouched.
pub fn page(
    article: &occ_runtime::Tracked<Article>,
    tag: &str,
    mine: &Content,
    fields: &[Field],
    unclear: &[Field],
    before: impl Fn(Field) -> String,
) -> Html<String> {
    let (theirs, merged) = (article.original().content(), article.content());
    let place = format!("/articles/{}", article.slug);
    let rest: Vec<Field> = Field::ALL.into_iter().filter(|field| !fields.contains(field)).collect();
    let body = html! {
        h1 { "Two edits of “" (theirs.title) "”" }
        (notice("warning", &html! {
            "Somebody else has saved this article while you were writing. Nothing is lost and nothing is saved yet: choose \
             what to keep."
        }))
        form.conflict method="post" action=(place) {
            (seen(tag, &theirs))
            @for &field in fields {
                (choice(field, &before(field), mine.text(field), theirs.text(field), unclear.contains(&field)))
            }
            @if !rest.is_empty() {
                section.merged {
                    h2 { "Merged without a conflict" }
                    dl {
                        @for field in rest {
                            (hidden(field.name(), merged.text(field)))
                            dt { (label(field)) " " span.hint { (whose(field, &merged, &theirs, &before(field))) } }
                            dd { (text(merged.text(field))) }
                        }
                    }
                }
            }
            div.actions {
                button.primary type="submit" { "Save" }
                a.button href=(place) { "Discard my edit" }
            }
        }
    };
    layout::page("Two edits", &body)
}

/// What becomes of a field for which nobody has to choose.
fn whose(field: Field, merged: &Content, theirs: &Content, before: &str) -> &'static str {
    if merged.text(field) != theirs.text(field) {
        "your edit"
    } else if theirs.text(field) != before {
        "their edit"
    } else {
        "unchanged"
    }
}

fn choice(field: Field, before: &str, mine: &str, theirs: &str, is_unclear: bool) -> Markup {
    let name = field.name();
    let radio = |value: &str, words: &str| {
        html! {
            label.choice {
                input type="radio" name={ (name) "_choice" } value=(value) required;
                " " (words)
            }
        }
    };
    let heading = format!("My own {}", label(field).to_lowercase());
    html! {
        fieldset.field data-choice=(name) {
            legend { h2 { (label(field)) } }
            @if is_unclear {
                p.error { "Choose one of these. If you have written a text of your own, choose that." }
            }
            (hidden(&format!("mine_{name}"), mine))
            (hidden(&format!("was_{name}"), before))
            div.sides {
                section.side { h3 { "Before" } (text(before)) }
                section.side.mine { h3 { (radio("mine", "Keep mine")) } (marked(before, mine)) }
                section.side.theirs { h3 { (radio("theirs", "Take theirs")) } (marked(before, theirs)) }
            }
            div.own {
                (radio("own", &heading))
                div { (own(field, mine)) }
            }
        }
    }
}

/// The field for a text that the reader writes begins with mine: it is the one that nobody has saved.
fn own(field: Field, mine: &str) -> Markup {
    html! { label.hidden for=(field.name()) { "My own text for: " (label(field)) } (input(field, mine, &[])) }
}

fn text(text: &str) -> Markup {
    html! { div.text tabindex="0" { @if text.is_empty() { em { "empty" } } @else { (text) } } }
}

fn marked(other: &str, text: &str) -> Markup {
    let Marked { before, changed, after } = Marked::between(other, text);
    html! {
        div.text tabindex="0" {
            @if text.is_empty() { em { "empty" } }
            (before) @if !changed.is_empty() { mark { (changed) } } (after)
        }
    }
}

/// Somebody wants to delete what is not what they have seen.
pub fn deletion(article: &Article, tag: &str) -> Html<String> {
    let place = format!("/articles/{}", article.slug);
    let body = html! {
        h1 { "Not deleted" }
        (notice("warning", &html! {
            "Somebody has changed this article since you opened it. This is what it says now:"
        }))
        article {
            h2 { (article.title) }
            @if let Some(summary) = &article.summary { p.summary { (summary) } }
            div.text { (article.body) }
        }
        form method="post" action={ (place) "/delete" } {
            (hidden("tag", tag))
            div.actions {
                button.danger type="submit" { "Delete it all the same" }
                a.button href=(place) { "Keep it" }
            }
        }
    };
    layout::page("Not deleted", &body)
}
