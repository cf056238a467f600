//! Conflicts for the body of a response: feature `serde`. Written by hand, so that `serde_derive` is not built for it.

use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use crate::conflict::Conflict;
use crate::error::unmerged::Difference;
use crate::model::fields::{SerializesNoSecret, Trackable};

impl<T> Serialize for Conflict<T>
where
    T: Serialize + Trackable<Version: Serialize> + SerializesNoSecret,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut conflict = serializer.serialize_struct("Conflict", 5)?;
        conflict.serialize_field("table", T::table_name())?;
        conflict.serialize_field("your_version", self.my_version())?;
        conflict.serialize_field("current_version", &self.their_version())?;
        conflict.serialize_field("current", &self.theirs())?;
        conflict.serialize_field("differences", &*self.differences())?;
        conflict.end()
    }
}

impl Serialize for Difference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut difference = serializer.serialize_struct("Difference", 5)?;
        difference.serialize_field("field", self.field())?;
        difference.serialize_field("secret", &self.is_secret())?;
        difference.serialize_field("base", &self.base())?;
        difference.serialize_field("mine", self.mine())?;
        difference.serialize_field("theirs", &self.theirs())?;
        difference.end()
    }
}
