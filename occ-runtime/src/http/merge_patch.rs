//! Merge patches, RFC 7396, onto tracked values.

use std::fmt;

use diesel::Column as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::conflict::tracked::Tracked;
use crate::model::fields::{Field, Trackable, fields};

/// A merge patch: JSON that says which members of a resource get which values (RFC 7396). A `null` removes a member.
///
/// With the feature `axum` it is an extractor: a body that is not of the type [`MEDIA_TYPE`](Self::MEDIA_TYPE) is answered 415 with
/// `Accept-Patch`, and one that is no JSON 400.
///
/// ```
/// use occ_runtime::http::MergePatch;
/// use serde_json::json;
///
/// let patch = MergePatch::new(json!({ "title": "Locks", "summary": null }));
/// let before = json!({ "title": "Doors", "summary": "They close.", "body": "" });
/// assert_eq!(patch.onto(before), json!({ "title": "Locks", "body": "" }));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MergePatch(Value);

impl MergePatch {
    /// The media type of a merge patch, which the header `Accept-Patch` names.
    pub const MEDIA_TYPE: &'static str = "application/merge-patch+json";

    /// Of its JSON.
    #[must_use]
    pub fn new(patch: Value) -> Self {
        Self(patch)
    }

    /// Its JSON.
    #[must_use]
    pub fn as_json(&self) -> &Value {
        &self.0
    }

    /// What it makes of any JSON: the function of RFC 7396, section 2. For a row there is
    /// [`apply_merge_patch`](Tracked::apply_merge_patch).
    #[must_use]
    pub fn onto(&self, target: Value) -> Value {
        merged(target, &self.0)
    }
}

