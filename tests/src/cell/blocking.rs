//! The names of a cell whose connection blocks.

/// Defines the names of a cell for a blocking connection.
#[macro_export]
macro_rules! blocking_cell {
    ($backend:ident, $connection:ty, $database:ty) => {
        $crate::blocking_cell!($backend as $backend, $connection, $database);
    };
    ($backend:ident as $known:ident, $connection:ty, $database:ty) => {
        use diesel::connection::{SimpleConnection as _, TransactionManager as _};
        use diesel::expression::{AppearsOnTable, NonAggregate};
        use diesel::query_builder::{AsChangeset, QueryFragment};
        use diesel::query_dsl::methods::{ExecuteDsl, LoadQuery};
        use diesel::sql_types::Bool;
        use diesel::{Connection, QueryResult, RunQueryDsl};
        use occ_runtime::{Error, OptimisticDsl, ReloadsOn, Restorable, SavesOn};

        pub const BACKEND: $crate::cell::Backend = $crate::cell::Backend::$backend;
        pub const KNOWN_AS: $crate::cell::Backend = $crate::cell::Backend::$known;
        pub type Conn = $connection;
        pub type Database = $database;

        pub use occ_runtime::bound::ChecksSchemaOn as ChecksSchema;
        pub use $crate::cell::now as block_on;

        pub async fn connect(database: &Database) -> Conn {
            use $crate::database::TestDatabase as _;
            connect_to(&database.url(), database).await
        }

        /// To the database, by another way than its own URL.
        #[allow(dead_code, reason = "only servers have another way")]
        pub async fn connect_to(url: &str, database: &Database) -> Conn {
            use $crate::database::TestDatabase as _;
            let mut conn = Conn::establish(url).unwrap();
            conn.batch_execute(&database.setup()).unwrap();
            conn.set_instrumentation($crate::watched::listener(None::<$crate::recorder::Recorder>));
            conn
        }

        pub async fn begin(conn: &mut Conn) -> QueryResult<()> {
            <Conn as Connection>::TransactionManager::begin_transaction(conn)
        }

        pub async fn commit(conn: &mut Conn) -> QueryResult<()> {
            <Conn as Connection>::TransactionManager::commit_transaction(conn)
        }

        pub async fn rollback(conn: &mut Conn) -> QueryResult<()> {
            <Conn as Connection>::TransactionManager::rollback_transaction(conn)
        }

        pub async fn transaction<V, T, E, F>(conn: &mut Conn, values: V, f: F) -> Result<T, E>
        where
            V: Restorable,
            E: From<diesel::result::Error>,
            F: AsyncFnOnce(&mut Conn, V::Borrowed<'_>) -> Result<T, E>,
        {
            occ_runtime::optimistic_transaction(conn, values, |conn, values| block_on(f(conn, values)))
        }

        pub async fn batch(sql: &str, conn: &mut Conn) -> QueryResult<()> {
            let _by_hand = $crate::watched::by_hand();
            conn.batch_execute(sql)
        }

        pub async fn execute<Q>(query: Q, conn: &mut Conn) -> QueryResult<usize>
        where
            Q: ExecuteDsl<Conn>,
        {
            let _by_hand = $crate::watched::by_hand();
            ExecuteDsl::execute(query, conn)
        }

        pub async fn first<'q, Q, U>(query: Q, conn: &mut Conn) -> QueryResult<U>
        where
            Q: LoadQuery<'q, Conn, U>,
        {
            let _by_hand = $crate::watched::by_hand();
            RunQueryDsl::get_result(query, conn)
        }

        pub async fn all<'q, Q, U>(query: Q, conn: &mut Conn) -> QueryResult<Vec<U>>
        where
            Q: LoadQuery<'q, Conn, U>,
        {
            let _by_hand = $crate::watched::by_hand();
            RunQueryDsl::get_results(query, conn)
        }

        pub async fn save<M: SavesOn<Conn>>(model: &mut M, conn: &mut Conn) -> Result<(), Error> {
            $crate::watched::model::<M>();
            OptimisticDsl::save_optimistic(model, conn)
        }

        pub async fn save_if<M, P>(model: &mut M, guard: P, conn: &mut Conn) -> Result<(), Error>
        where
            M: SavesOn<Conn>,
            P: AppearsOnTable<M::Table, SqlType = Bool>
                + NonAggregate
                + QueryFragment<<Conn as Connection>::Backend>,
        {
            $crate::watched::model::<M>();
            OptimisticDsl::save_optimistic_if(model, guard, conn)
        }

        pub async fn delete_if<M, P>(model: &M, guard: P, conn: &mut Conn) -> Result<(), Error>
        where
            M: SavesOn<Conn>,
            P: AppearsOnTable<M::Table, SqlType = Bool>
                + NonAggregate
                + QueryFragment<<Conn as Connection>::Backend>,
        {
            $crate::watched::model::<M>();
            OptimisticDsl::delete_optimistic_if(model, guard, conn)
        }

        pub async fn update<M, S>(model: &mut M, changes: S, conn: &mut Conn) -> Result<(), Error>
        where
            M: occ_runtime::bound::UpdatesOn<Conn>,
            S: AsChangeset<Target = M::Table, Changeset: QueryFragment<<Conn as Connection>::Backend>>,
        {
            $crate::watched::model::<M>();
            OptimisticDsl::update_optimistic(model, changes, conn)
        }

        pub async fn touch<M: SavesOn<Conn>>(model: &mut M, conn: &mut Conn) -> Result<(), Error> {
            $crate::watched::model::<M>();
            OptimisticDsl::touch_optimistic(model, conn)
        }

        pub async fn delete<M: SavesOn<Conn>>(model: &M, conn: &mut Conn) -> Result<(), Error> {
            $crate::watched::model::<M>();
            OptimisticDsl::delete_optimistic(model, conn)
        }

        pub async fn restore<M: SavesOn<Conn> + occ_runtime::SoftDelete>(
            model: &mut M,
            conn: &mut Conn,
        ) -> Result<(), Error> {
            $crate::watched::model::<M>();
            occ_runtime::SoftDeleteDsl::restore_optimistic(model, conn)
        }

        pub async fn save_unversioned<M>(model: &M, conn: &mut Conn) -> Result<(), Error>
        where
            M: occ_runtime::SavesTrackedOn<Conn> + occ_runtime::__private::HasUnversioned,
        {
            $crate::watched::model::<M>();
            OptimisticDsl::save_unversioned(model, conn)
        }

        pub async fn settle<M: SavesOn<Conn>>(
            model: &mut M,
            conn: &mut Conn,
        ) -> Result<occ_runtime::Outcome, Error> {
            $crate::watched::model::<M>();
            occ_runtime::SettleDsl::settle(model, conn)
        }

        pub async fn settle_tracked<M>(
            model: &mut occ_runtime::Tracked<M>,
            conn: &mut Conn,
        ) -> Result<occ_runtime::Outcome, Error>
        where
            M: occ_runtime::SavesTrackedOn<Conn> + occ_runtime::Trackable,
        {
            $crate::watched::model::<M>();
            occ_runtime::TrackedDsl::settle(model, conn)
        }

        pub async fn verify<M: SavesOn<Conn>>(model: &M, conn: &mut Conn) -> Result<(), Error> {
            $crate::watched::model::<M>();
            OptimisticDsl::verify_optimistic(model, conn)
        }

        pub async fn reload<M: ReloadsOn<Conn>>(model: &mut M, conn: &mut Conn) -> Result<(), Error> {
            $crate::watched::model::<M>();
            OptimisticDsl::reload(model, conn)
        }

        pub async fn save_all<M: SavesOn<Conn>>(models: &mut [M], conn: &mut Conn) -> Result<(), Error> {
            $crate::watched::model::<M>();
            occ_runtime::OptimisticBatchDsl::save_all_optimistic(models, conn)
        }

        pub async fn save_each<M: SavesOn<Conn>>(
            models: &mut [M],
            conn: &mut Conn,
        ) -> Result<Vec<Result<(), Error>>, Error> {
            $crate::watched::model::<M>();
            occ_runtime::OptimisticBatchDsl::save_each_optimistic(models, conn)
        }

        pub async fn delete_all<M: SavesOn<Conn>>(models: &[M], conn: &mut Conn) -> Result<(), Error> {
            $crate::watched::model::<M>();
            occ_runtime::OptimisticBatchDsl::delete_all_optimistic(models, conn)
        }

        pub async fn insert<M>(model: &mut M, conn: &mut Conn) -> Result<(), Error>
        where
            M: occ_runtime::InsertsOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::OptimisticInsertDsl::insert_optimistic(model, conn)
        }

        pub async fn insert_all<M>(models: &mut [M], conn: &mut Conn) -> Result<(), Error>
        where
            M: occ_runtime::InsertsOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::OptimisticBatchDsl::insert_all_optimistic(models, conn)
        }

        pub async fn upsert<M>(
            model: &mut M,
            expect: occ_runtime::Expect<M::Version>,
            conn: &mut Conn,
        ) -> Result<occ_runtime::Upserted, Error>
        where
            M: occ_runtime::InsertsOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::OptimisticInsertDsl::upsert_optimistic(model, expect, conn)
        }

        pub async fn create<M, V>(values: V, conn: &mut Conn) -> Result<M, Error>
        where
            M: occ_runtime::bound::CreatesOn<Conn>,
            V: occ_runtime::bound::NewRow<M, <Conn as Connection>::Backend>,
        {
            $crate::watched::model::<M>();
            <M as occ_runtime::OptimisticInsertDsl>::create_optimistic(values, conn)
        }

        pub async fn create_if_absent<M, V, K>(
            values: V,
            key: K,
            conn: &mut Conn,
        ) -> Result<occ_runtime::Created<M>, Error>
        where
            M: occ_runtime::bound::CreatesOn<Conn>,
            V: occ_runtime::bound::NewRow<M, <Conn as Connection>::Backend>,
            K: occ_runtime::bound::KeyOf<M, <Conn as Connection>::Backend>,
        {
            $crate::watched::model::<M>();
            <M as occ_runtime::OptimisticInsertDsl>::create_if_absent(values, key, conn)
        }

        pub async fn check_schema<M>(conn: &mut Conn) -> Result<Vec<occ_runtime::schema::Finding>, Error>
        where
            M: ChecksSchema<Conn>,
        {
            $crate::watched::model::<M>();
            <M as occ_runtime::SchemaDsl>::check_schema(conn)
        }

        pub async fn into_conflict<M: ReloadsOn<Conn>>(
            model: M,
            conn: &mut Conn,
        ) -> Result<occ_runtime::Conflict<M>, Error> {
            $crate::watched::model::<M>();
            OptimisticDsl::into_conflict(model, conn)
        }

        pub async fn save_tracked<M>(
            model: &mut occ_runtime::Tracked<M>,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::Trackable + occ_runtime::SavesTrackedOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::TrackedDsl::save_optimistic(model, conn)
        }

        pub async fn delete_tracked<M>(model: &occ_runtime::Tracked<M>, conn: &mut Conn) -> Result<(), Error>
        where
            M: occ_runtime::Trackable + occ_runtime::SavesTrackedOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::TrackedDsl::delete_optimistic(model, conn)
        }

        pub async fn save_tracked_expecting<M>(
            model: &mut occ_runtime::Tracked<M>,
            expected: &M::Version,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::Trackable + SavesOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::TrackedDsl::save_optimistic_expecting(model, expected, conn)
        }

        pub async fn reload_tracked<M>(
            model: &mut occ_runtime::Tracked<M>,
            conn: &mut Conn,
        ) -> Result<(), Error>
        where
            M: occ_runtime::Trackable + ReloadsOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::TrackedDsl::reload(model, conn)
        }

        pub async fn rebase<M>(model: &mut occ_runtime::Tracked<M>, conn: &mut Conn) -> Result<(), Error>
        where
            M: occ_runtime::Trackable + ReloadsOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::TrackedDsl::rebase(model, conn)
        }

        pub async fn rebase_with<M, F>(
            model: &mut occ_runtime::Tracked<M>,
            conn: &mut Conn,
            choose: F,
        ) -> Result<(), Error>
        where
            M: occ_runtime::Trackable + ReloadsOn<Conn>,
            F: FnMut(&'static str, &M, &M, &M) -> occ_runtime::Choice<M>,
        {
            $crate::watched::model::<M>();
            occ_runtime::TrackedDsl::rebase_with(model, conn, choose)
        }

        pub async fn conflict<M>(
            model: &occ_runtime::Tracked<M>,
            conn: &mut Conn,
        ) -> Result<occ_runtime::Conflict<M>, Error>
        where
            M: occ_runtime::Trackable + ReloadsOn<Conn>,
        {
            $crate::watched::model::<M>();
            occ_runtime::TrackedDsl::conflict(model, conn)
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

        $crate::blocking_at!();
        $crate::blocking_aggregate!();
        $crate::tracked_batch!(TrackedBatchDsl, SavesTrackedOn);
    };
}
