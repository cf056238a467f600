//! What a fault has left behind, and that the work goes on from there.

use std::sync::atomic::Ordering::Relaxed;

use occ_runtime::{Error, Outcome, Tracked};

use super::calls::{Call, Held, Item, Shown};
use super::cell::{Conn, Database, connect, rebase, save, save_tracked, settle, settle_tracked, verify};
use super::product::load;
use super::sessions::wait_until_gone;

/// What the error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `is_retryable()`: the same may succeed.
    Retryable,
    /// `needs_new_connection()`.
    Lost,
    /// Neither: something is to be done about it.
    Yours,
}

/// What the rows hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    Nothing,
    All,
    /// Either of them, and never a part.
    Either,
}

impl Class {
    pub fn of(error: &Error) -> Self {
        assert!(!(error.is_retryable() && error.needs_new_connection()), "{error:?}");
        match error {
            error if error.needs_new_connection() => Self::Lost,
            error if error.is_retryable() => Self::Retryable,
            _ => Self::Yours,
        }
    }
}

/// The call as it was before the fault.
pub struct Before {
    call: Call,
    shown: Shown,
}

impl Before {
    pub fn of(call: Call, held: &Held) -> Self {
        Self { call, shown: held.shown() }
    }

    /// Whether it was stored: as a whole or not at all.
    pub async fn stored(&self, witness: &mut Conn) -> bool {
        let (one, two) = (load(1, witness).await, load(2, witness).await);
        let rows = [(one.quantity, one.version), (two.quantity, two.version)];
        match rows {
            [(10, 1), (20, 1)] => false,
            [(11, 2), (20, 1)] if self.call.rows() == 1 => true,
            [(11, 2), (21, 2)] if self.call.rows() == 2 => true,
            rows => panic!("{:?}: half of it, or more than once: {rows:?}", self.call),
        }
    }

    /// Memory is what it was.
    pub fn is_in(&self, held: &Held) {
        assert_eq!(held.shown(), self.shown, "{:?}: memory", self.call);
    }

    /// Checks all of what the fault has left; returns whether the call was stored.
    ///
    /// The one who still has the connection goes on with it if the error does not say that it is lost.
    pub async fn check(
        &self,
        error: &Error,
        class: Class,
        stored: Stored,
        held: &mut Held,
        conn: &mut Conn,
        database: &Database,
    ) -> bool {
        let call = self.call;
        assert_eq!(Class::of(error), class, "{call:?}: {error:?}");
        assert!(!error.is_stale(), "{call:?}: {error:?}");
        if call.reads() && class != Class::Retryable {
            assert!(held.calls.load(Relaxed) <= 1, "{call:?} was done again after {error:?}");
        }
        assert_eq!(held.shown(), self.shown, "{call:?}: memory after {error:?}");

        let witness = &mut connect(database).await;
        let was_stored = self.stored(witness).await;
        match stored {
            Stored::Nothing => assert!(!was_stored, "{call:?} was stored in spite of {error:?}"),
            Stored::All => assert!(was_stored, "{call:?} was not stored"),
            Stored::Either => {}
        }

        // The same connection answers rightly, or refuses.
        let mut two = load(2, witness).await;
        if class == Class::Lost {
            for _ in 0..2 {
                let refused = save(&mut two, conn).await.unwrap_err();
                assert!(
                    refused.needs_new_connection(),
                    "{call:?}: after {error:?} the connection says {refused:?}"
                );
            }
            self.go_on(was_stored, held, witness).await;
        } else {
            verify(&two, conn).await.unwrap_or_else(|again| panic!("{call:?}: after {error:?}: {again:?}"));
            self.go_on(was_stored, held, conn).await;
        }
        assert!(self.stored(&mut connect(database).await).await, "{call:?}: done once in the end");
        was_stored
    }

    /// Checks what is left of a call that was broken off, by a panic or since nobody waits for it: it may be stored.
    pub async fn check_broken_off(&self, held: &mut Held, mut conn: Conn, session: i64, database: &Database) {
        let call = self.call;
        assert!(held.calls.load(Relaxed) <= 1, "{call:?} was done again");
        assert_eq!(held.shown(), self.shown, "{call:?}: memory");
        let witness = &mut connect(database).await;
        // The same connection writes what it says that it has written, or refuses.
        let mut three = load(3, witness).await;
        match save(&mut three, &mut conn).await {
            Ok(()) => assert_eq!(load(3, witness).await, three, "{call:?}: it has not written"),
            Err(error) => assert!(error.needs_new_connection(), "{call:?}: {error:?}"),
        }
        drop(conn);
        wait_until_gone(session, witness).await;
        let was_stored = self.stored(witness).await;
        self.go_on(was_stored, held, witness).await;
        assert!(self.stored(witness).await, "{call:?}: done once in the end");
    }

