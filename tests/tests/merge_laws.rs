//! The laws of merging, for any two edits of one row.
#![cfg(all(feature = "sqlite", feature = "version_types"))]

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use occ_runtime::{Error, MergeUnion, OptimisticLock, Tracked, TrackedDsl as _};
use proptest::prelude::*;

diesel::table! {
    rows (id) {
        id -> Integer,
        plain -> Integer,
        optional -> Nullable<Text>,
        sum -> BigInt,
        mine -> Integer,
        theirs -> Integer,
        most -> Integer,
        least -> Integer,
        tags -> Text,
        lines -> Text,
        version -> Integer,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, OptimisticLock)]
#[occ(tracked)]
#[diesel(table_name = rows)]
struct Row {
    id: i32,
    plain: i32,
    optional: Option<String>,
    #[occ(merge = add)]
    sum: i64,
    #[occ(merge = mine)]
    mine: i32,
    #[occ(merge = theirs)]
    theirs: i32,
    #[occ(merge = max)]
    most: i32,
    #[occ(merge = min)]
    least: i32,
    #[occ(merge = union)]
    #[diesel(serialize_as = String, deserialize_as = String)]
    tags: Tags,
    #[occ(merge = text)]
    lines: String,
    version: i32,
}

/// Letters.
#[derive(Clone, Debug, PartialEq)]
struct Tags(BTreeSet<char>);

impl From<String> for Tags {
    fn from(text: String) -> Self {
        Self(text.chars().collect())
    }
}

impl From<Tags> for String {
    fn from(tags: Tags) -> Self {
        tags.0.into_iter().collect()
    }
}

impl MergeUnion for Tags {
    fn merge_union(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
        BTreeSet::merge_union(&base.0, &mine.0, &theirs.0).map(Tags)
    }
}

/// Few values of each, so that sides often agree, and the ends of the number that adds up.
fn row() -> impl Strategy<Value = Row> {
    let sum = prop_oneof![8 => -3_i64..3, 1 => Just(i64::MAX), 1 => Just(i64::MIN)];
    let numbers = (0..3, 0..3, 0..3, 0..4, 0..4);
    // Four lines with one between each two that stays, so that two edits often touch and often do not.
    let lines = (0..3, 0..3, 0..3, 0..3).prop_map(|(a, b, c, d)| format!("a{a}\n\nb{b}\nc{c}\n\nd{d}\n"));
    (numbers, proptest::option::of("[ab]"), sum, "[a-c]{0,3}", lines).prop_map(
        |((plain, mine, theirs, most, least), optional, sum, tags, lines)| Row {
            id: 1,
            plain,
            optional,
            sum,
            mine,
            theirs,
            most,
            least,
            tags: tags.into(),
            lines,
            version: 1,
        },
    )
}

/// A row in a database of its own, and two who have loaded it.
fn two_of(base: &Row) -> (SqliteConnection, Tracked<Row>, Tracked<Row>) {
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    conn.batch_execute(
        "CREATE TABLE rows (id INTEGER PRIMARY KEY, plain INTEGER NOT NULL, optional TEXT, sum BIGINT NOT NULL, \
         mine INTEGER NOT NULL, theirs INTEGER NOT NULL, most INTEGER NOT NULL, least INTEGER NOT NULL, \
         tags TEXT NOT NULL, lines TEXT NOT NULL, version INTEGER NOT NULL)",
    )
    .unwrap();
    diesel::insert_into(rows::table).values(base.clone()).execute(&mut conn).unwrap();
    let loaded = load(&mut conn);
    (conn, loaded.clone(), loaded)
}

fn load(conn: &mut SqliteConnection) -> Tracked<Row> {
    rows::table.select(Tracked::<Row>::as_select()).first(conn).unwrap()
}

/// What `first` and then `second` make of the row; the fields for which nobody decides.
fn merged(base: &Row, first: &Row, second: &Row) -> Result<Row, Vec<&'static str>> {
    let (mut conn, mut early, mut late) = two_of(base);
    *early = first.clone();
    early.save_optimistic(&mut conn).unwrap();
    *late = second.clone();
    let before = late.clone();
    match late.rebase(&mut conn) {
        Ok(()) => {
            assert_eq!((late.version, late.original()), (early.version, &*early));
            let is_dirty = late.is_dirty();
            late.save_optimistic(&mut conn).unwrap();
            assert_eq!(late.version, early.version + i32::from(is_dirty));
            assert_eq!(load(&mut conn), late, "memory is the row");
            Ok(late.into_inner())
        }
        Err(Error::Unmerged(error)) => {
            assert_eq!(late, before, "nothing is merged");
            Err(error.differences().iter().map(occ_runtime::conflict::Difference::field).collect())
        }
        Err(other) => panic!("{other}"),
    }
}

