//! Whether a struct finds its row by the whole primary key of its table, asked by the compiler.
//!
//! A derive sees the struct and not the table, so it writes the question into a `const`: the answer is there before the
//! program is, and is a sentence that names the table's key. Text is compared byte by byte: nothing else is `const`.

use diesel::{Column, Table};

use crate::model::key_form::{One, Several};

/// The columns of a primary key as `table!` has it: one column, or a tuple of them.
///
/// `Form` keeps the two impls apart, and is inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a primary key of more than 16 columns, or none of columns",
    label = "the key of this table cannot be compared with the struct's"
)]
pub trait KeyColumns<Form> {
    /// Their names in the database.
    const NAMES: &'static [&'static str];
}

#[diagnostic::do_not_recommend]
impl<C: Column> KeyColumns<One> for C {
    const NAMES: &'static [&'static str] = &[C::NAME];
}

macro_rules! several {
    ($first:ident $($other:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<$first: Column $(, $other: Column)*> KeyColumns<Several> for ($first, $($other,)*) {
            const NAMES: &'static [&'static str] = &[$first::NAME $(, $other::NAME)*];
        }
        several!($($other)*);
    };
    () => {};
}

several!(A B C D E F G H I J K L M N O P);

/// What the derive knows of a struct and its key.
#[derive(Debug)]
pub struct StructKey<'a> {
    /// The struct.
    pub name: &'a str,
    /// The module of its table.
    pub table: &'a str,
    /// The columns that find the row, as the user calls them.
    pub columns: &'a [&'a str],
    /// The fields that are columns.
    pub fields: &'a [KeyField<'a>],
    /// Whether it says `#[occ(unique_key)]`.
    pub unique: bool,
    /// Whether a struct is embedded, in which a field may be that is missed.
    pub embeds: bool,
}

/// A field of a struct, which may be part of its key.
#[derive(Debug)]
pub struct KeyField<'a> {
    /// Its column, as the user calls it.
    pub name: &'a str,
    /// The same in the database.
    pub column: &'a str,
    /// Whether the row is found by it.
    pub in_key: bool,
    /// Whether it is the version.
    pub is_version: bool,
}

/// The columns of the table's primary key.
#[must_use]
pub const fn table_key<T, Form>() -> &'static [&'static str]
where
    T: Table<PrimaryKey: KeyColumns<Form>>,
{
    <T::PrimaryKey as KeyColumns<Form>>::NAMES
}

