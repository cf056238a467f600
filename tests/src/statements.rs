//! What each call sends, beside what the page `occ-runtime/docs/STATEMENTS.md` says that it sends.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::recorder::Recorder;

/// Set to anything, it has the tests write their column of the page instead of comparing with it.
const RENEW: &str = "OCC_RENEW_STATEMENTS";

/// One reads or writes the page at a time.
static PAGE: Mutex<()> = Mutex::new(());

/// The calls of one table of the page, with what a connection has sent for each.
#[derive(Debug)]
pub struct Statements {
    recorder: Recorder,
    rows: Vec<(String, String)>,
}

impl Statements {
    /// Of the connection that is recorded.
    #[must_use]
    pub fn of(recorder: Recorder) -> Self {
        Self { recorder, rows: Vec::new() }
    }

    /// What was sent since the last time belongs to no call.
    pub fn forget(&self) {
        let _ = self.recorder.take();
    }

    /// What was sent since the last time is what this call sends, as the page names it.
    pub fn sent(&mut self, call: &str) {
        self.rows.push((call.to_owned(), short(&self.recorder.take())));
    }

    /// Fails where the table says something else in the first of these columns that it has, has a call that was not made, or
    /// lacks one that was.
    pub fn compare(&self, part: &str, columns: &[&str]) {
        let _alone = PAGE.lock().unwrap_or_else(PoisonError::into_inner);
        let page = page();
        let (before, present, behind) = split(&page, part);
        let table = self.renew(present, columns);
        if std::env::var_os(RENEW).is_some() {
            fs::write(path(), format!("{before}{table}{behind}")).unwrap();
            return;
        }
        assert!(
            table == present,
            "occ-runtime/docs/STATEMENTS.md says something else of what is sent in {part} on {columns:?}. If the new statements are \
             right, set {RENEW}=1 and run this again.\n{}",
            difference(present, &table)
        );
    }

    /// The table as it should be: the calls that were made, with the other columns as they are.
    fn renew(&self, present: &str, wanted: &[&str]) -> String {
        let (head, rows) = present.split_once("|\n|---").unwrap_or_else(|| panic!("no table: {present}"));
        let columns = cells(head);
        let at = wanted.iter().find_map(|column| columns.iter().position(|name| name == column));
        let at = at.unwrap_or_else(|| panic!("none of {wanted:?} is in {columns:?}"));
        let rows: Vec<_> = rows.lines().skip(1).map(cells).collect();
        let mut table = format!("| {} |\n|{}\n", columns.join(" | "), "---|".repeat(columns.len()));
        for (call, sent) in &self.rows {
            let known = rows.iter().find(|cells| cells[0] == *call).cloned();
            let mut cells = known.unwrap_or_else(|| {
                let mut cells = vec![String::new(); columns.len()];
                cells[0].clone_from(call);
                cells
            });
            cells[at].clone_from(sent);
            let _ = writeln!(table, "| {} |", cells.join(" | "));
        }
        table
    }
}

/// Each call that a table of the page names, in backquotes.
#[must_use]
pub fn named(part: &str) -> Vec<String> {
    let _alone = PAGE.lock().unwrap_or_else(PoisonError::into_inner);
    let page = page();
    let (_, table, _) = split(&page, part);
    let calls = table.lines().skip(2).map(|line| cells(line)[0].clone());
    calls.flat_map(|call| call.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn path() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../occ-runtime/docs/STATEMENTS.md")
}

fn page() -> String {
    fs::read_to_string(path()).unwrap()
}

/// A table of the page, and what is before and behind it.
fn split<'p>(page: &'p str, part: &str) -> (&'p str, &'p str, &'p str) {
    let start = format!("<!-- statements: {part} -->\n\n");
    let begin = page.find(&start).unwrap_or_else(|| panic!("{start} is not in the page")) + start.len();
    let end = begin + page[begin..].find("\n<!-- end -->").unwrap();
    (&page[..begin], &page[begin..end], &page[end..])
}

fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

/// `BEGIN`, 40 `UPDATE`, `COMMIT`: for each statement what kind of one it is, and how often where it is sent again.
fn short(statements: &[String]) -> String {
    let kinds: Vec<String> = statements.iter().map(|statement| format!("`{}`", kind(statement))).collect();
    let (mut left, mut text) = (&kinds[..], Vec::new());
    while !left.is_empty() {
        // What is sent again may be up to four statements long.
        let again = (1..=4.min(left.len())).rev().map(|length| {
            let times = left.chunks(length).take_while(|chunk| *chunk == &left[..length]).count();
            (length, times)
        });
        // The last of the best is the shortest.
        let (length, times) =
            again.max_by_key(|(length, times)| (*times > 1, length * times)).unwrap_or((1, 1));
        text.push(match (length, times) {
            (_, 1) => left[0].clone(),
            (1, times) => format!("{times} {}", left[0]),
            (length, times) => format!("{times} times ({})", left[..length].join(", ")),
        });
        left = &left[if times == 1 { 1 } else { length * times }..];
    }
    if text.is_empty() { "none".to_owned() } else { text.join(", ") }
}

fn kind(statement: &str) -> String {
    let sql = statement.split(" -- ").next().unwrap_or_default();
    let verb = sql.split(' ').next().unwrap_or_default();
    let behind = if verb == "SELECT" {
        &["FOR UPDATE", "FOR SHARE", "LOCK IN SHARE MODE"][..]
    } else {
        &["RETURNING"]
    };
    match behind.iter().find(|words| sql.contains(&format!(" {words}"))) {
        Some(words) => format!("{verb} .. {words}"),
        None if sql.starts_with("ROLLBACK TO") => "ROLLBACK TO".to_owned(),
        None => verb.to_owned(),
    }
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
