//! The row is not at the version that was expected.

use std::error::Error as StdError;
use std::fmt;

/// What was tried when a conflict was found.
///
/// ```
/// assert_eq!(occ_runtime::Operation::Save.to_string(), "save");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// [`save_optimistic`](crate::OptimisticDsl::save_optimistic) or
    /// [`save_optimistic_expecting`](crate::ExpectingDsl::save_optimistic_expecting).
    Save,
    /// [`update_optimistic`](crate::OptimisticDsl::update_optimistic).
    Update,
    /// [`touch_optimistic`](crate::OptimisticDsl::touch_optimistic).
    Touch,
    /// [`delete_optimistic`](crate::OptimisticDsl::delete_optimistic).
    Delete,
    /// [`verify_optimistic`](crate::OptimisticDsl::verify_optimistic).
    Verify,
    /// [`reload`](crate::OptimisticDsl::reload).
    Reload,
    /// [`lock_optimistic`](crate::OptimisticDsl::lock_optimistic).
    Lock,
    /// [`rebase`](crate::TrackedDsl::rebase).
    Rebase,
    /// [`insert_optimistic`](crate::OptimisticInsertDsl::insert_optimistic), and whatever else makes a row.
    Insert,
    /// [`upsert_optimistic`](crate::OptimisticInsertDsl::upsert_optimistic).
    Upsert,
    /// [`overwrite_optimistic`](crate::ExpectingDsl::overwrite_optimistic).
    Overwrite,
    /// [`restore_optimistic`](crate::SoftDeleteDsl::restore_optimistic).
    Restore,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Save => "save",
            Self::Update => "update",
            Self::Touch => "touch",
            Self::Delete => "delete",
            Self::Verify => "verify",
            Self::Reload => "reload",
            Self::Lock => "lock",
            Self::Rebase => "rebase",
            Self::Insert => "insert",
            Self::Upsert => "upsert",
            Self::Overwrite => "overwrite",
            Self::Restore => "restore",
        })
    }
}

/// The row is not what the program holds: it was changed, or it is gone.
///
/// Versions and keys are kept as text, as `Debug` prints them (a text version is in quotes).
///
/// ```
/// # use diesel::prelude::*;
/// use occ_runtime::{Error, prelude::*};
/// # diesel::table! { products (id) { id -> Integer, name -> Text, version -> Integer } }
/// # #[derive(OptimisticLock)]
/// # struct Product { id: i32, name: String, version: i32 }
/// # let conn = &mut SqliteConnection::establish(":memory:").unwrap();
/// # diesel::sql_query("CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL)").execute(conn).unwrap();
/// # diesel::sql_query("INSERT INTO products VALUES (1, 'lamp', 2)").execute(conn).unwrap();
///
/// let mut old = Product { id: 1, name: "lamp".into(), version: 1 };
/// let Err(Error::Stale(stale)) = old.save_optimistic(conn) else { panic!("the row is at version 2") };
/// assert_eq!((stale.table(), stale.key()), ("products", "1"));
/// assert_eq!((stale.expected(), stale.actual()), ("1", Some("2")));
/// assert!(!stale.is_deleted());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleObjectError(Box<Conflict>);

/// Stand where versions would.
const AS_LOADED: &str = "as it was loaded";
const CHANGED: &str = "changed";

/// Boxed, so that a `Result` on the path without conflict stays small.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Conflict {
    table: &'static str,
    key: String,
    operation: Operation,
    expected: String,
    actual: Option<String>,
    found: Found,
    /// Of a value that is refused each time until it is read anew.
    is_unsettled: bool,
}

/// What a look at the row has brought: decided by the versions themselves, since two may print the same text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// Another version, or no row.
    Moved,
    /// The version that was expected.
    Unmoved,
    /// Nobody has looked.
    #[cfg(feature = "retry")]
    Unasked,
    /// A table without versions.
    Unversioned,
    /// What was expected, but it may be somebody else's.
    Unsettled,
}

impl StaleObjectError {
    fn of(
        table: &'static str,
        key: String,
        operation: Operation,
        expected: String,
        actual: Option<String>,
        found: Found,
    ) -> Self {
        let is_unsettled = found == Found::Unsettled;
        Self(Box::new(Conflict { table, key, operation, expected, actual, found, is_unsettled }))
    }

