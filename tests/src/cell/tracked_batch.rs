//! The names of a cell for batches of tracked values.

/// Adds `save_all_tracked` and `delete_all_tracked` to a blocking cell.
#[macro_export]
macro_rules! blocking_tracked_batch {
    () => {
        pub async fn save_all_tracked<M>(
            models: &mut [occ_runtime::Tracked<M>],
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::Trackable + occ_runtime::SavesTrackedOn<Conn>,
        {
            occ_runtime::TrackedBatchDsl::save_all_optimistic(models, conn)
        }

        pub async fn delete_all_tracked<M>(
            models: &[occ_runtime::Tracked<M>],
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::Trackable + occ_runtime::SavesTrackedOn<Conn>,
        {
            occ_runtime::TrackedBatchDsl::delete_all_optimistic(models, conn)
        }
    };
}

/// Adds `save_all_tracked` and `delete_all_tracked` to an async cell.
#[macro_export]
macro_rules! async_tracked_batch {
    () => {
        pub async fn save_all_tracked<M>(
            models: &mut [occ_runtime::Tracked<M>],
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::Trackable + occ_runtime::AsyncSavesTrackedOn<Conn>,
        {
            occ_runtime::AsyncTrackedBatchDsl::save_all_optimistic(models, conn).await
        }

        pub async fn delete_all_tracked<M>(
            models: &[occ_runtime::Tracked<M>],
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::Trackable + occ_runtime::AsyncSavesTrackedOn<Conn>,
        {
            occ_runtime::AsyncTrackedBatchDsl::delete_all_optimistic(models, conn).await
        }
    };
}
