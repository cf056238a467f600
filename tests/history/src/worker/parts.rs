// The parts of transactions.

use occ_runtime::{Error, LockMode};

use super::super::cell::{Conn, begin, commit, lock, rollback, save, touch, transaction};
use super::begun::{ended, is_wanted, wanted};
use super::scribe::{Book, Scribe, Told, begin_books, end_books};
use super::together::outcome;
use super::tracked::{self, Saved};
use crate::fault::Level::Within;
use crate::log::Call;
use crate::row::{Edits, Row};
use crate::workload::{Part, Write};
use diesel::result::Error as DieselError;

/// A part of a transaction of occ's that writes one tracked value.
pub async fn tracked_part(
    scribe: &mut Scribe<'_>,
    conn: &mut Conn,
    held: Saved<'_>,
    part: &Part,
    scope: usize,
) -> Result<(), Error> {
    match part {
        Part::Load(key) => scribe.read(*key, Some(scope), conn).await.map(drop),
        Part::Raw(key) => scribe.raw(*key, Some(scope), conn).await,
        // Whatever row it names.
        Part::Save(write) => {
            let edits = Edits::one(write.field, scribe.token());
            tracked::save(scribe, conn, held, &edits, Some(scope), Within).await
        }
        Part::Touch(_) | Part::Lock(_) | Part::Savepoint(..) => Ok(()),
    }
}

/// A part of a transaction of occ's; its savepoints are occ's too.
pub async fn occ_part(
    scribe: &mut Scribe<'_>,
    conn: &mut Conn,
    rows: &mut [Row],
    books: &mut [Book],
    part: &Part,
    scope: usize,
) -> Result<(), Error> {
    let Part::Savepoint(writes, commits) = part else {
        return single_part(scribe, conn, rows, books, part, scope, false).await;
    };
    let inner = scribe.log.begin(Some(scope));
    let before = rows.to_vec();
    begin_books(books);
    let result: Result<(), Error> = transaction(conn, &mut *rows, async |conn, rows| {
        for write in writes {
            save_part(scribe, conn, rows, books, *write, inner).await?;
        }
        if *commits { Ok(()) } else { Err(wanted()) }
    })
    .await;
    end_books(books, result.is_ok());
    let end = scribe.clock.tick();
    scribe.log.end(inner, outcome(&result), end);
    scribe.log.scopes[inner].handed = before.into_iter().zip(rows.iter().cloned()).collect();
    result.or_else(|error| if is_wanted(&error) { Ok(()) } else { Err(error) })
}

/// A part of a transaction of Diesel's own; after its savepoint the values are put back by hand.
pub async fn plain_part(
    scribe: &mut Scribe<'_>,
    conn: &mut Conn,
    rows: &mut [Row],
    books: &mut [Book],
    part: &Part,
    scope: usize,
) -> Result<(), Error> {
    let Part::Savepoint(writes, commits) = part else {
        return single_part(scribe, conn, rows, books, part, scope, true).await;
    };
    begin(conn).await?;
    let inner = scribe.log.begin(Some(scope));
    let before = (rows.to_vec(), books.to_vec());
    let mut done = Ok(());
    for write in writes {
        done = save_part(scribe, conn, rows, books, *write, inner).await;
        if done.is_err() {
            break;
        }
    }
    let result = match done {
        Ok(()) if *commits => commit(conn).await.map_err(Error::from),
        done => ended(done, rollback(conn).await),
    };
    let end = scribe.clock.tick();
    scribe.log.end(inner, outcome(&result), end);
    if result.is_err() {
        rows.clone_from_slice(&before.0);
        books.clone_from_slice(&before.1);
    }
    result.or_else(|error| if is_wanted(&error) { Ok(()) } else { Err(error) })
}

pub async fn single_part(
    scribe: &mut Scribe<'_>,
    conn: &mut Conn,
    rows: &mut [Row],
    books: &mut [Book],
    part: &Part,
    scope: usize,
    holds: bool,
) -> Result<(), Error> {
    match part {
        Part::Load(key) => {
            let row = match scribe.read(*key, Some(scope), conn).await {
                Err(Error::Database(DieselError::NotFound)) => return Ok(()),
                row => row?,
            };
            if let Some(place) = place(rows, *key).filter(|_| holds) {
                (rows[place], books[place]) = (row, Book::default());
            }
            Ok(())
        }
        Part::Raw(key) => {
            scribe.raw(*key, Some(scope), conn).await?;
            // What is held of it is old now, and would be so in each attempt of a retry loop.
            match place(rows, *key).filter(|_| holds) {
                Some(place) => {
                    (rows[place], books[place]) =
                        (scribe.read(*key, Some(scope), conn).await?, Book::default());
                    Ok(())
                }
                None => Ok(()),
            }
        }
        Part::Save(write) => save_part(scribe, conn, rows, books, *write, scope).await,
        Part::Touch(key) => {
            // Memory is the row afterwards only where it has no edits.
            let Some(place) = place(rows, *key).filter(|place| books[*place].unsaved.is_empty()) else {
                return Ok(());
            };
            let (start, called) = (scribe.clock.tick(), rows[place].clone());
            let result = scribe.mishap.guard(Within, touch(&mut rows[place], conn)).await;
            let (called, after) = (Some(&called), Some(&rows[place]));
            let told = Told { start, scope: Some(scope), called, after, ..Told::of(Call::Touch, *key) };
            scribe.told(told, &result);
            result
        }
        Part::Lock(key) => {
            let Some(place) = place(rows, *key) else { return Ok(()) };
            let (start, row) = (scribe.clock.tick(), &rows[place]);
            let result = lock(row, LockMode::for_update(), conn).await;
            let told = Told { start, scope: Some(scope), called: Some(row), ..Told::of(Call::Lock, *key) };
            scribe.told(told, &result);
            result
        }
        Part::Savepoint(..) => Ok(()),
    }
}

async fn save_part(
    scribe: &mut Scribe<'_>,
    conn: &mut Conn,
    rows: &mut [Row],
    books: &mut [Book],
    write: Write,
    scope: usize,
) -> Result<(), Error> {
    let Some(place) = place(rows, write.key) else { return Ok(()) };
    let (row, book) = (&mut rows[place], &mut books[place]);
    book.edit(&Edits::one(write.field, scribe.token()), row);
    let (start, called) = (scribe.clock.tick(), row.clone());
    let result = scribe.mishap.guard(Within, save(row, conn)).await;
    let (scope, edits) = (Some(scope), book.unsaved.clone());
    let told = Told {
        start,
        scope,
        edits,
        called: Some(&called),
        after: Some(row),
        ..Told::of(Call::Save, write.key)
    };
    scribe.told(told, &result);
    if result.is_ok() {
        book.saved();
    }
    result
}

fn place(rows: &[Row], key: i32) -> Option<usize> {
    rows.iter().position(|row| row.id == key)
}
