//! What an entity tag is a hash of: the table with its columns, the key and the version of a row; of several rows, their digests.

use std::fmt::{Debug, Write as _};
use std::hash::Hasher;

use diesel::Table;
use diesel::internal::table_macro::Identifier;
use hmac::{Hmac, Mac as _};
use sha2::digest::Update;
use sha2::{Digest as _, Sha256};

use crate::model::identity::Identity;
use crate::model::versioned::Versioned;

/// The digest of a row at its version, as 32 hexadecimal digits.
pub(super) fn digest<T: Versioned>(hash: &Hash, representation: &str, row: &T) -> String {
    let mut input = Input::new(hash);
    // The primary key of one column needs no name.
    let columns = T::key_columns();
    let is_named = T::UNIQUE_KEY || columns.len() > 1;
    input.part(if is_named { LAYOUT_WITH_NAMES } else { LAYOUT });
    input.part(representation.as_bytes());
    input.table::<T>();
    input.value(row.version(), row.version_identity());
    if is_named {
        input.key_by_name(row, columns);
    } else {
        row.visit_key(&mut |value, identity| input.value(value, identity));
    }
    input.finish()
}

/// The digest of rows in their order. Each is a part of its own, so an empty list of one table is not that of another.
pub(super) fn digest_of_all<'a, T, R>(hash: &Hash, representation: &str, rows: R) -> String
where
    T: Versioned + 'a,
    R: Iterator<Item = &'a T>,
{
    let mut input = Input::new(hash);
    input.part(LAYOUT_OF_ROWS);
    input.part(representation.as_bytes());
    input.table::<T>();
    rows.for_each(|row| input.part(digest(hash, representation, row).as_bytes()));
    input.finish()
}

/// The digest of tags in their order, each without its quotes.
pub(super) fn digest_of_tags<'a>(
    hash: &Hash,
    representation: &str,
    tags: impl Iterator<Item = &'a [u8]>,
) -> String {
    let mut input = Input::new(hash);
    input.part(LAYOUT_OF_TAGS);
    input.part(representation.as_bytes());
    tags.for_each(|tag| input.part(tag));
    input.finish()
}

/// The names of a table's columns, in alphabetical order, from its tuple of column types: `(shop::products::columns::id, ..)`. So
/// neither their order in `table!` nor the module that it is in makes a difference.
fn column_names<Columns>() -> Vec<&'static str> {
    let paths = std::any::type_name::<Columns>().split(['(', ')', ',', ' ']).filter(|path| !path.is_empty());
    let mut names: Vec<_> = paths.map(|path| path.rsplit("::").next().unwrap_or(path)).collect();
    names.sort_unstable();
    names
}

/// What it is made with.
#[derive(Clone)]
pub(super) enum Hash {
    Open(Sha256),
    Keyed(Box<Hmac<Sha256>>),
}

