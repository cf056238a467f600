//! An async connection of the user's own, around another.

use diesel::connection::{CacheSize, Instrumentation};
use diesel::query_builder::{AsQuery, QueryFragment, QueryId};
use diesel::{ConnectionResult, QueryResult};
use diesel_async::{AsyncConnection, AsyncConnectionCore, SimpleAsyncConnection, TransactionManager};
use occ_runtime::{AsyncOptimisticDsl, Error};

use super::cell::{Conn, connect};
use super::product::load;

struct Wrapper(Conn);

impl SimpleAsyncConnection for Wrapper {
    async fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.0.batch_execute(query).await
    }
}

impl AsyncConnectionCore for Wrapper {
    type ExecuteFuture<'conn, 'query> = <Conn as AsyncConnectionCore>::ExecuteFuture<'conn, 'query>;
    type LoadFuture<'conn, 'query> = <Conn as AsyncConnectionCore>::LoadFuture<'conn, 'query>;
    type Stream<'conn, 'query> = <Conn as AsyncConnectionCore>::Stream<'conn, 'query>;
    type Row<'conn, 'query> = <Conn as AsyncConnectionCore>::Row<'conn, 'query>;
    type Backend = <Conn as AsyncConnectionCore>::Backend;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> Self::LoadFuture<'conn, 'query>
    where
        T: AsQuery + 'query,
        T::Query: QueryFragment<Self::Backend> + QueryId + 'query,
    {
        self.0.load(source)
    }

    fn execute_returning_count<'conn, 'query, T>(
        &'conn mut self,
        source: T,
    ) -> Self::ExecuteFuture<'conn, 'query>
    where
        T: QueryFragment<Self::Backend> + QueryId + 'query,
    {
        self.0.execute_returning_count(source)
    }
}

/// Hands everything to the transactions of the connection inside.
struct Inner;

impl TransactionManager<Wrapper> for Inner {
    type TransactionStateData = ();

    async fn begin_transaction(conn: &mut Wrapper) -> QueryResult<()> {
        <Conn as AsyncConnection>::TransactionManager::begin_transaction(&mut conn.0).await
    }

    async fn rollback_transaction(conn: &mut Wrapper) -> QueryResult<()> {
        <Conn as AsyncConnection>::TransactionManager::rollback_transaction(&mut conn.0).await
    }

    async fn commit_transaction(conn: &mut Wrapper) -> QueryResult<()> {
        <Conn as AsyncConnection>::TransactionManager::commit_transaction(&mut conn.0).await
    }

    fn transaction_manager_status_mut(
        conn: &mut Wrapper,
    ) -> &mut diesel::connection::TransactionManagerStatus {
        <Conn as AsyncConnection>::TransactionManager::transaction_manager_status_mut(&mut conn.0)
    }
}

impl AsyncConnection for Wrapper {
    type TransactionManager = Inner;

    async fn establish(url: &str) -> ConnectionResult<Self> {
        Conn::establish(url).await.map(Self)
    }

    fn transaction_state(&mut self) -> &mut () {
        Box::leak(Box::new(()))
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        self.0.instrumentation()
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        self.0.set_instrumentation(instrumentation);
    }

    fn set_prepared_statement_cache_size(&mut self, size: CacheSize) {
        self.0.set_prepared_statement_cache_size(size);
    }
}

super::scenarios! {
    async fn a_wrapper_of_ones_own_is_a_connection(database) {
        let conn = &mut Wrapper(connect(database).await);
        let mut product = load(1, &mut conn.0).await;
        let mut old = product.clone();
        let saved: Result<(), Error> =
            occ_runtime::async_optimistic_transaction(conn, &mut product, async |conn, product| {
                product.save_optimistic(conn).await?;
                product.touch_optimistic(conn).await
            })
            .await;
        saved.unwrap();
        assert_eq!((product.version, load(1, &mut conn.0).await.version), (3, 3));
        assert!(old.save_optimistic(conn).await.unwrap_err().is_stale());
        old.reload(conn).await.unwrap();
        old.verify_optimistic(conn).await.unwrap();
        old.delete_optimistic(conn).await.unwrap();
    }
}
