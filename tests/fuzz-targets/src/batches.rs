//! Batches of any keys: all of the rows are written or none, memory tells which, and the error names the rows.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};

use arbitrary::{Result, Unstructured};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use occ_runtime::prelude::*;
use occ_runtime::{Error, StaleBatchError};

use schema::shelves;

use crate::Outcome;
use crate::values::{number, text};

mod schema {
    diesel::table! {
        shelves (name, number) {
            name -> Text,
            number -> BigInt,
            note -> Nullable<Text>,
            version -> Integer,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, OptimisticLock)]
#[diesel(table_name = shelves, primary_key(name, number))]
struct Shelf {
    name: String,
    number: i64,
    note: Option<String>,
    version: i32,
}

type Key = (String, i64);

impl Shelf {
    fn arbitrary(bytes: &mut Unstructured<'_>) -> Result<Self> {
        let version = match bytes.int_in_range(0..=9)? {
            0 => i32::MAX,
            1 => i32::MIN,
            2 => 2,
            3 => -1,
            _ => 1,
        };
        let note = bytes.arbitrary::<bool>()?.then(|| text(bytes)).transpose()?;
        Ok(Self { name: text(bytes)?, number: number(bytes)?, note, version })
    }

    fn key(&self) -> Key {
        (self.name.clone(), self.number)
    }

    /// As errors name it.
    fn named(&self) -> String {
        format!("({:?}, {})", self.name, self.number)
    }
}

/// What is to be seen in the table.
type Stored = BTreeMap<Key, Shelf>;

struct Table(SqliteConnection);

impl Table {
    fn new() -> Self {
        let mut conn = SqliteConnection::establish(":memory:").expect("a database in memory");
        conn.batch_execute(
            "CREATE TABLE shelves (name TEXT NOT NULL, number BIGINT NOT NULL, note TEXT, version INTEGER NOT NULL, \
             PRIMARY KEY (name, number))",
        )
        .expect("a table");
        Self(conn)
    }

    fn fill(&mut self, rows: &Stored) {
        self.0.batch_execute("DELETE FROM shelves").expect("an empty table");
        for row in rows.values() {
            diesel::insert_into(shelves::table).values(row.clone()).execute(&mut self.0).expect("a new row");
        }
    }

