//! What the handles of a watch and its connections share.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::statement::dialect::Dialect;
use crate::testing::watch::finding::Finding;
use crate::testing::watch::read::{self, Reading};
use crate::testing::watch::table::Table;

/// How many readings are kept: a test suite sends the same few texts again and again.
const KEPT: usize = 4096;

pub(crate) type Exception = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// The tables, and what was found.
#[derive(Default)]
pub(crate) struct Record(Mutex<State>);

#[derive(Default)]
struct State {
    tables: Arc<Vec<Table>>,
    deletes: bool,
    exceptions: Vec<Exception>,
    /// Those that nobody has asked for, each with its number.
    findings: Vec<(u64, Finding)>,
    last: u64,
    read: HashMap<(Option<Dialect>, String), Arc<Reading>>,
    /// Nobody can ask any more.
    is_closed: bool,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("Record")
            .field("tables", &state.tables)
            .field("findings", &state.findings)
            .finish_non_exhaustive()
    }
}

/// What is new about a text that a connection has sent.
#[derive(Default)]
pub(crate) struct Noted {
    /// The numbers of the findings.
    pub(crate) numbers: Vec<u64>,
    /// Whether the text is one statement, so that an error says that nothing of it was done.
    pub(crate) is_one: bool,
    /// The findings that are left where they were noted, as nobody can ask for them any more.
    pub(crate) orphans: Vec<Finding>,
}

impl Record {
    pub(crate) fn add_table(&self, table: Table) {
        let state = &mut *self.lock();
        if state.tables.iter().any(|known| known.covers(&table)) {
            return;
        }
        let tables = Arc::make_mut(&mut state.tables);
        if !tables.iter_mut().any(|known| known.merge(&table)) {
            tables.push(table);
        }
        state.read.clear();
    }

    pub(crate) fn add_deletes(&self) {
        let mut state = self.lock();
        state.deletes = true;
        state.read.clear();
    }

    pub(crate) fn add_exception(&self, exception: Exception) {
        self.lock().exceptions.push(exception);
    }

    /// The findings that nobody has asked for.
    pub(crate) fn take(&self) -> Vec<Finding> {
        std::mem::take(&mut self.lock().findings).into_iter().map(|(_, finding)| finding).collect()
    }

    /// From now on nobody asks.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
    }

    /// Those statements have not been done.
    pub(crate) fn forget(&self, numbers: &[u64]) {
        self.lock().findings.retain(|(number, _)| !numbers.contains(number));
    }

    /// Reads what a connection sends, where it may write a watched table.
    pub(crate) fn note(&self, text: &str, database: Option<Dialect>) -> Noted {
        let (tables, deletes) = {
            let state = self.lock();
            (Arc::clone(&state.tables), state.deletes)
        };
        if !read::may_write(text, &tables, deletes) {
            return Noted::default();
        }
        let sql = read::without_binds(text);
        let reading = self.reading(sql, database, &tables, deletes);
        if reading.faults.is_empty() {
            return Noted::default();
        }
        let exceptions = self.lock().exceptions.clone();
        let faults =
            reading.faults.iter().filter(|fault| !exceptions.iter().any(|lets| lets(&fault.statement)));
        let found = faults
            .filter_map(|fault| Some(Finding::new(fault.kind, tables.get(fault.table)?, &fault.statement)));
        let found: Vec<Finding> = found.collect();
        let state = &mut *self.lock();
        let mut noted = Noted { is_one: reading.statements == 1, ..Noted::default() };
        if state.is_closed {
            noted.orphans = found;
            return noted;
        }
        for finding in found {
            state.last += 1;
            noted.numbers.push(state.last);
            state.findings.push((state.last, finding));
        }
        noted
    }

    fn reading(
        &self,
        sql: &str,
        database: Option<Dialect>,
        tables: &Arc<Vec<Table>>,
        deletes: bool,
    ) -> Arc<Reading> {
        let key = (database, sql.to_owned());
        if let Some(known) = self.lock().read.get(&key) {
            return Arc::clone(known);
        }
        let reading = Arc::new(read::read(sql, database, tables, deletes));
        let state = &mut *self.lock();
        if state.read.len() >= KEPT {
            state.read.clear();
        }
        // Read for other tables than there are now, it must not be kept.
        if Arc::ptr_eq(&state.tables, tables) && state.deletes == deletes {
            state.read.insert(key, Arc::clone(&reading));
        }
        reading
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
