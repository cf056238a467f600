//! What a row is expected to be before it is written.

/// What a row is expected to be, before [`upsert_optimistic`](crate::OptimisticInsertDsl::upsert_optimistic) writes it.
///
/// HTTP has the same three: `If-None-Match: *`, `If-Match` and neither of them.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
#[doc = include_str!("../example.txt")]
/// # let conn = &mut connection();
/// let mut lamp = Product { id: 1, name: "desk lamp".into(), quantity: 3, version: 0 };
/// assert!(matches!(lamp.upsert_optimistic(Expect::Absent, conn), Err(Error::Exists(_))));
/// lamp.upsert_optimistic(Expect::At(1), conn)?;
/// assert!(lamp.upsert_optimistic(Expect::At(1), conn).unwrap_err().is_stale());
/// lamp.upsert_optimistic(Expect::Any, conn)?;
/// assert_eq!(lamp.version, 3);
/// # Ok::<_, Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expect<V> {
    /// Nobody has made it.
    Absent,
    /// It is there, at this version.
    At(V),
    /// Whatever is there, or nothing.
    Any,
}
