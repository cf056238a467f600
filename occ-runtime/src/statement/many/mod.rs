//! Many rows in one statement, each matched by its key and its version.
//!
//! The rows are bound one value each, so that whatever can be saved alone can be saved so. The number of rows is a power of
//! two, the last row repeated as often as it takes, which matches nothing more: so there are few texts, and all of them
//! stay prepared.

mod cases;
pub(crate) mod chunks;
pub(crate) mod rows;
mod values;
