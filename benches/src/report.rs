//! What came out, in words: the tables on the terminal, and one in Markdown for a README.

use std::fmt::Write as _;
use std::path::Path;

use crate::chart::{Bar, Panel};
use crate::clients::{Mode, OCC};
use crate::database::Kind;
use crate::measure::Timing;
use crate::scenario::{self, Scenario};
use crate::targets::TARGETS;
use crate::trips::Trips;

/// One contender in one scenario.
struct Line {
    contender: &'static str,
    /// How many times as long as occ: the median of all rounds, and the quarters below and above it.
    ratio: [f64; 3],
    nanoseconds: f64,
}

/// One scenario on one database, for blocking or async contenders.
struct Block {
    kind: Kind,
    mode: Mode,
    scenario: &'static str,
    lines: Vec<Line>,
}

#[derive(Default)]
pub struct Report {
    facts: Vec<String>,
    blocks: Vec<Block>,
    trips: Vec<(Kind, Vec<Trips>)>,
}

impl Report {
    /// What was measured, said once before the numbers.
    pub fn fact(&mut self, fact: String) {
        println!("{fact}");
        self.facts.push(fact);
    }

    pub fn scenario(&mut self, kind: Kind, scenario: &Scenario, timings: &[Timing]) {
        for mode in [Mode::Blocking, Mode::Async] {
            let of_mode: Vec<&Timing> =
                timings.iter().filter(|timing| timing.entry.mode == mode).collect();
            // Blocking Diesel may not be compiled in.
            let Some(occ) = of_mode.iter().find(|timing| timing.entry.name == OCC) else { continue };
            let lines = of_mode.iter().map(|timing| Line::new(timing, occ)).collect();
            let block = Block { kind, mode, scenario: scenario.name, lines };
            block.print();
            self.blocks.push(block);
        }
    }

    pub fn trips(&mut self, kind: Kind, trips: Vec<Trips>) {
        println!("\n{}: round trips to the server, for one save and for a batch of 100", kind.name());
        for Trips { entry, save, batch } in &trips {
            println!("  {save:>5.1} {batch:>7.1}  {:<9} {}", entry.mode.name(), entry.name);
        }
        self.trips.push((kind, trips));
    }

    /// What occ is meant to reach, and whether it has: with each save committed alone, and without the commits.
    pub fn targets(&self) {
        for scenario in [scenario::SINGLE_SAVE, scenario::IN_TRANSACTION] {
            println!("\nTargets: {}", scenario.name);
            for target in &TARGETS {
                let Some(line) = self.line(target.kind, target.mode, &scenario, target.contender) else {
                    continue;
                };
                let Some(occ) = self.line(target.kind, target.occ, &scenario, OCC) else { continue };
                let ratio = if target.occ == target.mode {
                    line.ratio[1]
                } else {
                    line.nanoseconds / occ.nanoseconds
                };
                let verdict = if ratio >= target.at_least { "holds" } else { "DOES NOT HOLD" };
                println!(
                    "  {ratio:>6.2}x, at least {:.2}x: {verdict}: {}: {} / {} occ",
                    target.at_least,
                    target.kind.name(),
                    line.contender,
                    target.occ.name(),
                );
            }
        }
    }

    fn line(&self, kind: Kind, mode: Mode, scenario: &Scenario, contender: &str) -> Option<&Line> {
        let of = |block: &&Block| (block.kind, block.mode, block.scenario) == (kind, mode, scenario.name);
        self.blocks.iter().find(of)?.lines.iter().find(|line| line.contender == contender)
    }