    /// Of a row that was expected at one version and is at `actual`, or nowhere.
    pub(crate) fn new<V: fmt::Debug + PartialEq>(
        operation: Operation,
        table: &'static str,
        key: String,
        expected: &V,
        actual: Option<&V>,
    ) -> Self {
        let found = if actual == Some(expected) { Found::Unmoved } else { Found::Moved };
        let actual = actual.map(|actual| format!("{actual:?}"));
        Self::of(table, key, operation, format!("{expected:?}"), actual, found)
    }

    /// Of a row that was expected at one version, and of which nobody has asked what it is now.
    #[cfg(feature = "retry")]
    pub(crate) fn unasked<V: fmt::Debug>(
        operation: Operation,
        table: &'static str,
        key: String,
        expected: &V,
    ) -> Self {
        let expected = format!("{expected:?}");
        Self::of(table, key, operation, expected, None, Found::Unasked)
    }

    /// Of a row whose columns are not as they were loaded.
    pub(crate) fn without_version(
        operation: Operation,
        table: &'static str,
        key: String,
        is_there: bool,
    ) -> Self {
        let (expected, actual) = (AS_LOADED.to_owned(), is_there.then(|| CHANGED.to_owned()));
        Self::of(table, key, operation, expected, actual, Found::Unversioned)
    }

    /// Of a row that a [`Tracked`](crate::Tracked) value was written to in a transaction that may have been rolled back, and that is
    /// at the version that it had then, if there are versions.
    pub(crate) fn unsettled<V: fmt::Debug>(
        operation: Operation,
        table: &'static str,
        key: String,
        version: Option<&V>,
    ) -> Self {
        let text =
            |without: &str| version.map_or_else(|| without.to_owned(), |version| format!("{version:?}"));
        let (expected, actual) = (text(AS_LOADED), Some(text(CHANGED)));
        Self::of(table, key, operation, expected, actual, Found::Unsettled)
    }

    /// The same of a value whose last write or read may have been rolled back.
    pub(crate) fn of_unsettled(mut self) -> Self {
        self.0.is_unsettled = true;
        self
    }

    /// Whether only a reload of the value can end it, wherever the row is: it is refused before anything is sent of it.
    pub(crate) fn is_unsettled(&self) -> bool {
        self.0.is_unsettled
    }

    /// The name of the table's `table!` module.
    #[must_use]
    pub fn table(&self) -> &'static str {
        self.0.table
    }

    /// The primary key of the row; several columns as `(1, "blue")`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// What was tried.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.0.operation
    }

    /// The version the row should have had; `as it was loaded` where the table has no version.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.0.expected
    }

    /// The version the row had when it was looked at after the conflict, or `changed` where the table has no version; `None`
    /// where no row was to be seen, and where nobody has looked: an attempt of `modify_optimistic` that is lost does not ask,
    /// since the next one reads the row anyway. The last one that a policy's number of attempts allows does ask.
    #[must_use]
    pub fn actual(&self) -> Option<&str> {
        self.0.actual.as_deref()
    }

    /// Whether the row was looked at through a snapshot that is older than the change, so that [`actual`](Self::actual)
    /// still is the expected version: under REPEATABLE READ a MySQL transaction goes on seeing what it saw first. The
    /// row was changed or deleted; to learn which, and to go on, end this transaction and begin a new one.
    ///
    /// Outside of a transaction, and on databases without such snapshots, it says that the database has held the statement back:
    /// a trigger, a rule, a row policy, `ON CONFLICT IGNORE`. Trying again does not help there, although
    /// [`is_retryable`](crate::Error::is_retryable) says so: a transaction that was begun by SQL of your own cannot be told from
    /// none. `modify_optimistic` begins with a read of its own, and makes [`Error::Guard`](crate::Error::Guard) of it.
    #[must_use]
    pub fn is_from_old_snapshot(&self) -> bool {
        self.0.found == Found::Unmoved
    }

    /// Whether it is there, at another version.
    pub(crate) fn is_moved(&self) -> bool {
        self.0.found == Found::Moved && self.0.actual.is_some()
    }

    /// Whether somebody has looked for the row, and none with this key was to be seen: deleted, also [softly](crate::SoftDelete), or hidden from this connection by a row
    /// policy or a view.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        #[cfg(feature = "retry")]
        if self.0.found == Found::Unasked {
            return false;
        }
        self.0.actual.is_none()
    }
}

