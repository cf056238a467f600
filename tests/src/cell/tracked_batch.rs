//! The names of a cell for batches of tracked values.

/// Adds `save_all_tracked` and `delete_all_tracked` to a cell: by the methods of this trait, for models with this bound.
#[macro_export]
macro_rules! tracked_batch {
    ($methods:ident, $bound:ident $(, $await:ident)?) => {
        pub async fn save_all_tracked<M>(
            models: &mut [occ_runtime::Tracked<M>],
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::Trackable + occ_runtime::$bound<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::$methods::save_all_optimistic(models, conn)$(.$await)?
        }

        pub async fn delete_all_tracked<M>(
            models: &[occ_runtime::Tracked<M>],
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::Trackable + occ_runtime::$bound<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::$methods::delete_all_optimistic(models, conn)$(.$await)?
        }
    };
}
