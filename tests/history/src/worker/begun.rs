// Transactions: occ's, Diesel's own, and those of a retry loop.

use std::sync::Mutex;
use std::thread::yield_now;
use std::time::Duration;

use diesel::QueryResult;
use diesel::result::Error as DieselError;
use occ_runtime::{Error, RetryPolicy};

use super::super::cell::{Conn, begin, commit, retry, rollback, save, touch, transaction};
use super::scribe::{Book, Scribe, Told, begin_books, end_books};
use super::together::outcome;
use super::{Held, Worker, tracked};
use crate::log::{Call, Log, Outcome};
use crate::row::{Edits, Row};
use crate::workload::{Part, Style, Transaction, Write};

/// Whoever began the transaction wants it rolled back.
fn wanted() -> Error {
    Error::Database(DieselError::RollbackTransaction)
}

fn is_wanted(error: &Error) -> bool {
    matches!(error, Error::Database(DieselError::RollbackTransaction))
}

impl Worker<'_> {
    pub async fn transaction(&mut self, transaction: &Transaction) -> Result<(), Error> {
        let result = match transaction.style {
            Style::Optimistic => self.optimistic(transaction).await,
            Style::OptimisticTracked => self.optimistic_tracked(transaction).await,
            Style::Plain => self.plain(transaction).await,
            Style::Run => self.run(transaction).await,
        };
        if result.as_ref().is_err_and(is_wanted) { Ok(()) } else { result }
    }

    /// `optimistic_transaction` that is handed what is held.
    async fn optimistic(&mut self, transaction_: &Transaction) -> Result<(), Error> {
        let (mut rows, mut books) = self.gather(keys(transaction_), false).await;
        let before = rows.clone();
        let scope = self.scribe.log.begin(None);
        let scribe = &mut self.scribe;
        begin_books(&mut books);
        let result: Result<(), Error> = transaction(&mut self.conn, &mut rows[..], async |conn, rows| {
            for part in &transaction_.parts {
                let done = occ_part(scribe, conn, rows, &mut books, part, scope).await;
                may_go_on(done, transaction_.careless)?;
            }
            if transaction_.commit { Ok(()) } else { Err(wanted()) }
        })
        .await;
        end_books(&mut books, result.is_ok());
        self.ended(scope, &result, before.into_iter().zip(rows.iter().cloned()).collect());
        for (row, book) in rows.into_iter().zip(books) {
            self.held.insert(row.id, (row, book));
        }
        result
    }

    /// The same with one tracked value.
    async fn optimistic_tracked(&mut self, transaction_: &Transaction) -> Result<(), Error> {
        let Some((key, fresh)) = keys(transaction_).next() else { return Ok(()) };
        let mut held = self.hold_tracked(key, fresh).await?;
        let before = (*held.value).clone();
        let scope = self.scribe.log.begin(None);
        let scribe = &mut self.scribe;
        let Held { value, book, unsettled } = &mut held;
        book.begin();
        let was_unsettled = *unsettled;
        let result: Result<(), Error> = transaction(&mut self.conn, value, async |conn, value| {
            for part in &transaction_.parts {
                let done = match part {
                    Part::Load(key) => scribe.read(*key, Some(scope), conn).await.map(drop),
                    Part::Raw(key) => scribe.raw(*key, Some(scope), conn).await,
                    Part::Touch(_) | Part::Savepoint(..) => Ok(()),
                    Part::Save(write) => {
                        let edits = Edits::one(write.field, scribe.token());
                        // By itself, as the value is only lent.
                        let mut lent =
                            Held { value: value.clone(), book: book.clone(), unsettled: was_unsettled };
                        let done = tracked::save(scribe, conn, &mut lent, &edits, Some(scope)).await;
                        (*value, *book) = (lent.value, lent.book);
                        done
                    }
                };
                may_go_on(done, transaction_.careless)?;
            }
            if transaction_.commit { Ok(()) } else { Err(wanted()) }
        })
        .await;
        if result.is_ok() {
            held.book.commit();
        } else {
            held.book.roll_back();
        }
        // One that was not settled before may have got an older version back, which is right.
        let handed = if was_unsettled { Vec::new() } else { vec![(before, (*held.value).clone())] };
        self.ended(scope, &result, handed);
        self.tracked.insert(key, held);
        result
    }

    /// Diesel's own: after a rollback plain values are ahead of their rows, and tracked ones look after it.
    async fn plain(&mut self, transaction: &Transaction) -> Result<(), Error> {
        let (mut rows, mut books) = self.gather(keys(transaction), false).await;
        let tracked = keys(transaction).next().and_then(|(key, _)| self.tracked.remove(&key));
        let mut tracked: Vec<Held> = tracked.into_iter().collect();
        begin(&mut self.conn).await?;
        let scope = self.scribe.log.begin(None);
        tracked.first_mut().into_iter().map(|held| &mut held.book).for_each(Book::begin);
        let (scribe, conn) = (&mut self.scribe, &mut self.conn);
        let mut done = Ok(());
        for part in &transaction.parts {
            done = match (part, tracked.first_mut()) {
                (Part::Save(write), Some(held)) if write.stubborn && write.key == held.value.id => {
                    held.unsettled = true;
                    let edits = Edits::one(write.field, scribe.token());
                    tracked::save(scribe, conn, held, &edits, Some(scope)).await
                }
                _ => plain_part(scribe, conn, &mut rows, &mut books, part, scope).await,
            };
            done = may_go_on(done, transaction.careless);
            if done.is_err() {
                break;
            }
        }
        let result = match done {
            Ok(()) if transaction.commit => commit(conn).await.map_err(Error::from),
            done => ended(done, rollback(conn).await),
        };
        self.ended(scope, &result, Vec::new());
        for mut held in tracked {
            if result.is_ok() {
                held.book.commit();
            } else {
                held.book.roll_back();
            }
            // It is to look what has become of it, and to write its edits again.
            let again = transaction.careless && held.unsettled && !held.book.unsaved.is_empty();
            if again && result.as_ref().is_err_and(is_wanted) {
                yield_now();
                // What it was, is in the log.
                let _ =
                    tracked::save(&mut self.scribe, &mut self.conn, &mut held, &Edits::default(), None).await;
            }
            self.tracked.insert(held.value.id, held);
        }
        if result.is_ok() {
            for (row, book) in rows.into_iter().zip(books) {
                self.held.insert(row.id, (row, book));
            }
        }
        result
    }

    /// A retry loop, each of whose attempts reads what it writes.
    async fn run(&mut self, transaction: &Transaction) -> Result<(), Error> {
        let policy = RetryPolicy::new().deadline(Duration::from_secs(20));
        let attempts: Mutex<Vec<Log>> = Mutex::default();
        let (worker, clock, tokens) = (self.scribe.worker, self.scribe.clock, self.scribe.tokens);
        let result = retry(&policy, &mut self.conn, async |conn| {
            let mut scribe = Scribe { worker, clock, tokens, log: Log::default() };
            let scope = scribe.log.begin(None);
            let done = attempt(&mut scribe, conn, transaction, scope).await;
            attempts.lock().expect("nobody panics").push(scribe.log);
            done
        })
        .await;
        let attempts = attempts.into_inner().expect("nobody panics");
        let (last, end) = (attempts.len(), clock.tick());
        for (number, mut log) in (1..).zip(attempts) {
            let outcome = if number == last { outcome(&result) } else { Outcome::RolledBack };
            log.end(0, outcome, end);
            self.scribe.log.append(log);
        }
        for (row, book) in result? {
            self.held.insert(row.id, (row, book));
        }
        Ok(())
    }

    fn ended(&mut self, scope: usize, result: &Result<(), Error>, handed: Vec<(Row, Row)>) {
        let end = self.scribe.clock.tick();
        self.scribe.log.end(scope, outcome(result), end);
        self.scribe.log.scopes[scope].handed = handed;
    }
}