/// Why the key of `row` is not that of the table `T`, if so.
///
/// More columns than the table's key are as unique as that. Fewer, or others, may find several rows, and then one save
/// writes, and one delete deletes, them all.
#[must_use]
pub const fn wrong_key<T, Form>(row: &StructKey<'_>) -> Option<Sentence>
where
    T: Table<PrimaryKey: KeyColumns<Form>>,
{
    row.is_wrong_for(<T::PrimaryKey as KeyColumns<Form>>::NAMES)
}

impl StructKey<'_> {
    const fn is_wrong_for(&self, table_key: &[&str]) -> Option<Sentence> {
        let mut text = Sentence::new();
        let mut finds_a_row = false;
        if self.columns.is_empty() {
            text.push("the primary key has no columns");
        } else if let Some(column) = self.column_without_field() {
            text.push("no field holds the key column `").push(column).push("`");
        } else if self.contains(table_key) {
            if !self.unique {
                return None;
            }
            text.push("`unique_key` does nothing where a row is found by the primary key of its table, and that of `");
            text.push(self.table).push("` is ").list(table_key, self.fields).push(": remove it");
            return Some(text);
        } else if self.unique {
            return None;
        } else {
            finds_a_row = true;
            text.push("`").push(self.name).push("` finds its row by ").list(self.columns, &[]);
        }
        text.push(if finds_a_row { ", but" } else { ", and" });
        text.push(" the primary key of `").push(self.table).push("` is ").list(table_key, self.fields);
        self.say_how_to_write(table_key, &mut text);
        if finds_a_row {
            text.push(", or, if ")
                .list(self.columns, &[])
                .push(" is unique in the database, `#[occ(unique_key)]`");
        }
        Some(text)
    }

    /// Goes on with what makes the struct's key that of the table.
    const fn say_how_to_write(&self, table_key: &[&str], text: &mut Sentence) {
        let mut fields_to_add = 0;
        let mut at = 0;
        while at < table_key.len() {
            match field_of(table_key[at], self.fields) {
                Some(field) if field.is_version => {
                    text.push(", where the version cannot be, for a key never changes: give the version a column of its own");
                    return;
                }
                Some(_) => {}
                None => {
                    let and = match (fields_to_add, self.embeds) {
                        (0, false) => ": add to `",
                        (0, true) => ": one in an embedded struct is not seen: move it from there to `",
                        _ => " and `",
                    };
                    text.push(and);
                    if fields_to_add == 0 {
                        text.push(self.name).push(if self.embeds {
                            "` itself: `"
                        } else {
                            "` itself a field for `"
                        });
                    }
                    text.push(table_key[at]).push("`");
                    fields_to_add += 1;
                }
            }
            at += 1;
        }
        // Fields that are missing may be all that is wrong.
        if fields_to_add > 0 && self.names(table_key) {
            return;
        }
        text.push(if fields_to_add > 0 { ", and write" } else { ": write" });
        text.push(" `#[diesel(primary_key").list(table_key, self.fields).push(")]`");
    }

    /// The first column of the key that is no field.
    const fn column_without_field(&self) -> Option<&str> {
        let mut at = 0;
        while at < self.columns.len() {
            if !self.has_key_field(self.columns[at]) {
                return Some(self.columns[at]);
            }
            at += 1;
        }
        None
    }

    const fn has_key_field(&self, name: &str) -> bool {
        let mut at = 0;
        while at < self.fields.len() {
            if self.fields[at].in_key && same(self.fields[at].name, name) {
                return true;
            }
            at += 1;
        }
        false
    }

    /// Whether the row is found by all of these columns.
    const fn contains(&self, table_key: &[&str]) -> bool {
        let mut at = 0;
        while at < table_key.len() {
            match field_of(table_key[at], self.fields) {
                Some(field) if field.in_key => at += 1,
                _ => return false,
            }
        }
        true
    }

    /// Whether all of these columns are named as the key, be they fields or not.
    const fn names(&self, table_key: &[&str]) -> bool {
        let mut at = 0;
        while at < table_key.len() {
            let name = match field_of(table_key[at], self.fields) {
                Some(field) => field.name,
                None => table_key[at],
            };
            if !is_among(name, self.columns) {
                return false;
            }
            at += 1;
        }
        true
    }
}

/// The field of a column that is named as in the database.
const fn field_of<'a>(column: &str, fields: &'a [KeyField<'a>]) -> Option<&'a KeyField<'a>> {
    let mut at = 0;
    while at < fields.len() {
        if same(fields[at].column, column) {
            return Some(&fields[at]);
        }
        at += 1;
    }
    None
}

const fn is_among(name: &str, names: &[&str]) -> bool {
    let mut at = 0;
    while at < names.len() {
        if same(name, names[at]) {
            return true;
        }
        at += 1;
    }
    false
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Text that is put together while the program is compiled.
#[derive(Debug)]
pub struct Sentence {
    bytes: [u8; 2048],
    len: usize,
}

impl Sentence {
    const fn new() -> Self {
        Self { bytes: [0; 2048], len: 0 }
    }

    const fn push(&mut self, text: &str) -> &mut Self {
        let text = text.as_bytes();
        // What does not fit is left out as a whole: half a letter is no text.
        if self.len + text.len() <= self.bytes.len() {
            let mut at = 0;
            while at < text.len() {
                self.bytes[self.len + at] = text[at];
                at += 1;
            }
            self.len += text.len();
        }
        self
    }

    /// `(order_id, line)`, each by the user's own name for it, where there is one.
    const fn list(&mut self, columns: &[&str], fields: &[KeyField<'_>]) -> &mut Self {
        self.push("(");
        let mut at = 0;
        while at < columns.len() {
            if at > 0 {
                self.push(", ");
            }
            self.push(match field_of(columns[at], fields) {
                Some(field) => field.name,
                None => columns[at],
            });
            at += 1;
        }
        self.push(")")
    }

    /// What the compiler is to say.
    #[must_use]
    pub const fn text(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

#[cfg(test)]
mod tests;
