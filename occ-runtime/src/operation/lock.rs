//! Looks at the version of a row: to verify it, and to lock the row.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`; several files name the same"
)]

pub(crate) use diesel::result::Error as DieselError;

pub(crate) use crate::error::Error;
pub(crate) use crate::error::stale::Operation;
pub(crate) use crate::operation::verdict;
pub(crate) use crate::statement::lock::{LockMode, LockVersion};
pub(crate) use crate::statement::select::CurrentVersion;

macro_rules! verify {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn verify(&self, conn: &mut C) -> Result<(), Error> {
            let mut conn = $crate::$wing::send::InFlight::begin(conn)?;
            let seen = if M::UNIQUE_KEY {
                $crate::$wing::send::rare_version::<M, _, _>(CurrentVersion::of(self), &mut *conn)$(.$await)?
            } else {
                $crate::$wing::send::version::<M, _, _>(CurrentVersion::of(self), &mut *conn)$(.$await)?
            };
            conn.land_with(&seen);
            verdict::expect_version(Operation::Verify, self, seen)
        }
    };
}

/// The body of `LocksOn` and of its async twin.
macro_rules! lock {
    ($wing:ident $(, $async:ident, $await:ident, $send:ident)?) => {
        $($async)? fn lock(&self, mode: LockMode, conn: &mut C) -> Result<(), Error> {
            // Outside of a transaction the lock would be gone as soon as it is there.
            if $crate::$wing::send::depth(conn)? == 0 {
                return Err(DieselError::NotInTransaction.into());
            }
            let mut conn = $crate::$wing::send::InFlight::begin(conn)?;
            let seen = if M::UNIQUE_KEY {
                $crate::$wing::send::rare_version::<M, _, _>(LockVersion::of(self, mode), &mut *conn)$(.$await)?
            } else {
                $crate::$wing::send::version::<M, _, _>(LockVersion::of(self, mode), &mut *conn)$(.$await)?
            };
            // Skipped, or gone?
            let held = if mode.skips() && seen == Err(DieselError::NotFound) {
                Some($crate::$wing::send::rare_version::<M, _, _>(CurrentVersion::of(self), &mut *conn)$(.$await)?)
            } else {
                None
            };
            conn.land_with(held.as_ref().unwrap_or(&seen));
            match held {
                Some(Ok(_)) => Err(verdict::locked(self)),
                Some(gone) => verdict::expect_version(Operation::Lock, self, gone),
                None => verdict::expect_version(Operation::Lock, self, seen),
            }
        }
    };
}

pub(crate) use {lock, verify};
