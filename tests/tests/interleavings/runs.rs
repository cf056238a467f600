//! Every case at every level of a cell.

use std::collections::BTreeSet;
use std::sync::{Arc, mpsc};

use diesel::prelude::*;
use occ_tests::database::TestDatabase as _;
use occ_tests::report::measured;

use super::cell::{
    Conn, Database, HAS_ROW_LOCKS, SERVER, all, batch, block_on, connect, connection_id, is_of_the_page,
    set_gate,
};
use super::levels::{Watcher, levels};
use super::writers::Job;
use crate::cases::{CASES, Case, Level, STARTED_ANEW, UNCHECKED};
use crate::chain::{Answer, State, Told, check};
use crate::driver::{Gate, Lives, Opens, Orders, Stage};
use crate::page::{Line, compare, table};
use crate::shelf::{FRESH, Shelf, shelves};

/// Rows of a case: those that its writers write.
const ROWS: usize = 3;

/// So many rows more, so that each server finds a row by its key, as it does in a table of some size.
const OTHERS: i32 = 500;

/// What has come of a case at a level.
struct Found {
    orders: usize,
    outcomes: BTreeSet<Vec<Answer>>,
    /// What must not be, each with the statements that led to it.
    faults: Vec<String>,
}

async fn create_table(conn: &mut Conn, level: &Level) {
    // The level's setup comes first: a journal is chosen while nobody else is connected.
    run_each(level.setup, conn).await;
    batch(
        "CREATE TABLE shelves (id INTEGER PRIMARY KEY, quantity INTEGER NOT NULL, version INTEGER NOT NULL)",
        conn,
    )
    .await
    .unwrap();
    let others: Vec<String> = (0..OTHERS).map(|id| format!("({id}, 0, 1)")).collect();
    batch(&format!("INSERT INTO shelves VALUES {}", others.join(", ")), conn).await.unwrap();
    batch(super::levels::ANALYZE, conn).await.unwrap();
}

/// Statements that each have to be sent alone.
async fn run_each(setup: &str, conn: &mut Conn) {
    for sql in setup.split(';').map(str::trim).filter(|sql| !sql.is_empty()) {
        batch(sql, conn).await.unwrap();
    }
}

/// The thread of a writer: does one job after the other, until there are no more.
fn work(
    database: &Database,
    level: &Level,
    gate: Gate,
    jobs: &mpsc::Receiver<Job>,
    told: &mpsc::Sender<Told>,
    ids: &mpsc::Sender<i64>,
) {
    let (stage, writer) = (Arc::clone(&gate.stage), gate.writer);
    let _lives = Lives(&stage, writer);
    block_on(async {
        let conn = &mut connect(database).await;
        run_each(level.setup, conn).await;
        let id = connection_id(conn).await;
        set_gate(gate, conn);
        ids.send(id).unwrap();
        while let Ok(job) = jobs.recv() {
            let answer = job.run(conn).await;
            // Where the driver has failed, nobody listens.
            let _ = told.send(answer);
            stage.end(writer);
        }
    });
}

/// A writer, as the driver knows it.
struct Member {
    jobs: mpsc::Sender<Job>,
    told: mpsc::Receiver<Told>,
    id: i64,
}

/// Every order of the case's statements at a level.
fn explore(case: &Case, level: &Level) -> Option<Found> {
    let database = &Database::create()?;
    let stage = &Stage::new(case.writers.len());
    block_on(async { create_table(&mut connect(database).await, level).await });
    Some(std::thread::scope(|scope| {
        let _opens = Opens(stage);
        let mut crew = Vec::new();
        for writer in 0..case.writers.len() {
            let (send_job, jobs) = mpsc::channel();
            let (send_told, told) = mpsc::channel();
            let (send_id, ids) = mpsc::channel();
            let gate = Gate { stage: Arc::clone(stage), writer, coarse: case.alike && HAS_ROW_LOCKS };
            scope.spawn(move || work(database, level, gate, &jobs, &send_told, &send_id));
            crew.push(Member { jobs: send_job, told, id: ids.recv().unwrap() });
        }
        block_on(all_orders(case, level, stage, &crew, database))
    }))
}

