//! What a page's forms send.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use occ_runtime::http::EntityTag;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::refusal::Refusal;
use crate::article::{Content, Field};

/// A form's fields, or a page that says what is wrong with them.
pub struct FormBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for FormBody<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        match Form::from_request(request, state).await {
            Ok(Form(form)) => Ok(Self(form)),
            Err(rejection) => {
                let status = match &rejection {
                    // Only a form that nobody here has made lacks fields.
                    FormRejection::FailedToDeserializeForm(_)
                    | FormRejection::FailedToDeserializeFormBody(_) => StatusCode::UNPROCESSABLE_ENTITY,
                    other => other.status(),
                };
                Err(Refusal::new(status, rejection.body_text()))
            }
        }
    }
}

/// A new article.
#[derive(Debug, Default, Deserialize)]
pub struct Creation {
    pub slug: String,
    title: String,
    summary: String,
    body: String,
}

impl Creation {
    pub fn content(&self) -> Content {
        content(&self.title, &self.summary, &self.body)
    }
}

/// Which row somebody has seen.
#[derive(Debug, Deserialize)]
pub struct Deletion {
    tag: String,
}

impl Deletion {
    pub fn tag(&self) -> Result<EntityTag, Refusal> {
        parsed(&self.tag)
    }
}

/// An edited article, and all that is needed to merge it: which row it was made from, and what that said. The server
/// keeps nothing of it. A client that lies about the base harms only its own merge: it could have sent the outcome as well.
///
/// The fields of the second half come from the page of a conflict, and only for the fields that were in conflict.
#[derive(Debug, Deserialize)]
pub struct Edit {
    tag: String,
    base_title: String,
    base_summary: String,
    base_body: String,
    title: String,
    summary: String,
    body: String,

    title_choice: Option<Choice>,
    summary_choice: Option<Choice>,
    body_choice: Option<Choice>,
    mine_title: Option<String>,
    mine_summary: Option<String>,
    mine_body: Option<String>,
    was_title: Option<String>,
    was_summary: Option<String>,
    was_body: Option<String>,
}

/// Whose text it is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Choice {
    Mine,
    Theirs,
    /// What is in the field for a text that the reader writes.
    Own,
}

impl Edit {
    pub fn tag(&self) -> Result<EntityTag, Refusal> {
        parsed(&self.tag)
    }

    /// What mine was made from.
    pub fn base(&self) -> Content {
        content(&self.base_title, &self.base_summary, &self.base_body)
    }

    /// What is to be stored, and the fields for which that is not clear: nobody has chosen, or somebody has chosen the one
    /// text and written another.
    pub fn mine(&self) -> (Content, Vec<Field>) {
        let mut mine = content(&self.title, &self.summary, &self.body);
        let base = self.base();
        let mut unclear = Vec::new();
        for field in Field::ALL {
            let Some(before) = self.before_choice(field) else { continue };
            let rewritten = mine.text(field) != before;
            match self.choice(field) {
                Some(Choice::Own) => {}
                Some(Choice::Mine) if !rewritten => {}
                Some(Choice::Theirs) if !rewritten => mine.set_text(field, base.text(field).to_owned()),
                _ => unclear.push(field),
            }
        }
        (mine, unclear)
    }

    /// What was there before both changes, for a field that was in conflict.
    pub fn was(&self, field: Field) -> Option<String> {
        let text = match field {
            Field::Title => &self.was_title,
            Field::Summary => &self.was_summary,
            Field::Body => &self.was_body,
        };
        text.as_deref().map(lines)
    }

    fn choice(&self, field: Field) -> Option<Choice> {
        match field {
            Field::Title => self.title_choice,
            Field::Summary => self.summary_choice,
            Field::Body => self.body_choice,
        }
    }

    /// Mine, as the page of a conflict has shown it.
    fn before_choice(&self, field: Field) -> Option<String> {
        let text = match field {
            Field::Title => &self.mine_title,
            Field::Summary => &self.mine_summary,
            Field::Body => &self.mine_body,
        };
        text.as_deref().map(lines)
    }
}

fn parsed(tag: &str) -> Result<EntityTag, Refusal> {
    tag.parse().map_err(|_| {
        Refusal::new(
            StatusCode::BAD_REQUEST,
            "The form does not say which version of the article it was made from.",
        )
    })
}

fn content(title: &str, summary: &str, body: &str) -> Content {
    let mut content = Content { title: title.to_owned(), summary: None, body: lines(body) };
    content.set_text(Field::Summary, summary.to_owned());
    content
}

/// Browsers send every line break as CR LF, whatever was in the text.
pub fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
