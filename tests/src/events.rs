//! Records the events that a thread reports.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

thread_local! {
    static RECORD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// What this thread has reported since the last call: `LEVEL message field=value ..`, in order. The first call starts the
/// recording.
#[must_use]
pub fn take() -> Vec<String> {
    static START: Once = Once::new();
    START.call_once(|| {
        tracing::subscriber::set_global_default(PerThread).expect("nobody else subscribes");
        // What was reported before that may have been marked as of no interest.
        tracing::callsite::rebuild_interest_cache();
    });
    RECORD.take()
}

/// One subscriber for the whole process: one for each thread would now and then miss the first event of its kind, as
/// tracing asks only the thread that reports it first.
struct PerThread;

impl Subscriber for PerThread {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.target().starts_with("occ_runtime")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        let event = format!("{} {}{}", event.metadata().level(), line.message, line.fields);
        RECORD.with_borrow_mut(|record| record.push(event));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // Writing to a string does not fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}
