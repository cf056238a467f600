//! What has become of a row that was to be made if it is not there.

/// What [`upsert_optimistic`](crate::OptimisticInsertDsl::upsert_optimistic) has done.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
/// use occ_runtime::Upserted;
#[doc = include_str!("../example.txt")]
/// # let conn = &mut connection();
/// let mut desk = Product { id: 2, name: "desk".into(), quantity: 3, version: 0 };
/// assert_eq!(desk.upsert_optimistic(Expect::Any, conn)?, Upserted::Inserted);
/// assert_eq!(desk.upsert_optimistic(Expect::Any, conn)?, Upserted::Updated);
/// # Ok::<_, Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Upserted {
    /// There was no row, and now there is one at the first version.
    Inserted,
    /// The row was there, and is at its next version.
    Updated,
}

/// What [`create_if_absent`](crate::OptimisticInsertDsl::create_if_absent) has found or made.
///
/// ```
/// use occ_runtime::Created;
///
/// let created = Created::New("row");
/// assert!(created.is_new());
/// assert_eq!(created.into_row(), "row");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Created<M> {
    /// The row that was made.
    New(M),
    /// The row that was there. Nothing is written.
    Existing(M),
}

impl<M> Created<M> {
    /// Whether the row was made.
    #[must_use]
    pub fn is_new(&self) -> bool {
        matches!(self, Self::New(_))
    }

    /// The row, in either case.
    #[must_use]
    pub fn into_row(self) -> M {
        match self {
            Self::New(row) | Self::Existing(row) => row,
        }
    }
}
