//! What stands in for a feature that is not enabled, so that the compiler names the feature. None of it ever runs.

#[cfg(not(feature = "retry"))]
#[diagnostic::on_unimplemented(
    message = "`modify_optimistic` needs the feature `retry` of occ-runtime",
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

/// The methods of `AsyncOptimisticDsl`.
#[cfg(not(feature = "async"))]
pub mod async_methods {
    use std::future::Ready;

    use super::AsyncIsEnabled;
    use crate::conflict::Conflict;
    use crate::error::Error;
    use crate::lock::LockMode;
    use crate::model::OptimisticLock;
    use crate::stub::never;

    macro_rules! methods {
        ($($name:ident $(<$generic:ident>)? ($($argument:ident: $ty:ty),*) -> $output:ty;)+) => {$(
            #[doc(hidden)]
            fn $name<C $(, $generic)?>(&mut self, $($argument: $ty,)* conn: &mut C) -> Ready<Result<$output, Error>>
            where
                Self: AsyncIsEnabled,
            {
                let _ = (conn, $(&$argument),*);
                never()
            }
        )+};
    }

    /// Its methods need the feature `async` of occ-runtime, which is not enabled.
    pub trait AsyncOptimisticDsl: OptimisticLock {
        methods! {
            save_optimistic() -> ();
            save_optimistic_expecting(expected: &Self::Version) -> ();
            save_optimistic_if<P>(guard: P) -> ();
            update_optimistic<S>(changes: S) -> ();
            touch_optimistic() -> ();
            delete_optimistic() -> ();
            delete_optimistic_if<P>(guard: P) -> ();
            save_unversioned() -> ();
            verify_optimistic() -> ();
            lock_optimistic(mode: LockMode) -> ();
            reload() -> ();
        }

        #[doc(hidden)]
        fn into_conflict<C>(self, conn: &mut C) -> Ready<Result<Conflict<Self>, Error>>
        where
            Self: AsyncIsEnabled,
        {
            let _ = conn;
            never()
        }
    }

    impl<M: OptimisticLock> AsyncOptimisticDsl for M {}
}
