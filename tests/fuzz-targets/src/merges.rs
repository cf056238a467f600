//! Merges of any values: what two have made of one row is merged by the rules, or refused with the fields that clash.

use std::cell::RefCell;

use arbitrary::{Result, Unstructured};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use occ_runtime::prelude::*;
use occ_runtime::{Choice, Error, Tracked, conflict::Difference};

use schema::papers;

use crate::Outcome;
use crate::values::{float, number, text};

mod schema {
    diesel::table! {
        papers (id) {
            id -> BigInt,
            title -> Text,
            summary -> Nullable<Text>,
            picture -> Binary,
            price -> Double,
            views -> BigInt,
            editor -> Text,
            checksum -> BigInt,
            version -> Integer,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, OptimisticLock)]
#[occ(tracked)]
struct Paper {
    id: i64,
    title: String,
    summary: Option<String>,
    picture: Vec<u8>,
    price: f64,
    #[occ(merge = add)]
    views: i64,
    #[occ(merge = mine)]
    editor: String,
    #[occ(merge = theirs)]
    checksum: i64,
    version: i32,
}

impl Paper {
    fn arbitrary(bytes: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self {
            id: 1,
            title: text(bytes)?,
            summary: bytes.arbitrary::<bool>()?.then(|| text(bytes)).transpose()?,
            picture: text(bytes)?.into_bytes(),
            price: float(bytes)?,
            views: number(bytes)?,
            editor: text(bytes)?,
            checksum: number(bytes)?,
            version: 1,
        })
    }

    /// The same with some fields changed.
    fn edited(&self, bytes: &mut Unstructured<'_>) -> Result<Self> {
        let other = Self::arbitrary(bytes)?;
        let mut edited = self.clone();
        let fields: u8 = bytes.arbitrary()?;
        let mut next = 0;
        macro_rules! edit {
            ($($field:ident),*) => {$(
                if fields >> next & 1 == 1 {
                    edited.$field = other.$field;
                }
                next += 1;
            )*};
        }
        edit!(title, summary, picture, price, views, editor, checksum);
        let _ = next;
        Ok(edited)
    }
}

/// What the rules make of two edits, where `prefers_mine` decides; and the fields for which nobody does otherwise.
fn expected(base: &Paper, mine: &Paper, theirs: &Paper, prefers_mine: bool) -> (Paper, Vec<&'static str>) {
    let mut merged = theirs.clone();
    let mut clashes = Vec::new();
    macro_rules! plain {
        ($($field:ident by $is_same:expr),*) => {$(
            if !$is_same(&mine.$field, &base.$field) {
                let clash =
                    !$is_same(&theirs.$field, &base.$field) && !$is_same(&theirs.$field, &mine.$field);
                if clash {
                    clashes.push(stringify!($field));
                }
                if prefers_mine || !clash {
                    merged.$field = mine.$field.clone();
                }
            }
        )*};
    }
    // A zero that gets another sign is a change.
    let same_bits = |one: &f64, other: &f64| one.to_bits() == other.to_bits();
    plain!(title by PartialEq::eq, summary by PartialEq::eq, picture by PartialEq::eq, price by same_bits);
    if mine.views != base.views {
        if theirs.views == base.views {
            merged.views = mine.views;
        } else {
            let sum = i128::from(mine.views) + i128::from(theirs.views) - i128::from(base.views);
            if let Ok(sum) = i64::try_from(sum) {
                merged.views = sum;
            } else {
                clashes.push("views");
                if prefers_mine {
                    merged.views = mine.views;
                }
            }
        }
    }
    if mine.editor != base.editor {
        merged.editor.clone_from(&mine.editor);
    }
    if theirs.checksum == base.checksum {
        merged.checksum = mine.checksum;
    }
    (merged, clashes)
}

thread_local! {
    static CONNECTION: RefCell<SqliteConnection> = RefCell::new({
        let mut conn = SqliteConnection::establish(":memory:").expect("a database in memory");
        conn.batch_execute(
            "CREATE TABLE papers (id BIGINT PRIMARY KEY, title TEXT NOT NULL, summary TEXT, picture BLOB NOT NULL, \
             price DOUBLE NOT NULL, views BIGINT NOT NULL, editor TEXT NOT NULL, checksum BIGINT NOT NULL, \
             version INTEGER NOT NULL)",
        )
        .expect("a table");
        conn
    });
}

fn load(conn: &mut SqliteConnection) -> Tracked<Paper> {
    papers::table.select(Tracked::<Paper>::as_select()).first(conn).expect("the row can be read")
}

/// Two edits of one row, as the bytes say: the one is saved, the other is merged onto it.
pub fn check(bytes: &[u8]) -> Outcome {
    let Ok((base, theirs, mine, prefers_mine)) = input(&mut Unstructured::new(bytes)) else {
        return "nothing";
    };
    CONNECTION.with_borrow_mut(|conn| check_merge(conn, &base, theirs, mine, prefers_mine))
}

fn input(bytes: &mut Unstructured<'_>) -> Result<(Paper, Paper, Paper, bool)> {
    let base = Paper::arbitrary(bytes)?;
    let theirs = base.edited(bytes)?;
    let mine = base.edited(bytes)?;
    Ok((base, theirs, mine, bytes.arbitrary()?))
}

fn check_merge(
    conn: &mut SqliteConnection,
    base: &Paper,
    theirs: Paper,
    mine: Paper,
    prefers_mine: bool,
) -> Outcome {
    conn.batch_execute("DELETE FROM papers").expect("an empty table");
    diesel::insert_into(papers::table).values(base.clone()).execute(conn).expect("a new row");
    let mut early = load(conn);
    let mut late = early.clone();
    assert_eq!(&*early, base, "SQLite keeps what it is given");
    // But for the sign of a zero.
    let base = &early.clone().into_inner();

    *early = theirs;
    early.save_optimistic(conn).expect("nobody was before");
    assert_eq!(load(conn), early, "memory is the row");

    *late = mine;
    let (decided, clashes) = expected(base, &late, &load(conn), prefers_mine);
    let before = late.clone();
    let outcome = match late.rebase(conn) {
        Ok(()) => {
            assert!(clashes.is_empty(), "{clashes:?} are merged: {late:?}");
            if early.version > 1 && late.is_dirty() { "merged" } else { "nothing to merge" }
        }
        Err(Error::Unmerged(error)) => {
            let fields: Vec<_> = error.differences().iter().map(Difference::field).collect();
            assert_eq!(fields, clashes, "{before:?} onto {early:?}");
            assert_eq!(late, before, "nothing is merged");
            let choose = |field: &'static str, _: &Paper, _: &Paper, _: &Paper| {
                assert!(clashes.contains(&field), "{field} needs no decision");
                if prefers_mine { Choice::Mine } else { Choice::Theirs }
            };
            late.rebase_with(conn, choose).expect("all is decided");
            "decided"
        }
        Err(other) => panic!("{other:?}"),
    };
    assert_eq!(*late, decided, "{before:?} onto {early:?}");
    assert_eq!(late.original(), &*early, "it is based on the row");

    let is_dirty = late.is_dirty();
    late.save_optimistic(conn).expect("nobody was since");
    assert_eq!(late.version, early.version + i32::from(is_dirty));
    assert_eq!(load(conn), late, "memory is the row");
    outcome
}
