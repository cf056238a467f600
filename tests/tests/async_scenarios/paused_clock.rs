//! A retry loop on a runtime whose clock is stopped, as tests have it.

use std::time::Duration;

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use occ_runtime::{AsyncRetryDsl as _, Error, RetryPolicy};
use occ_tests::database::TestDatabase as _;

use super::cell::{Database, connect};

#[test]
fn the_deadline_comes_by_the_clock_that_the_waits_go_by() {
    let Some(database) = Database::create() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let conn = &mut connect(&database).await;
        tokio::time::pause();
        let begun = tokio::time::Instant::now();
        let policy = RetryPolicy::new()
            .backoff(Duration::from_secs(1), Duration::from_secs(1))
            .deadline(Duration::from_secs(10));
        let result = policy
            .run(conn, async |_| {
                let locked = Box::new("database is locked".to_owned());
                Err::<(), Error>(DieselError::DatabaseError(DatabaseErrorKind::Unknown, locked).into())
            })
            .await;
        let Err(Error::RetriesExhausted(given_up)) = result else { panic!("{result:?}") };
        // The waits are random, half a second on average.
        assert!((5..200).contains(&given_up.attempts()), "{} attempts in 10 s", given_up.attempts());
        assert!(begun.elapsed() < Duration::from_secs(11), "{:?}", begun.elapsed());
        assert_eq!(policy.run(conn, async |_| Ok::<_, Error>(7)).await.unwrap(), 7);
    });
}
