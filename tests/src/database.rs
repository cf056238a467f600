//! A database, or a part of one, for one test.

use std::sync::atomic::{AtomicU32, Ordering};

/// Made for a test and removed when dropped, so that tests can run side by side.
pub trait TestDatabase: Sized + Sync {
    /// `None` where there is no server; the run then says so.
    fn create() -> Option<Self>;

    /// What to connect to.
    fn url(&self) -> String;

    /// What each connection runs first.
    fn setup(&self) -> String;
}

/// A name that no other test has, in this process or beside it.
pub(crate) fn unique_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("occ_tests_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// The server's URL from the environment.
#[cfg(any(feature = "postgres", feature = "mysql", feature = "async"))]
pub(crate) fn server(variable: &str, example: &str) -> Option<String> {
    let url = std::env::var(variable).ok();
    if url.is_none() {
        let test = std::thread::current().name().unwrap_or("a scenario").to_owned();
        crate::report::skipped(test, format_args!("set {variable}, such as {example}"));
    }
    url
}
