//! What the methods do, written once for blocking and for async connections: a statement, a verdict, and then memory.

pub(crate) mod base;
pub(crate) mod batch;
pub(crate) mod read;
pub(crate) mod transaction;
pub(crate) mod verdict;
pub(crate) mod write;
