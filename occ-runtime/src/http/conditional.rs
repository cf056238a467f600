//! A conditional request in one call: the precondition is checked, the row is written, and a lost race is a problem.
//!
//! What the calls do is written once, for blocking and for async connections: the bodies are macros, and what they name of a wing its
//! own file imports.

use crate::conflict::Conflict;
use crate::conflict::tracked::Tracked;
use crate::error::Error;
use crate::http::errors::{edit_conflict, not_found, try_later};
use crate::http::preconditions::{IfMatch, Preconditions};
use crate::http::problem::Problem;
use crate::http::tags::EntityTagger;
use crate::model::fields::{Trackable, fields};
use crate::model::versioned::Versioned;

/// What a conditional request has done to its row.
///
/// ```
/// use http::StatusCode;
/// use occ_runtime::http::Written;
///
/// fn status(written: Written) -> StatusCode {
///     if written == Written::Created { StatusCode::CREATED } else { StatusCode::NO_CONTENT }
/// }
/// assert_eq!(status(Written::Unchanged), 204);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Written {
    /// There was no row, and now there is one.
    Created,
    /// The row was written.
    Changed,
    /// The row is as the request would have it already, and nothing was written: for a request that changes nothing, or one that is
    /// repeated since its first answer was lost.
    Unchanged,
}

/// How often a request that takes any version (`If-Match: *`) is tried again, before others being first is an error. Each time somebody
/// has come further, so it is seldom done twice.
pub(crate) const ROUNDS: u32 = 100;

/// Whether a save of `mine` would change nothing of the row.
pub(crate) fn is_applied<T: Trackable>(mine: &T, theirs: &T) -> bool {
    !fields::<T>().any(|field| field.is_changed(theirs, mine))
}

/// RFC 9110, section 13.1.1: a request whose `If-Match` is false may be answered as a success if it appears to have been applied
/// already. Section 13.1.2 has no such thing of a false `If-None-Match`.
pub(crate) fn may_be_repeated(preconditions: &Preconditions) -> bool {
    preconditions.if_match().is_some() && preconditions.if_none_match().is_none()
}

/// Only my changes, over what the row is now, and no merge: who takes any version has not asked what others have made of it.
pub(crate) fn over<T: Trackable>(theirs: T, mine: &T, base: &T) -> Tracked<T> {
    let mut value = theirs.clone();
    fields::<T>().filter(|field| field.is_changed(base, mine)).for_each(|field| field.copy(&mut value, mine));
    Tracked::from_edit(theirs, value)
}

/// The answer to a refused write of a row of which no more than the version can be compared.
pub(crate) fn lost<T: Versioned>(refused: Error, theirs: Option<&T>, tags: &EntityTagger) -> Problem {
    let problem = match theirs {
        Some(theirs) => edit_conflict().with_member("current_tag", tags.of(theirs).to_string()),
        None => not_found(),
    };
    problem.caused_by(refused)
}

/// The same with what differs.
pub(crate) fn lost_conflict<T>(refused: Error, conflict: &Conflict<T>, tags: &EntityTagger) -> Problem
where
    T: Trackable + Versioned,
{
    Problem::conflict(conflict, tags).caused_by(refused)
}

/// Somebody else has made the row that was to be made.
pub(crate) fn made_by_others(refused: Error, preconditions: &Preconditions) -> Problem {
    Problem::from(preconditions.failed_as_made()).caused_by(refused)
}

/// Others were first each time.
pub(crate) fn never_first() -> Problem {
    try_later()
}

/// What `If-Match` takes: whatever there is, if it is `*`.
pub(crate) fn takes_any(if_match: &IfMatch) -> bool {
    if_match.condition().is_any()
}

macro_rules! save_operations {
    ($connection:ident $(, $async:ident, $await:ident)?) => {
        $($async)? fn save_row<T, C>(row: &mut T, if_match: &IfMatch, tags: &EntityTagger, conn: &mut C) -> Result<(), Problem>
        where
            C: $connection,
            T: Versioned + UpdatesOn<C>,
        {
            if_match.check(tags, row)?;
            let stale = match row.save_optimistic(conn)$(.$await)? {
                Err(Error::Stale(stale)) => stale,
                saved => return Ok(saved?),
            };
            if takes_any(if_match) && stale.is_moved() {
                row.overwrite_optimistic(conn)$(.$await)??;
                return Ok(());
            }
            match T::now(row, conn)$(.$await)? {
                Ok(now) => Err(lost(stale.into(), now.row.as_ref(), tags)),
                Err(_) => Err(Error::from(stale).into()),
            }
        }

        $($async)? fn save_tracked<T, C>(
            tracked: &mut Tracked<T>,
            if_match: &IfMatch,
            tags: &EntityTagger,
            conn: &mut C,
        ) -> Result<Written, Problem>
        where
            C: $connection,
            T: Trackable + Versioned + SavesTrackedOn<C> + ReloadsOn<C>,
        {
            let has_changed = tracked.is_dirty();
            match if_match.check(tags, tracked.original()) {
                Err(_) if !has_changed && if_match.is_alone() => return Ok(Written::Unchanged),
                checked => checked?,
            }
            let stale = match tracked.save_optimistic(conn)$(.$await)? {
                Ok(()) if has_changed => return Ok(Written::Changed),
                Ok(()) => return Ok(Written::Unchanged),
                Err(Error::Stale(stale)) => stale,
                Err(error) => return Err(error.into()),
            };
            if takes_any(if_match) && stale.is_moved() {
                return save_over(tracked, conn)$(.$await)?;
            }
            let (mine, base) = tracked.sides();
            let Ok(now) = T::now(&base, conn)$(.$await)? else { return Err(Error::from(stale).into()) };
            if now.row.as_ref().is_some_and(|theirs| is_applied(&mine, theirs)) {
                read::reload_tracked(tracked, now)?;
                return Ok(Written::Unchanged);
            }
            Err(lost_conflict(stale.into(), &Conflict::new(mine, now.row, Some(base)), tags))
        }
    };
}

