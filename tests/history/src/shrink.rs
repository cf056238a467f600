//! Makes a round that went wrong small: it is played again with fewer workers and fewer steps, as long as it goes wrong in the
//! same way.

use std::fmt;
use std::time::{Duration, Instant};

use crate::check::{Anomaly, Kind, Rules, check};
use crate::run::Play;
use crate::workload::{Plan, Step};

/// What is left of a round.
#[derive(Debug)]
pub struct Shrunk {
    /// What still goes wrong.
    pub plan: Plan,
    /// How.
    pub anomaly: Anomaly,
    /// How many calls that took.
    pub operations: usize,
}

/// Threads do not meet in the same way twice, so each smaller plan gets some tries.
const TRIES: usize = 5;

/// Plays smaller rounds until none goes wrong, or the time is over.
#[must_use]
pub fn shrink(
    stage: &Play,
    rules: Rules,
    plan: &Plan,
    anomaly: Anomaly,
    operations: usize,
    time: Duration,
) -> Shrunk {
    let mut shrunk = Shrunk { plan: plan.clone(), anomaly, operations };
    let end = Instant::now() + time;
    let kind = shrunk.anomaly.kind;
    // Ever smaller parts are left out: half of the steps, a quarter ..
    let mut part = shrunk.plan.len().div_ceil(2);
    while part > 0 && Instant::now() < end {
        let mut from = 0;
        let mut smaller = false;
        while from < shrunk.plan.len() && Instant::now() < end {
            let left = without(&shrunk.plan, from, part);
            if let Some((anomaly, operations)) = fails(stage, rules, &left, kind) {
                shrunk = Shrunk { plan: left, anomaly, operations };
                smaller = true;
            } else {
                from += part;
            }
        }
        if !smaller || part > shrunk.plan.len() {
            part /= 2;
        }
    }
    shrunk
}

fn fails(stage: &Play, rules: Rules, plan: &Plan, kind: Kind) -> Option<(Anomaly, usize)> {
    (0..TRIES).find_map(|_| {
        let history = stage(plan);
        let found = check(&history, rules).into_iter().find(|anomaly| anomaly.kind == kind)?;
        Some((found, history.ops.len()))
    })
}

/// Without `part` of the steps, counted through all workers; a worker that is left without any goes.
fn without(plan: &Plan, from: usize, part: usize) -> Plan {
    let mut number = 0;
    let mut steps: Vec<Vec<Step>> = plan.steps.clone();
    for worker in &mut steps {
        worker.retain(|_| {
            number += 1;
            !(from + 1..=from + part).contains(&number)
        });
    }
    steps.retain(|worker| !worker.is_empty());
    Plan { rows: plan.rows, steps }
}

impl fmt::Display for Shrunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.anomaly)?;
        write!(f, "in {} operations of {} workers:", self.operations, self.plan.steps.len())?;
        for (worker, steps) in self.plan.steps.iter().enumerate() {
            write!(f, "\n  worker {worker}:")?;
            for step in steps.iter().take(4) {
                write!(f, " {step};")?;
            }
            if steps.len() > 4 {
                write!(f, " .. {} more", steps.len() - 4)?;
            }
        }
        Ok(())
    }
}
