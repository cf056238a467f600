//! What undoes a deletion by a mark, for Diesel's own, blocking connections.

use diesel::connection::Connection;

use crate::blocking::saves::SavesOn;
use crate::error::Error;
use crate::error::stale::Operation;
use crate::model::soft_delete::SoftDelete;
use crate::statement::mark::SetMark;

/// Bringing rows back that were deleted softly: for every struct with a field that is `#[occ(soft_delete)]`. What each other method does
/// with such a row is said at [`SoftDelete`].
pub trait SoftDeleteDsl: SoftDelete {
    /// Undoes the deletion of the row, if it is deleted, and still at this version. Takes the mark from the row and the value, advances the
    /// version, and writes nothing else.
    ///
    /// The value is the deleted row, loaded by a query of your own: after
    /// [`delete_optimistic`](crate::OptimisticDsl::delete_optimistic) a value in memory is what it was before, at the version before. Of
    /// a row that is not in memory there is [`AtDsl::restore`](crate::AtDsl::restore).
    ///
    /// One `UPDATE`.
    ///
    /// # Errors
    ///
    /// [`Error::Stale`] if the row is at another version: somebody else has restored it, or it is gone for good; one `SELECT` more tells
    /// which. [`Error::Guard`] if it is at this version, and not deleted. [`Error::Version`] if there is no next version; then nothing is
    /// sent. [`Error::Database`] for all else. The value is what it was.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example_soft.txt")]
    /// # let conn = &mut connection();
    /// # let note: Note = notes::table.find(1).select(Note::as_select()).first(conn)?;
    /// note.delete_optimistic(conn)?;
    /// let trash: Vec<Note> = notes::table.filter(notes::deleted).select(Note::as_select()).load(conn)?;
    /// for mut note in trash {
    ///     note.restore_optimistic(conn)?;
    ///     assert!(!note.is_deleted());
    ///     assert!(matches!(note.restore_optimistic(conn), Err(Error::Guard(_))));
    /// }
    /// # Ok::<_, Error>(())
    /// ```
    fn restore_optimistic<C>(&mut self, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        Self: SavesOn<C>,
    {
        self.write(Operation::Restore, None, SetMark::restored::<Self>(), conn)
    }
}

impl<M: SoftDelete> SoftDeleteDsl for M {}
