//! The errors by which a server says "somebody else was here", in another language than English.

use occ_runtime::{Error, LockMode, Transient};
use occ_tests::cell::Backend;
use occ_tests::report::skipped;

use super::cell::{BACKEND, batch, begin, connect, lock, rollback, save};
use super::deadlock::{deadlock, transient};
use super::product::load;

/// What makes a connection's errors German.
fn in_german() -> &'static str {
    match BACKEND {
        Backend::Postgres => "SET lc_messages = 'de_DE.UTF-8'",
        _ => "SET SESSION lc_messages = 'de_DE'",
    }
}

/// What was said, if it was no English.
fn is_german(error: &Error) -> bool {
    ["Sperre", "Deadlock ist", "Deadlock)"].iter().any(|word| error.to_string().contains(word))
}

super::scenarios! {
    async fn a_row_that_is_locked_is_so_in_the_servers_other_languages(database) {
        let (a, b) = (&mut connect(database).await, &mut connect(database).await);
        if batch(in_german(), b).await.is_err() {
            return skipped("translated", "the server has no German: locale-gen de_DE.UTF-8, and restart it");
        }
        let (mut mine, mut theirs) = (load(1, a).await, load(1, b).await);
        begin(a).await.unwrap();
        save(&mut mine, a).await.unwrap();
        let impatient = match BACKEND {
            Backend::Postgres => "SET lock_timeout = '50ms'",
            _ => "SET SESSION innodb_lock_wait_timeout = 1",
        };
        batch(impatient, b).await.unwrap();
        let before = theirs.clone();
        let error = save(&mut theirs, b).await.unwrap_err();
        assert!(is_german(&error), "{error}");
        assert_eq!((transient(&error), error.is_retryable()), (Some(Transient::LockTimeout), true), "{error}");
        begin(b).await.unwrap();
        let error = lock(&theirs, LockMode::for_update().no_wait(), b).await.unwrap_err();
        assert_eq!(transient(&error), Some(Transient::LockTimeout), "{error}");
        rollback(b).await.unwrap();
        rollback(a).await.unwrap();
        assert_eq!(theirs, before);
    }

    async fn a_deadlock_is_one_in_the_servers_other_languages(database) {
        if batch(in_german(), &mut connect(database).await).await.is_err() {
            return skipped("translated", "the server has no German: locale-gen de_DE.UTF-8, and restart it");
        }
        deadlock(database, in_german(), async |conn, _, error| {
            // MariaDB says this one in English all the same.
            assert!(is_german(&error) || error.to_string().starts_with("Deadlock found"), "{error}");
            assert_eq!((transient(&error), error.is_retryable()), (Some(Transient::Deadlock), true), "{error}");
            let _ = rollback(conn).await;
        });
    }
}