/// Adds bytes with their length before them.
pub(super) fn part_of(hash: &mut impl Update, bytes: &[u8]) {
    hash.update(&(bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}

/// Changes where what follows it changes its meaning.
const LAYOUT: &[u8] = b"occ entity tag 2";

/// The same of a key whose columns are named.
const LAYOUT_WITH_NAMES: &[u8] = b"occ entity tag with names 2";

/// The same of several rows.
const LAYOUT_OF_ROWS: &[u8] = b"occ entity tag of rows 1";

/// The same of several tags.
const LAYOUT_OF_TAGS: &[u8] = b"occ entity tag of tags 1";

/// What is hashed: parts of which each begins with its length, so that no two rows are the same bytes.
struct Input {
    hash: Hash,
    /// Used again for each value.
    text: String,
}

impl Input {
    fn new(hash: &Hash) -> Self {
        Self { hash: hash.clone(), text: String::new() }
    }

    fn part(&mut self, bytes: &[u8]) {
        match &mut self.hash {
            Hash::Open(hash) => part_of(hash, bytes),
            Hash::Keyed(hash) => part_of(&mut **hash, bytes),
        }
    }

    /// The table's name and the columns that `table!` gives it: with a column more the same version of a row is another
    /// representation. The empty name ends them.
    fn table<T: Versioned>(&mut self) {
        self.name(T::table_name(), T::sql_name());
        for column in column_names::<<T::Table as Table>::AllColumns>() {
            self.part(column.as_bytes());
        }
        self.part(b"");
    }

    /// The table's name. Where it has another one in SQL, or a schema, then that: there are tables of one name in two
    /// schemas.
    fn name(&mut self, name: &str, in_sql: Option<&dyn Debug>) {
        let bare = format!("{:?}", Identifier(name));
        match in_sql.map(|in_sql| format!("{in_sql:?}")).filter(|in_sql| *in_sql != bare) {
            Some(in_sql) => self.part(in_sql.as_bytes()),
            None => self.part(name.as_bytes()),
        }
    }

    /// What it prints, and what it hashes where that may not be enough.
    fn value(&mut self, value: &dyn Debug, identity: Identity<'_>) {
        self.shown(value);
        if let Identity::Hashed(value) = identity {
            let mut written = Written(Vec::new());
            value.hash_into(&mut written);
            self.part(&written.0);
        }
    }

    /// Each column of the key with its name: a struct may have its fields in any order, and find its rows by another key.
    fn key_by_name<T: Versioned>(&mut self, row: &T, columns: &[&'static str]) {
        let mut named = Vec::with_capacity(columns.len());
        row.visit_key(&mut |value, identity| {
            let name = columns.get(named.len()).copied().unwrap_or_default();
            let mut hashed = Written(Vec::new());
            if let Identity::Hashed(value) = identity {
                value.hash_into(&mut hashed);
            }
            named.push((name, format!("{value:?}"), hashed.0));
        });
        named.sort_unstable();
        for (name, shown, hashed) in named {
            self.part(name.as_bytes());
            self.part(shown.as_bytes());
            self.part(&hashed);
        }
    }

    fn shown(&mut self, value: &dyn Debug) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        // Writing to a String does not fail, and a `Debug` that claims to fail has written what it could.
        let _ = write!(text, "{value:?}");
        self.part(text.as_bytes());
        self.text = text;
    }

    /// Half of the hash: 128 bits are enough that no two rows of the world meet.
    fn finish(self) -> String {
        let hash: [u8; 32] = match self.hash {
            Hash::Open(hash) => hash.finalize().into(),
            Hash::Keyed(hash) => hash.finalize().into_bytes().into(),
        };
        let mut text = self.text;
        text.clear();
        for byte in &hash[..16] {
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

/// Keeps what is hashed, the same on every platform.
struct Written(Vec<u8>);

macro_rules! little_endian {
    ($($write:ident: $ty:ty),*) => {
        $(fn $write(&mut self, number: $ty) {
            self.0.extend_from_slice(&number.to_le_bytes());
        })*
    };
}

impl Hasher for Written {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    little_endian! { write_u16: u16, write_u32: u32, write_u64: u64, write_u128: u128 }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        self.write_i64(number as i64);
    }

    /// Nobody asks for it: the bytes are the answer.
    fn finish(&self) -> u64 {
        0
    }
}

#[cfg(test)]
mod tests {
    use std::hash::Hash as _;

    use super::*;

    fn written(hash: impl FnOnce(&mut Written)) -> Vec<u8> {
        let mut written = Written(Vec::new());
        hash(&mut written);
        written.0
    }

    mod one {
        diesel::table! { odd (b, r#type) { r#type -> Integer, b -> Text, a -> Nullable<Text> } }
    }

    mod two {
        diesel::table! { odd (a) { a -> Integer, b -> Text, r#type -> Text } }
    }

    diesel::table! { single (id) { id -> Integer } }

    #[test]
    fn the_columns_are_named_whatever_their_order_and_module() {
        let named = column_names::<<one::odd::table as Table>::AllColumns>();
        assert_eq!(named, column_names::<<two::odd::table as Table>::AllColumns>());
        assert_eq!((named.len(), named[0], named[1]), (3, "a", "b"));
        assert_eq!(column_names::<<single::table as Table>::AllColumns>(), ["id"]);
    }

    /// A tag that was given out by one server is asked for at another.
    #[test]
    fn a_number_is_the_same_bytes_on_every_platform() {
        assert_eq!(written(|to| 258_u16.hash(to)), [2, 1]);
        assert_eq!(written(|to| (-2_i16).hash(to)), [254, 255]);
        assert_eq!(written(|to| 258_usize.hash(to)), [2, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!(written(|to| (-2_isize).hash(to)), [254, 255, 255, 255, 255, 255, 255, 255]);
        assert_eq!(written(|to| to.write(b"ab")), b"ab");
    }
}
