//! What a connection tells a watch.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use diesel::connection::{Instrumentation, InstrumentationEvent};
use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::statement::dialect::Dialect;
use crate::testing::watch::finding::Finding;
use crate::testing::watch::read;
use crate::testing::watch::record::Record;

/// The record for connections that are yet to be opened: Diesel takes a function, which can hold nothing.
static FOR_NEW_CONNECTIONS: Mutex<Option<Arc<Record>>> = Mutex::new(None);

/// Listens to one connection.
#[derive(Debug)]
pub(crate) struct Listener {
    record: Arc<Record>,
    database: Option<Dialect>,
    /// What was found in the statement that is being sent, if an error would undo it.
    current: Vec<u64>,
}

impl Listener {
    pub(crate) fn new(record: Arc<Record>) -> Self {
        Self { record, database: None, current: Vec::new() }
    }

    fn start(&mut self, query: &dyn diesel::connection::DebugQuery) {
        let mut text = String::new();
        // What cannot be built is not sent either: `FinishQuery` says so.
        let _ = write!(text, "{query}");
        let noted = self.record.note(&text, self.database);
        if !noted.orphans.is_empty() {
            fail_here(&noted.orphans);
        }
        self.current = if noted.is_one { noted.numbers } else { Vec::new() };
    }
}

impl Instrumentation for Listener {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            // Only a connection that is being opened says where.
            InstrumentationEvent::StartEstablishConnection { url, .. } => {
                self.database = read::database_at(url);
            }
            InstrumentationEvent::StartQuery { query, .. } => self.start(query),
            InstrumentationEvent::FinishQuery { error, .. } => {
                if error.is_some_and(is_not_done) && !self.current.is_empty() {
                    self.record.forget(&self.current);
                }
                self.current.clear();
            }
            _ => {}
        }
    }
}

/// Whether an error says that the statement has done nothing. An answer that never came, or could not be understood, does not.
fn is_not_done(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(kind, _) => !matches!(kind, DatabaseErrorKind::ClosedConnection),
        DieselError::QueryBuilderError(_) => true,
        _ => false,
    }
}

/// A finding that nobody can ask for fails where it is.
fn fail_here(findings: &[Finding]) {
    assert!(std::thread::panicking(), "{}", sentences(findings));
}

pub(crate) fn sentences(findings: &[Finding]) -> String {
    let mut text = format!("{} of the statements went round the lock", findings.len());
    for finding in findings {
        let _ = write!(text, "\n{finding}");
    }
    text
}

/// From now on, each connection that Diesel opens is listened to.
pub(crate) fn listen_to_new_connections(record: &Arc<Record>) -> diesel::QueryResult<()> {
    *for_new_connections() = Some(Arc::clone(record));
    diesel::connection::set_default_instrumentation(|| {
        let record = for_new_connections().clone()?;
        Some(Box::new(Listener::new(record)))
    })
}

/// New connections are left alone again, if it was this record that listened.
pub(crate) fn leave_new_connections(record: &Arc<Record>) {
    let mut listening = for_new_connections();
    if listening.as_ref().is_some_and(|listening| Arc::ptr_eq(listening, record)) {
        *listening = None;
    }
}

fn for_new_connections() -> std::sync::MutexGuard<'static, Option<Arc<Record>>> {
    FOR_NEW_CONNECTIONS.lock().unwrap_or_else(PoisonError::into_inner)
}
