//! Makes the entity tags of rows.

use std::fmt::{self, Debug};

use hmac::{Hmac, KeyInit as _};
use sha2::{Digest as _, Sha256};

use crate::http::digest::{Hash, digest};
use crate::http::tag::EntityTag;
use crate::model::versioned::Versioned;

/// Makes the entity tags of a service, all of them alike.
///
/// A tag is strong, has 32 hexadecimal digits, and is the same in every process that makes it: a hash of the table's
/// name and columns, the key, the version and the [`representation`](Self::representation). It shows none of them. Behind a proxy that
/// compresses it needs [`behind_proxies`](Self::behind_proxies).
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
/// use occ_runtime::http::EntityTagger;
#[doc = include_str!("../example.txt")]
/// # let conn = &mut connection();
/// let tags = EntityTagger::keyed("32 bytes of a secret, not of this")?;
/// let lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
/// let tag = tags.of(&lamp);
/// assert!(!tag.is_weak());
/// assert_eq!(tag, tags.of(&lamp));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
///
/// # What a tag stands for
///
/// A client may take two responses with one strong tag for the same bytes. So give a tag only to a response that is
/// made of this one row, all of whose writers advance the version: not to one with a column that is
/// `#[diesel(skip_update)]` or `#[occ(unversioned)]`, or with rows of another table.
///
/// Each release of a service may say something else of one version of a row: with a column more, it is another response. So the
/// names of the columns in `table!` are in the tag: when one comes or goes, clients read again. What `table!` does not show, such as a
/// field that was left out of the JSON until now, is to be said by the name of the representation: `json 2`.
///
/// A row of a table without a version (`#[occ(check = ..)]`) has no tag, and asking for one does not compile.
///
/// Two structs of one table have the same tags for its rows, if they have the same key, in whatever order, and version.
///
/// A table is told from another by its name in SQL and the schema that `table!` gives it; not by a `search_path`, so with
/// a schema for each tenant make the tenant's name a part of the [`representation`](Self::representation). Numbers, texts,
/// UUIDs and times are distinguished by what their `Debug` prints; a type of your own by its `Hash` as well, so that it may
/// hide in `Debug` what it holds. So derive `Hash` for it: without, or where it is a parameter of the struct, there is but
/// the text, and two values that print alike have the same tag. Where a new release prints or hashes them otherwise,
/// clients have to read again. Of a [`Tracked`](crate::Tracked) value take the row: `tags.of(&*article)`.
#[derive(Clone)]
pub struct EntityTagger {
    hash: Hash,
    former: Vec<Hash>,
    representation: Box<str>,
    behind_proxies: bool,
    weak: bool,
}

impl EntityTagger {
    /// SHA-256 without a secret. A tag shows no version, but a person who knows the table's name and the key can try
    /// versions one by one until the tag is the same.
    ///
    /// ```
    /// use occ_runtime::http::EntityTagger;
    /// let shown = format!("{:?}", EntityTagger::open());
    /// assert_eq!(shown, r#"EntityTagger { keyed: false, also: 0, representation: "", behind_proxies: false, weak: false }"#);
    /// ```
    #[must_use]
    pub fn open() -> Self {
        Self::of_hash(Hash::Open(Sha256::new()))
    }

    /// HMAC-SHA-256 with a secret: nobody without it can make a tag, or find the version of one.
    ///
    /// The secret is at least 16 bytes of a random generator, and the same for all processes that serve the rows. With a
    /// new secret every tag is a new one, and clients have to read again.
    ///
    /// ```
    /// use occ_runtime::http::EntityTagger;
    ///
    /// assert!(EntityTagger::keyed("0a6b54aff54ab1a4fd6c1e4ff1e6a08f").is_ok());
    /// assert!(EntityTagger::keyed(std::env::var("A_VARIABLE_THAT_IS_NOT_SET").unwrap_or_default()).is_err());
    /// ```
    pub fn keyed(secret: impl AsRef<[u8]>) -> Result<Self, ShortSecretError> {
        Ok(Self::of_hash(keyed_hash(secret.as_ref())?))
    }

