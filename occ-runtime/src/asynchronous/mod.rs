//! The same for diesel-async's connections, file by file.

pub(crate) mod at;
pub(crate) mod batch;
pub(crate) mod bounds;
pub(crate) mod boxed;
pub(crate) mod closure;
#[cfg(feature = "http")]
pub(crate) mod conditional;
pub(crate) mod create;
pub(crate) mod expecting;
#[cfg(feature = "retry")]
pub(crate) mod find;
pub(crate) mod insert;
pub(crate) mod lock;
pub(crate) mod new_row;
pub(crate) mod reload;
#[cfg(feature = "retry")]
pub(crate) mod retry;
pub(crate) mod row;
pub(crate) mod saves;
pub(crate) mod schema;
pub(crate) mod send;
pub(crate) mod settle;
pub(crate) mod tracked;
pub(crate) mod tracked_batch;
pub(crate) mod transaction;
pub(crate) mod update;