    fn stored(&mut self) -> Stored {
        let rows: Vec<Shelf> =
            shelves::table.select(Shelf::as_select()).load(&mut self.0).expect("the rows can be read");
        rows.into_iter().map(|row| (row.key(), row)).collect()
    }
}

thread_local! {
    static TABLE: RefCell<Table> = RefCell::new(Table::new());
}

/// Saves or deletes a batch that the bytes say, of rows that they say.
pub fn check(bytes: &[u8]) -> Outcome {
    let Ok((stored, batch, deletes)) = input(&mut Unstructured::new(bytes)) else { return "nothing" };
    TABLE.with_borrow_mut(|table| {
        table.fill(&stored);
        if deletes { check_delete(table, stored, &batch) } else { check_save(table, stored, batch) }
    })
}

/// Rows, a batch of some of them and of others, and whether it is to be deleted.
fn input(bytes: &mut Unstructured<'_>) -> Result<(Stored, Vec<Shelf>, bool)> {
    let deletes = bytes.arbitrary()?;
    let mut stored = Stored::new();
    for _ in 0..bytes.int_in_range(0..=6)? {
        let row = Shelf::arbitrary(bytes)?;
        stored.insert(row.key(), row);
    }
    let loaded: Vec<&Shelf> = stored.values().collect();
    let mut batch = Vec::new();
    for _ in 0..bytes.int_in_range(0..=6)? {
        // Mostly what is there, as it is there.
        if loaded.is_empty() || bytes.ratio(1, 4)? {
            batch.push(Shelf::arbitrary(bytes)?);
        } else {
            let row = Shelf::clone(bytes.choose(&loaded)?);
            batch.push(Shelf { note: Some(text(bytes)?), ..row });
        }
    }
    Ok((stored, batch, deletes))
}

fn check_save(table: &mut Table, stored: Stored, mut batch: Vec<Shelf>) -> Outcome {
    let before = batch.clone();
    let outcome = batch.save_all_optimistic(&mut table.0);
    let now = table.stored();
    match outcome {
        Ok(()) => {
            assert!(are_different(&before) && stale(&stored, &before).is_empty(), "{stored:?}, {before:?}");
            let mut expected = stored;
            for (row, saved) in before.into_iter().zip(&batch) {
                let version = row.version.checked_add(1).expect("a version that follows");
                let row = Shelf { version, ..row };
                assert_eq!(&row, saved, "the version in memory moves on, and nothing else");
                expected.insert(row.key(), row);
            }
            assert_eq!(now, expected, "all is written");
            if batch.len() > 1 { "saved" } else { "saved, one or none" }
        }
        Err(error) => {
            assert_eq!((&now, &batch), (&stored, &before), "nothing is written: {error:?}");
            check_error(&error, &stored, &before, before.iter().any(|row| row.version == i32::MAX))
        }
    }
}

fn check_delete(table: &mut Table, mut stored: Stored, batch: &[Shelf]) -> Outcome {
    let outcome = batch.delete_all_optimistic(&mut table.0);
    let now = table.stored();
    match outcome {
        Ok(()) => {
            assert!(are_different(batch) && stale(&stored, batch).is_empty(), "{stored:?}, {batch:?}");
            stored.retain(|key, _| batch.iter().all(|row| row.key() != *key));
            assert_eq!(now, stored, "all is deleted");
            if batch.len() > 1 { "deleted" } else { "deleted, one or none" }
        }
        Err(error) => {
            assert_eq!(now, stored, "nothing is deleted: {error:?}");
            check_error(&error, &stored, batch, false)
        }
    }
}

fn are_different(batch: &[Shelf]) -> bool {
    let mut keys = HashSet::new();
    batch.iter().all(|row| keys.insert(row.key()))
}

/// The rows that are not at their versions, in the order of the batch.
fn stale<'b>(stored: &Stored, batch: &'b [Shelf]) -> Vec<&'b Shelf> {
    let is_fine = |row: &Shelf| stored.get(&row.key()).is_some_and(|stored| stored.version == row.version);
    batch.iter().filter(|row| !is_fine(row)).collect()
}

fn check_error(error: &Error, stored: &Stored, batch: &[Shelf], has_last_version: bool) -> Outcome {
    match error {
        Error::DuplicateRow(duplicate) => {
            let twice = |row: &&Shelf| batch.iter().filter(|other| other.key() == row.key()).count() > 1;
            let named: Vec<String> = batch.iter().filter(twice).map(Shelf::named).collect();
            assert!(named.iter().any(|key| key == duplicate.key()), "{error:?} of {named:?}");
            "duplicate row"
        }
        _ if !are_different(batch) => panic!("{error:?} although a key is twice in {batch:?}"),
        Error::Version(_) => {
            assert!(has_last_version, "{error:?}: {batch:?}");
            "last version"
        }
        Error::StaleBatch(error) => {
            check_stale(error, stored, &stale(stored, batch));
            "stale"
        }
        other => panic!("{other:?}"),
    }
}

fn check_stale(error: &StaleBatchError, stored: &Stored, stale: &[&Shelf]) {
    assert_eq!(error.rows().len(), stale.len(), "{error:?} of {stale:?}");
    for (named, row) in error.rows().iter().zip(stale) {
        let actual = stored.get(&row.key()).map(|row| row.version.to_string());
        assert_eq!(
            (named.table(), named.key(), named.expected(), named.actual()),
            ("shelves", &*row.named(), &*row.version.to_string(), actual.as_deref()),
        );
    }
    assert!(!stale.is_empty());
}
