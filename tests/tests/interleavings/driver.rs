//! Lets several connections send their statements one at a time, and tries every order of them.
//!
//! Each writer has a thread and a connection. Before each statement it waits at a [`Gate`], which is the connection's
//! instrumentation; so a writer is whatever code sends statements, and knows nothing of all this. The driver lets one of the
//! writers that wait go on, until each of them is at its next statement, at its end, or waits for a lock, as the server says.
//! Where it could have let another one go, it has made a choice. The next run repeats all choices but the last, which it makes
//! otherwise: after a number of runs every order has been tried, and none twice.

use std::fmt::Write as _;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent};

/// After this long without any progress a run has failed.
const PATIENCE: Duration = Duration::from_secs(50);

/// Where two wait for one lock, PostgreSQL may give it to the one or to the other. So often a run is made again.
const MOST_STRAYS: u32 = 100;

/// Where a writer is.
#[derive(Clone, Debug, PartialEq)]
enum At {
    /// It has nothing to do.
    Idle,
    /// Before this statement.
    Gate(String),
    /// It works, or waits for a lock.
    Running,
    /// It has panicked.
    Dead,
}

#[derive(Debug)]
struct Inside {
    at: Vec<At>,
    /// The driver is gone, and nobody waits at a gate.
    open: bool,
    /// How often a writer has got somewhere.
    moves: u64,
}

/// Where the writers of a run are.
#[derive(Debug)]
pub struct Stage {
    inside: Mutex<Inside>,
    moved: Condvar,
}

impl Stage {
    pub fn new(writers: usize) -> Arc<Self> {
        let inside = Inside { at: vec![At::Idle; writers], open: false, moves: 0 };
        Arc::new(Self { inside: Mutex::new(inside), moved: Condvar::new() })
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says where a writer has got to.
    fn arrive(&self, writer: usize, at: At) -> MutexGuard<'_, Inside> {
        let mut inside = self.lock();
        inside.at[writer] = at;
        inside.moves += 1;
        self.moved.notify_all();
        inside
    }

    /// Gives the writer something to do: from here on its statements wait.
    pub fn begin(&self, writer: usize) {
        drop(self.arrive(writer, At::Running));
    }

    /// The writer has done what it had to.
    pub fn end(&self, writer: usize) {
        drop(self.arrive(writer, At::Idle));
    }

    /// Who works or waits for a lock, after a moment in which nobody might; whether anybody is at a gate; and the moves so far.
    fn look(&self) -> (Vec<usize>, bool, u64) {
        let moment = Duration::from_millis(1);
        let (inside, _) = self
            .moved
            .wait_timeout_while(self.lock(), moment, |inside| inside.at.contains(&At::Running))
            .unwrap_or_else(PoisonError::into_inner);
        assert!(!inside.at.contains(&At::Dead), "a writer has panicked");
        let running = (0..inside.at.len()).filter(|&i| inside.at[i] == At::Running).collect();
        (running, inside.at.iter().any(|at| matches!(at, At::Gate(_))), inside.moves)
    }

    /// Until each writer is at a gate, idle, or waits for a lock. `waiting` asks the server which of these do.
    async fn settle(&self, waiting: &mut impl AsyncFnMut(&[usize]) -> Vec<usize>) {
        let begun = Instant::now();
        let mut looks = 0;
        loop {
            let (running, others, moves) = self.look();
            if running.is_empty() {
                return;
            }
            // Of two that wait for each other the server has yet to choose which is to give way. If nobody else could go on,
            // that is waited for. If a third could, the two are looked at more than once.
            if others && waiting(&running).await == running && self.lock().moves == moves {
                looks += 1;
                if running.len() == 1 || looks == 10 {
                    return;
                }
            } else {
                looks = 0;
            }
            assert!(begun.elapsed() < PATIENCE, "no progress: {:?}", self.lock().at);
        }
    }
}

/// Opens the gates when the driver ends, however it does.
pub struct Opens<'s>(pub &'s Stage);

impl Drop for Opens<'_> {
    fn drop(&mut self) {
        self.0.lock().open = true;
        self.0.moved.notify_all();
    }
}

/// Held by the thread of a writer: if that panics, the driver has to know.
pub struct Lives<'s>(pub &'s Stage, pub usize);

