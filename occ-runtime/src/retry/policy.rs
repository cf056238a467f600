//! How often, how fast and how long a lost save is done again.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::retry::attempt::Attempt;
use crate::retry::backoff::Backoff;
use crate::retry::heat::Heat;

/// How often, how fast and how long something that was lost to another writer is done again.
///
/// | | default |
/// |---|---|
/// | [attempts](Self::attempts) | as many as the time allows |
/// | [time](Self::deadline) | 30 seconds |
/// | [wait](Self::backoff) between them | random, up to 1 ms after the first, twice that after each further one, at most 100 ms |
/// | [row lock](Self::escalate_after) | from the fourth attempt on |
/// | [what is retried](Self::retry_if) | [`Error::is_retryable`] |
///
/// The methods that use it, `run` and `modify`, are in [`RetryDsl`](crate::RetryDsl) and, for async connections, in
/// `AsyncRetryDsl`; both are in the preludes.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
/// use std::time::Duration;
#[doc = include_str!("../example.txt")]
/// # let conn = &mut connection();
///
/// let patient = RetryPolicy::new()
///     .attempts(20)
///     .backoff(Duration::from_millis(5), Duration::from_secs(1))
///     .deadline(Duration::from_secs(10));
/// let lamp = patient.modify(1, conn, |lamp: &mut Product| lamp.quantity -= 1)?;
/// assert_eq!((lamp.quantity, lamp.version), (9, 2));
/// # Ok::<_, Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a policy does nothing until it runs something"]
pub struct RetryPolicy {
    pub(crate) attempts: Option<u32>,
    pub(crate) backoff: Backoff,
    pub(crate) deadline: Option<Duration>,
    pub(crate) escalate_after: Option<u32>,
    pub(crate) heat: Option<Arc<Heat>>,
    predicate: Option<Predicate>,
    observer: Option<Observer>,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: None,
            backoff: Backoff { base: Duration::from_millis(1), cap: Duration::from_millis(100) },
            deadline: Some(Duration::from_secs(30)),
            escalate_after: Some(3),
            heat: None,
            predicate: None,
            observer: None,
        }
    }
}

impl RetryPolicy {
    /// The default policy.
    pub fn new() -> Self {
        Self::default()
    }

    /// At most this many attempts, the first one included. One is made in any case.
    ///
    /// ```
    /// let once = occ_runtime::RetryPolicy::new().attempts(1);
    /// ```
    pub fn attempts(self, attempts: u32) -> Self {
        Self { attempts: Some(attempts), ..self }
    }

    /// As many attempts as the [deadline](Self::deadline) allows. This is the default.
    ///
    /// ```
    /// let tireless = occ_runtime::RetryPolicy::new().attempts(5).unlimited_attempts();
    /// ```
    pub fn unlimited_attempts(self) -> Self {
        Self { attempts: None, ..self }
    }

    /// Waits a random time before the next attempt: up to `base` after the first one, up to twice as much after each
    /// further one, and never more than `cap`.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let slow = occ_runtime::RetryPolicy::new().backoff(Duration::from_millis(50), Duration::from_secs(2));
    /// let at_once = occ_runtime::RetryPolicy::new().backoff(Duration::ZERO, Duration::ZERO);
    /// ```
    pub fn backoff(self, base: Duration, cap: Duration) -> Self {
        Self { backoff: Backoff { base, cap }, ..self }
    }

