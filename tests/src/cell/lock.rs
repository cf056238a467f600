//! The names of a cell for row locks, which only servers have.

/// Adds `lock` to a blocking cell whose backend has row locks.
#[macro_export]
macro_rules! blocking_lock {
    () => {
        pub async fn lock<M>(model: &M, mode: occ_runtime::LockMode, conn: &mut Conn) -> Result<(), Error>
        where
            M: occ_runtime::LocksOn<Conn>,
        {
            OptimisticDsl::lock_optimistic(model, mode, conn)
        }

        pub async fn lock_at<M, K>(
            at: occ_runtime::At<M, M::Version, K>,
            mode: occ_runtime::LockMode,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::bound::AtOn<Conn, K>,
        {
            occ_runtime::AtDsl::lock(at, mode, conn)
        }
    };
}

/// Adds `lock` to an async cell whose backend has row locks.
#[macro_export]
macro_rules! async_lock {
    () => {
        pub async fn lock<M>(model: &M, mode: occ_runtime::LockMode, conn: &mut Conn) -> Result<(), Error>
        where
            M: occ_runtime::AsyncLocksOn<Conn>,
        {
            AsyncOptimisticDsl::lock_optimistic(model, mode, conn).await
        }

        pub async fn lock_at<M, K>(
            at: occ_runtime::At<M, M::Version, K>,
            mode: occ_runtime::LockMode,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::bound::AsyncAtOn<Conn, K>,
            K: Send,
        {
            occ_runtime::AsyncAtDsl::lock(at, mode, conn).await
        }
    };
}
