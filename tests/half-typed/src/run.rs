//! Gives the derive many inputs, and collects what breaks a promise.

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;
use std::thread;

use proc_macro2::TokenStream;

use crate::node::{Node, nodes, stream};
use crate::promises::{Outcome, check};
use crate::{cuts, edits};

/// How many inputs share their material. Places in the source are kept for as long, and take memory.
const BLOCK: u64 = 10_000;

/// What came of many inputs.
#[derive(Debug, Default)]
pub struct Report {
    /// How many inputs there were.
    pub inputs: u64,
    /// How many of them were items, so that the derive ran.
    pub items: u64,
    /// How many of those got impls and no error.
    pub accepted: u64,
    /// What broke a promise, once for each kind, with the shortest input and how often.
    pub faults: BTreeMap<String, (String, u64)>,
}

impl Report {
    /// Gives the derive one input.
    pub fn add(&mut self, input: &TokenStream) {
        self.inputs += 1;
        match outcome(input) {
            Ok(Outcome::NoItem) => {}
            Ok(outcome) => {
                self.items += 1;
                self.accepted += u64::from(outcome == Outcome::Accepted);
            }
            Err(fault) => {
                self.items += 1;
                let kind = kind(&fault);
                if let Some((_, times)) = self.faults.get_mut(&kind) {
                    *times += 1;
                } else {
                    let shortest = shortest(nodes(input.clone()), &kind);
                    self.faults.insert(kind, (format!("{fault}\n    {}", stream(&shortest)), 1));
                }
            }
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { inputs, items, accepted, faults } = self;
        write!(
            f,
            "{inputs} inputs, of which {items} items, of which {accepted} accepted; {} kinds of faults",
            faults.len()
        )?;
        for (example, times) in faults.values() {
            write!(f, "\n- {times} times: {example}")?;
        }
        Ok(())
    }
}

/// Gives the derive `count` random edits of the items. The same seed makes the same inputs.
#[must_use]
pub fn random(texts: &[String], count: u64, seed: u64) -> Report {
    let mut report = Report::default();
    let mut random = fastrand::Rng::with_seed(seed);
    let mut bytes = [0; 160];
    let mut material = edits::Material::read(texts);
    for done in 0..count {
        if done > 0 && done % BLOCK == 0 {
            material = edits::Material::read(texts);
        }
        random.fill(&mut bytes);
        report.add(&material.edited(&bytes));
    }
    report
}

/// Runs `what` with the stack that rustc gives to a derive.
///
/// # Panics
///
/// If it does.
pub fn as_in_rustc<T: Send>(what: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(8 << 20).spawn_scoped(scope, what);
        match thread.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(value)) => value,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => std::panic::resume_unwind(Box::new(error.to_string())),
        }
    })
}

thread_local! {
    /// What a panic said and where, while one is expected.
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// What became of one input; a panic is a broken promise too.
///
/// # Errors
///
/// Says which promise was broken.
pub fn outcome(input: &TokenStream) -> Result<Outcome, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let is_expected = LAST_PANIC.with_borrow_mut(|last| {
                let is_expected = last.is_some();
                if is_expected {
                    let text = text_of(info.payload());
                    let at = info.location().map(ToString::to_string).unwrap_or_default();
                    *last = Some(format!("panic at {at}: {text}"));
                }
                is_expected
            });
            if !is_expected {
                others(info);
            }
        }));
    });
    LAST_PANIC.set(Some(String::new()));
    let outcome = catch_unwind(AssertUnwindSafe(|| check(input)));
    let panic = LAST_PANIC.take();
    outcome.unwrap_or_else(|_| Err(panic.unwrap_or_default()))
}

fn text_of(panic: &dyn Any) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("a panic")
}

/// The fault without what the user wrote.
fn kind(fault: &str) -> String {
    let text = fault.split('`').step_by(2).collect::<Vec<_>>().join("`");
    text.chars().take(160).collect()
}

/// Leaves out tokens for as long as it is the same fault.
fn shortest(mut item: Vec<Node>, wanted: &str) -> Vec<Node> {
    let is_same = |item: &[Node]| outcome(&stream(item)).is_err_and(|fault| kind(&fault) == wanted);
    loop {
        let shorter = [12, 8, 5, 4, 3, 2, 1]
            .iter()
            .find_map(|length| cuts::gaps(&item, *length).find(|shorter| is_same(shorter)));
        match shorter {
            Some(shorter) => item = shorter,
            None => return item,
        }
    }
}
