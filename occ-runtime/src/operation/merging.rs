//! The loop of `save_merging`, written once for blocking and for async connections.
//!
//! The value stays what it was until the row is written: what is merged is a copy.
#![allow(
    unused_imports,
    reason = "the bodies below name them where they are expanded, in `blocking` and `asynchronous`"
)]

pub(crate) use crate::conflict::saved::Saved;
pub(crate) use crate::conflict::tracked::Tracked;
pub(crate) use crate::error::Error;
pub(crate) use crate::model::check::Check;
pub(crate) use crate::operation::read;
pub(crate) use crate::retry::loops::{attempt, is_test, refuse_nested};
pub(crate) use crate::transaction::unanswered::Unanswered;

/// Saves the value, and after a conflict what is merged of it. A row that is gone cannot be merged with, which ends it.
macro_rules! save_merging {
    ($policy:ident, $tracked:ident, $choose:ident, $conn:ident, $merge:path, $depth:path, $sleep:path $(, [$await:ident])?) => {{
        let depth = $depth(&mut *$conn);
        let within = refuse_nested(depth, || is_test!(C, $conn), || {
            format!("`save_merging` of a row of `{}`", T::table_name())
        })?;
        let mut attempts = Attempts::begin($policy, T::table_name(), false).within(within);
        let mut lost = None;
        attempt!(
            attempts,
            $sleep,
            std::convert::identity,
            {
                let outcome = 'attempt: {
                    let refused = match lost.take() {
                        Some(refused) => refused,
                        None => {
                            let is_dirty = $tracked.is_dirty();
                            match T::write_changes($tracked, None, $conn)$(.$await)? {
                                // No other attempt helps a value that does not know what has become of it, but a merge compares more.
                                Err(Error::Stale(refused)) if refused.is_unsettled() => refused,
                                written => break 'attempt written.map(|()| if is_dirty { Saved::AsWritten } else { Saved::Unchanged }),
                            }
                        }
                    };
                    match $merge($tracked, &mut $choose, $conn)$(.$await)? {
                        Ok(None) => return Err(Error::Stale(refused)),
                        Ok(Some(saved)) => Ok(saved),
                        Err(error) => Err(error),
                    }
                };
                if let Err(Error::Stale(stale)) = &outcome {
                    if stale.is_deleted() {
                        return outcome;
                    }
                    lost = Some(stale.clone());
                }
                outcome
            }
            $(, [$await])?
        )
    }};
}

/// Merges a copy with the row as it is now, and saves that. `None` if what is read is still at the version that was refused: then
/// the transaction of a test sees an old snapshot, or something else keeps the row from being written, and another attempt helps nothing.
macro_rules! merge_and_save {
    ($tracked:ident, $choose:ident, $conn:ident $(, [$await:ident])?) => {{
        let mut merged = $tracked.clone();
        let now = T::now(merged.original(), $conn)$(.$await)??;
        read::rebase(&mut merged, now, $choose)?;
        if T::Check::BY_VERSION && merged.version() == $tracked.version() {
            return Ok(None);
        }
        let saved = match merged.fields_unlike($tracked) {
            fields if fields.is_empty() => Saved::AsWritten,
            fields => Saved::Merged(fields),
        };
        if merged.is_dirty() {
            let was_in_doubt = $tracked.sends();
            let sent = Unanswered::of_new_thing(&**$tracked);
            let written = sent.ended(T::write_changes(&mut merged, None, $conn)$(.$await)?);
            if let Err(error) = written {
                $tracked.is_refused(was_in_doubt, &error);
                return Err(error);
            }
        }
        *$tracked = merged;
        Ok(Some(saved))
    }};
}

pub(crate) use {merge_and_save, save_merging};