    /// Begins no attempt once this time is over, counted from the beginning of the first one. An attempt that has begun
    /// is not cut short: bound it with the server's lock and statement timeouts.
    ///
    /// ```
    /// let hasty = occ_runtime::RetryPolicy::new().deadline(std::time::Duration::from_millis(200));
    /// ```
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline: Some(deadline), ..self }
    }

    /// No limit of time. Limit the [attempts](Self::attempts), or this may go on for ever.
    ///
    /// ```
    /// let counted = occ_runtime::RetryPolicy::new().without_deadline().attempts(100);
    /// ```
    pub fn without_deadline(self) -> Self {
        Self { deadline: None, ..self }
    }

    /// After this many lost attempts, reads the row with `FOR UPDATE`, so that it cannot be lost again; 0 locks from the
    /// start. The save checks the version all the same, for writers may have passed by the lock.
    ///
    /// This is for `modify`, on PostgreSQL (feature `postgres`), MySQL and MariaDB (feature `mysql`). Elsewhere it does
    /// nothing: SQLite locks no rows. There, give each connection a `PRAGMA busy_timeout`, so that writers wait for
    /// each other. What `run` runs, takes its own locks:
    /// [`lock_optimistic`](crate::OptimisticDsl::lock_optimistic), or Diesel's `for_update()`.
    ///
    /// ```
    /// let pessimist = occ_runtime::RetryPolicy::new().escalate_after(0);
    /// ```
    pub fn escalate_after(self, losses: u32) -> Self {
        Self { escalate_after: Some(losses), ..self }
    }

    /// Learns when to lock: while more than a third of the first attempts are lost, `modify` locks its row from the start;
    /// every 256 times it tries without. A lost attempt costs nearly as much as one that wins, so on rows that are always
    /// fought over this is about as fast as locking by hand, and elsewhere nothing is locked. Until it has learnt,
    /// [`escalate_after`](Self::escalate_after) holds.
    ///
    /// The policy and its clones learn together. So keep it, in a `static` or the application's state, one for rows that are
    /// fought over alike, such as those of one table.
    ///
    /// ```
    /// use std::sync::LazyLock;
    ///
    /// use occ_runtime::RetryPolicy;
    ///
    /// static STOCK: LazyLock<RetryPolicy> = LazyLock::new(|| RetryPolicy::new().adaptive());
    /// ```
    pub fn adaptive(self) -> Self {
        Self { heat: Some(Arc::default()), ..self }
    }

    /// Takes no row locks.
    ///
    /// ```
    /// let optimist = occ_runtime::RetryPolicy::new().never_escalate();
    /// ```
    pub fn never_escalate(self) -> Self {
        Self { escalate_after: None, heat: None, ..self }
    }

    /// What is retried, instead of what [`Error::is_retryable`] says. Whatever this says, nothing is retried on a
    /// connection that is of no more use: [`Error::needs_new_connection`].
    ///
    /// ```
    /// use diesel::result::{DatabaseErrorKind, Error as DieselError};
    /// use occ_runtime::{Error, RetryPolicy, Transient};
    ///
    /// // A server that speaks German.
    /// let policy = RetryPolicy::new().retry_if(|error: &Error| {
    ///     error.is_retryable_by(|error| {
    ///         let verklemmt = matches!(error, DieselError::DatabaseError(_, info) if info.message() == "Verklemmung entdeckt");
    ///         verklemmt || Transient::of(error).is_some()
    ///     })
    /// });
    /// ```
    pub fn retry_if(self, predicate: impl Fn(&Error) -> bool + Send + Sync + 'static) -> Self {
        Self { predicate: Some(Predicate(Arc::new(predicate))), ..self }
    }

    /// Calls `observer` after each attempt, save one that an error of your own has ended.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU32, Ordering};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    ///
    /// let attempts = Arc::new(AtomicU32::new(0));
    /// let counter = Arc::clone(&attempts);
    /// let counted = RetryPolicy::new().observe(move |attempt| counter.store(attempt.number(), Ordering::Relaxed));
    /// counted.modify(1, conn, |lamp: &mut Product| lamp.quantity -= 1)?;
    /// assert_eq!(attempts.load(Ordering::Relaxed), 1);
    /// # Ok::<_, Error>(())
    /// ```
    pub fn observe(self, observer: impl Fn(&Attempt<'_>) + Send + Sync + 'static) -> Self {
        Self { observer: Some(Observer(Arc::new(observer))), ..self }
    }

    pub(crate) fn retries(&self, error: &Error) -> bool {
        // On a dead connection every further attempt fails, and hides why the first one did.
        !error.needs_new_connection()
            && self.predicate.as_ref().map_or_else(|| error.is_retryable(), |predicate| predicate.0(error))
    }

    pub(crate) fn tell(&self, attempt: &Attempt<'_>) {
        if let Some(observer) = &self.observer {
            observer.0(attempt);
        }
    }
}

#[derive(Clone)]
struct Predicate(Arc<dyn Fn(&Error) -> bool + Send + Sync>);

impl fmt::Debug for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fn(&Error) -> bool")
    }
}

#[derive(Clone)]
struct Observer(Arc<dyn Fn(&Attempt<'_>) + Send + Sync>);

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fn(&Attempt)")
    }
}
