//! Works on cells of the matrix, and checks: `--operations 1000000 --seed 7 --server sqlite --level wal --mode blocking`.

#![allow(clippy::cast_precision_loss, reason = "nobody counts that far")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use lexopt::prelude::*;
use occ_history::broken::Implementation;
use occ_history::check::Unanswered;
use occ_history::fault::Counts;
use occ_history::log::Call;
use occ_history::matrix::{Cell, MODES, Mode, SERVERS, Server};
use occ_history::run::{Game, Report};
use occ_history::shrink::shrink;
use occ_history::workload::Mix;

const USAGE: &str = "\
usage: occ-history [--operations N | --seconds N] [--seed N] [--server sqlite|postgres|mysql|galera] [--mode blocking|async] [--level NAME]
                   [--workers N] [--round N] [--faults]
Without --server, --mode or --level all that this build and the environment have; they share the operations, or the time.
With --faults connections are cut and killed, statements cancelled, futures dropped, disks full, and the caller's code panics.
The levels are `wal` and `rollback` on SQLite, elsewhere the isolation levels, such as `repeatable read`.";

struct Arguments {
    game: Game,
    cells: Vec<Cell>,
    faults: bool,
}

fn main() -> ExitCode {
    match arguments().map(|arguments| run(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let mut game = Game { seed: fastrand::u64(..1_000_000), operations: 100_000, ..Game::default() };
    let (mut servers, mut modes, mut level) = (SERVERS.to_vec(), MODES.to_vec(), None);
    let mut faults = false;
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("operations") => game.operations = parser.value()?.parse()?,
            Long("seconds") => {
                game.time = Duration::from_secs(parser.value()?.parse()?);
                game.operations = usize::MAX;
            }
            Long("seed") => game.seed = parser.value()?.parse()?,
            Long("workers") => game.workers = parser.value()?.parse()?,
            Long("round") => game.round = parser.value()?.parse()?,
            Long("faults") => faults = true,
            Long("level") => level = Some(parser.value()?.string()?),
            Long("server") => {
                servers = match parser.value()?.string()?.as_str() {
                    "sqlite" => vec![Server::Sqlite],
                    "postgres" => vec![Server::Postgres],
                    "mysql" => vec![Server::Mysql],
                    "galera" => vec![Server::Galera],
                    other => return Err(format!("there is no server {other}").into()),
                }
            }
            Long("mode") => {
                modes = match parser.value()?.string()?.as_str() {
                    "blocking" => vec![Mode::Blocking],
                    "async" => vec![Mode::Async],
                    other => return Err(format!("there is no mode {other}").into()),
                }
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let levels = |server: Server| match &level {
        None => server.levels().to_vec(),
        Some(name) => server.level(name).into_iter().collect(),
    };
    let of_server = |server: &Server| {
        let server = *server;
        let of_mode = move |mode: Mode, levels: Vec<&'static str>| {
            levels.into_iter().map(move |level| Cell { server, mode, level })
        };
        modes.iter().flat_map(|mode| of_mode(*mode, levels(server))).collect::<Vec<_>>()
    };
    let cells: Vec<Cell> = servers.iter().flat_map(of_server).collect();
    if cells.is_empty() {
        return Err("no server has such a level".into());
    }
    Ok(Arguments { game, cells, faults })
}

/// Whether nothing was wrong.
fn run(arguments: &Arguments) -> bool {
    let mix = |cell: Cell| if arguments.faults { cell.faults() } else { Mix::Everything };
    let open = |cell: &Cell| Some((*cell, cell.open(Implementation::Occ, mix(*cell))?));
    let cells: Vec<_> = arguments.cells.iter().filter_map(open).collect();
    let share = arguments.game.operations.div_ceil(cells.len().max(1));
    let time = arguments.game.time / u32::try_from(cells.len().max(1)).unwrap_or(1);
    println!("seed {}, {} workers", arguments.game.seed, arguments.game.workers);
    let mut table = Vec::new();
    let mut total = (0, 0);
    let mut wrong = Wrong::default();
    let mut births = Births::default();
    for (cell, play) in &cells {
        let mix = mix(*cell);
        let game = Game { operations: share, time, mix, rules: cell.rules(mix), ..arguments.game };
        let mut progress = Progress { cell: *cell, game, shown: Instant::now() };
        let report = game.play(play, |report| progress.show(report));
        Progress::clear();
        let anomalies = report.failure.as_ref().map_or(0, |(_, _, found)| found.len());
        table.push(line(*cell, &report, anomalies));
        wrong.add(*cell, &report);
        births.add(&report);
        total = (total.0 + report.operations, total.1 + anomalies);
        if let Some((round, plan, found)) = report.failure {
            println!("{cell}: seed {}, round {round}, {anomalies} anomalies, the first three:", game.seed);
            for anomaly in found.iter().take(3) {
                println!("{anomaly}");
            }
            let Some(anomaly) = found.into_iter().next() else { continue };
            let shrunk = shrink(play, game.rules, &plan, anomaly, report.operations, Duration::from_secs(20));
            println!("shrunk: {shrunk}");
        }
    }
    println!(
        "server    mode      level             operations  anomalies  seconds     a second    done   stale   retryable"
    );
    for line in &table {
        println!("{line}");
    }
    println!("{} operations, {} anomalies", total.0, total.1);
    println!("{births}");
    total.1 == 0 && (!arguments.faults || wrong.has_shown_enough())
}

/// How often a call that makes a row has got which answer: where few rows are made, few have raced to make them.
#[derive(Default)]
struct Births(BTreeMap<(Call, &'static str), usize>);

impl Births {
    fn add(&mut self, report: &Report) {
        for (&(call, answer), times) in report.answers.iter().filter(|((call, _), _)| call.creates()) {
            *self.0.entry((call, answer)).or_default() += times;
        }
    }
}

impl fmt::Display for Births {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each = self.0.iter().map(|((call, answer), times)| format!("{call:?} {answer} {times}"));
        write!(f, "new rows: {}", each.collect::<Vec<_>>().join(", "))
    }
}

/// What has gone wrong on purpose.
#[derive(Default)]
struct Wrong {
    faults: Counts,
    unanswered: Unanswered,
    rounds: (usize, usize),
    has_server: bool,
}

/// Of commits that went through although their answer was lost.
const ENOUGH: usize = 10;

impl Wrong {
    fn add(&mut self, cell: Cell, report: &Report) {
        for (fault, times) in &report.faults {
            *self.faults.entry(*fault).or_default() += times;
        }
        self.unanswered.add(report.unanswered);
        self.rounds.0 += report.rounds_unanswered;
        self.rounds.1 += report.rounds;
        self.has_server |= cell.server != Server::Sqlite;
    }

    /// Prints it.
    fn has_shown_enough(&self) -> bool {
        for (fault, times) in &self.faults {
            println!("{fault:<34}  {times:>6}");
        }
        let Unanswered { writes_done, writes_not_done, commits_done, commits_not_done } = self.unanswered;
        println!(
            "answers that were lost: {writes_done} single writes were done and {writes_not_done} were not, {commits_done} transactions and \
             batches were committed and {commits_not_done} were not"
        );
        println!(
            "rounds with a write that was done although its answer was lost: {} of {}",
            self.rounds.0, self.rounds.1
        );
        let is_enough = !self.has_server || commits_done >= ENOUGH;
        if !is_enough {
            println!(
                "fewer than {ENOUGH} commits whose answer was lost have gone through: this shows too little"
            );
        }
        is_enough
    }
}

fn line(cell: Cell, report: &Report, anomalies: usize) -> String {
    let answered = |name: &str| -> usize {
        let calls = report.answers.iter().filter(|((call, answer), _)| call.writes() && *answer == name);
        calls.map(|(_, times)| times).sum()
    };
    let seconds = report.time.as_secs_f64();
    let rate = report.operations as f64 / seconds;
    format!(
        "{cell}  {:>10}  {anomalies:>9}  {seconds:>7.1}  {rate:>11.0}  {:>6}  {:>6}  {:>10}",
        report.operations,
        answered("done"),
        answered("stale"),
        answered("retryable")
    )
}

/// A line that is written over, where somebody looks.
struct Progress {
    cell: Cell,
    game: Game,
    shown: Instant,
}

impl Progress {
    fn show(&mut self, report: &Report) {
        if std::io::stderr().is_terminal() && self.shown.elapsed() > Duration::from_millis(200) {
            let by_operations = report.operations as f64 / self.game.operations as f64;
            let by_time = report.time.as_secs_f64() / self.game.time.as_secs_f64();
            let percent = 100.0 * by_operations.max(by_time);
            eprint!("\r{} {percent:>3.0} %, {} operations", self.cell, report.operations);
            self.shown = Instant::now();
        }
    }

    fn clear() {
        if std::io::stderr().is_terminal() {
            eprint!("\r\x1b[K");
            // A line that cannot be written stops nothing.
            let _ = std::io::stderr().flush();
        }
    }
}
