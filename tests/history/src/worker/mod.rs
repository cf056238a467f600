// A worker of a cell. Also included by cells of other backends and modes, hence no `//!`.

mod aggregate;
mod begun;
mod born;
mod by_key;
mod faulty;
mod line;
mod parts;
mod retried;
mod scribe;
mod single;
mod together;
mod tracked;

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::sync::atomic::{AtomicI64, AtomicU32};
use std::sync::mpsc::{Sender, channel};
use std::thread::yield_now;

use diesel::prelude::*;
use occ_runtime::Error;
use occ_tests::cell::Backend;

use super::cell::{BACKEND, Conn, Database, all, batch, block_on, connect, connect_to, first};
use crate::broken::Implementation;
use crate::fault::Mishap;
use crate::log::{Clock, History, Log};
use crate::proxy::Order;
use crate::row::{Row, create_table, history_rows};
use crate::run::{Play, Setting};
use crate::workload::{Plan, Step};
use line::{Line, administer, settle};
use scribe::{Book, Scribe};
use tracked::Held;

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
        for node in &setting.nodes {
            let conn = &mut connect_to(&format!("{node}/mysql"), &database).await;
            caught_up(conn).await;
        }
    });
    let setting = setting.clone();
    let lives = AtomicI64::new(1);
    // While the last connection to a file closes, SQLite lets nobody in: so one stays open.
    let keeper = (BACKEND == Backend::Sqlite).then(|| block_on(connect(&database)));
    Box::new(move |plan| {
        let _keeper = &keeper;
        let workers = plan.steps.len();
        let stage = Stage {
            database: &database,
            setting: &setting,
            lives: &lives,
            clock: Clock::default(),
            tokens: AtomicU32::new(1),
            mishaps: (0..=workers).map(|_| Mishap::default()).collect(),
        };
        round(&stage, plan)
    })
}

/// What all workers of a round have.
pub struct Stage<'s> {
    database: &'s Database,
    setting: &'s Setting,
    lives: &'s AtomicI64,
    clock: Clock,
    tokens: AtomicU32,
    /// Each worker's own.
    mishaps: Vec<Mishap>,
}

/// One round: new rows, all workers at once, and what is there afterwards.
fn round(stage: &Stage<'_>, plan: &Plan) -> History {
    let (orders, inbox) = channel();
    let mut logs = Vec::new();
    logs.push(block_on(async {
        let mut beginner = Worker::begin(plan.steps.len(), stage, orders.clone()).await;
        batch("DELETE FROM history_rows", &mut beginner.conn).await.expect("the rows can be deleted");
        for key in 1..=plan.rows {
            beginner.create(key).await.expect("the table is empty");
        }
        beginner.scribe.log
    }));
    let start = Barrier::new(plan.steps.len());
    let workers: Vec<Log> = std::thread::scope(|scope| {
        if stage.setting.faults.is_some_and(|faults| faults.server) {
            scope.spawn(move || block_on(administer(inbox, stage)));
        }
        let start = &start;
        let spawn = |(worker, steps)| {
            let orders: Sender<Order> = orders.clone();
            scope.spawn(move || {
                block_on(async move {
                    let mut worker = Worker::begin(worker, stage, orders).await;
                    start.wait();
                    for step in steps {
                        worker.step(step).await;
                    }
                    worker.scribe.log.faults = worker.scribe.mishap.counts();
                    worker.scribe.log
                })
            })
        };
        let workers: Vec<_> = plan.steps.iter().enumerate().map(spawn).collect();
        drop(orders);
        workers.into_iter().map(|worker| worker.join().expect("no worker panics")).collect()
    });
    logs.extend(workers);
    let rows = block_on(async {
        settle(stage).await;
        let conn = &mut connect(stage.database).await;
        if !stage.setting.nodes.is_empty() {
            caught_up(conn).await;
        }
        all(history_rows::table.select(Row::as_select()), conn).await.expect("the rows can be read")
    });
    History::of(logs, rows)
}

