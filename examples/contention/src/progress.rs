//! What is seen while it runs: a bar on a terminal, and a line for each measurement everywhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use tokio::task::JoinHandle;

use crate::report;
use crate::workload::{Cell, Measured};

const TICK: Duration = Duration::from_millis(100);

pub struct Progress {
    /// Draws nothing where stderr is no terminal.
    bar: ProgressBar,
    /// How long a measurement takes, in the bar's unit.
    length: u64,
    begun: u64,
}

impl Progress {
    pub fn new(cells: usize, time: Duration) -> Self {
        let length = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let bar = ProgressBar::new(length.saturating_mul(cells as u64));
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3} %, {eta} to go; {msg}") {
            bar.set_style(style);
        }
        Self { bar, length, begun: 0 }
    }

    /// The bar moves with the clock until the handle is aborted; `done` counts the increments.
    pub fn begin(&mut self, cell: &Cell, done: Arc<AtomicU32>) -> JoinHandle<()> {
        let (bar, length) = (self.bar.clone(), self.length);
        let position = self.begun.saturating_mul(length);
        self.begun += 1;
        let what = report::what(cell);
        let begun = Instant::now();
        tokio::spawn(async move {
            loop {
                let elapsed = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
                bar.set_position(position.saturating_add(elapsed.min(length)));
                bar.set_message(format!("{what}: {} increments", done.load(Ordering::Relaxed)));
                tokio::time::sleep(TICK).await;
            }
        })
    }

    pub fn end(&self, measured: &Measured) {
        self.bar.suspend(|| println!("{}", report::line(measured)));
    }

    pub fn close(&self) {
        self.bar.finish_and_clear();
    }
}
