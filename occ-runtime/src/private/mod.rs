//! What stands behind the names that the derive writes into user code. Nothing here is covered by semantic versioning.

#[doc(hidden)]
pub mod assert;
#[doc(hidden)]
pub mod convert;
#[cfg(not(all(feature = "async", feature = "retry")))]
#[doc(hidden)]
pub mod missing;
#[doc(hidden)]
pub mod names;
#[doc(hidden)]
pub mod nan;
#[doc(hidden)]
pub mod show;
#[doc(hidden)]
pub mod stub;
#[doc(hidden)]
pub mod table_key;
#[doc(hidden)]
pub mod written_once;