proptest! {
    #[test]
    fn a_rebase_onto_an_unchanged_row_changes_nothing(base in row(), edit in row()) {
        let (mut conn, mut mine, _) = two_of(&base);
        *mine = edit;
        let before = mine.clone();
        mine.rebase(&mut conn).unwrap();
        prop_assert_eq!(&mine, &before);
        mine.save_optimistic(&mut conn).unwrap();
        prop_assert_eq!(load(&mut conn), mine);
    }

    #[test]
    fn a_rebase_of_nothing_is_a_reload(base in row(), edit in row()) {
        let theirs = merged(&base, &edit, &base).unwrap();
        prop_assert_eq!(Row { version: 1, ..theirs }, edit);
    }

    #[test]
    fn a_clean_merge_loses_neither_sides_edit(base in row(), first in row(), second in row()) {
        if let Ok(row) = merged(&base, &first, &second) {
            let expected = |changed: bool| if changed { &second } else { &first };
            prop_assert_eq!(row.plain, expected(second.plain != base.plain).plain);
            prop_assert_eq!(&row.optional, &expected(second.optional != base.optional).optional);
            prop_assert_eq!(row.mine, expected(second.mine != base.mine).mine);
            prop_assert_eq!(row.theirs, expected(second.theirs != base.theirs && first.theirs == base.theirs).theirs);
            let wide = |row: &Row| i128::from(row.sum);
            prop_assert_eq!(wide(&row), wide(&first) + wide(&second) - wide(&base));
            let both = |field: fn(&Row) -> i32, one_of: fn(i32, i32) -> i32| {
                let (base, first, second) = (field(&base), field(&first), field(&second));
                if first != base && second != base { one_of(first, second) } else if second != base { second } else { first }
            };
            prop_assert_eq!(row.most, both(|row| row.most, i32::max));
            prop_assert_eq!(row.least, both(|row| row.least, i32::min));
            for tag in 'a'..='c' {
                let has = |row: &Row| row.tags.0.contains(&tag);
                let expected = if has(&second) == has(&base) { has(&first) } else { has(&second) };
                prop_assert_eq!(has(&row), expected, "{}", tag);
            }
            // Each line is the one that was changed.
            for (index, merged) in row.lines.lines().enumerate() {
                let line = |row: &Row| row.lines.lines().nth(index).map(str::to_owned);
                let (base, first, second) = (line(&base), line(&first), line(&second));
                let expected = if second == base { first } else { second };
                prop_assert_eq!(Some(merged.to_owned()), expected, "{}", index);
            }
        }
    }

    #[test]
    fn who_comes_second_does_not_matter_where_the_rules_are_symmetric(base in row(), first in row(), second in row()) {
        match (merged(&base, &first, &second), merged(&base, &second, &first)) {
            (Ok(one), Ok(other)) => {
                prop_assert_eq!((one.plain, &one.optional, one.sum), (other.plain, &other.optional, other.sum));
                prop_assert_eq!((one.most, one.least, &one.tags, &one.lines), (other.most, other.least, &other.tags, &other.lines));
            }
            (one, other) => prop_assert_eq!(one.unwrap_err(), other.unwrap_err()),
        }
    }

    #[test]
    fn a_merge_is_refused_exactly_where_both_have_changed_a_field_differently(
        base in row(), first in row(), second in row(),
    ) {
        let mut clashes = Vec::new();
        let clash = |field: &dyn Fn(&Row) -> String| {
            let (base, first, second) = (field(&base), field(&first), field(&second));
            first != base && second != base && first != second
        };
        if clash(&|row| row.plain.to_string()) { clashes.push("plain"); }
        if clash(&|row| format!("{:?}", row.optional)) { clashes.push("optional"); }
        let wide = |row: &Row| i128::from(row.sum);
        let fits = i64::try_from(wide(&first) + wide(&second) - wide(&base)).is_ok();
        if first.sum != base.sum && second.sum != base.sum && !fits { clashes.push("sum"); }
        // A line clashes with itself; and `b` with `c`, which touch, unless both have made the same of the two.
        let block = |row: &Row, block: usize| row.lines.split("\n\n").nth(block).map(str::to_owned);
        let clash_of = |at: usize| {
            let (base, first, second) = (block(&base, at), block(&first, at), block(&second, at));
            first != base && second != base && first != second
        };
        if (0..3).any(clash_of) { clashes.push("lines"); }
        prop_assert_eq!(merged(&base, &first, &second).err().unwrap_or_default(), clashes);
    }
}