fn merged(target: Value, patch: &Value) -> Value {
    let Value::Object(patch) = patch else { return patch.clone() };
    let mut members = match target {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    for (name, value) in patch {
        let before = members.remove(name);
        if !value.is_null() {
            members.insert(name.clone(), merged(before.unwrap_or_default(), value));
        }
    }
    Value::Object(members)
}

impl<T: Trackable + Serialize + DeserializeOwned> Tracked<T> {
    /// Edits the value as a merge patch says: its JSON, as serde writes it, is patched, and what has changed is taken over. Nothing is
    /// sent: [`save_conditional`](crate::TrackedConditionalDsl::save_conditional) or
    /// [`save_optimistic`](crate::TrackedDsl::save_optimistic) writes the fields that differ.
    ///
    /// `members` are those that a client may change, by their names in the JSON. There is no way to allow all: a column that is added
    /// one day must not be open to everybody.
    ///
    /// `null` sets an `Option` to `None`. A member that is no `Option` and is removed must have a `#[serde(default)]`, which it
    /// gets, or it is refused.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// use occ_runtime::http::{MergePatch, Problem};
    /// use occ_runtime::{Tracked, prelude::*};
    /// use serde_json::json;
    /// # diesel::table! {
    /// #     articles (id) { id -> Integer, title -> Text, summary -> Nullable<Text>, version -> Integer }
    /// # }
    ///
    /// #[derive(Clone, Queryable, Selectable, OptimisticLock, serde::Serialize, serde::Deserialize)]
    /// #[occ(tracked)]
    /// struct Article {
    ///     id: i32,
    ///     title: String,
    ///     summary: Option<String>,
    ///     version: i32,
    /// }
    ///
    /// # let row = Article { id: 1, title: "Doors".into(), summary: Some("They close.".into()), version: 3 };
    /// let mut article = Tracked::new(row);
    /// let patch = MergePatch::new(json!({ "title": "Locks", "summary": null }));
    /// article.apply_merge_patch(&patch, &["title", "summary"])?;
    /// assert_eq!((article.title.as_str(), &article.summary), ("Locks", &None));
    ///
    /// let patch = MergePatch::new(json!({ "id": 2, "title": 7 }));
    /// let error = article.apply_merge_patch(&patch, &["title", "summary"]).unwrap_err();
    /// assert_eq!(error.to_string(), "the patch cannot be applied: `id` may not be changed; `title` cannot have this value");
    /// assert_eq!(Problem::from(error).status(), 422);
    /// # Ok::<_, occ_runtime::http::MergePatchError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`MergePatchError::Refused`], with each member that is refused: it is not among `members`; it is the key, the version, a field that
    /// is `#[occ(secret)]`, or one that a save does not write (`#[occ(unversioned)]`, `skip_update`), also where `members` has
    /// it; its value does not fit; or there is something within it that the struct does not know. [`MergePatchError::NoObject`] for a patch that is no object, which
    /// would replace the whole row. [`MergePatchError::Struct`] where the struct cannot be written as a JSON object and read back: a
    /// secret that is not serialized needs a `#[serde(default)]`. After an error the value is what it was.
    pub fn apply_merge_patch(&mut self, patch: &MergePatch, members: &[&str]) -> Result<(), MergePatchError> {
        let Value::Object(wanted) = &patch.0 else { return Err(MergePatchError::NoObject) };
        let before = serde_json::to_value(&**self).map_err(MergePatchError::Struct)?;
        // What the JSON does not keep is no change.
        let unpatched: T = serde_json::from_value(before.clone()).map_err(MergePatchError::Struct)?;
        // Each alone, so that each that is refused can be named.
        let refusals: Vec<Refusal> = wanted
            .iter()
            .filter_map(|(name, value)| {
                let is_open = members.contains(&name.as_str()) && !is_guarded::<T>(name);
                let reason = if is_open {
                    refused_alone(&before, &unpatched, name, value)?
                } else {
                    Reason::NotAllowed
                };
                Some(Refusal { member: name.clone(), reason })
            })
            .collect();
        if !refusals.is_empty() {
            return Err(MergePatchError::Refused(Refusals(refusals)));
        }
        // What fits alone may not fit together, where the struct is checked as a whole when it is read.
        let patched: T = serde_json::from_value(patch.onto(before)).map_err(|_| {
            let member = |name: &String| Refusal { member: name.clone(), reason: Reason::Value };
            MergePatchError::Refused(Refusals(wanted.keys().map(member).collect()))
        })?;
        for field in fields::<T>().filter(|field| !field.is_same(&unpatched, &patched)) {
            field.copy(&mut **self, &patched);
        }
        Ok(())
    }
}

/// Whether this is the name of a field that no patch changes, even to what it is.
fn is_guarded<T: Trackable>(name: &str) -> bool {
    name == T::VersionColumn::NAME
        || fields::<T>().any(|field| field.name() == name && (field.is_key() || field.is_secret()))
}

/// Why this member alone cannot be patched, if it cannot.
fn refused_alone<T>(before: &Value, unpatched: &T, name: &str, value: &Value) -> Option<Reason>
where
    T: Trackable + Serialize + DeserializeOwned,
{
    let alone = Value::Object(Map::from_iter([(name.to_owned(), value.clone())]));
    let Ok(patched) = serde_json::from_value::<T>(merged(before.clone(), &alone)) else {
        return Some(Reason::Value);
    };
    let changed: Vec<Field<T>> = fields().filter(|field| !field.is_same(unpatched, &patched)).collect();
    let is_refused = |field: &Field<T>| field.is_key() || field.is_secret() || !field.is_written(&patched);
    if changed.iter().any(is_refused) || patched.version() != unpatched.version() {
        return Some(Reason::NotAllowed);
    }
    // That the member is known, the caller says; what is within it, only the struct can tell, by what it writes.
    let after = if value.is_object() { serde_json::to_value(&patched).ok()? } else { return None };
    after.get(name).is_some_and(|after| !has(after, value)).then_some(Reason::Unknown)
}

/// Whether each value of the patch has its place. One that is `null`, empty or zero may be left out where the struct is written.
fn has(json: &Value, patch: &Value) -> bool {
    let Value::Object(patch) = patch else { return true };
    patch.iter().all(|(name, value)| match json.get(name) {
        Some(json) => has(json, value),
        None => match value {
            Value::Null => true,
            Value::Bool(value) => !value,
            Value::Number(number) => number.as_f64() == Some(0.0),
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(members) => members.values().all(|value| has(&Value::Null, value)),
        },
    })
}

/// A merge patch that cannot be applied to a row.
///
/// As a [`Problem`](super::Problem) `Refused` and `NoObject` are a 422; the first has the member `violations`, an array of objects
/// with `member` and `reason`. `Struct` is a 500: no request is to blame for it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MergePatchError {
    /// It is no object, and would replace the whole row.
    #[error("the patch must be a JSON object")]
    NoObject,
    /// These members cannot be changed as they are to be.
    #[error("the patch cannot be applied: {0}")]
    Refused(Refusals),
    /// The struct cannot be written as JSON and read back.
    #[error("the struct cannot be written as JSON and read back")]
    Struct(#[source] serde_json::Error),
}

/// The members of a merge patch that are refused, each with the reason.
///
/// ```
/// # use diesel::prelude::*;
/// use occ_runtime::http::{MergePatch, MergePatchError};
/// use occ_runtime::{Tracked, prelude::*};
/// # diesel::table! { notes (id) { id -> Integer, text -> Text, version -> Integer } }
/// # #[derive(Clone, OptimisticLock, serde::Serialize, serde::Deserialize)]
/// # #[occ(tracked)]
/// # struct Note { id: i32, text: String, version: i32 }
///
/// let mut note = Tracked::new(Note { id: 1, text: "milk".into(), version: 1 });
/// let patch = MergePatch::new(serde_json::json!({ "version": 7 }));
/// let Err(MergePatchError::Refused(refused)) = note.apply_merge_patch(&patch, &["text"]) else {
///     panic!("the version is occ's")
/// };
/// assert_eq!(refused.iter().collect::<Vec<_>>(), [("version", "may not be changed")]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusals(Vec<Refusal>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Refusal {
    member: String,
    reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    NotAllowed,
    Value,
    Unknown,
}

