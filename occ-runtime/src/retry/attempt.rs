use std::time::Duration;

use crate::error::Error;

/// What [`RetryPolicy::observe`](crate::RetryPolicy::observe) is told after an attempt.
///
/// ```
/// use occ_runtime::{RetryPolicy, retry::Attempt};
///
/// fn log(attempt: &Attempt<'_>) {
///     match (attempt.error(), attempt.delay()) {
///         (None, _) => println!("done at attempt {}", attempt.number()),
///         (Some(error), Some(delay)) => println!("attempt {}: {error}; again in {delay:?}", attempt.number()),
///         (Some(error), None) => println!("attempt {}: {error}; giving up", attempt.number()),
///     }
/// }
///
/// let policy = RetryPolicy::new().observe(log);
/// ```
#[derive(Debug)]
pub struct Attempt<'a> {
    pub(super) number: u32,
    pub(super) error: Option<&'a Error>,
    pub(super) delay: Option<Duration>,
    pub(super) escalated: bool,
}

impl<'a> Attempt<'a> {
    /// Counts from 1.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// What has ended it; `None` if it succeeded.
    #[must_use]
    pub fn error(&self) -> Option<&'a Error> {
        self.error
    }

    /// The wait before the next attempt; `None` if there is no next attempt.
    #[must_use]
    pub fn delay(&self) -> Option<Duration> {
        self.delay
    }

    /// Whether it locked the row when it read it.
    #[must_use]
    pub fn is_escalated(&self) -> bool {
        self.escalated
    }
}
