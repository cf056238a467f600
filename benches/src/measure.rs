//! Runs a scenario: all contenders in turn, round after round, so that noise hits all of them alike.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::clients::{Entry, OCC, TOASTY};
use crate::contender::Contender;
use crate::database::{Database, Kind};
use crate::scenario::{Scenario, Work};

/// How long to measure.
#[derive(Clone, Copy)]
pub struct Plan {
    /// One round of one contender, if it is as fast as it seemed at first.
    pub slice: Duration,
    /// All rounds of all contenders together. It gives way to `rounds`.
    pub budget: Duration,
    /// At least and at most.
    pub rounds: (usize, usize),
    /// To see that all works, and not how fast: one round, and large batches only of occ.
    pub quick: bool,
}

/// What one contender took.
pub struct Timing {
    pub entry: Entry,
    /// Nanoseconds a row, for each round. Those of all contenders in one scenario belong together.
    pub rounds: Vec<f64>,
}

/// The connections of one contender, one for each thread.
struct Crew {
    entry: Entry,
    members: Vec<Box<dyn Contender>>,
    written: usize,
}

pub fn run(database: &Database, scenario: &Scenario, plan: &Plan) -> Vec<Timing> {
    let mut entries = database.entries();
    if plan.quick && scenario.work.rows_at_a_time() > 1_000 {
        entries.retain(|entry| entry.name == OCC);
    }
    if scenario.work == Work::SaveInTransaction {
        // It begins a transaction for each save, and fails where there is one that it has not begun.
        entries.retain(|entry| entry.name != TOASTY);
    }
    let mut crews: Vec<Crew> = entries.iter().map(|entry| Crew::open(*entry, database, scenario)).collect();

    let few = if let Work::Batch(_) = scenario.work { 1 } else { 20 };
    let mut times = vec![few; crews.len()];
    let mut rounds = 1;
    if !plan.quick {
        // The first jobs of each are not counted: they fill caches, and tell how long the others will take.
        let cost = |crew: &mut Crew| {
            crew.round(database, scenario, few);
            crew.round(database, scenario, few).as_secs_f64() / few as f64
        };
        let costs: Vec<f64> = crews.iter_mut().map(cost).collect();
        let in_slice = |cost: &f64| (plan.slice.as_secs_f64() / cost) as usize;
        times = costs.iter().map(|cost| in_slice(cost).clamp(1, scenario.work.most_times())).collect();
        let round: f64 = costs.iter().zip(&times).map(|(cost, times)| cost * *times as f64).sum();
        rounds = ((plan.budget.as_secs_f64() / round) as usize).clamp(plan.rounds.0, plan.rounds.1);
    }

    let mut timings: Vec<Timing> =
        entries.iter().map(|entry| Timing { entry: *entry, rounds: Vec::new() }).collect();
    for round in 0..rounds {
        for turn in 0..crews.len() {
            // Whoever is first in one round is last in the next.
            let number = (turn + round) % crews.len();
            let taken = crews[number].round(database, scenario, times[number]);
            let rows = times[number] * scenario.work.rows_at_a_time() * scenario.threads;
            timings[number].rounds.push(taken.as_nanos() as f64 / rows as f64);
        }
    }

    for crew in &mut crews {
        crew.verify(database, scenario);
    }
    timings
}

impl Crew {
    fn open(entry: Entry, database: &Database, scenario: &Scenario) -> Self {
        let schema = database.new_schema();
        let mut members = Vec::new();
        for number in 0..scenario.threads {
            let mut member = (entry.open)(&database.url);
            database.enter(&schema, &mut *member);
            // SQLite in memory: a database for each connection.
            if number == 0 || database.kind == Kind::Sqlite {
                database.create_table(&mut *member);
                database.fill(&mut *member, scenario.work.rows());
            }
            member.load(scenario.work.rows(), scenario.work.version());
            members.push(member);
        }
        Self { entry, members, written: 0 }
    }

    /// Prepares and times one job, and checks how many rows it wrote.
    fn round(&mut self, database: &Database, scenario: &Scenario, times: usize) -> Duration {
        let work = scenario.work;
        if work == Work::Delete {
            database.fill(&mut *self.members[0], work.rows());
        }
        database.tidy_up(&mut *self.members[0]);
        if work == Work::SaveInTransaction {
            self.members[0].execute("BEGIN");
        }
        let (taken, written) = self.timed(work, times);
        if work == Work::SaveInTransaction {
            self.members[0].execute("COMMIT");
        }
        let expected = work.written(times) * self.members.len();
        assert_eq!(written, expected, "{}: {}: rows written", scenario.name, self.entry.name);
        self.written += written;
        if work == Work::Delete {
            let [left, ..] = database.totals(&mut *self.members[0]);
            assert_eq!(left, number(work.rows() - written), "{}: rows left", self.entry.name);
        }
        taken
    }

    /// From the first thread's start to the last one's end.
    fn timed(&mut self, work: Work, times: usize) -> (Duration, usize) {
        let threads = self.members.len();
        if let [only] = self.members.as_mut_slice() {
            let start = Instant::now();
            let written = only.run(work.job(0, 1, times));
            return (start.elapsed(), written);
        }
        let barrier = Barrier::new(threads);
        let runs: Vec<(Instant, usize, Instant)> = thread::scope(|scope| {
            let started: Vec<_> = (0..)
                .zip(&mut self.members)
                .map(|(thread, member)| {
                    let barrier = &barrier;
                    scope.spawn(move || {
                        barrier.wait();
                        let start = Instant::now();
                        let written = member.run(work.job(thread, threads, times));
                        (start, written, Instant::now())
                    })
                })
                .collect();
            started.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let start = runs.iter().map(|run| run.0).min().unwrap();
        let end = runs.iter().map(|run| run.2).max().unwrap();
        (end - start, runs.iter().map(|run| run.1).sum())
    }

    /// Every save has moved one version, and nothing else has.
    fn verify(&mut self, database: &Database, scenario: &Scenario) {
        if scenario.work == Work::Delete {
            return; // each round has counted what is left
        }
        // On a server, the connections see the same table.
        let tables = if database.kind == Kind::Sqlite { self.members.len() } else { 1 };
        let mut totals = [0; 3];
        for member in &mut self.members[..tables] {
            let of_one = database.totals(&mut **member);
            totals.iter_mut().zip(of_one).for_each(|(total, one)| *total += one);
        }
        let expected = [number(scenario.work.rows() * tables), number(self.written), number(self.written)];
        assert_eq!(
            totals, expected,
            "{}: {}: rows, versions moved, quantities counted up",
            scenario.name, self.entry.name
        );
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap()
}