impl Drop for Lives<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            drop(self.0.arrive(self.1, At::Dead));
        }
    }
}

/// Where a writer's statements wait: the instrumentation of its connection.
#[derive(Debug)]
pub struct Gate {
    pub stage: Arc<Stage>,
    pub writer: usize,
    /// A rollback goes with what is before it, as there are too many orders otherwise.
    pub coarse: bool,
}

impl Instrumentation for Gate {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        let InstrumentationEvent::StartQuery { query, .. } = event else { return };
        let sql = query.to_string();
        if !is_seen_by_others(&sql)
            || (self.coarse && sql.starts_with("ROLLBACK"))
            || self.stage.lock().at[self.writer] == At::Idle
        {
            return;
        }
        let inside = self.stage.arrive(self.writer, At::Gate(sql));
        drop(
            self.stage
                .moved
                .wait_while(inside, |inside| !inside.open && inside.at[self.writer] != At::Running)
                .unwrap_or_else(PoisonError::into_inner),
        );
    }
}

/// These neither lock nor read anything, so that it is the same whether another's statement comes before or after them:
/// they go with what follows.
fn is_seen_by_others(sql: &str) -> bool {
    let sql = sql.split(" -- binds").next().unwrap_or(sql).trim();
    sql != "BEGIN" && !sql.starts_with("SAVEPOINT") && !sql.starts_with("RELEASE SAVEPOINT")
}

/// The choices of a run, and who could have been let go.
#[derive(Default, Debug)]
pub struct Orders {
    path: Vec<(usize, Vec<usize>)>,
    depth: usize,
    /// What the present run has done so far.
    trace: String,
    /// The server has chosen otherwise than before between two that waited, and this run ends as it may.
    strayed: bool,
    /// How many runs in a row have.
    strays: u32,
}

impl Orders {
    /// One run: lets the writers go in an order that was not tried before, until all of them are idle. With `alike`, a
    /// writer begins after those before it.
    pub async fn run(
        &mut self,
        stage: &Stage,
        alike: bool,
        mut waiting: impl AsyncFnMut(&[usize]) -> Vec<usize>,
    ) {
        self.depth = 0;
        self.trace.clear();
        self.strayed = false;
        let mut begun = vec![false; stage.lock().at.len()];
        loop {
            stage.settle(&mut waiting).await;
            let mut inside = stage.lock();
            let may_begin = |i: usize| !alike || begun[i] || begun[..i].iter().all(|begun| *begun);
            let options: Vec<usize> =
                (0..begun.len()).filter(|&i| matches!(inside.at[i], At::Gate(_)) && may_begin(i)).collect();
            if options.is_empty() {
                return;
            }
            let writer = self.choose(&options);
            let At::Gate(sql) = std::mem::replace(&mut inside.at[writer], At::Running) else { return };
            begun[writer] = true;
            let _ = writeln!(self.trace, "  {}: {sql}", char::from(b'A' + u8::try_from(writer).unwrap_or(0)));
            stage.moved.notify_all();
        }
    }

    fn choose(&mut self, options: &[usize]) -> usize {
        if self.strayed {
            return options[0];
        }
        let depth = self.depth;
        self.depth += 1;
        if depth == self.path.len() {
            self.path.push((0, options.to_owned()));
        }
        let (choice, before) = &self.path[depth];
        self.strayed |= options != before;
        if self.strayed { options[0] } else { options[*choice] }
    }

    /// Prepares the next run; `false` if there is none. A run that has strayed is made again.
    pub fn next(&mut self) -> bool {
        self.strays = if self.strayed { self.strays + 1 } else { 0 };
        assert!(self.strays < MOST_STRAYS, "it goes otherwise each time:\n{}", self.trace);
        if self.strayed {
            return true;
        }
        while let Some((choice, options)) = self.path.pop() {
            if choice + 1 < options.len() {
                self.path.push((choice + 1, options));
                return true;
            }
        }
        false
    }

    /// Whether the last run was one of those that are counted: see [`next`](Self::next).
    pub fn is_counted(&self) -> bool {
        !self.strayed
    }

    /// The statements of the last run, in their order.
    pub fn trace(&self) -> &str {
        &self.trace
    }
}
