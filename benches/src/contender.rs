//! What a contender is: one way to save a product with a version check, and how the harness drives it.
//!
//! Each way is written once, row by row, as [`Blocking`] or as [`Async`]; [`Contender`] is what both look like to the
//! harness.

use tokio::runtime::Runtime;

/// One connection, with products in memory, and a way to write them.
pub trait Blocking: Send {
    fn execute(&mut self, sql: &str);
    /// The first column of the only row, which must be an integer of 64 bits.
    fn number(&mut self, sql: &str) -> i64;
    /// Holds the products 1 to `rows` at this version, without reading them.
    fn load(&mut self, rows: usize, version: i32);
    /// Changes a product and saves it: false if it was stale. Panics on all else.
    fn save(&mut self, row: usize) -> bool;
    fn delete(&mut self, row: usize) -> bool;
    /// Changes the first `rows` products and saves them in one transaction: false if one was stale and none is written.
    fn save_all(&mut self, rows: usize) -> bool;
}

/// The same, for libraries with futures.
pub trait Async: Send {
    async fn execute(&mut self, sql: &str);
    async fn number(&mut self, sql: &str) -> i64;
    fn load(&mut self, rows: usize, version: i32);
    async fn save(&mut self, row: usize) -> bool;
    async fn delete(&mut self, row: usize) -> bool;
    async fn save_all(&mut self, rows: usize) -> bool;
}

/// What is timed.
#[derive(Clone, Copy)]
pub enum Job {
    /// Saves rows one after the other, each in a transaction of its own: `first` and the `rows` after it, round and round.
    Save { first: usize, rows: usize, times: usize },
    /// Deletes rows likewise, each once.
    Delete { times: usize },
    /// Saves the first `rows` together, over and over.
    SaveAll { rows: usize, times: usize },
}

/// A contender as the harness sees it.
pub trait Contender: Send {
    fn execute(&mut self, sql: &str);
    fn number(&mut self, sql: &str) -> i64;
    fn load(&mut self, rows: usize, version: i32);
    /// How many rows were written.
    fn run(&mut self, job: Job) -> usize;
}

/// Drives a blocking one.
pub struct Thread<B>(pub B);

impl<B: Blocking> Contender for Thread<B> {
    fn execute(&mut self, sql: &str) {
        self.0.execute(sql);
    }

    fn number(&mut self, sql: &str) -> i64 {
        self.0.number(sql)
    }

    fn load(&mut self, rows: usize, version: i32) {
        self.0.load(rows, version);
    }

    fn run(&mut self, job: Job) -> usize {
        match job {
            Job::Save { first, rows, times } => (0..times).filter(|n| self.0.save(first + n % rows)).count(),
            Job::Delete { times } => (0..times).filter(|row| self.0.delete(*row)).count(),
            Job::SaveAll { rows, times } => (0..times).filter(|_| self.0.save_all(rows)).count() * rows,
        }
    }
}

/// Drives an async one, on a runtime of one thread: the whole job is one future.
pub struct Task<A> {
    runtime: Runtime,
    client: A,
}

impl<A: Async> Task<A> {
    pub fn open<F: Future<Output = A>>(connect: impl FnOnce() -> F) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = runtime.block_on(async { connect().await });
        Self { runtime, client }
    }
}

impl<A: Async> Contender for Task<A> {
    fn execute(&mut self, sql: &str) {
        self.runtime.block_on(self.client.execute(sql));
    }

    fn number(&mut self, sql: &str) -> i64 {
        self.runtime.block_on(self.client.number(sql))
    }

    fn load(&mut self, rows: usize, version: i32) {
        self.client.load(rows, version);
    }

    fn run(&mut self, job: Job) -> usize {
        let client = &mut self.client;
        self.runtime.block_on(async {
            let mut written = 0;
            match job {
                Job::Save { first, rows, times } => {
                    for n in 0..times {
                        written += usize::from(client.save(first + n % rows).await);
                    }
                }
                Job::Delete { times } => {
                    for row in 0..times {
                        written += usize::from(client.delete(row).await);
                    }
                }
                Job::SaveAll { rows, times } => {
                    for _ in 0..times {
                        written += usize::from(client.save_all(rows).await) * rows;
                    }
                }
            }
            written
        })
    }
}
