//! What a policy has learnt of its rows: whether they are fought over.

use std::sync::atomic::{AtomicU32, Ordering};

/// So many runs lock at once before one tries without. Of a row that stays hot, one attempt in so many is lost; for a row
/// that is not hot any more, so many runs have one transaction more than they need.
const LOCKED_RUNS: u32 = 256;

/// A lost first attempt adds this much and one that succeeds takes 1 off, so the sum rises when more than 1 in 3 is lost:
/// then a lost attempt and the locked one after it cost more than a lock each time.
const LOSS: u32 = 2;

/// At this sum the next runs lock at once.
const HOT: u32 = 8;
/// The sum after those runs: one more lost attempt, and the next runs lock again.
const ON_TRIAL: u32 = 6;

/// Only a guess, since every save is checked anyway: so the order in which threads count does not matter.
#[derive(Debug, Default)]
pub(crate) struct Heat {
    locked_runs: AtomicU32,
    losses: AtomicU32,
}

impl Heat {
    /// Whether the run that begins is to lock at once.
    pub(crate) fn take(&self) -> bool {
        let one_less = |left: u32| left.checked_sub(1);
        self.locked_runs.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok()
    }

    /// A first attempt without a lock was lost.
    pub(crate) fn lost(&self) {
        let losses = self.losses.fetch_add(LOSS, Ordering::Relaxed).saturating_add(LOSS);
        if losses >= HOT {
            self.losses.store(ON_TRIAL, Ordering::Relaxed);
            self.locked_runs.store(LOCKED_RUNS, Ordering::Relaxed);
        }
    }

    /// A first attempt without a lock has succeeded.
    pub(crate) fn succeeded(&self) {
        // At rest it is only read, so that threads do not fight over it either.
        if self.losses.load(Ordering::Relaxed) > 0 {
            let one_less = |losses: u32| losses.checked_sub(1);
            let _ = self.losses.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Heat, LOCKED_RUNS};

    /// How many of the next runs would lock at once.
    fn locked(heat: &Heat) -> u32 {
        (0..2 * LOCKED_RUNS).map(|_| u32::from(heat.take())).sum()
    }

    #[test]
    fn rows_that_are_lost_each_time_are_locked_and_now_and_then_tried_without() {
        let heat = Heat::default();
        for _ in 0..3 {
            heat.lost();
            assert!(!heat.take());
        }
        heat.lost();
        assert_eq!(locked(&heat), LOCKED_RUNS);
        heat.lost();
        assert_eq!(locked(&heat), LOCKED_RUNS, "lost again on trial");
        for _ in 0..6 {
            heat.succeeded();
        }
        heat.lost();
        assert_eq!(locked(&heat), 0, "it has cooled down");
    }

    #[test]
    fn rows_that_are_seldom_lost_are_not_locked() {
        let heat = Heat::default();
        for _ in 0..1000 {
            heat.lost();
            heat.succeeded();
            heat.succeeded();
            heat.succeeded();
        }
        assert_eq!(locked(&heat), 0);
    }
}
