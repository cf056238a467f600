//! Compares what has come out with the page, and renews it on demand.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::chain::Answer;

/// Set to anything, it has the tests write the page instead of comparing with it.
const RENEW: &str = "OCC_RENEW_INTERLEAVINGS";

/// One case at one level.
pub struct Line {
    pub case: &'static str,
    pub level: &'static str,
    pub orders: usize,
    pub outcomes: BTreeSet<Vec<Answer>>,
}

impl Line {
    fn outcomes(&self) -> String {
        let each = self.outcomes.iter().map(|answers| {
            let words: Vec<String> = answers.iter().map(ToString::to_string).collect();
            format!("`{}`", words.join(" / "))
        });
        each.collect::<Vec<_>>().join(", ")
    }
}

/// Levels of a case at which the same has come out share a row.
pub fn table(lines: &[Line]) -> String {
    let mut rows: Vec<(&str, String, usize, String)> = Vec::new();
    for line in lines {
        let outcomes = line.outcomes();
        let same = |row: &&mut (&str, String, usize, String)| {
            row.0 == line.case && row.2 == line.orders && row.3 == outcomes
        };
        match rows.iter_mut().find(same) {
            Some(row) => {
                let _ = write!(row.1, "; {}", line.level);
            }
            None => rows.push((line.case, line.level.to_owned(), line.orders, outcomes)),
        }
    }
    let mut text = "| writers | level | orders | possible outcomes |\n|---|---|---|---|\n".to_owned();
    for (case, levels, orders, outcomes) in rows {
        let _ = writeln!(text, "| {case} | {levels} | {orders} | {outcomes} |");
    }
    text
}

fn path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/INTERLEAVINGS.md"))
}

/// The server's table in the page, and what is before and behind it.
fn split<'p>(page: &'p str, server: &str) -> (&'p str, &'p str, &'p str) {
    let start = format!("<!-- orders: {server} -->\n");
    let begin = page.find(&start).unwrap_or_else(|| panic!("{start} is not in the page")) + start.len();
    let end = begin + page[begin..].find("<!-- end -->").unwrap();
    (&page[..begin], &page[begin..end], &page[end..])
}

/// Fails where the page says something else of this server.
pub fn compare(server: &str, lines: &[Line]) {
    static PAGE: Mutex<()> = Mutex::new(());
    let _alone = PAGE.lock().unwrap_or_else(PoisonError::into_inner);
    let page = std::fs::read_to_string(path()).unwrap();
    let (before, present, behind) = split(&page, server);
    let table = table(lines);
    if std::env::var_os(RENEW).is_some() {
        std::fs::write(path(), format!("{before}{table}{behind}")).unwrap();
        return;
    }
    assert!(
        table == present,
        "docs/INTERLEAVINGS.md says something else of {server}. If the new outcomes are right, set {RENEW}=1 and run this \
         again.\n{}",
        difference(present, &table)
    );
}

/// The lines that only one of the two has.
fn difference(page: &str, found: &str) -> String {
    let mut text = String::new();
    for line in page.lines().filter(|line| !found.lines().any(|other| other == *line)) {
        let _ = writeln!(text, "- {line}");
    }
    for line in found.lines().filter(|line| !page.lines().any(|other| other == *line)) {
        let _ = writeln!(text, "+ {line}");
    }
    text
}
