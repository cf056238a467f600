//! Records the statements that a connection sends.

use std::sync::{Arc, Mutex, PoisonError};

use diesel::connection::{Instrumentation, InstrumentationEvent};

/// The statements of one connection, in order. Clones share the record.
#[derive(Clone, Default, Debug)]
pub struct Recorder(Arc<Mutex<Record>>);

#[derive(Default, Debug)]
struct Record {
    statements: Vec<String>,
    prepared: usize,
}

impl Recorder {
    /// What was sent since the last call: SQL and binds, with every backend's quotes and placeholders written alike.
    #[must_use]
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().statements)
    }

    /// How many statements were prepared for keeping since the last call.
    #[must_use]
    pub fn take_prepared(&self) -> usize {
        std::mem::take(&mut self.lock().prepared)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Instrumentation for Recorder {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { query, .. } => {
                self.lock().statements.push(portable(&query.to_string()));
            }
            InstrumentationEvent::CacheQuery { .. } => self.lock().prepared += 1,
            _ => {}
        }
    }
}

/// `UPDATE "a" SET "b" = $1` and ``UPDATE `a` SET `b` = ?`` both become `UPDATE a SET b = ?`. Text binds keep their
/// quotes.
fn portable(statement: &str) -> String {
    let (sql, binds) = statement.split_once(" -- binds: ").unwrap_or((statement, ""));
    let mut portable = String::new();
    let mut letters = sql.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' | '`' => {}
            '$' => {
                while letters.next_if(char::is_ascii_digit).is_some() {}
                portable.push('?');
            }
            other => portable.push(other),
        }
    }
    if binds.is_empty() { portable } else { format!("{portable} -- {}", bare(binds)) }
}

/// `[Some("a"), I32(1), Null]`, as the wrapper for SQLite shows it, and `[Some("a"), 1, None]` both become
/// `["a", 1, None]`.
fn bare(binds: &str) -> String {
    let mut bare = binds.replace("Null", "None");
    for wrapper in ["Some(", "String(", "I16(", "I32(", "I64("] {
        while let Some(start) = bare.find(wrapper) {
            bare.replace_range(start..start + wrapper.len(), "");
            if let Some(end) = bare[start..].find([')']) {
                bare.remove(start + end);
            }
        }
    }
    bare
}
