//! How long to wait before the next attempt.

use std::time::Duration;

/// Exponential backoff with full jitter: anything from nothing to `base * 2^(n - 1)`, and never above `cap`.
///
/// Full jitter, since writers that have collided once would otherwise wait the same time and collide again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backoff {
    pub(crate) base: Duration,
    pub(crate) cap: Duration,
}

impl Backoff {
    /// The longest wait after attempt `number`, which counts from 1.
    pub(crate) fn ceiling(self, number: u32) -> Duration {
        let factor = 2_u32.saturating_pow(number.saturating_sub(1));
        self.base.saturating_mul(factor).min(self.cap)
    }

    /// A random wait after attempt `number`.
    pub(crate) fn delay(self, number: u32) -> Duration {
        // 2^64 nanoseconds are 584 years.
        let ceiling = u64::try_from(self.ceiling(number).as_nanos()).unwrap_or(u64::MAX);
        Duration::from_nanos(fastrand::u64(..=ceiling))
    }
}

#[cfg(test)]
mod tests {
    use super::{Backoff, Duration};

    const BACKOFF: Backoff = Backoff { base: Duration::from_millis(3), cap: Duration::from_millis(100) };

    #[test]
    fn the_ceiling_doubles_up_to_the_cap() {
        let ceilings: Vec<_> = (1..=8).map(|number| BACKOFF.ceiling(number).as_millis()).collect();
        assert_eq!(ceilings, [3, 6, 12, 24, 48, 96, 100, 100]);
    }

    #[test]
    fn no_number_and_no_duration_overflows() {
        assert_eq!(BACKOFF.ceiling(u32::MAX), BACKOFF.cap);
        let long = Backoff { base: Duration::MAX, cap: Duration::MAX };
        assert_eq!(long.ceiling(u32::MAX), Duration::MAX);
        assert!(long.delay(u32::MAX) <= Duration::MAX);
        let none = Backoff { base: Duration::ZERO, cap: Duration::ZERO };
        assert_eq!(none.delay(u32::MAX), Duration::ZERO);
    }

    #[test]
    fn the_jitter_takes_all_of_the_room_below_the_ceiling_and_none_above() {
        let delays: Vec<_> = (0..2000).map(|_| BACKOFF.delay(4)).collect();
        assert!(delays.iter().all(|delay| *delay <= Duration::from_millis(24)));
        // Each quarter holds about 500 of them; that one holds none has a chance of 0.75^2000.
        for quarter in 0..4 {
            let (from, to) = (Duration::from_millis(6 * quarter), Duration::from_millis(6 * (quarter + 1)));
            assert!(delays.iter().any(|delay| (from..to).contains(delay)), "none from {from:?} to {to:?}");
        }
    }
}
