//! The laws of merging, for any two edits of one row.
#![cfg(all(feature = "sqlite", feature = "version_types"))]

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use occ_runtime::{Error, OptimisticLock, Tracked, TrackedDsl as _};
use proptest::prelude::*;

diesel::table! {
    rows (id) {
        id -> Integer,
        plain -> Integer,
        optional -> Nullable<Text>,
        sum -> BigInt,
        mine -> Integer,
        theirs -> Integer,
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
    version: i32,
}

/// Few values of each, so that sides often agree, and the ends of the number that adds up.
fn row() -> impl Strategy<Value = Row> {
    let sum = prop_oneof![8 => -3_i64..3, 1 => Just(i64::MAX), 1 => Just(i64::MIN)];
    (0..3, proptest::option::of("[ab]"), sum, 0..3, 0..3).prop_map(|(plain, optional, sum, mine, theirs)| {
        Row { id: 1, plain, optional, sum, mine, theirs, version: 1 }
    })
}

/// A row in a database of its own, and two who have loaded it.
fn two_of(base: &Row) -> (SqliteConnection, Tracked<Row>, Tracked<Row>) {
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    conn.batch_execute(
        "CREATE TABLE rows (id INTEGER PRIMARY KEY, plain INTEGER NOT NULL, optional TEXT, sum BIGINT NOT NULL, \
         mine INTEGER NOT NULL, theirs INTEGER NOT NULL, version INTEGER NOT NULL)",
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
        }
    }

    #[test]
    fn who_comes_second_does_not_matter_where_the_rules_are_symmetric(base in row(), first in row(), second in row()) {
        match (merged(&base, &first, &second), merged(&base, &second, &first)) {
            (Ok(one), Ok(other)) => {
                prop_assert_eq!((one.plain, &one.optional, one.sum), (other.plain, &other.optional, other.sum));
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
        prop_assert_eq!(merged(&base, &first, &second).err().unwrap_or_default(), clashes);
    }
}
