//! The base of an edit, which a client keeps and hands back: it can read it, and not alter it.

use std::fmt::Write as _;

use hmac::{Hmac, Mac as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use crate::http::digest::{Hash, part_of};
use crate::http::tags::EntityTagger;
use crate::model::fields::{SerializesNoSecret, Trackable, fields};

/// Changes where what follows it changes its meaning.
const LAYOUT: &[u8] = b"occ sealed base 1";

/// What stands between the seal and the JSON.
const DOT: char = '.';

impl EntityTagger {
    /// The row as text for a client, who hands it back with an edit: in a hidden field of a form, or a member of the JSON. It is the
    /// row's JSON with an HMAC-SHA-256 before it, so that a client can read it, and [`unseal`](Self::unseal) notices whether it was altered.
    /// It needs a [`keyed`](Self::keyed) tagger.
    ///
    /// The seal is of this table and these fields. It never expires: an old base is of an old version, and such an edit is
    /// merged or refused. A field that is `#[occ(secret)]` must be `#[serde(skip_serializing)]`.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::prelude::*;
    /// use occ_runtime::Tracked;
    /// use occ_runtime::http::EntityTagger;
    /// # diesel::table! { articles (id) { id -> Integer, title -> Text, body -> Text, version -> Integer } }
    ///
    /// #[derive(Clone, Queryable, Selectable, OptimisticLock, serde::Serialize, serde::Deserialize)]
    /// #[occ(tracked)]
    /// struct Article {
    ///     id: i32,
    ///     title: String,
    ///     body: String,
    ///     version: i32,
    /// }
    ///
    /// let tags = EntityTagger::keyed("32 bytes of a secret, not of this")?;
    /// # let article = Article { id: 1, title: "Doors".into(), body: "They close.".into(), version: 3 };
    /// // GET: the form has the base.
    /// let sealed = tags.seal(&article)?;
    ///
    /// // POST: and brings it back, with what was typed.
    /// let base: Article = tags.unseal(&sealed)?;
    /// let mine = Article { title: "Locks".into(), ..base.clone() };
    /// let edited = Tracked::from_edit(base, mine);
    /// assert_eq!((edited.dirty_fields(), edited.version), (vec!["title"], 3));
    ///
    /// let altered = sealed.replace(r#""version":3"#, r#""version":4"#);
    /// assert!(tags.unseal::<Article>(&altered).is_err());
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SealError::Open`] without a secret; [`SealError::Json`] if the row cannot be written as JSON.
    pub fn seal<T>(&self, base: &T) -> Result<String, SealError>
    where
        T: Serialize + Trackable + SerializesNoSecret,
    {
        let mac = mac_of::<T>(self.hash())?;
        let json = serde_json::to_string(base).map_err(SealError::Json)?;
        let seal = mac.chain_update(&json).finalize().into_bytes();
        let mut sealed = String::with_capacity(2 * seal.len() + 1 + json.len());
        for byte in seal {
            // Writing to a String does not fail.
            let _ = write!(sealed, "{byte:02x}");
        }
        sealed.push(DOT);
        sealed.push_str(&json);
        Ok(sealed)
    }

    /// What was [sealed](Self::seal), by this secret or one that is [taken as well](Self::also).
    ///
    /// # Errors
    ///
    /// [`SealError::Broken`] if it was altered, or sealed for another table, with other fields or another secret;
    /// [`SealError::Open`] and [`SealError::Json`] as of [`seal`](Self::seal).
    pub fn unseal<T>(&self, sealed: &str) -> Result<T, SealError>
    where
        T: DeserializeOwned + Trackable,
    {
        if !self.is_keyed() {
            return Err(SealError::Open);
        }
        let (hex, json) = sealed.split_once(DOT).ok_or(SealError::Broken)?;
        let seal = bytes_of(hex).ok_or(SealError::Broken)?;
        // In a time that says nothing of where they differ.
        let is_sealed_by = |mac: Hmac<Sha256>| mac.chain_update(json).verify_slice(&seal).is_ok();
        let mut secrets = std::iter::once(self.hash()).chain(self.former());
        if !secrets.any(|hash| mac_of::<T>(hash).is_ok_and(is_sealed_by)) {
            return Err(SealError::Broken);
        }
        serde_json::from_str(json).map_err(SealError::Json)
    }
}

/// Made of the table and the names of the fields, to which the JSON is to be added.
fn mac_of<T: Trackable>(hash: &Hash) -> Result<Hmac<Sha256>, SealError> {
    let Hash::Keyed(mac) = hash else { return Err(SealError::Open) };
    let mut mac = (**mac).clone();
    part_of(&mut mac, LAYOUT);
    part_of(&mut mac, T::table_name().as_bytes());
    part_of(&mut mac, T::sql_name().map(|name| format!("{name:?}")).unwrap_or_default().as_bytes());
    fields::<T>().for_each(|field| part_of(&mut mac, field.name().as_bytes()));
    part_of(&mut mac, b"");
    Ok(mac)
}

/// As it is written: lower case, two digits a byte.
fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let bytes = hex.as_bytes();
    let pair = |pair: &[u8]| Some(digit(pair[0])? << 4 | digit(pair[1])?);
    if bytes.len() % 2 == 0 { bytes.chunks_exact(2).map(pair).collect() } else { None }
}

/// Why a base is not sealed, or not taken for one.
///
/// ```
/// use occ_runtime::http::{EntityTagger, SealError};
/// # use occ_runtime::prelude::*;
/// # diesel::table! { notes (id) { id -> Integer, text -> Text, version -> Integer } }
/// # #[derive(Clone, OptimisticLock, serde::Serialize, serde::Deserialize)]
/// # #[occ(tracked)]
/// # struct Note { id: i32, text: String, version: i32 }
///
/// let tags = EntityTagger::keyed("32 bytes of a secret, not of this")?;
/// assert!(matches!(tags.unseal::<Note>("made up"), Err(SealError::Broken)));
/// assert!(matches!(EntityTagger::open().unseal::<Note>("made up"), Err(SealError::Open)));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// A tagger without a secret cannot seal anything.
    #[error("a base is sealed with a secret: make the tagger by `EntityTagger::keyed`")]
    Open,
    /// It is not what was sealed here.
    #[error("the base of the edit is not as it was sealed: read the resource again, and edit that")]
    Broken,
    /// The row cannot be written as JSON, or be read from it.
    #[error("the base of an edit cannot be written or read as JSON")]
    Json(#[source] serde_json::Error),
}