impl fmt::Display for StaleObjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Conflict { table, key, operation, expected, actual, found, .. } = &*self.0;
        write!(f, "cannot {operation} row {key} of `{table}`: ")?;
        if *found == Found::Unversioned {
            return f.write_str(match actual {
                None => "it is gone or not visible to this connection",
                Some(_) => "its columns are not as they were loaded; reload it and apply the change again",
            });
        }
        if *found == Found::Unsettled {
            return f.write_str(
                "the transaction in which this value was last written or read may have been rolled back, and somebody else may \
                 have written the row since; reload it and apply the change again",
            );
        }
        write!(f, "it was read at version {expected}, but ")?;
        match actual {
            #[cfg(feature = "retry")]
            None if *found == Found::Unasked => {
                f.write_str("it was changed or deleted meanwhile; read it and apply the change again")
            }
            None => f.write_str("it is gone or not visible to this connection"),
            // No row matched and yet the version looks right: this transaction reads from a snapshot older than
            // the change, or a trigger or row policy kept the statement away.
            Some(_) if self.is_from_old_snapshot() => f.write_str(
                "no row was written, although this transaction still sees that version; begin a new one, or look \
                 for a trigger or row policy that stops the statement",
            ),
            Some(actual) => {
                write!(f, "it is at version {actual} now; reload it and apply the change again")
            }
        }
    }
}

impl StdError for StaleObjectError {}

/// Rows of a batch that were changed or deleted by somebody else; the others were fine.
///
/// ```
/// fn keys(error: &occ_runtime::StaleBatchError) -> Vec<&str> {
///     error.rows().iter().map(|row| row.key()).collect()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleBatchError {
    rows: Vec<StaleObjectError>,
}

impl StaleBatchError {
    pub(crate) fn new(rows: Vec<StaleObjectError>) -> Self {
        Self { rows }
    }

    /// Every stale row, in the order of the batch.
    #[must_use]
    pub fn rows(&self) -> &[StaleObjectError] {
        &self.rows
    }
}

impl fmt::Display for StaleBatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the batch is not written: {} of its rows {} stale:",
            self.rows.len(),
            if self.rows.len() == 1 { "is" } else { "are" }
        )?;
        // A sentence, not a report: a batch can be long.
        for (index, row) in self.rows.iter().take(3).enumerate() {
            write!(f, "{} {row}", if index == 0 { "" } else { ";" })?;
        }
        if self.rows.len() > 3 {
            write!(f, "; and {} more", self.rows.len() - 3)?;
        }
        Ok(())
    }
}

impl StdError for StaleBatchError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn stale(key: &str, actual: Option<&i32>) -> StaleObjectError {
        StaleObjectError::new(Operation::Update, "items", key.to_owned(), &1, actual)
    }

    #[test]
    fn what_was_found_is_said() {
        for (actual, said) in [
            (Some(&2), "it is at version 2 now"),
            (None, "it is gone or not visible to this connection"),
            (Some(&1), "look for a trigger or row policy"),
        ] {
            let text = stale("1", actual).to_string();
            assert!(text.contains(said), "{text}");
            assert!(text.contains("it was read at version 1, but "), "{text}");
        }
    }

    #[test]
    fn three_rows_of_a_batch_are_named_and_the_others_counted() {
        let text = |keys: &[&str]| {
            let rows: Vec<_> = keys.iter().map(|key| stale(key, None)).collect();
            StaleBatchError::new(rows).to_string()
        };
        let row = |key| stale(key, None).to_string();
        let begin = |rows| {
            format!(
                "the batch is not written: {rows} of its rows {} stale:",
                if rows == 1 { "is" } else { "are" }
            )
        };
        assert_eq!(text(&["1"]), format!("{} {}", begin(1), row("1")));
        assert_eq!(text(&["1", "2", "3"]), format!("{} {}; {}; {}", begin(3), row("1"), row("2"), row("3")));
        let five = format!("{} {}; {}; {}; and 2 more", begin(5), row("1"), row("2"), row("3"));
        assert_eq!(text(&["1", "2", "3", "4", "5"]), five);
    }
}
