//! What is said of each kind of key, without a compiler.

use super::*;

/// A field whose column is called as in the database.
const fn field(name: &'static str, in_key: bool) -> KeyField<'static> {
    KeyField { name, column: name, in_key, is_version: false }
}

const ID: KeyField<'_> = field("id", true);
const LINE: KeyField<'_> = KeyField { name: "line", column: "line_no", in_key: false, is_version: false };
const NAME: KeyField<'_> = field("name", false);
const VERSION: KeyField<'_> =
    KeyField { name: "version", column: "version", in_key: false, is_version: true };

/// What is said of `Item`, which is found by `columns`, in a table whose key is `table_key`.
fn said(columns: &[&str], fields: &[KeyField<'_>], table_key: &[&str]) -> Option<String> {
    let row = StructKey { name: "Item", table: "items", columns, fields, unique: false, embeds: false };
    row.is_wrong_for(table_key).map(|sentence| sentence.text().to_owned())
}

#[test]
fn the_whole_key_of_the_table_and_more_of_it_is_right() {
    assert_eq!(said(&["id"], &[NAME, ID], &["id"]), None);
    assert_eq!(said(&["id", "name"], &[ID, field("name", true), VERSION], &["id"]), None);
}

#[test]
fn a_key_without_columns_or_fields_is_wrong() {
    assert_eq!(
        said(&[], &[NAME, field("id", false)], &["id"]).unwrap(),
        "the primary key has no columns, and the primary key of `items` is (id): write `#[diesel(primary_key(id))]`"
    );
    assert_eq!(
        said(&["id", "lang"], &[ID, NAME], &["id", "lang"]).unwrap(),
        "no field holds the key column `lang`, and the primary key of `items` is (id, lang): add to `Item` itself a \
         field for `lang`"
    );
    assert_eq!(
        said(&["ib"], &[ID, field("ib", false), NAME], &["id"]).unwrap(),
        "no field holds the key column `ib`, and the primary key of `items` is (id): write `#[diesel(primary_key(id))]`"
    );
    assert_eq!(
        said(&["id"], &[field("id", false)], &["id"]).unwrap(),
        "no field holds the key column `id`, and the primary key of `items` is (id): write `#[diesel(primary_key(id))]`"
    );
}

#[test]
fn half_of_the_key_is_wrong() {
    assert_eq!(
        said(&["id"], &[ID, LINE], &["id", "line_no"]).unwrap(),
        "`Item` finds its row by (id), but the primary key of `items` is (id, line): write \
         `#[diesel(primary_key(id, line))]`, or, if (id) is unique in the database, `#[occ(unique_key)]`"
    );
    assert_eq!(
        said(&["id"], &[ID], &["id", "line_no", "lang"]).unwrap(),
        "`Item` finds its row by (id), but the primary key of `items` is (id, line_no, lang): add to `Item` itself a \
         field for `line_no` and `lang`, and write `#[diesel(primary_key(id, line_no, lang))]`, or, if (id) is unique \
         in the database, `#[occ(unique_key)]`"
    );
}

#[test]
fn the_version_cannot_be_a_part_of_it() {
    assert_eq!(
        said(&["id"], &[VERSION, ID], &["version", "line_no"]).unwrap(),
        "`Item` finds its row by (id), but the primary key of `items` is (version, line_no), where the version cannot \
         be, for a key never changes: give the version a column of its own, or, if (id) is unique in the database, \
         `#[occ(unique_key)]`"
    );
}

#[test]
fn a_part_of_it_may_be_in_an_embedded_struct() {
    let row = StructKey {
        name: "Item",
        table: "items",
        columns: &["id", "lang"],
        fields: &[NAME, ID],
        unique: false,
        embeds: true,
    };
    assert_eq!(
        row.is_wrong_for(&["id", "lang", "line_no"]).unwrap().text(),
        "no field holds the key column `lang`, and the primary key of `items` is (id, lang, line_no): one in an \
         embedded struct is not seen: move it from there to `Item` itself: `lang` and `line_no`, and write \
         `#[diesel(primary_key(id, lang, line_no))]`"
    );
}

#[test]
fn another_key_that_is_unique_is_right_where_it_is_another() {
    let row = |columns| StructKey {
        name: "Item",
        table: "items",
        columns,
        fields: &[ID, LINE],
        unique: true,
        embeds: false,
    };
    assert!(row(&["id"]).is_wrong_for(&["line_no"]).is_none());
    assert_eq!(
        row(&["id"]).is_wrong_for(&["id"]).unwrap().text(),
        "`unique_key` does nothing where a row is found by the primary key of its table, and that of `items` is (id): \
         remove it"
    );
}

#[test]
fn a_sentence_that_does_not_fit_is_left_out_as_a_whole() {
    let mut text = Sentence::new();
    text.push(&"x".repeat(2040)).push("nine more").push("8 letter").push("1");
    assert_eq!(text.text(), "x".repeat(2040) + "8 letter");
}
