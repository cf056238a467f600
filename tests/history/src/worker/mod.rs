// A worker of a cell. Also included by cells of other backends and colours, hence no `//!`.

mod begun;
mod scribe;
mod single;
mod together;
mod tracked;

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::thread::yield_now;

use diesel::prelude::*;
use occ_runtime::{Error, Tracked};

use super::cell::{BACKEND, Conn, Database, all, batch, block_on, connect, connect_to, execute};
use crate::broken::Implementation;
use crate::log::{Call, Clock, History, Log};
use crate::row::{Row, create_table, history_rows};
use crate::run::{Play, Setting};
use crate::workload::{Plan, Step};
use scribe::{Book, Scribe, Told};

/// The backend and a table in it, for any number of rounds.
#[must_use]
pub fn open(setting: &Setting) -> Option<Play> {
    use occ_tests::database::TestDatabase as _;
    Some(open_in(Database::create()?, setting))
}

/// The same, in a database that is there.
#[must_use]
pub fn open_in(database: Database, setting: &Setting) -> Play {
    block_on(async {
        let conn = &mut connect(&database).await;
        set_up(&setting.once, conn).await;
        for statement in create_table(BACKEND) {
            batch(&statement, conn).await.expect("the table can be made");
        }
    });
    let setting = setting.clone();
    let lives = AtomicI64::new(1);
    Box::new(move |plan| round(&database, &setting, &lives, plan))
}

/// One round: new rows, all workers at once, and what is there afterwards.
fn round(database: &Database, setting: &Setting, lives: &AtomicI64, plan: &Plan) -> History {
    let (clock, tokens) = (Clock::default(), AtomicU32::new(1));
    let begin = |worker| Worker::begin(worker, database, setting, &clock, lives, &tokens);
    let mut logs = Vec::new();
    logs.push(block_on(async {
        let mut first = begin(plan.steps.len()).await;
        batch("DELETE FROM history_rows", &mut first.conn).await.expect("the rows can be deleted");
        for key in 1..=plan.rows {
            first.create(key).await.expect("the table is empty");
        }
        first.scribe.log
    }));
    let start = Barrier::new(plan.steps.len());
    let workers: Vec<Log> = std::thread::scope(|scope| {
        let (begin, start) = (&begin, &start);
        let spawn = |(worker, steps)| {
            scope.spawn(move || {
                block_on(async move {
                    let mut worker = begin(worker).await;
                    start.wait();
                    for step in steps {
                        worker.step(step).await;
                    }
                    worker.scribe.log
                })
            })
        };
        let workers: Vec<_> = plan.steps.iter().enumerate().map(spawn).collect();
        workers.into_iter().map(|worker| worker.join().expect("no worker panics")).collect()
    });
    logs.extend(workers);
    let rows = block_on(async {
        let conn = &mut connect(database).await;
        all(history_rows::table.select(Row::as_select()), conn).await.expect("the rows can be read")
    });
    History::of(logs, rows)
}

/// One thread with one connection, and the values that it holds.
pub struct Worker<'r> {
    database: &'r Database,
    setting: &'r Setting,
    conn: Conn,
    lives: &'r AtomicI64,
    scribe: Scribe<'r>,
    held: BTreeMap<i32, (Row, Book)>,
    tracked: BTreeMap<i32, Held>,
}

/// A tracked value.
pub struct Held {
    value: Tracked<Row>,
    book: Book,
    /// Written in a plain transaction.
    unsettled: bool,
}

impl<'r> Worker<'r> {
    async fn begin(
        worker: usize,
        database: &'r Database,
        setting: &'r Setting,
        clock: &'r Clock,
        lives: &'r AtomicI64,
        tokens: &'r AtomicU32,
    ) -> Self {
        Self {
            database,
            setting,
            conn: connect_as(worker, database, setting).await,
            lives,
            scribe: Scribe { worker, clock, tokens, log: Log::default() },
            held: BTreeMap::new(),
            tracked: BTreeMap::new(),
        }
    }

    async fn step(&mut self, step: &Step) {
        // Or each would do all of its steps in one slice of time, where there are fewer cores than workers.
        yield_now();
        let outcome = match step {
            Step::Load(key) => self.load(*key).await,
            Step::LoadAll => self.load_all().await,
            Step::LoadTracked(key) => self.load_tracked(*key).await,
            Step::Create(key) => self.create(*key).await,
            Step::Save(write) => self.save(*write, false).await,
            Step::SaveUnanswered(write) => self.save(*write, true).await,
            Step::Touch(key) => self.touch(*key).await,
            Step::Update(write) => self.update(*write).await,
            Step::Delete(key) => self.delete(*key).await,
            Step::SaveAll(writes) => self.save_all(writes).await,
            Step::DeleteAll(keys) => self.delete_all(keys).await,
            Step::SaveTracked(write, refused) => self.save_tracked(*write, *refused).await,
            Step::Modify(write) => self.modify(*write).await,
            Step::Raw(key) => self.scribe.raw(*key, None, &mut self.conn).await,
            Step::Transaction(transaction) => self.transaction(transaction).await,
        };
        // What it was, is in the log.
        if outcome.is_err_and(|error| error.needs_new_connection()) {
            self.conn = connect_as(self.scribe.worker, self.database, self.setting).await;
        }
    }

    /// A plain INSERT, as after a DELETE.
    async fn create(&mut self, key: i32) -> Result<(), Error> {
        let row = Row::born(key, self.lives.fetch_add(1, Ordering::SeqCst), self.scribe.token());
        let start = self.scribe.clock.tick();
        let inserted = execute(diesel::insert_into(history_rows::table).values(&row), &mut self.conn).await;
        let result = inserted.map(drop).map_err(Error::from);
        self.scribe.told(
            Told { start, called: Some(&row), after: Some(&row), ..Told::of(Call::Create, key) },
            &result,
        );
        if result.is_ok() {
            self.held.insert(key, (row, Book::default()));
        }
        result
    }
}

async fn connect_as(worker: usize, database: &Database, setting: &Setting) -> Conn {
    use occ_tests::database::TestDatabase as _;
    let url = database.url();
    let mut conn = match (setting.nodes.get(worker % setting.nodes.len().max(1)), url.rsplit_once('/')) {
        (Some(node), Some((_, name))) => connect_to(&format!("{node}/{name}"), database).await,
        _ => connect(database).await,
    };
    set_up(&setting.each, &mut conn).await;
    conn
}

/// MySQL refuses a statement without anything in it.
async fn set_up(sql: &str, conn: &mut Conn) {
    if !sql.is_empty() {
        batch(sql, conn).await.expect("the connection can be set up");
    }
}

/// The save that is tried: occ's, or one that the checker must reject.
async fn save_by(implementation: Implementation, row: &mut Row, conn: &mut Conn) -> Result<(), Error> {
    match implementation {
        Implementation::Occ => super::cell::save(row, conn).await,
        broken => crate::broken::save(broken, row, conn),
    }
}
