//! The names of a cell whose connection is async.

/// Defines the same names for an async connection.
#[macro_export]
macro_rules! async_cell {
    ($backend:ident, $connection:ty, $database:ty) => {
        use diesel::QueryResult;
        use diesel::expression::{AppearsOnTable, NonAggregate};
        use diesel::query_builder::{AsChangeset, QueryFragment};
        use diesel::sql_types::Bool;
        use diesel_async::methods::{ExecuteDsl, LoadQuery};
        use diesel_async::{
            AsyncConnection, AsyncConnectionCore, RunQueryDsl, SimpleAsyncConnection as _,
            TransactionManager as _,
        };
        use occ_runtime::{
            AsyncOptimisticDsl, AsyncReloadsOn, AsyncSavesOn, Error, Restorable, bound::SendAsyncFnOnce,
        };

        pub const BACKEND: $crate::cell::Backend = $crate::cell::Backend::$backend;
        pub const KNOWN_AS: $crate::cell::Backend = BACKEND;
        pub type Conn = $connection;
        pub type Database = $database;

        pub use occ_runtime::bound::AsyncChecksSchemaOn as ChecksSchema;
        pub use $crate::cell::wait as block_on;

        pub async fn connect(database: &Database) -> Conn {
            use $crate::database::TestDatabase as _;
            connect_to(&database.url(), database).await
        }

        /// To the database, by another way than its own URL.
        #[allow(dead_code, reason = "only servers have another way")]
        pub async fn connect_to(url: &str, database: &Database) -> Conn {
            use $crate::database::TestDatabase as _;
            // Or the driver goes on through the socket that the server names.
            let socket = if BACKEND == $crate::cell::Backend::Mysql { "?prefer_socket=false" } else { "" };
            let mut conn = Conn::establish(&format!("{url}{socket}")).await.unwrap();
            conn.batch_execute(&database.setup()).await.unwrap();
            conn.set_instrumentation($crate::watched::listener(None::<$crate::recorder::Recorder>));
            conn
        }

        pub async fn begin(conn: &mut Conn) -> QueryResult<()> {
            <Conn as AsyncConnection>::TransactionManager::begin_transaction(conn).await
        }

        pub async fn commit(conn: &mut Conn) -> QueryResult<()> {
            <Conn as AsyncConnection>::TransactionManager::commit_transaction(conn).await
        }

        pub async fn rollback(conn: &mut Conn) -> QueryResult<()> {
            <Conn as AsyncConnection>::TransactionManager::rollback_transaction(conn).await
        }

        pub async fn transaction<V, T, E, F>(conn: &mut Conn, values: V, f: F) -> Result<T, E>
        where
            V: Restorable<Saved: Send> + Send,
            T: Send,
            E: From<diesel::result::Error> + Send,
            for<'r, 'v> F: AsyncFnOnce(&'r mut Conn, V::Borrowed<'v>) -> Result<T, E>
                + SendAsyncFnOnce<(&'r mut Conn, V::Borrowed<'v>), Result<T, E>>
                + Send,
        {
            occ_runtime::async_optimistic_transaction(conn, values, f).await
        }

        pub async fn batch(sql: &str, conn: &mut Conn) -> QueryResult<()> {
            let _by_hand = $crate::watched::by_hand();
            conn.batch_execute(sql).await
        }

        pub async fn execute<Q>(query: Q, conn: &mut Conn) -> QueryResult<usize>
        where
            Q: ExecuteDsl<Conn> + Send,
        {
            let _by_hand = $crate::watched::by_hand();
            ExecuteDsl::execute(query, conn).await
        }

        pub async fn first<'q, Q, U>(query: Q, conn: &mut Conn) -> QueryResult<U>
        where
            Q: LoadQuery<'q, Conn, U> + Send + 'q,
            U: Send,
        {
            let _by_hand = $crate::watched::by_hand();
            RunQueryDsl::get_result(query, conn).await
        }

        pub async fn all<'q, Q, U>(query: Q, conn: &mut Conn) -> QueryResult<Vec<U>>
        where
            Q: LoadQuery<'q, Conn, U> + Send + 'q,
            U: Send,
        {
            let _by_hand = $crate::watched::by_hand();
            RunQueryDsl::get_results(query, conn).await
        }

        pub async fn save<M: AsyncSavesOn<Conn>>(model: &mut M, conn: &mut Conn) -> Result<(), Error> {
            $crate::watched::model::<M>();
            AsyncOptimisticDsl::save_optimistic(model, conn).await
        }

        pub async fn save_if<M, P>(model: &mut M, guard: P, conn: &mut Conn) -> Result<(), Error>
        where
            M: AsyncSavesOn<Conn>,
            P: AppearsOnTable<M::Table, SqlType = Bool>
                + NonAggregate
                + QueryFragment<<Conn as AsyncConnectionCore>::Backend>
                + Send,
        {
            $crate::watched::model::<M>();
            AsyncOptimisticDsl::save_optimistic_if(model, guard, conn).await
        }

        pub async fn delete_if<M, P>(model: &M, guard: P, conn: &mut Conn) -> Result<(), Error>
        where
            M: AsyncSavesOn<Conn>,
            P: AppearsOnTable<M::Table, SqlType = Bool>
                + NonAggregate
                + QueryFragment<<Conn as AsyncConnectionCore>::Backend>
                + Send,
        {
            $crate::watched::model::<M>();
            AsyncOptimisticDsl::delete_optimistic_if(model, guard, conn).await
        }

        pub async fn update<M, S>(model: &mut M, changes: S, conn: &mut Conn) -> Result<(), Error>
        where
            M: occ_runtime::bound::AsyncUpdatesOn<Conn>,
            S: AsChangeset<
                    Target = M::Table,
                    Changeset: QueryFragment<<Conn as AsyncConnectionCore>::Backend> + Send,
                >,
        {
            $crate::watched::model::<M>();
            AsyncOptimisticDsl::update_optimistic(model, changes, conn).await
        }

        pub async fn touch<M: AsyncSavesOn<Conn>>(model: &mut M, conn: &mut Conn) -> Result<(), Error> {
            $crate::watched::model::<M>();
            AsyncOptimisticDsl::touch_optimistic(model, conn).await
        }

        pub async fn delete<M: AsyncSavesOn<Conn>>(model: &M, conn: &mut Conn) -> Result<(), Error> {
            $crate::watched::model::<M>();
            AsyncOptimisticDsl::delete_optimistic(model, conn).await
        }

        pub async fn restore<M: AsyncSavesOn<Conn> + occ_runtime::SoftDelete>(
            model: &mut M,
            conn: &mut Conn,
        ) -> Result<(), Error> {
            $crate::watched::model::<M>();
            occ_runtime::AsyncSoftDeleteDsl::restore_optimistic(model, conn).await
        }

        pub async fn save_unversioned<M>(model: &M, conn: &mut Conn) -> Result<(), Error>
        where
            M: occ_runtime::AsyncSavesTrackedOn<Conn> + occ_runtime::__private::HasUnversioned,
        {
            $crate::watched::model::<M>();
            AsyncOptimisticDsl::save_unversioned(model, conn).await
        }

        pub async fn settle<M: AsyncSavesOn<Conn>>(
            model: &mut M,
            conn: &mut Conn,
        ) -> Result<occ_runtime::Outcome, Error> {
            $crate::watched::model::<M>();
            occ_runtime::AsyncSettleDsl::settle(model, conn).await
        }

        pub async fn settle_tracked<M>(
            model: &mut occ_runtime::Tracked<M>,
            conn: &mut Conn,
        ) -> Result<occ_runtime::Outcome, Error>
        where
            M: occ_runtime::AsyncSavesTrackedOn<Conn> + occ_runtime::Trackable,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncTrackedDsl::settle(model, conn).await
        }

        pub async fn verify<M: AsyncSavesOn<Conn>>(model: &M, conn: &mut Conn) -> Result<(), Error> {
            $crate::watched::model::<M>();
            AsyncOptimisticDsl::verify_optimistic(model, conn).await
        }

        pub async fn reload<M: AsyncReloadsOn<Conn>>(model: &mut M, conn: &mut Conn) -> Result<(), Error> {
            $crate::watched::model::<M>();
            AsyncOptimisticDsl::reload(model, conn).await
        }

        pub async fn save_all<M: AsyncSavesOn<Conn>>(models: &mut [M], conn: &mut Conn) -> Result<(), Error> {
            $crate::watched::model::<M>();
            occ_runtime::AsyncOptimisticBatchDsl::save_all_optimistic(models, conn).await
        }

        pub async fn save_each<M: AsyncSavesOn<Conn>>(
            models: &mut [M],
            conn: &mut Conn,
        ) -> Result<Vec<Result<(), Error>>, Error> {
            $crate::watched::model::<M>();
            occ_runtime::AsyncOptimisticBatchDsl::save_each_optimistic(models, conn).await
        }

        pub async fn delete_all<M: AsyncSavesOn<Conn>>(models: &[M], conn: &mut Conn) -> Result<(), Error> {
            $crate::watched::model::<M>();
            occ_runtime::AsyncOptimisticBatchDsl::delete_all_optimistic(models, conn).await
        }

        pub async fn insert<M>(model: &mut M, conn: &mut Conn) -> Result<(), Error>
        where
            M: occ_runtime::AsyncInsertsOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncOptimisticInsertDsl::insert_optimistic(model, conn).await
        }

        pub async fn insert_all<M>(models: &mut [M], conn: &mut Conn) -> Result<(), Error>
        where
            M: occ_runtime::AsyncInsertsOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncOptimisticBatchDsl::insert_all_optimistic(models, conn).await
        }

        pub async fn upsert<M>(
            model: &mut M,
            expect: occ_runtime::Expect<M::Version>,
            conn: &mut Conn,
        ) -> Result<occ_runtime::Upserted, Error>
        where
            M: occ_runtime::AsyncInsertsOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncOptimisticInsertDsl::upsert_optimistic(model, expect, conn).await
        }

        pub async fn create<M, V>(values: V, conn: &mut Conn) -> Result<M, Error>
        where
            M: occ_runtime::bound::AsyncCreatesOn<Conn>,
            V: occ_runtime::bound::AsyncNewRow<M, <Conn as AsyncConnectionCore>::Backend>,
        {
            $crate::watched::model::<M>();
            <M as occ_runtime::AsyncOptimisticInsertDsl>::create_optimistic(values, conn).await
        }

        pub async fn create_if_absent<M, V, K>(
            values: V,
            key: K,
            conn: &mut Conn,
        ) -> Result<occ_runtime::Created<M>, Error>
        where
            M: occ_runtime::bound::AsyncCreatesOn<Conn>,
            V: occ_runtime::bound::AsyncNewRow<M, <Conn as AsyncConnectionCore>::Backend>,
            K: occ_runtime::bound::AsyncKeyOf<M, <Conn as AsyncConnectionCore>::Backend>,
        {
            $crate::watched::model::<M>();
            <M as occ_runtime::AsyncOptimisticInsertDsl>::create_if_absent(values, key, conn).await
        }

        pub async fn check_schema<M>(conn: &mut Conn) -> Result<Vec<occ_runtime::schema::Finding>, Error>
        where
            M: ChecksSchema<Conn>,
        {
            $crate::watched::model::<M>();
            <M as occ_runtime::AsyncSchemaDsl>::check_schema(conn).await
        }

        pub async fn into_conflict<M: AsyncReloadsOn<Conn>>(
            model: M,
            conn: &mut Conn,
        ) -> Result<occ_runtime::Conflict<M>, Error> {
            $crate::watched::model::<M>();
            AsyncOptimisticDsl::into_conflict(model, conn).await
        }

        pub async fn save_tracked<M>(
            model: &mut occ_runtime::Tracked<M>,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::Trackable + occ_runtime::AsyncSavesTrackedOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncTrackedDsl::save_optimistic(model, conn).await
        }

        pub async fn delete_tracked<M>(model: &occ_runtime::Tracked<M>, conn: &mut Conn) -> Result<(), Error>
        where
            M: occ_runtime::Trackable + occ_runtime::AsyncSavesTrackedOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncTrackedDsl::delete_optimistic(model, conn).await
        }

        pub async fn save_tracked_expecting<M>(
            model: &mut occ_runtime::Tracked<M>,
            expected: &M::Version,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::Trackable + AsyncSavesOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncTrackedDsl::save_optimistic_expecting(model, expected, conn).await
        }

        pub async fn reload_tracked<M>(
            model: &mut occ_runtime::Tracked<M>,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::Trackable + AsyncReloadsOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncTrackedDsl::reload(model, conn).await
        }

        pub async fn rebase<M>(model: &mut occ_runtime::Tracked<M>, conn: &mut Conn) -> Result<(), Error>
        where
            M: occ_runtime::Trackable + AsyncReloadsOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncTrackedDsl::rebase(model, conn).await
        }

        pub async fn rebase_with<M, F>(
            model: &mut occ_runtime::Tracked<M>,
            conn: &mut Conn,
            choose: F,
        ) -> Result<(), Error>
        where
            M: occ_runtime::Trackable + AsyncReloadsOn<Conn>,
            F: FnMut(&'static str, &M, &M, &M) -> occ_runtime::Choice<M> + Send,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncTrackedDsl::rebase_with(model, conn, choose).await
        }

        pub async fn conflict<M>(
            model: &occ_runtime::Tracked<M>,
            conn: &mut Conn,
        ) -> Result<occ_runtime::Conflict<M>, Error>
        where
            M: occ_runtime::Trackable + AsyncReloadsOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::AsyncTrackedDsl::conflict(model, conn).await
        }

        /// Prepares each statement anew, and forgets it.
        #[allow(dead_code, reason = "only servers need it")]
        pub fn keep_no_statements(conn: &mut Conn) {
            conn.set_prepared_statement_cache_size(diesel::connection::CacheSize::Disabled);
        }

        /// Another listener instead of the cell's own.
        #[allow(dead_code, reason = "only a build with a watch needs it")]
        pub fn listen(conn: &mut Conn, listener: impl diesel::connection::Instrumentation) {
            conn.set_instrumentation(listener);
        }

        pub fn record(conn: &mut Conn) -> $crate::recorder::Recorder {
            let recorder = $crate::recorder::Recorder::default();
            conn.set_instrumentation($crate::watched::listener(recorder.clone()));
            recorder
        }

        $crate::async_at!();
        $crate::async_aggregate!();
        $crate::tracked_batch!(AsyncTrackedBatchDsl, AsyncSavesTrackedOn, await);
    };
}