/// One thread with one connection, and the values that it holds.
pub struct Worker<'r> {
    stage: &'r Stage<'r>,
    line: Line,
    conn: Conn,
    /// A transaction was left open on it.
    is_spoilt: bool,
    scribe: Scribe<'r>,
    held: BTreeMap<i32, (Row, Book)>,
    tracked: BTreeMap<i32, Held>,
}

impl<'r> Worker<'r> {
    async fn begin(worker: usize, stage: &'r Stage<'r>, orders: Sender<Order>) -> Self {
        let mut line = Line::of(worker, stage, orders);
        Self {
            stage,
            conn: line.connect(stage).await,
            is_spoilt: false,
            line,
            scribe: Scribe {
                worker,
                clock: &stage.clock,
                tokens: &stage.tokens,
                mishap: &stage.mishaps[worker],
                log: Log::default(),
            },
            held: BTreeMap::new(),
            tracked: BTreeMap::new(),
        }
    }

    async fn step(&mut self, step: &Step) {
        // Or each would do all of its steps in one slice of time, where there are fewer cores than workers.
        yield_now();
        let is_lost = match step {
            Step::Faulty(fault, step) => self.faulty(*fault, step).await,
            step => self.perform(step).await.is_err_and(|error| error.needs_new_connection()),
        };
        if is_lost || std::mem::take(&mut self.is_spoilt) {
            if BACKEND == Backend::Sqlite {
                // What holds the file would lock out the new one, which is there before the old one is gone.
                let _ = batch("ROLLBACK", &mut self.conn).await;
            }
            self.conn = self.line.connect(self.stage).await;
            self.write_what_is_in_doubt().await;
        }
    }

    /// What has come of it, is in the log.
    async fn perform(&mut self, step: &Step) -> Result<(), Error> {
        match step {
            Step::Load(key) => self.load(*key).await,
            Step::LoadAll => self.load_all().await,
            Step::LoadTracked(key) => self.load_tracked(*key).await,
            Step::Create(key) => self.create(*key).await,
            Step::Insert(key) => self.insert(*key).await,
            Step::CreateIfAbsent(key) => self.create_if_absent(*key).await,
            Step::Save(write) => self.save(*write, false).await,
            Step::SaveUnanswered(write) => self.save(*write, true).await,
            Step::SaveIf(write, holds) => self.save_if(*write, *holds).await,
            Step::SaveExpecting(write, right) => self.save_expecting(*write, *right).await,
            Step::SaveReporting(write) => self.save_reporting(*write).await,
            Step::Upsert(write) => self.upsert(*write).await,
            Step::Touch(key) => self.touch(*key).await,
            Step::TouchAt(key) => self.touch_at(*key).await,
            Step::Hide(key) => self.hide(*key).await,
            Step::Update(write) => self.update(*write).await,
            Step::UpdateAt(write) => self.update_at(*write).await,
            Step::Delete(key) => self.delete(*key).await,
            Step::DeleteAt(key) => self.delete_at(*key).await,
            Step::SaveAll(writes) => self.save_all(writes).await,
            Step::SaveAllTracked(writes) => self.save_all_tracked(writes).await,
            Step::DeleteAll(keys) => self.delete_all(keys).await,
            Step::SaveTracked(write, refused) => self.save_tracked(*write, *refused).await,
            Step::Modify(write) => self.modify(*write).await,
            Step::Raw(key) => self.scribe.raw(*key, None, &mut self.conn).await,
            Step::Transaction(transaction) => self.transaction(transaction).await,
            Step::Faulty(..) => Ok(()),
        }
    }
}

/// The connection sees what other nodes of its cluster have done.
async fn caught_up(conn: &mut Conn) {
    set_up("SET SESSION wsrep_sync_wait = 15", conn).await;
    let one = diesel::select(diesel::dsl::sql::<diesel::sql_types::Integer>("1"));
    let _: i32 = first(one, conn).await.expect("the node has caught up");
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
