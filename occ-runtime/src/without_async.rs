//! The methods of `AsyncOptimisticDsl` where the feature `async` is not enabled: calls of them name it. None of it ever runs.

use std::future::Ready;

use crate::conflict::Conflict;
use crate::error::Error;
use crate::model::declared::never;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::report::OnStale;
use crate::operation::upserted::Upserted;
use crate::private::missing::AsyncIsEnabled;
use crate::statement::lock::LockMode;
use crate::version::expect::Expect;

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
        overwrite_optimistic() -> ();
        save_optimistic_with(on_stale: OnStale<'_>) -> ();
        delete_optimistic_with(on_stale: OnStale<'_>) -> ();
        save_optimistic_if<P>(guard: P) -> ();
        update_optimistic<S>(changes: S) -> ();
        update_optimistic_expecting<S>(expected: &Self::Version, changes: S) -> ();
        touch_optimistic() -> ();
        touch_optimistic_expecting(expected: &Self::Version) -> ();
        delete_optimistic() -> ();
        delete_optimistic_expecting(expected: &Self::Version) -> ();
        delete_optimistic_if<P>(guard: P) -> ();
        save_unversioned() -> ();
        verify_optimistic() -> ();
        lock_optimistic(mode: LockMode) -> ();
        reload() -> ();
        insert_optimistic() -> ();
        restore_optimistic() -> ();
        upsert_optimistic(expect: Expect<Self::Version>) -> Upserted;
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
