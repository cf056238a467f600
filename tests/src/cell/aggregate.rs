//! The names of a cell for the roots of aggregates, and for writes that are reported.

/// Adds `with_children` and `with_these_children`, `save_with` and `delete_with` to a blocking cell.
#[macro_export]
macro_rules! blocking_aggregate {
    () => {
        pub use occ_runtime::bound::{HasChildrenOn as HasChildren, ReportsOn as Reports};

        pub async fn with_children<R, T, E, F>(root: &mut R, conn: &mut Conn, f: F) -> Result<T, E>
        where
            R: occ_runtime::AggregateDsl + HasChildren<Conn>,
            E: From<Error>,
            F: AsyncFnOnce(&mut Conn) -> Result<T, E>,
        {
            root.with_children(conn, |conn| block_on(f(conn)))
        }

        pub async fn with_these_children<R, V, T, E, F>(
            root: &mut R,
            conn: &mut Conn,
            children: V,
            f: F,
        ) -> Result<T, E>
        where
            R: occ_runtime::AggregateDsl + HasChildren<Conn>,
            V: Restorable,
            E: From<Error>,
            F: AsyncFnOnce(&mut Conn, &mut R, V::Borrowed<'_>) -> Result<T, E>,
        {
            root.with_these_children(conn, children, |conn, root, children| block_on(f(conn, root, children)))
        }

        pub async fn save_with<M: Reports<Conn>>(
            model: &mut M,
            on_stale: occ_runtime::OnStale<'_>,
            conn: &mut Conn,
        ) -> Result<(), Error> {
            $crate::watched::model::<M>();
            occ_runtime::ExpectingDsl::save_optimistic_with(model, on_stale, conn)
        }

        pub async fn delete_with<M: Reports<Conn>>(
            model: &M,
            on_stale: occ_runtime::OnStale<'_>,
            conn: &mut Conn,
        ) -> Result<(), Error> {
            $crate::watched::model::<M>();
            occ_runtime::ExpectingDsl::delete_optimistic_with(model, on_stale, conn)
        }
    };
}

/// The same for an async cell.
#[macro_export]
macro_rules! async_aggregate {
    () => {
        pub use occ_runtime::bound::{AsyncHasChildrenOn as HasChildren, AsyncReportsOn as Reports};

        pub async fn with_children<R, T, E, F>(root: &mut R, conn: &mut Conn, f: F) -> Result<T, E>
        where
            R: occ_runtime::AsyncAggregateDsl + HasChildren<Conn>,
            T: Send,
            E: From<Error> + Send,
            for<'r> F: AsyncFnOnce(&'r mut Conn) -> Result<T, E>
                + SendAsyncFnOnce<(&'r mut Conn,), Result<T, E>>
                + Send,
        {
            root.with_children(conn, f).await
        }

        pub async fn with_these_children<R, V, T, E, F>(
            root: &mut R,
            conn: &mut Conn,
            children: V,
            f: F,
        ) -> Result<T, E>
        where
            R: occ_runtime::AsyncAggregateDsl + HasChildren<Conn>,
            V: Restorable<Saved: Send> + Send,
            T: Send,
            E: From<Error> + Send,
            for<'r, 'p, 'v> F: AsyncFnOnce(&'r mut Conn, &'p mut R, V::Borrowed<'v>) -> Result<T, E>
                + SendAsyncFnOnce<(&'r mut Conn, &'p mut R, V::Borrowed<'v>), Result<T, E>>
                + Send,
        {
            root.with_these_children(conn, children, f).await
        }

        pub async fn save_with<M: Reports<Conn>>(
            model: &mut M,
            on_stale: occ_runtime::OnStale<'_>,
            conn: &mut Conn,
        ) -> Result<(), Error> {
            $crate::watched::model::<M>();
            occ_runtime::AsyncExpectingDsl::save_optimistic_with(model, on_stale, conn).await
        }

        pub async fn delete_with<M: Reports<Conn>>(
            model: &M,
            on_stale: occ_runtime::OnStale<'_>,
            conn: &mut Conn,
        ) -> Result<(), Error> {
            $crate::watched::model::<M>();
            occ_runtime::AsyncExpectingDsl::delete_optimistic_with(model, on_stale, conn).await
        }
    };
}
