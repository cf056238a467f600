//! A row that is not in memory, by its key and the version it is expected at.

use std::fmt;
use std::marker::PhantomData;

/// A row that is not in memory: [`OptimisticLock::at`](crate::OptimisticLock::at) makes it, and the methods are in
/// [`AtDsl`](crate::AtDsl) and [`AsyncAtDsl`](crate::AsyncAtDsl), whose prelude is the connection's.
///
/// `M` is the model, `V` its version and `K` its key, as Diesel's `find` takes it.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
#[doc = include_str!("../example.txt")]
/// # let conn = &mut connection();
/// let seen = Product::at(1, 1);
/// seen.verify(conn)?;
/// assert_eq!(seen.touch(conn)?, 2);
/// assert!(seen.touch(conn).unwrap_err().is_stale());
/// # Ok::<_, Error>(())
/// ```
#[must_use = "it does nothing until one of its methods is called"]
pub struct At<M, V, K> {
    pub(crate) key: K,
    pub(crate) version: V,
    model: PhantomData<fn() -> M>,
}

impl<M, V, K> At<M, V, K> {
    pub(crate) fn new(key: K, version: V) -> Self {
        Self { key, version, model: PhantomData }
    }
}

impl<M, V: Clone, K: Clone> Clone for At<M, V, K> {
    fn clone(&self) -> Self {
        Self::new(self.key.clone(), self.version.clone())
    }
}

impl<M, V: Copy, K: Copy> Copy for At<M, V, K> {}

impl<M, V: fmt::Debug, K: fmt::Debug> fmt::Debug for At<M, V, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("At").field("key", &self.key).field("version", &self.version).finish()
    }
}
