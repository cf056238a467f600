//! What is stored, and what people write of it.

use diesel::prelude::*;
use occ_runtime::OptimisticLock;
use serde::{Deserialize, Serialize};

diesel::table! {
    /// Made by `schema.sql`.
    articles (id) {
        id -> Text,
        slug -> Text,
        title -> Text,
        summary -> Nullable<Text>,
        body -> Text,
        version -> BigInt,
    }
}

/// A row. Tracked, so that a save writes what was changed and two edits can be merged.
#[derive(Clone, Debug, Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
pub struct Article {
    /// Part of every tag, and never used twice: the tag of a deleted article fits none that is written under its slug later.
    id: String,
    pub slug: String,
    pub title: String,
    pub summary: Option<String>,
    pub body: String,
    version: i64,
}

impl Article {
    pub fn content(&self) -> Content {
        Content { title: self.title.clone(), summary: self.summary.clone(), body: self.body.clone() }
    }

    pub fn set(&mut self, content: Content) {
        Content { title: self.title, summary: self.summary, body: self.body } = content;
    }
}

/// A line of the list.
#[derive(Debug, Queryable, Selectable, Serialize)]
#[diesel(table_name = articles)]
pub struct Heading {
    pub slug: String,
    pub title: String,
    pub summary: Option<String>,
}

/// An article as its readers see it: what a GET answers and a PUT takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Insertable, Serialize, Deserialize)]
#[diesel(table_name = articles)]
#[serde(deny_unknown_fields)]
pub struct Content {
    pub title: String,
    #[serde(default)]
    pub summary: Option<String>,
    pub body: String,
}

/// The fields by their names, as Rust, JSON and forms have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    Title,
    Summary,
    Body,
}

impl Field {
    pub const ALL: [Self; 3] = [Self::Title, Self::Summary, Self::Body];

    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Summary => "summary",
            Self::Body => "body",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

/// Why a field cannot be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    pub field: Field,
    pub detail: &'static str,
}

pub const MOST_TITLE: usize = 200;
pub const MOST_SUMMARY: usize = 300;
pub const MOST_BODY: usize = 65_536;

impl Content {
    /// A missing summary is an empty text.
    pub fn text(&self, field: Field) -> &str {
        match field {
            Field::Title => &self.title,
            Field::Summary => self.summary.as_deref().unwrap_or_default(),
            Field::Body => &self.body,
        }
    }

    pub fn set_text(&mut self, field: Field, text: String) {
        match field {
            Field::Title => self.title = text,
            Field::Summary => self.summary = Some(text).filter(|text| !text.is_empty()),
            Field::Body => self.body = text,
        }
    }

    /// Every rule that is broken, so that all can be mended at once.
    pub fn violations(&self) -> Vec<Violation> {
        let mut all = Vec::new();
        let mut rule = |holds: bool, field, detail| {
            if !holds {
                all.push(Violation { field, detail });
            }
        };
        let one_line = |text: &str| !text.chars().any(char::is_control);
        // PostgreSQL stores no NUL, and no browser sends the others back as they were.
        let lines = |text: &str| !text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'));
        rule(
            (1..=MOST_TITLE).contains(&self.title.chars().count()),
            Field::Title,
            "must have 1 to 200 characters",
        );
        rule(one_line(&self.title), Field::Title, "must be one line without control characters");
        if let Some(summary) = &self.summary {
            rule(
                (1..=MOST_SUMMARY).contains(&summary.chars().count()),
                Field::Summary,
                "must have 1 to 300 characters",
            );
            rule(one_line(summary), Field::Summary, "must be one line without control characters");
        }
        rule(self.body.len() <= MOST_BODY, Field::Body, "must have at most 64 KiB as UTF-8");
        rule(lines(&self.body), Field::Body, "must have no control characters but tabs and line breaks");
        all
    }
}

/// The last part of an article's address: 1 to 64 of `a-z`, `0-9` and single hyphens between them.
pub fn is_slug(text: &str) -> bool {
    text.len() <= 64
        && text.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_words_and_single_hyphens() {
        for good in ["a", "0", "two-words", "a-1-b", &"x".repeat(64)] {
            assert!(is_slug(good), "{good}");
        }
        for bad in ["", "-", "a-", "-a", "a--b", "A", "a b", "ä", "a/b", "a.b", "a\0", &"x".repeat(65)] {
            assert!(!is_slug(bad), "{bad:?}");
        }
    }

    #[test]
    fn limits_are_inclusive() {
        let good =
            Content { title: "ü".repeat(200), summary: Some("x".repeat(300)), body: "x".repeat(65_536) };
        assert_eq!(good.violations(), []);
        let bad =
            Content { title: "ü".repeat(201), summary: Some("x".repeat(301)), body: "x".repeat(65_537) };
        assert_eq!(bad.violations().len(), 3);
        assert_eq!(Content::default().violations().len(), 1, "an empty body is fine, an empty title is not");
    }

    #[test]
    fn control_characters_are_refused() {
        let with = |c: char| Content { title: "t".into(), summary: None, body: format!("a{c}b") };
        for good in ['\t', '\n', '\r', '\u{feff}', '\u{10ffff}'] {
            assert_eq!(with(good).violations(), [], "{good:?}");
        }
        for bad in ['\0', '\u{1}', '\u{b}', '\u{7f}', '\u{9f}'] {
            assert_eq!(with(bad).violations().len(), 1, "{bad:?}");
        }
        let two_lines = Content { title: "a\nb".into(), summary: Some("a\tb".into()), body: String::new() };
        assert_eq!(two_lines.violations().len(), 2);
    }
}