macro_rules! over_operations {
    ($connection:ident $(, $async:ident, $await:ident)?) => {
        $($async)? fn save_over<T, C>(tracked: &mut Tracked<T>, conn: &mut C) -> Result<Written, Problem>
        where
            C: $connection,
            T: Trackable + Versioned + SavesTrackedOn<C> + ReloadsOn<C>,
        {
            let (mine, base) = tracked.sides();
            for _ in 0..ROUNDS {
                let now = T::now(&base, conn)$(.$await)??;
                let mut over = over(now.present(Operation::Save, &base)?, &mine, &base);
                let has_changed = over.is_dirty();
                match over.save_optimistic(conn)$(.$await)? {
                    Err(Error::Stale(stale)) if stale.is_moved() => {}
                    saved => {
                        saved?;
                        *tracked = over;
                        return Ok(if has_changed { Written::Changed } else { Written::Unchanged });
                    }
                }
            }
            Err(never_first())
        }
    };
}

macro_rules! put_operations {
    ($connection:ident $(, $async:ident, $await:ident)?) => {
        $($async)? fn put_row<T, C>(
            row: &mut T,
            sent: &Preconditions,
            tags: &EntityTagger,
            conn: &mut C,
        ) -> Result<Written, Problem>
        where
            C: $connection,
            T: Trackable + Versioned + InsertsOn<C> + ReloadsOn<C>,
        {
            for _ in 0..ROUNDS {
                let there = T::now(row, conn)$(.$await)??.row;
                let expected = match (sent.expect(tags, there.as_ref()), there.clone()) {
                    (Ok(expected), _) => expected,
                    (Err(_), Some(theirs)) if may_be_repeated(sent) && is_applied(row, &theirs) => {
                        *row = theirs;
                        return Ok(Written::Unchanged);
                    }
                    (Err(failed), _) => return Err(failed.into()),
                };
                let stale = match row.upsert_optimistic(expected, conn)$(.$await)? {
                    Ok(Upserted::Inserted) => return Ok(Written::Created),
                    Ok(Upserted::Updated) => return Ok(Written::Changed),
                    Err(Error::Stale(stale)) => stale,
                    Err(Error::Exists(exists)) => return Err(made_by_others(exists.into(), sent)),
                    Err(error) => return Err(error.into()),
                };
                if stale.is_moved() && sent.if_match().is_some_and(TagCondition::is_any) {
                    continue;
                }
                let Ok(now) = T::now(row, conn)$(.$await)? else { return Err(Error::from(stale).into()) };
                return match now.row {
                    Some(theirs) if is_applied(row, &theirs) => {
                        *row = theirs;
                        Ok(Written::Unchanged)
                    }
                    theirs => Err(lost_conflict(stale.into(), &Conflict::new(row.clone(), theirs, there), tags)),
                };
            }
            Err(never_first())
        }
    };
}

macro_rules! delete_operations {
    ($connection:ident $(, $async:ident, $await:ident)?) => {
        $($async)? fn delete_row<T, C>(row: &T, if_match: &IfMatch, tags: &EntityTagger, conn: &mut C) -> Result<(), Problem>
        where
            C: $connection,
            T: Versioned + UpdatesOn<C>,
        {
            if_match.check(tags, row)?;
            match row.delete_optimistic(conn)$(.$await)? {
                Ok(()) => Ok(()),
                Err(refused) => delete_again(refused, row, if_match, tags, conn)$(.$await)?,
            }
        }

        $($async)? fn delete_tracked<T, C>(
            tracked: &Tracked<T>,
            if_match: &IfMatch,
            tags: &EntityTagger,
            conn: &mut C,
        ) -> Result<(), Problem>
        where
            C: $connection,
            T: Trackable + Versioned + UpdatesOn<C>,
        {
            if_match.check(tags, tracked.original())?;
            match tracked.delete_optimistic(conn)$(.$await)? {
                Ok(()) => Ok(()),
                Err(refused) => delete_again(refused, tracked.original(), if_match, tags, conn)$(.$await)?,
            }
        }

        /// The row as it is now, where any version is to be deleted.
        $($async)? fn delete_again<T, C>(
            mut refused: Error,
            row: &T,
            if_match: &IfMatch,
            tags: &EntityTagger,
            conn: &mut C,
        ) -> Result<(), Problem>
        where
            C: $connection,
            T: Versioned + UpdatesOn<C>,
        {
            for _ in 0..ROUNDS {
                let Error::Stale(stale) = &refused else { return Err(refused.into()) };
                let is_again = takes_any(if_match) && stale.is_moved();
                let Ok(now) = T::now(row, conn)$(.$await)? else { return Err(refused.into()) };
                match now.row {
                    Some(theirs) if is_again => match theirs.delete_optimistic(conn)$(.$await)? {
                        Ok(()) => return Ok(()),
                        Err(error) => refused = error,
                    },
                    theirs => return Err(lost(refused, theirs.as_ref(), tags)),
                }
            }
            Err(never_first())
        }
    };
}

pub(crate) use {delete_operations, over_operations, put_operations, save_operations};
