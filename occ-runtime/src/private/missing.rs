//! What stands in for a feature that is not enabled, so that the compiler names the feature. None of it ever runs.

#[cfg(not(feature = "retry"))]
#[diagnostic::on_unimplemented(
    message = "this method needs the feature `retry` of occ-runtime",
    label = "the feature `retry` is not enabled",
    note = "enable it: `cargo add occ-runtime --features retry`"
)]
pub trait RetryIsEnabled {}

#[cfg(not(feature = "async"))]
#[diagnostic::on_unimplemented(
    message = "`occ_runtime::async_prelude` needs the feature `async` of occ-runtime",
    label = "the feature `async` is not enabled",
    note = "enable it: `cargo add occ-runtime --features async`"
)]
pub trait AsyncIsEnabled {}
