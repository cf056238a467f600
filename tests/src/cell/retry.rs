//! The names of a cell for work that is done again.

/// Adds `modify`, `modify_with` and `retry` to a blocking cell.
#[macro_export]
macro_rules! blocking_retry {
    () => {
        use occ_runtime::{
            ModifiesOn, RetryDsl as _, RetryPolicy,
            retry::{ModifyOutcome, RetryError},
        };

        pub async fn modify<M, K, R, F>(key: K, conn: &mut Conn, f: F) -> Result<M, R::Error>
        where
            M: SavesOn<Conn> + ModifiesOn<Conn, K>,
            R: ModifyOutcome,
            F: FnMut(&mut M) -> R,
        {
            $crate::watched::model::<M>();
            M::modify_optimistic(key, conn, f)
        }

        pub async fn modify_with<M, K, R, F>(
            policy: &RetryPolicy,
            key: K,
            conn: &mut Conn,
            f: F,
        ) -> Result<M, R::Error>
        where
            M: SavesOn<Conn> + ModifiesOn<Conn, K>,
            R: ModifyOutcome,
            F: FnMut(&mut M) -> R,
        {
            $crate::watched::model::<M>();
            policy.modify(key, conn, f)
        }

        pub async fn retry<T, E, F>(policy: &RetryPolicy, conn: &mut Conn, f: F) -> Result<T, E>
        where
            E: RetryError + From<diesel::result::Error>,
            F: AsyncFnOnce(&mut Conn) -> Result<T, E> + Clone,
        {
            policy.run(conn, |conn| block_on(f.clone()(conn)))
        }

        pub async fn retry_with<V, T, E, F>(
            policy: &RetryPolicy,
            conn: &mut Conn,
            values: V,
            f: F,
        ) -> Result<T, E>
        where
            V: Restorable,
            E: RetryError + From<diesel::result::Error>,
            for<'r, 'v> F: AsyncFnOnce(&'r mut Conn, V::Borrowed<'v>) -> Result<T, E> + Clone,
        {
            policy.run_with(conn, values, |conn, values| block_on(f.clone()(conn, values)))
        }

        $crate::save_merging!(MergingDsl, RetryDsl, SavesTrackedOn, ReloadsOn);
    };
}

/// Adds `modify`, `modify_with` and `retry` to an async cell.
#[macro_export]
macro_rules! async_retry {
    () => {
        use occ_runtime::{
            AsyncModifiesOn, AsyncRetryDsl as _, RetryPolicy,
            retry::{ModifyOutcome, RetryError},
        };

        pub async fn modify<M, K, R, F>(key: K, conn: &mut Conn, f: F) -> Result<M, R::Error>
        where
            K: Send,
            M: AsyncSavesOn<Conn> + AsyncModifiesOn<Conn, K> + Send,
            R: ModifyOutcome<Error: Send>,
            F: FnMut(&mut M) -> R + Send,
        {
            $crate::watched::model::<M>();
            M::modify_optimistic(key, conn, f).await
        }

        pub async fn modify_with<M, K, R, F>(
            policy: &RetryPolicy,
            key: K,
            conn: &mut Conn,
            f: F,
        ) -> Result<M, R::Error>
        where
            K: Send,
            M: AsyncSavesOn<Conn> + AsyncModifiesOn<Conn, K> + Send,
            R: ModifyOutcome<Error: Send>,
            F: FnMut(&mut M) -> R + Send,
        {
            $crate::watched::model::<M>();
            policy.modify(key, conn, f).await
        }

        pub async fn retry<T, E, F>(policy: &RetryPolicy, conn: &mut Conn, f: F) -> Result<T, E>
        where
            T: Send,
            E: RetryError + From<diesel::result::Error> + Send,
            for<'r> F: AsyncFnOnce(&'r mut Conn) -> Result<T, E>
                + SendAsyncFnOnce<(&'r mut Conn,), Result<T, E>>
                + Clone
                + Send,
        {
            policy.run(conn, f).await
        }

        pub async fn retry_with<V, T, E, F>(
            policy: &RetryPolicy,
            conn: &mut Conn,
            values: V,
            f: F,
        ) -> Result<T, E>
        where
            V: Restorable<Saved: Send> + Send,
            T: Send,
            E: RetryError + From<diesel::result::Error> + Send,
            for<'r, 'v> F: AsyncFnOnce(&'r mut Conn, V::Borrowed<'v>) -> Result<T, E>
                + SendAsyncFnOnce<(&'r mut Conn, V::Borrowed<'v>), Result<T, E>>
                + Clone
                + Send,
        {
            policy.run_with(conn, values, f).await
        }

        $crate::save_merging!(
            AsyncMergingDsl,
            AsyncRetryDsl,
            AsyncSavesTrackedOn,
            AsyncReloadsOn,
            await,
            Send
        );
    };
}
