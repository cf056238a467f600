//! Rounds of work and checks, for one cell of the matrix.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::broken::Implementation;
use crate::check::{Anomaly, Rules, Unanswered, settle};
use crate::fault::Counts;
use crate::log::{Answer, Call, History};
use crate::workload::{Faults, Mix, Plan};

/// How the connections are set up, and by what rows are saved.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// What is run once.
    pub once: String,
    /// What each connection runs first.
    pub each: String,
    /// The servers of a cluster, without the name of a database; each worker goes to one of them.
    pub nodes: Vec<String>,
    /// By what rows are saved.
    pub implementation: Implementation,
    /// What can go wrong on purpose.
    pub faults: Option<Faults>,
}

/// Plays a round on a database of its own.
pub type Play = Box<dyn Fn(&Plan) -> History>;

/// What is played.
#[derive(Clone, Copy, Debug)]
pub struct Game {
    /// Every choice comes from it.
    pub seed: u64,
    /// How many are to be checked, at least.
    pub operations: usize,
    /// No round begins after this time.
    pub time: Duration,
    /// Threads, each with a connection.
    pub workers: usize,
    /// How many operations make a round, which is checked as a whole.
    pub round: usize,
    /// What is done.
    pub mix: Mix,
    /// What the database promises.
    pub rules: Rules,
}

impl Default for Game {
    fn default() -> Self {
        let (rules, time) = (Rules::default(), Duration::MAX);
        Self { seed: 1, time, operations: 10_000, workers: 4, round: 2_000, mix: Mix::Everything, rules }
    }
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Report {
    /// Calls that were answered and checked.
    pub operations: usize,
    /// How often each call got each answer.
    pub answers: BTreeMap<(Call, &'static str), usize>,
    /// How long work and checks took.
    pub time: Duration,
    /// How much of it the checks took.
    pub checks: Duration,
    /// What has gone wrong on purpose, how often.
    pub faults: Counts,
    /// What has become of writes whose answer was lost.
    pub unanswered: Unanswered,
    /// Rounds in which a write was done, or a transaction committed, although its answer was lost.
    pub rounds_unanswered: usize,
    /// All rounds.
    pub rounds: usize,
    /// The round that went wrong, with its plan and what was found.
    pub failure: Option<(u64, Plan, Vec<Anomaly>)>,
}

impl Game {
    /// The plan of one of its rounds.
    #[must_use]
    pub fn plan(&self, round: u64) -> Plan {
        Plan::draw(self.seed, round, self.mix, self.workers, self.round)
    }

    /// Plays until so many operations are checked, or something is wrong; `progress` is told after each round.
    pub fn play(&self, stage: &Play, mut progress: impl FnMut(&Report)) -> Report {
        let mut report = Report::default();
        let begun = Instant::now();
        for round in 0.. {
            let plan = self.plan(round);
            let history = stage(&plan);
            let checking = Instant::now();
            let (found, unanswered) = settle(&history, self.rules);
            report.checks += checking.elapsed();
            report.operations += history.ops.len();
            for op in &history.ops {
                *report.answers.entry((op.call, name(&op.answer))).or_default() += 1;
            }
            for (fault, times) in &history.faults {
                *report.faults.entry(*fault).or_default() += times;
            }
            report.unanswered.add(unanswered);
            report.rounds += 1;
            report.rounds_unanswered += usize::from(unanswered.are_done());
            report.time = begun.elapsed();
            if !found.is_empty() {
                report.failure = Some((round, plan, found));
            }
            progress(&report);
            let done = report.operations >= self.operations || report.time >= self.time;
            if report.failure.is_some() || done {
                break;
            }
        }
        report
    }
}

fn name(answer: &Answer) -> &'static str {
    match answer {
        Answer::Done => "done",
        Answer::Missing => "missing",
        Answer::Exists => "exists",
        Answer::Stale => "stale",
        Answer::Unmerged => "unmerged",
        Answer::Along => "along",
        Answer::Retryable => "retryable",
        Answer::Guarded => "guarded",
        Answer::Cancelled => "cancelled",
        Answer::Unknown => "unknown",
        Answer::Failed(_) => "failed",
    }
}