    /// One table for each database and mode: a line for each scenario, a column for each contender.
    pub fn write_markdown(&self, file: &Path) -> std::io::Result<()> {
        let mut text = String::new();
        for fact in &self.facts {
            writeln!(text, "- {fact}").unwrap();
        }
        let mut table = None;
        let mut names: Vec<&str> = Vec::new();
        for block in self.tables() {
            if table != Some((block.kind, block.mode)) {
                table = Some((block.kind, block.mode));
                names = block.lines.iter().map(|line| line.contender).collect();
                let title = format!("{}, {}", block.kind.name(), block.mode.name());
                writeln!(text, "\n| {title} | {} |", names.join(" | ")).unwrap();
                writeln!(text, "|---|{}", "---|".repeat(names.len())).unwrap();
                if let Some(trips) = self.trips_of(block) {
                    writeln!(text, "| round trips for a save | {} |", trips.join(" | ")).unwrap();
                }
            }
            let line = |name: &&str| block.lines.iter().find(|line| line.contender == *name);
            let cell = |name| line(name).map_or("not run".to_owned(), Line::cell);
            let cells: Vec<String> = names.iter().map(cell).collect();
            writeln!(text, "| {} | {} |", block.scenario, cells.join(" | ")).unwrap();
        }
        std::fs::write(file, text)
    }

    /// The blocks in the order of the tables.
    fn tables(&self) -> impl Iterator<Item = &Block> {
        let mut blocks: Vec<&Block> = self.blocks.iter().collect();
        blocks.sort_by_key(|block| (block.kind as usize, block.mode as usize));
        blocks.into_iter()
    }

    fn trips_of(&self, block: &Block) -> Option<Vec<String>> {
        let (_, trips) = self.trips.iter().find(|(kind, _)| *kind == block.kind)?;
        let of_mode = trips.iter().filter(|trips| trips.entry.mode == block.mode);
        Some(of_mode.map(|trips| format!("{:.0}", trips.save)).collect())
    }

    /// All scenarios of one database.
    pub fn panels(&self, kind: Kind) -> Vec<Panel> {
        self.blocks
            .iter()
            .filter(|block| block.kind == kind)
            .map(|block| block.panel(block.scenario))
            .collect()
    }

    /// One scenario on all databases.
    pub fn panels_of(&self, scenario: &Scenario) -> Vec<Panel> {
        let blocks = self.blocks.iter().filter(|block| block.scenario == scenario.name);
        blocks.map(|block| block.panel(block.kind.name())).collect()
    }
}

impl Block {
    fn print(&self) {
        println!("\n{}, {}: {}", self.kind.name(), self.mode.name(), self.scenario);
        for Line { contender, ratio: [low, ratio, high], nanoseconds } in &self.lines {
            let time = time(*nanoseconds);
            println!("  {ratio:>6.2}x  ({low:.2} to {high:.2})  {time:>9}  {contender} / occ");
        }
    }

    fn panel(&self, title: &str) -> Panel {
        let bar = |line: &Line| Bar {
            name: line.contender,
            length: line.nanoseconds,
            label: format!("{:.2}x · {}", line.ratio[1], time(line.nanoseconds)),
        };
        Panel {
            title: format!("{title}, {}", self.mode.name()),
            right: self.mode == Mode::Async,
            bars: self.lines.iter().map(bar).collect(),
        }
    }
}

impl Line {
    fn new(timing: &Timing, occ: &Timing) -> Self {
        // Round by round, so that what slows down a whole round does not count.
        let ratios = timing.rounds.iter().zip(&occ.rounds).map(|(one, occ)| one / occ).collect();
        let [_, nanoseconds, _] = quarters(timing.rounds.clone());
        Self { contender: timing.entry.name, ratio: quarters(ratios), nanoseconds }
    }

    fn cell(&self) -> String {
        format!("{:.2}x, {}", self.ratio[1], time(self.nanoseconds))
    }
}

/// The values at one, two and three quarters of all.
fn quarters(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[(values.len() - 1) * quarter / 4])
}

fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        ..1e4 => format!("{:.2} µs", nanoseconds / 1e3),
        ..1e6 => format!("{:.0} µs", nanoseconds / 1e3),
        _ => format!("{:.1} ms", nanoseconds / 1e6),
    }
}
