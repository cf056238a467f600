//! The attempts of one run: which comes next, and when it is over.

use std::time::Duration;

use crate::error::RetriesExhaustedError;
use crate::error::{Error, trace};
use crate::retry::attempt::Attempt;
use crate::retry::failure::RetryError;
use crate::retry::heat::Heat;
use crate::retry::loops::Within;
use crate::retry::policy::RetryPolicy;

/// What the time of a run is measured with: the clock that its waits go by, or a test that stops tokio's clock would see
/// waits of no time and a deadline that does not come nearer.
pub(crate) trait Instant {
    fn now() -> Self;
    fn elapsed(&self) -> Duration;
}

impl Instant for std::time::Instant {
    fn now() -> Self {
        Self::now()
    }

    fn elapsed(&self) -> Duration {
        self.elapsed()
    }
}

#[cfg(feature = "async")]
impl Instant for tokio::time::Instant {
    fn now() -> Self {
        Self::now()
    }

    fn elapsed(&self) -> Duration {
        self.elapsed()
    }
}

/// Of a thread that sleeps.
pub(crate) type BlockingAttempts<'p> = Attempts<'p, std::time::Instant>;
/// Of a task that waits for tokio's timer.
#[cfg(feature = "async")]
pub(crate) type AsyncAttempts<'p> = Attempts<'p, tokio::time::Instant>;

/// Where a run stands.
pub(crate) struct Attempts<'p, I> {
    policy: &'p RetryPolicy,
    /// The table, or what else is tried.
    what: &'static str,
    /// Whether a row can be locked at all.
    locks: bool,
    /// Whether it is to be locked from the first attempt on, by what was learnt.
    hot: bool,
    begun: I,
    number: u32,
    within: Within,
}

impl<'p, I: Instant> Attempts<'p, I> {
    pub(crate) fn begin(policy: &'p RetryPolicy, what: &'static str, locks: bool) -> Self {
        let hot = locks && policy.heat.as_ref().is_some_and(|heat| heat.take());
        Self { policy, what, locks, hot, begun: I::now(), number: 1, within: Within::Nothing }
    }

    pub(crate) fn within(self, within: Within) -> Self {
        Self { within, ..self }
    }

    /// Whether this attempt locks the row.
    pub(crate) fn escalated(&self) -> bool {
        // Each attempt before this one was lost.
        self.hot || (self.locks && self.policy.escalate_after.is_some_and(|losses| self.number > losses))
    }

    /// Whether no other can follow, however soon this one is lost.
    pub(crate) fn is_last(&self) -> bool {
        self.policy.attempts.is_some_and(|attempts| self.number >= attempts)
    }

    pub(crate) fn succeeded(&self) {
        self.tell(None, None);
        if let Some(heat) = self.learns() {
            heat.succeeded();
        }
    }

    /// What learns from this attempt: a first one without a lock, where there are locks.
    fn learns(&self) -> Option<&Heat> {
        self.policy.heat.as_deref().filter(|_| self.locks && self.number == 1 && !self.escalated())
    }

    /// The wait before the next attempt, or `None` if `error` is the end of it: then it says so itself.
    pub(crate) fn failed(&mut self, error: &mut impl RetryError) -> Option<Duration> {
        let mut failure = error.failure()?;
        let error = failure.take();
        let lost_with_its_test = self.within == Within::Test && matches!(error, Error::Database(_));
        let retries = self.policy.retries(&error) && !lost_with_its_test;
        let delay = if retries { self.delay(self.begun.elapsed()) } else { None };
        self.tell(Some(&error), delay);
        if let Some(heat) = self.learns().filter(|_| retries) {
            heat.lost();
        }
        if delay.is_some() {
            trace::retry(self.what, self.number, &error, delay);
            let escalated = self.escalated();
            self.number = self.number.saturating_add(1);
            if self.escalated() && !escalated {
                trace::escalation(self.what, self.number, &error);
            }
        } else if retries {
            trace::give_up(self.what, self.number, &error);
        }
        failure.put(if retries && delay.is_none() {
            RetriesExhaustedError::new(self.number, error).into()
        } else {
            error
        });
        delay
    }

    /// The wait before the next attempt, if there is one; `elapsed` since the first began.
    fn delay(&self, elapsed: Duration) -> Option<Duration> {
        if self.is_last() {
            return None;
        }
        let delay = self.policy.backoff.delay(self.number);
        // Who would wake up too late need not sleep.
        let in_time = self.policy.deadline.is_none_or(|deadline| elapsed.saturating_add(delay) < deadline);
        in_time.then_some(delay)
    }

    fn tell(&self, error: Option<&Error>, delay: Option<Duration>) {
        self.policy.tell(&Attempt { number: self.number, error, delay, escalated: self.escalated() });
    }
}

#[cfg(test)]
mod tests {
    use diesel::result::{DatabaseErrorKind, Error as DieselError};

    use super::{BlockingAttempts as Attempts, Duration, Error, RetryPolicy};