impl Reason {
    fn text(self) -> &'static str {
        match self {
            Self::NotAllowed => "may not be changed",
            Self::Value => "cannot have this value",
            Self::Unknown => "has something that is not known here",
        }
    }
}

impl Refusals {
    /// Each member by its name in the JSON, and why it is refused.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.0.iter().map(|refusal| (refusal.member.as_str(), refusal.reason.text()))
    }
}

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (member, reason)) in self.iter().enumerate() {
            let separator = if number == 0 { "" } else { "; " };
            write!(f, "{separator}`{member}` {reason}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7396, appendix A: the original, the patch and the result.
    const EXAMPLES: [(&str, &str, &str); 15] = [
        (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
        (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
        (r#"{"a":"b"}"#, r#"{"a":null}"#, "{}"),
        (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
        (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
        (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
        (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
        (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
        (r#"["a","b"]"#, r#"["c","d"]"#, r#"["c","d"]"#),
        (r#"{"a":"b"}"#, r#"["c"]"#, r#"["c"]"#),
        (r#"{"a":"foo"}"#, "null", "null"),
        (r#"{"a":"foo"}"#, r#""bar""#, r#""bar""#),
        (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"e":null,"a":1}"#),
        ("[1,2]", r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
        ("{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
    ];

    #[test]
    fn a_patch_does_what_the_rfc_shows() {
        for (original, patch, result) in EXAMPLES {
            let json = |text| serde_json::from_str::<Value>(text).unwrap();
            assert_eq!(MergePatch::new(json(patch)).onto(json(original)), json(result), "{original} {patch}");
        }
    }
}