    /// Takes what was made with this secret as well, and makes nothing with it: tags in requests that write, and
    /// [sealed](Self::seal) bases. So a secret can be changed while clients hold what the old one has made: first every process
    /// gets `keyed(old).also(new)`, then `keyed(new).also(old)`, and after as long as a client may think, `keyed(new)`.
    ///
    /// A read is answered with the whole response, and not with 304, to a client that has the tag of the former secret: no cache
    /// could tell which of its responses a 304 with the new tag is about.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    /// use occ_runtime::http::EntityTagger;
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// # let lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// let (old, new) = ("the secret of the last year", "the secret of this year");
    /// let seen = EntityTagger::keyed(old)?.of(&lamp);
    /// let tags = EntityTagger::keyed(new)?.also(old)?;
    /// assert_ne!(tags.of(&lamp), seen);
    /// assert!(tags.check_tag(&seen, &lamp).is_ok());
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn also(mut self, secret: impl AsRef<[u8]>) -> Result<Self, ShortSecretError> {
        self.former.push(keyed_hash(secret.as_ref())?);
        Ok(self)
    }

    fn of_hash(hash: Hash) -> Self {
        Self { hash, former: Vec::new(), representation: "".into(), behind_proxies: false, weak: false }
    }

    /// What tags are made with.
    pub(super) fn hash(&self) -> &Hash {
        &self.hash
    }

    /// What former tags were made with.
    pub(super) fn former(&self) -> &[Hash] {
        &self.former
    }

    pub(super) fn is_keyed(&self) -> bool {
        matches!(self.hash, Hash::Keyed(_))
    }

    pub(super) fn name_of_representation(&self) -> &str {
        &self.representation
    }

    /// A tag of this digest, which is asked for each secret: with no number for that of today.
    pub(super) fn tag_by(&self, digest: impl Fn(&Hash, Option<usize>) -> String) -> EntityTag {
        let written = |hash, number| {
            let tag = EntityTag::strong(&digest(hash, number));
            if self.weak { tag.weakened() } else { tag }
        };
        let former = self.former.iter().enumerate().map(|(number, hash)| written(hash, Some(number)));
        let tag = written(&self.hash, None).also(former);
        if self.behind_proxies { tag.behind_proxies() } else { tag }
    }

    /// The tags of one representation, in place of those of another: a row's page and its JSON are not the same bytes,
    /// so they must not have the same strong tag (RFC 9110, section 8.8.3.3). The name is yours; without one it is the
    /// empty one.
    ///
    /// ```
    /// use occ_runtime::http::EntityTagger;
    /// # use occ_runtime::Versioned;
    ///
    /// # fn of_what<T: Versioned>(row: &T) {
    /// let tags = EntityTagger::open();
    /// assert_ne!(tags.representation("html").of(row), tags.representation("json").of(row));
    /// # }
    /// ```
    #[must_use]
    pub fn representation(&self, name: impl AsRef<str>) -> Self {
        Self { representation: name.as_ref().into(), ..self.clone() }
    }

    /// Tags that are known again after a proxy has altered them.
    ///
    /// A proxy that compresses a response makes its tag weak, `W/"a1"`, or appends to it, `"a1-gzip"`: the table in the
    /// documentation of [`http`](super#proxies-that-compress) says which proxy does what. The client sends that back in
    /// `If-Match`, whose comparison is a strong one, and is answered 412 however often it reads again. With this option
    /// [`Preconditions`](super::Preconditions) and [`IfMatch`](super::IfMatch) take for a tag of this maker, in both
    /// headers, what is written as it is, weak or strong, with nothing or exactly one of these before the closing quote:
    /// `-gzip`, `-x-gzip`, `-gunzip`, `-deflate`, `-br`, `-zstd`, `;gzip`, `--gzip`, `--br`, `--zstd`. Everything else is
    /// refused as before. Responses have the same strong tags as without it.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    /// use occ_runtime::http::{EntityTagger, Preconditions};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// # let lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// let strict = EntityTagger::keyed("32 bytes of a secret, not of this")?;
    /// let tags = strict.clone().behind_proxies();
    /// assert_eq!(tags.of(&lamp), strict.of(&lamp));
    ///
    /// let weak = format!("W/{}", tags.of(&lamp)); // as nginx leaves it
    /// let sent = http::HeaderMap::from_iter([(http::header::IF_MATCH, weak.parse()?)]);
    /// let if_match = Preconditions::from_headers(&sent)?.require_if_match()?;
    /// assert!(if_match.check(&tags, &lamp).is_ok());
    /// assert!(if_match.check(&strict, &lamp).is_err());
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Where it is safe, and where not
    ///
    /// RFC 9110, section 13.1.1, demands the strong comparison since a weak tag may stand for several states that its
    /// maker holds to be equivalent, and a write that was made from one of them could then replace another. A tag of this
    /// maker stands for one version of one row, with or without a `W/` before it. So who sends it back has seen that version,
    /// in whatever encoding, and nothing is written over a version that the client has not seen. The save checks the version
    /// once more.
    ///
    /// What is given up is the promise that the client has the same bytes. Do without this option where a write counts on it:
    ///
    /// - a patch by byte offsets or line numbers of the text that was sent, a PUT with `Content-Range`, and whatever else is
    ///   applied to bytes and not to fields;
    /// - a handler that adds to the response what is not of the row's version, such as rows of another table, the time, or
    ///   what the reader may see: a proxy that weakens a tag says that the rest may differ. (A strong tag is wrong there, too.)
    ///
    /// Byte ranges (`If-Range`) are not looked at, with or without it.
    #[must_use]
    pub fn behind_proxies(self) -> Self {
        Self { behind_proxies: true, ..self }
    }

