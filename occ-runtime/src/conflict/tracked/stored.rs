//! A tracked value that goes elsewhere and comes back, in a session, a cache or a queue: feature `serde`. Written by hand, so that
//! `serde_derive` is not built for it.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeStruct as _, Serializer};

use crate::conflict::tracked::Tracked;
use crate::model::fields::{SerializesNoSecret, Trackable, fields};

const FIELDS: [&str; 4] = ["original", "value", "sent", "in_doubt"];

/// What was loaded, the value, and what is known of its writes: it comes back as it was. While it is written or read in a transaction
/// whose end is not known, that is an error.
///
/// As of [`Conflict`](crate::Conflict), a field that is `#[occ(secret)]` must be `#[serde(skip_serializing)]`.
impl<T> Serialize for Tracked<T>
where
    T: Serialize + Trackable + SerializesNoSecret,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.is_settled() {
            return Err(S::Error::custom(format_args!(
                "a row of `{}` was written or read in a transaction whose end is not known yet: serialize it after that, or reload it",
                T::table_name()
            )));
        }
        let mut tracked = serializer.serialize_struct("Tracked", FIELDS.len())?;
        tracked.serialize_field("original", self.original())?;
        tracked.serialize_field("value", &**self)?;
        tracked.serialize_field("sent", &self.sent)?;
        tracked.serialize_field("in_doubt", &self.in_doubt)?;
        tracked.end()
    }
}

/// What is given is believed: a value that a client may have altered is to be sealed.
impl<'de, T> Deserialize<'de> for Tracked<T>
where
    T: Deserialize<'de> + Trackable,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("Tracked", &FIELDS, Parts(PhantomData))
    }
}

struct Parts<T>(PhantomData<T>);

impl<'de, T> Visitor<'de> for Parts<T>
where
    T: Deserialize<'de> + Trackable,
{
    type Value = Tracked<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a tracked row of `{}`", T::table_name())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Tracked<T>, A::Error> {
        let missing = |index: usize| A::Error::missing_field(FIELDS[index]);
        let original = parts.next_element()?.ok_or_else(|| missing(0))?;
        let value = parts.next_element()?.ok_or_else(|| missing(1))?;
        let sent = parts.next_element()?.ok_or_else(|| missing(2))?;
        let in_doubt = parts.next_element()?.ok_or_else(|| missing(3))?;
        whole(original, value, sent, in_doubt)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut parts: A) -> Result<Tracked<T>, A::Error> {
        let (mut original, mut value, mut sent, mut in_doubt) = (None, None, None, None);
        while let Some(key) = parts.next_key::<String>()? {
            let is_new = match key.as_str() {
                "original" => original.replace(parts.next_value()?).is_none(),
                "value" => value.replace(parts.next_value()?).is_none(),
                "sent" => sent.replace(parts.next_value()?).is_none(),
                "in_doubt" => in_doubt.replace(parts.next_value()?).is_none(),
                unknown => return Err(A::Error::unknown_field(unknown, &FIELDS)),
            };
            if !is_new {
                return Err(A::Error::custom(format_args!("`{key}` is given twice")));
            }
        }
        whole(
            original.ok_or_else(|| A::Error::missing_field("original"))?,
            value.ok_or_else(|| A::Error::missing_field("value"))?,
            sent.ok_or_else(|| A::Error::missing_field("sent"))?,
            in_doubt.ok_or_else(|| A::Error::missing_field("in_doubt"))?,
        )
    }
}

fn whole<T: Trackable, E: serde::de::Error>(
    original: T,
    value: T,
    sent: Vec<String>,
    in_doubt: bool,
) -> Result<Tracked<T>, E> {
    let named = |name: String| {
        let known = fields::<T>().map(|field| field.name()).find(|known| *known == name);
        known.ok_or_else(|| E::custom(format_args!("`{name}` is no field of a row of `{}`", T::table_name())))
    };
    let sent = sent.into_iter().map(named).collect::<Result<_, E>>()?;
    Ok(Tracked { value, in_doubt, sent, ..Tracked::new(original) })
}