    /// What the row answers to each value is what has become of it.
    async fn settle(&self, was_stored: bool, held: &Held, conn: &mut Conn) {
        let expected = match (was_stored, self.call) {
            (false, _) => Outcome::NotStored,
            // What it was to do is not in memory.
            (true, Call::Update) => Outcome::Overtaken,
            (true, _) => Outcome::Stored,
        };
        let asked = match self.call {
            Call::Modify | Call::LockingModify | Call::Run | Call::Reported => return,
            Call::Save | Call::Update | Call::Children | Call::Report => vec![&held.one],
            Call::Batch | Call::Transaction => vec![&held.one, &held.two],
            Call::Tracked | Call::TrackedBatch | Call::TrackedRun => vec![],
            Call::TrackedTransaction => vec![&held.two],
        };
        for value in &asked {
            let mut value = (*value).clone();
            let before = value.clone();
            let outcome = settle(&mut value, conn).await.unwrap();
            // Other tests break off writes of such rows, in databases of their own, and by the same program.
            let is_seen = self.call == Call::Update && outcome == Outcome::Stored && was_stored;
            assert!(outcome == expected || is_seen, "{:?}: {value:?}: {outcome:?}", self.call);
            if outcome == Outcome::Stored {
                assert_eq!(value, load(value.id, conn).await, "{:?}", self.call);
            } else {
                assert_eq!(value, before, "{:?}", self.call);
            }
        }
        let tracked = match self.call {
            Call::Tracked | Call::TrackedRun | Call::TrackedTransaction => &held.tracked[..1],
            Call::TrackedBatch => &held.tracked[..],
            Call::Children => &held.tracked[1..],
            _ => return,
        };
        // Somebody else may have added one just as well, and the version is a counter.
        let expected = if was_stored { Outcome::Overtaken } else { Outcome::NotStored };
        for tracked in tracked {
            let mut asked = tracked.clone();
            assert_eq!(settle_tracked(&mut asked, conn).await.unwrap(), expected, "{:?}", self.call);
            assert_eq!(asked, *tracked, "{:?}", self.call);
        }
    }

    /// The same once more, on a connection that works.
    async fn go_on(&self, was_stored: bool, held: &mut Held, conn: &mut Conn) {
        let call = self.call;
        self.settle(was_stored, held, conn).await;
        match (was_stored, call) {
            (false, call) => call.run(held, conn).await.unwrap_or_else(|error| panic!("{call:?}: {error:?}")),
            // It would be done twice: who calls it looks at the row first.
            (true, call) if call.reads() || call.writes_over() => {}
            (true, Call::Tracked | Call::TrackedTransaction | Call::TrackedRun) => {
                save_as_advised(&mut held.tracked[0], conn).await;
            }
            (true, Call::Children) => save_as_advised(&mut held.tracked[1], conn).await,
            (true, Call::TrackedBatch) => {
                let error = call.run(held, conn).await.unwrap_err();
                assert!(error.is_stale(), "{call:?}: {error:?}");
                for tracked in &mut held.tracked {
                    save_as_advised(tracked, conn).await;
                }
            }
            (true, call) => {
                let error = call.run(held, conn).await.unwrap_err();
                assert!(error.is_stale(), "{call:?}: {error:?}");
            }
        }
    }
}

/// What was edited is in the row already: that is seen, or it is refused and nobody can tell whose it is.
async fn save_as_advised(tracked: &mut Tracked<Item>, conn: &mut Conn) {
    let Err(error) = save_tracked(tracked, conn).await else { return };
    assert!(error.is_stale(), "{error:?}");
    match rebase(tracked, conn).await {
        Ok(()) => save_tracked(tracked, conn).await.unwrap(),
        Err(error) => assert!(matches!(error, Error::Unmerged(_)), "{error:?}"),
    }
}
