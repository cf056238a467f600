//! The command line and the environment.

use std::env::VarError;
use std::ffi::OsString;

use lexopt::prelude::*;
use occ_runtime::http::EntityTagger;

use crate::server::Error;

pub const HELP: &str = "Serves articles that two people can edit at the same time, to programs and as a page.

articles [--listen ADDRESS] [--database DATABASE]

  --listen    address and port, or ARTICLES_LISTEN; default: 127.0.0.1:3000. Port 0 is any free one.
  --database  postgres://.. or the file of SQLite's, or DATABASE_URL; default: a file that goes when the service ends.
              The table `articles` is made there, if it is not there.

ARTICLES_SECRET, of at least 16 bytes, makes the entity tags unguessable. Without it nobody sees a version in a tag, but
who knows an article's id could find out its version. A new secret makes clients read again.";

#[derive(Debug)]
pub struct Arguments {
    pub listen: String,
    pub database: Database,
    pub tags: EntityTagger,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    Temporary,
    File(String),
    Postgres(String),
}

impl Database {
    /// A URL or a file; an empty word is a file of the service's own.
    pub fn named(word: &str) -> Result<Self, Error> {
        match word.split_once(':') {
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(word.to_owned())),
            Some(("sqlite", rest)) => Ok(Self::File(rest.strip_prefix("//").unwrap_or(rest).to_owned())),
            // Not repeated in full, as there may be a password in it.
            Some((scheme, rest)) if rest.starts_with("//") => {
                Err(Error::Argument(format!("`{scheme}://` is no database that is known here")))
            }
            _ if word.is_empty() => Ok(Self::Temporary),
            _ => Ok(Self::File(word.to_owned())),
        }
    }
}

/// `None` if help was asked for.
pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Option<Arguments>, Error> {
    let unreadable = |error: lexopt::Error| Error::Argument(error.to_string());
    let (mut listen, mut database) = (None, None);
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(word) = parser.next().map_err(unreadable)? {
        let place = match word {
            Short('h') | Long("help") => return Ok(None),
            Long("listen") => &mut listen,
            Long("database") => &mut database,
            other => return Err(unreadable(other.unexpected())),
        };
        *place = Some(parser.value().and_then(ValueExt::string).map_err(unreadable)?);
    }
    let or_variable =
        |given: Option<String>, name| given.map_or_else(|| variable(name), |word| Ok(Some(word)));
    let listen = or_variable(listen, "ARTICLES_LISTEN")?.unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let database = Database::named(&or_variable(database, "DATABASE_URL")?.unwrap_or_default())?;
    let tags = match variable("ARTICLES_SECRET")? {
        None => EntityTagger::open(),
        Some(secret) => EntityTagger::keyed(secret)
            .map_err(|_| Error::Argument("ARTICLES_SECRET must have at least 16 bytes".to_owned()))?,
    };
    // Whatever is before the service: a tag names an article's version, and so does one that a proxy has altered.
    Ok(Some(Arguments { listen, database, tags: tags.behind_proxies() }))
}

/// One that is empty counts as one that is not set.
fn variable(name: &'static str) -> Result<Option<String>, Error> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Error::Argument(format!("{name} is not UTF-8"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_are_urls_or_files() {
        let named = |word| Database::named(word).unwrap();
        assert_eq!(named(""), Database::Temporary);
        assert_eq!(named("articles.db"), Database::File("articles.db".into()));
        assert_eq!(named("sqlite:articles.db"), Database::File("articles.db".into()));
        assert_eq!(named("sqlite:///a/articles.db"), Database::File("/a/articles.db".into()));
        assert_eq!(named("postgres://u@h/d"), Database::Postgres("postgres://u@h/d".into()));
        let error = Database::named("mysql://u:secret@h/d").unwrap_err().to_string();
        assert!(error.contains("`mysql://`") && !error.contains("secret"), "{error}");
    }

    #[test]
    fn mistakes_are_sentences() {
        for words in [&["--port", "80"][..], &["--listen"], &["here"]] {
            let error = read(words.iter().map(Into::into)).unwrap_err().to_string();
            assert!(error.ends_with("`articles --help` says what can be given"), "{error}");
        }
    }
}