    /// Tags that are weak from the start, for proxies that drop or spoil strong ones and keep weak ones, as Envoy does unless
    /// told otherwise. They are compared as those [`behind_proxies`](Self::behind_proxies), or no `If-Match` would match.
    ///
    /// The RFC has `If-Match` not match weak tags, and other software on the way may refuse them: take this only where
    /// the strong tags do not arrive.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    /// use occ_runtime::http::EntityTagger;
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// # let lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// let (strong, weak) = (EntityTagger::open(), EntityTagger::open().weak());
    /// assert_eq!(weak.of(&lamp).to_string(), format!("W/{}", strong.of(&lamp)));
    /// # Ok::<_, Error>(())
    /// ```
    #[must_use]
    pub fn weak(self) -> Self {
        Self { behind_proxies: true, weak: true, ..self }
    }

    /// The tag of a row at its version.
    ///
    /// A table without a version has nothing that a tag could be made of:
    ///
    /// ```compile_fail,E0277
    /// # use diesel::prelude::*;
    /// # use occ_runtime::prelude::*;
    /// # diesel::table! { pages (id) { id -> Integer, title -> Text } }
    /// #[derive(Clone, OptimisticLock)]
    /// #[occ(check = all)]
    /// struct Page {
    ///     id: i32,
    ///     title: String,
    /// }
    ///
    /// fn tag(page: &Page) -> occ_runtime::http::EntityTag {
    ///     occ_runtime::http::EntityTagger::open().of(page)
    /// }
    /// ```
    #[must_use]
    pub fn of<T: Versioned>(&self, row: &T) -> EntityTag {
        self.tag_by(|hash, _| digest(hash, &self.representation, row))
    }
}

impl EntityTag {
    /// The tag of a row at its version: [`EntityTagger::open`] makes it.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    /// use occ_runtime::http::EntityTag;
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// let before = EntityTag::of(&lamp);
    /// lamp.save_optimistic(conn)?;
    /// assert_ne!(EntityTag::of(&lamp), before);
    /// # Ok::<_, Error>(())
    /// ```
    #[must_use]
    pub fn of<T: Versioned>(row: &T) -> Self {
        EntityTagger::open().of(row)
    }
}

fn keyed_hash(secret: &[u8]) -> Result<Hash, ShortSecretError> {
    let too_short = ShortSecretError { length: secret.len() };
    if secret.len() < ShortSecretError::LEAST {
        return Err(too_short);
    }
    // It takes a secret of any length.
    Hmac::new_from_slice(secret).map(|mac| Hash::Keyed(Box::new(mac))).map_err(|_| too_short)
}

/// Shows no secret.
impl Debug for EntityTagger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntityTagger")
            .field("keyed", &matches!(self.hash, Hash::Keyed(_)))
            .field("also", &self.former.len())
            .field("representation", &self.representation)
            .field("behind_proxies", &self.behind_proxies)
            .field("weak", &self.weak)
            .finish()
    }
}

/// The secret for [`EntityTagger::keyed`] is too short to be one.
///
/// ```
/// use occ_runtime::http::EntityTagger;
///
/// let error = EntityTagger::keyed("").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "a secret of 0 bytes can be guessed: give `EntityTagger::keyed` at least 16 bytes of a random generator"
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a secret of {length} bytes can be guessed: give `EntityTagger::keyed` at least {least} bytes of a random generator",
    least = Self::LEAST
)]
pub struct ShortSecretError {
    length: usize,
}

impl ShortSecretError {
    /// As many bits as a tag has.
    const LEAST: usize = 16;
}
