//! The service from outside: requests, a browser, and many clients at once.
// For clippy, which lets tests panic.
#![cfg(test)]

mod api;
mod bad_input;
mod browser;
mod client;
mod database;
mod description;
mod load;
mod pages;
mod proxies;
mod readme;
mod server;

/// Each test for a service of its own, on SQLite and, where there is a server, on PostgreSQL.
macro_rules! on_both {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $test() {
                super::$test(&crate::server::Server::new(crate::database::Database::sqlite()));
            })*
        }

        mod postgres {
            $(#[test]
            fn $test() {
                let name = concat!(module_path!(), "::", stringify!($test));
                if let Some(database) = crate::database::Database::postgres(name) {
                    super::$test(&crate::server::Server::new(database));
                }
            })*
        }
    };
}
pub(crate) use on_both;

/// Where a program is: servers live in the sbin folders, which not every user's PATH has.
pub(crate) fn program(name: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders =
        std::env::split_paths(&path).chain(["/usr/local/sbin", "/usr/sbin", "/sbin"].map(Into::into));
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Says that a test has shown nothing: the test harness hides what is printed, not what is written here.
pub(crate) fn skipped(name: &str, why: &str) {
    use std::io::Write as _;
    // As the harness names it, without the name of this program.
    let name = name.split_once("::").map_or(name, |(_, name)| name);
    // A line that cannot be written fails no test.
    let _ = writeln!(std::io::stderr(), "skipped: {name}: {why}");
}