    fn busy() -> DieselError {
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new("database is locked".to_owned()))
    }

    fn at_once() -> RetryPolicy {
        RetryPolicy::new().backoff(Duration::ZERO, Duration::ZERO)
    }

    /// How many attempts are made if each fails with `busy`.
    fn made(policy: &RetryPolicy) -> u32 {
        let mut attempts = Attempts::begin(policy, "products", true);
        while attempts.failed(&mut busy()).is_some() {}
        attempts.number
    }

    #[test]
    fn as_many_attempts_are_made_as_are_allowed_and_one_in_any_case() {
        for (allowed, expected) in [(0, 1), (1, 1), (2, 2), (7, 7)] {
            assert_eq!(made(&at_once().attempts(allowed)), expected);
        }
        assert_eq!(made(&at_once().deadline(Duration::ZERO)), 1);
        let unlimited = at_once().attempts(1).unlimited_attempts();
        let mut attempts = Attempts::begin(&unlimited, "products", true);
        assert!((0..50).all(|_| attempts.failed(&mut busy()) == Some(Duration::ZERO)));
    }

    #[test]
    fn no_attempt_begins_at_or_after_the_deadline() {
        let policy = at_once().deadline(Duration::from_secs(5));
        let attempts = Attempts::begin(&policy, "products", true);
        assert!(attempts.delay(Duration::from_millis(4999)).is_some());
        assert!(attempts.delay(Duration::from_secs(5)).is_none());
        assert!(attempts.delay(Duration::MAX).is_none());
        let policy = policy.without_deadline();
        assert!(Attempts::begin(&policy, "products", true).delay(Duration::MAX).is_some());
    }

    #[test]
    fn each_wait_has_the_room_of_its_attempt_and_each_run_starts_anew() {
        let policy = RetryPolicy::new().backoff(Duration::from_micros(1), Duration::from_micros(50));
        for _run in 0..50 {
            let mut attempts = Attempts::begin(&policy, "products", true);
            for ceiling in [1, 2, 4, 8, 16, 32, 50, 50] {
                let delay = attempts.failed(&mut busy()).unwrap();
                assert!(delay <= Duration::from_micros(ceiling), "{delay:?} is above {ceiling} µs");
            }
        }
    }

    #[test]
    fn rows_are_locked_after_so_many_losses_where_there_are_locks() {
        let escalated = |policy: &RetryPolicy, locks| -> Vec<bool> {
            let mut attempts = Attempts::begin(policy, "products", locks);
            let mut escalated = vec![attempts.escalated()];
            while attempts.failed(&mut busy()).is_some() {
                escalated.push(attempts.escalated());
            }
            escalated
        };
        let policy = at_once().attempts(4).escalate_after(2);
        assert_eq!(escalated(&policy, true), [false, false, true, true]);
        assert_eq!(escalated(&policy, false), [false; 4]);
        assert_eq!(escalated(&policy.clone().escalate_after(0), true), [true; 4]);
        assert_eq!(escalated(&policy.never_escalate(), true), [false; 4]);
    }

    #[test]
    fn an_adaptive_policy_and_its_clones_learn_from_first_attempts_without_a_lock() {
        let policy = at_once().escalate_after(1).adaptive();
        let clone = policy.clone();
        let lose = |policy: &RetryPolicy| {
            let mut attempts = Attempts::begin(policy, "products", true);
            let escalated = attempts.escalated();
            for _ in 0..3 {
                assert!(attempts.failed(&mut busy()).is_some());
            }
            attempts.succeeded();
            escalated
        };
        assert_eq!([lose(&policy), lose(&clone), lose(&policy), lose(&clone)], [false; 4]);
        assert!(!Attempts::begin(&clone, "a transaction", false).escalated());
        // Neither a later attempt is learnt from, nor one where there are no locks.
        let late = at_once().escalate_after(10).adaptive();
        for _ in 0..4 {
            let mut attempts = Attempts::begin(&late, "a transaction", false);
            for _ in 0..9 {
                assert!(attempts.failed(&mut busy()).is_some());
            }
        }
        assert_eq!([lose(&late), lose(&late), lose(&late), lose(&late)], [false; 4]);
        assert!(lose(&late));
        let locked = (0..1000).take_while(|_| lose(&clone)).count();
        assert_eq!(locked, 256);
        assert!(!Attempts::begin(&at_once(), "products", true).escalated());
        let never = policy.never_escalate();
        assert!((0..1000).all(|_| !lose(&never)));
    }

    #[test]
    fn the_clock_of_a_thread_goes_on() {
        let begun = std::time::Instant::now().checked_sub(Duration::from_secs(5)).unwrap();
        assert!(super::Instant::elapsed(&begun) >= Duration::from_secs(5));
    }

    #[test]
    fn an_error_that_may_have_ended_the_test_transaction_ends_the_loop() {
        use super::Within;
        use crate::error::refused::LockedError;
        let policy = at_once();
        let attempts = |within| Attempts::begin(&policy, "products", true).within(within);
        assert!(attempts(Within::Nothing).failed(&mut busy()).is_some());
        assert!(attempts(Within::Test).failed(&mut busy()).is_none());
        let mut locked = Error::from(LockedError::new("products", "1".to_owned()));
        assert!(attempts(Within::Test).failed(&mut locked).is_some());
    }

    #[test]
    fn giving_up_keeps_the_last_error_and_counts() {
        let policy = at_once().attempts(2);
        let mut attempts = Attempts::begin(&policy, "products", true);
        assert!(attempts.failed(&mut busy()).is_some());
        let mut error = busy();
        assert!(attempts.failed(&mut error).is_none());
        let Error::RetriesExhausted(given_up) = Error::from(error) else { panic!("it has given up") };
        assert_eq!(given_up.attempts(), 2);
        assert!(matches!(given_up.last(), Error::Database(DieselError::DatabaseError(..))));
    }

    #[test]
    fn what_is_not_retryable_comes_back_as_it_was() {
        let policy = at_once().retry_if(|_| true);
        let mut attempts = Attempts::begin(&policy, "products", true);
        let mut error = DieselError::BrokenTransactionManager;
        assert!(attempts.failed(&mut error).is_none());
        assert!(matches!(error, DieselError::BrokenTransactionManager));

        let policy = at_once();
        let mut error = Error::from(DieselError::NotFound);
        assert!(Attempts::begin(&policy, "products", true).failed(&mut error).is_none());
        assert!(matches!(error, Error::Database(DieselError::NotFound)));
    }
}
