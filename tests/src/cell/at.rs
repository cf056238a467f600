//! The names of a cell for rows that are expected at a version of the caller's.

/// Adds to a blocking cell what expects a version besides the value's, and what is done without a value.
#[macro_export]
macro_rules! blocking_at {
    () => {
        pub async fn save_expecting<M>(
            model: &mut M,
            expected: &M::Version,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: SavesOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::ExpectingDsl::save_optimistic_expecting(model, expected, conn)
        }

        pub async fn update_expecting<M, S>(
            model: &mut M,
            expected: &M::Version,
            changes: S,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::bound::UpdatesOn<Conn>,
            S: AsChangeset<Target = M::Table, Changeset: QueryFragment<<Conn as Connection>::Backend>>,
        {
            $crate::watched::model::<M>();
            occ_runtime::ExpectingDsl::update_optimistic_expecting(model, expected, changes, conn)
        }

        pub async fn touch_expecting<M>(
            model: &mut M,
            expected: &M::Version,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: SavesOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::ExpectingDsl::touch_optimistic_expecting(model, expected, conn)
        }

        pub async fn delete_expecting<M>(
            model: &M,
            expected: &M::Version,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: SavesOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::ExpectingDsl::delete_optimistic_expecting(model, expected, conn)
        }

        pub async fn overwrite<M: occ_runtime::bound::UpdatesOn<Conn>>(
            model: &mut M,
            conn: &mut Conn,
        ) -> Result<M, Error> {
            $crate::watched::model::<M>();
            occ_runtime::ExpectingDsl::overwrite_optimistic(model, conn)
        }

        pub async fn update_at<M, K, S>(
            at: occ_runtime::At<M, M::Version, K>,
            changes: S,
            conn: &mut Conn,
        ) -> Result<M::Version, Error>
        where
            M: occ_runtime::bound::AtOn<Conn, K>,
            S: AsChangeset<Target = M::Table, Changeset: QueryFragment<<Conn as Connection>::Backend>>,
        {
            $crate::watched::model::<M>();
            occ_runtime::AtDsl::update(at, changes, conn)
        }

        pub async fn touch_at<M, K>(
            at: occ_runtime::At<M, M::Version, K>,
            conn: &mut Conn,
        ) -> Result<M::Version, Error>
        where
            M: occ_runtime::bound::AtOn<Conn, K>,
        {
            $crate::watched::model::<M>();
            occ_runtime::AtDsl::touch(at, conn)
        }

        pub async fn delete_at<M, K>(
            at: occ_runtime::At<M, M::Version, K>,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::bound::AtOn<Conn, K>,
        {
            $crate::watched::model::<M>();
            occ_runtime::AtDsl::delete(at, conn)
        }

        pub async fn restore_at<M, K>(
            at: occ_runtime::At<M, M::Version, K>,
            conn: &mut Conn,
        ) -> Result<M::Version, Error>
        where
            M: occ_runtime::bound::AtOn<Conn, K> + occ_runtime::SoftDelete,
        {
            $crate::watched::model::<M>();
            occ_runtime::AtDsl::restore(at, conn)
        }

        pub async fn verify_at<M, K>(
            at: occ_runtime::At<M, M::Version, K>,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::bound::AtOn<Conn, K>,
        {
            $crate::watched::model::<M>();
            occ_runtime::AtDsl::verify(at, conn)
        }

        pub async fn revision<M, K, Form>(
            key: K,
            version: M::Version,
            conn: &mut Conn,
        ) -> Result<Option<M>, Error>
        where
            M: occ_runtime::bound::FindsRevisionsOn<Conn, K, Form>,
        {
            occ_runtime::HistoryDsl::revision(key, version, conn)
        }

        pub async fn into_conflict_tracked<M>(
            model: occ_runtime::Tracked<M>,
            conn: &mut Conn,
        ) -> Result<occ_runtime::Conflict<M>, Error>
        where
            M: occ_runtime::Trackable + ReloadsOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::TrackedDsl::into_conflict(model, conn)
        }
    };
}

/// Adds to an async cell what expects a version besides the value's, and what is done without a value.
#[macro_export]
macro_rules! async_at {
    () => {
        pub async fn save_expecting<M>(
            model: &mut M,
            expected: &M::Version,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: AsyncSavesOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncExpectingDsl::save_optimistic_expecting(model, expected, conn).await
        }

        pub async fn update_expecting<M, S>(
            model: &mut M,
            expected: &M::Version,
            changes: S,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::bound::AsyncUpdatesOn<Conn>,
            S: AsChangeset<
                    Target = M::Table,
                    Changeset: QueryFragment<<Conn as AsyncConnectionCore>::Backend> + Send,
                >,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncExpectingDsl::update_optimistic_expecting(model, expected, changes, conn).await
        }

        pub async fn touch_expecting<M>(
            model: &mut M,
            expected: &M::Version,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: AsyncSavesOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncExpectingDsl::touch_optimistic_expecting(model, expected, conn).await
        }

        pub async fn delete_expecting<M>(
            model: &M,
            expected: &M::Version,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: AsyncSavesOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncExpectingDsl::delete_optimistic_expecting(model, expected, conn).await
        }

        pub async fn overwrite<M: occ_runtime::bound::AsyncUpdatesOn<Conn>>(
            model: &mut M,
            conn: &mut Conn,
        ) -> Result<M, Error> {
            $crate::watched::model::<M>();
            occ_runtime::AsyncExpectingDsl::overwrite_optimistic(model, conn).await
        }

        pub async fn update_at<M, K, S>(
            at: occ_runtime::At<M, M::Version, K>,
            changes: S,
            conn: &mut Conn,
        ) -> Result<M::Version, Error>
        where
            M: occ_runtime::bound::AsyncAtOn<Conn, K>,
            K: Send,
            S: AsChangeset<
                    Target = M::Table,
                    Changeset: QueryFragment<<Conn as AsyncConnectionCore>::Backend> + Send,
                >,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncAtDsl::update(at, changes, conn).await
        }

        pub async fn touch_at<M, K>(
            at: occ_runtime::At<M, M::Version, K>,
            conn: &mut Conn,
        ) -> Result<M::Version, Error>
        where
            M: occ_runtime::bound::AsyncAtOn<Conn, K>,
            K: Send,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncAtDsl::touch(at, conn).await
        }

        pub async fn delete_at<M, K>(
            at: occ_runtime::At<M, M::Version, K>,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::bound::AsyncAtOn<Conn, K>,
            K: Send,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncAtDsl::delete(at, conn).await
        }

        pub async fn restore_at<M, K>(
            at: occ_runtime::At<M, M::Version, K>,
            conn: &mut Conn,
        ) -> Result<M::Version, Error>
        where
            M: occ_runtime::bound::AsyncAtOn<Conn, K> + occ_runtime::SoftDelete,
            K: Send,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncAtDsl::restore(at, conn).await
        }

        pub async fn verify_at<M, K>(
            at: occ_runtime::At<M, M::Version, K>,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::bound::AsyncAtOn<Conn, K>,
            K: Send,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncAtDsl::verify(at, conn).await
        }

        pub async fn revision<M, K, Form>(
            key: K,
            version: M::Version,
            conn: &mut Conn,
        ) -> Result<Option<M>, Error>
        where
            M: occ_runtime::bound::AsyncFindsRevisionsOn<Conn, K, Form>,
            K: Send,
        {
            occ_runtime::AsyncHistoryDsl::revision(key, version, conn).await
        }

        pub async fn into_conflict_tracked<M>(
            model: occ_runtime::Tracked<M>,
            conn: &mut Conn,
        ) -> Result<occ_runtime::Conflict<M>, Error>
        where
            M: occ_runtime::Trackable + AsyncReloadsOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncTrackedDsl::into_conflict(model, conn).await
        }
    };
}