async fn all_orders(
    case: &Case,
    level: &Level,
    stage: &Stage,
    crew: &[Member],
    database: &Database,
) -> Found {
    let (conn, watcher) = (&mut connect(database).await, &mut Watcher::new(database).await);
    let mut found = Found { orders: 0, outcomes: BTreeSet::new(), faults: Vec::new() };
    let mut orders = Orders::default();
    let mut base = 1000;
    loop {
        base += 10;
        let rows: Vec<String> = (0..ROWS).map(|row| format!("({base} + {row}, 10, 1)")).collect();
        batch(&format!("INSERT INTO shelves VALUES {}", rows.join(", ")), conn).await.unwrap();
        for (writer, member) in crew.iter().enumerate() {
            stage.begin(writer);
            let adds = 10_i32.pow(u32::try_from(writer).unwrap() + 2);
            member.jobs.send(Job { act: case.writers[writer], mode: level.mode, base, adds }).unwrap();
        }
        orders
            .run(stage, case.alike, async |writers| {
                let ids: Vec<i64> = writers.iter().map(|writer| crew[*writer].id).collect();
                let waits = watcher.waiting(&ids).await;
                writers.iter().copied().filter(|writer| waits.contains(&crew[*writer].id)).collect()
            })
            .await;
        let told: Vec<Told> = crew.iter().map(|member| member.told.recv().unwrap()).collect();
        found.orders += usize::from(orders.is_counted());
        found.outcomes.insert(told.iter().map(|told| told.answer).collect());
        for fault in faults(base, &told, conn).await {
            found.faults.push(format!(
                "{}, {}: {fault}\n{told:?}\n{}",
                case.name,
                level.name,
                orders.trace()
            ));
        }
        if !orders.next() {
            return found;
        }
    }
}

/// What must not be after a run.
async fn faults(base: i32, told: &[Told], conn: &mut Conn) -> Vec<String> {
    let query = shelves::table
        .filter(shelves::id.between(base, base + i32::try_from(ROWS).unwrap() - 1))
        .select(Shelf::as_select());
    let stored: Vec<Shelf> = all(query, conn).await.unwrap();
    let mut faults: Vec<String> = told.iter().filter_map(|told| told.memory.clone()).collect();
    faults.extend((0..).zip(0..ROWS).filter_map(|(offset, row)| {
        let last = stored.iter().find(|shelf| shelf.id == base + offset).map_or(State::Gone, Shelf::state);
        check(row, told, FRESH, last).err()
    }));
    if told.iter().any(|told| told.answer == Answer::Other) {
        faults.push("an error that no writer may get".to_owned());
    }
    faults
}

#[test]
fn no_order_loses_a_write_and_the_outcomes_are_those_of_the_page() {
    let mut lines = Vec::new();
    for case in &CASES {
        for level in levels().iter().filter(|level| case.is_at(level.mode, HAS_ROW_LOCKS)) {
            let Some(found) = explore(case, level) else { return };
            assert!(found.faults.is_empty(), "{} faults, such as {}", found.faults.len(), found.faults[0]);
            lines.push(Line {
                case: case.name,
                level: level.name,
                orders: found.orders,
                outcomes: found.outcomes,
            });
        }
    }
    let known = Database::create()
        .is_some_and(|database| block_on(async { is_of_the_page(&mut connect(&database).await).await }));
    if known {
        compare(SERVER, &lines);
    } else {
        measured(format_args!("a server that the page does not know:\n{}", table(&lines)));
    }
}

#[test]
fn without_the_check_the_same_orders_lose_writes() {
    // The control: were it not so, the test above would prove nothing.
    let Some(found) = explore(&UNCHECKED, &levels()[0]) else { return };
    assert!(
        found.faults.iter().any(|fault| fault.contains("one write is lost")),
        "of {} orders",
        found.orders
    );
}

#[test]
fn a_counter_that_starts_anew_lets_an_old_copy_pass() {
    let Some(found) = explore(&STARTED_ANEW, &levels()[0]) else { return };
    assert!(
        found.faults.iter().any(|fault| fault.contains("one write is lost")),
        "of {} orders",
        found.orders
    );
}