/// One attempt of a retry loop.
async fn attempt(
    scribe: &mut Scribe<'_>,
    conn: &mut Conn,
    transaction: &Transaction,
    scope: usize,
) -> Result<Vec<(Row, Book)>, Error> {
    let (mut rows, mut books) = (Vec::new(), Vec::new());
    for (key, _) in keys(transaction) {
        match scribe.read(key, Some(scope), conn).await {
            Ok(row) => {
                rows.push(row);
                books.push(Book::default());
            }
            Err(Error::Database(DieselError::NotFound)) => {}
            Err(error) => return Err(error),
        }
    }
    for part in &transaction.parts {
        let savepoint = matches!(part, Part::Savepoint(..));
        if savepoint {
            occ_part(scribe, conn, &mut rows, &mut books, part, scope).await?;
        } else {
            single_part(scribe, conn, &mut rows, &mut books, part, scope, true).await?;
        }
    }
    if transaction.commit { Ok(rows.into_iter().zip(books).collect()) } else { Err(wanted()) }
}

/// A part of a transaction of occ's; its savepoints are occ's too.
async fn occ_part(
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
async fn plain_part(
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

async fn single_part(
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
            let result = touch(&mut rows[place], conn).await;
            let (called, after) = (Some(&called), Some(&rows[place]));
            let told = Told { start, scope: Some(scope), called, after, ..Told::of(Call::Touch, *key) };
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
    let result = save(row, conn).await;
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

/// What has become of a transaction that was rolled back: what went wrong first.
fn ended(done: Result<(), Error>, rolled_back: QueryResult<()>) -> Result<(), Error> {
    done?;
    rolled_back?;
    Err(wanted())
}

fn place(rows: &[Row], key: i32) -> Option<usize> {
    rows.iter().position(|row| row.id == key)
}

/// The rows that are written through a value, each once; and whether to read them before.
fn keys(transaction: &Transaction) -> impl Iterator<Item = (i32, bool)> + use<> {
    let mut keys: Vec<(i32, bool)> = Vec::new();
    let mut add = |key, fresh| {
        if keys.iter().all(|(other, _)| *other != key) {
            keys.push((key, fresh));
        }
    };
    for part in &transaction.parts {
        match part {
            Part::Load(_) | Part::Raw(_) => {}
            Part::Touch(key) => add(*key, true),
            Part::Save(write) => add(write.key, write.fresh),
            Part::Savepoint(writes, _) => writes.iter().for_each(|write| add(write.key, write.fresh)),
        }
    }
    keys.into_iter()
}

/// A conflict is no end for the careless; what the database refuses is.
fn may_go_on(done: Result<(), Error>, careless: bool) -> Result<(), Error> {
    match done {
        Err(Error::Stale(_)) if careless => Ok(()),
        Err(Error::Database(DieselError::NotFound)) => Ok(()),
        done => done,
    }
}
