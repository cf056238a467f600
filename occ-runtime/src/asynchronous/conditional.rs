//! The same for async connections.

use diesel_async::AsyncConnection;

use crate::asynchronous::bounds::AsyncSavesTrackedOn as SavesTrackedOn;
use crate::asynchronous::boxed::BoxFuture;
use crate::asynchronous::expecting::AsyncExpectingDsl as _;
use crate::asynchronous::insert::AsyncOptimisticInsertDsl as _;
use crate::asynchronous::new_row::AsyncInsertsOn as InsertsOn;
use crate::asynchronous::reload::AsyncReloadsOn as ReloadsOn;
use crate::asynchronous::row::AsyncOptimisticDsl as _;
use crate::asynchronous::tracked::AsyncTrackedDsl as _;
use crate::asynchronous::update::AsyncUpdatesOn as UpdatesOn;
use crate::conflict::Conflict;
use crate::conflict::tracked::Tracked;
use crate::error::Error;
use crate::error::stale::Operation;
use crate::http::condition::TagCondition;
use crate::http::conditional::{
    ROUNDS, Written, is_applied, lost, lost_conflict, made_by_others, may_be_repeated, never_first, over,
    takes_any,
};
use crate::http::preconditions::{IfMatch, Preconditions};
use crate::http::problem::Problem;
use crate::http::tags::EntityTagger;
use crate::model::fields::Trackable;
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::versioned::Versioned;
use crate::operation::read;
use crate::operation::upserted::Upserted;

/// [`ConditionalDsl`](crate::ConditionalDsl) for async connections: the same names, outcomes and statements.
///
/// ```
/// use diesel::prelude::*;
/// use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
/// use diesel_async::{AsyncConnection, SimpleAsyncConnection};
/// use occ_runtime::async_prelude::*;
/// use occ_runtime::http::{EntityTagger, Preconditions, Written};
/// # diesel::table! { notes (id) { id -> Integer, text -> Text, version -> Integer } }
///
/// #[derive(Clone, Queryable, Selectable, OptimisticLock)]
/// #[occ(tracked)]
/// struct Note {
///     id: i32,
///     text: String,
///     version: i32,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let conn = &mut SyncConnectionWrapper::<SqliteConnection>::establish(":memory:").await?;
/// # conn.batch_execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL, version INTEGER NOT NULL)").await?;
/// let tags = EntityTagger::open();
/// let create = Preconditions::from_lines(None::<&str>, ["*"])?;
/// let mut note = Note { id: 1, text: "milk".into(), version: 0 };
/// assert_eq!(note.put_conditional(&create, &tags, conn).await?, Written::Created);
/// assert_eq!(note.put_conditional(&create, &tags, conn).await.unwrap_err().status(), 412);
/// # Ok(())
/// # }
/// ```
pub trait AsyncConditionalDsl: OptimisticLock {
    /// As [`ConditionalDsl::save_conditional`](crate::ConditionalDsl::save_conditional).
    fn save_conditional<'a, C>(
        &'a mut self,
        if_match: &'a IfMatch,
        tags: &'a EntityTagger,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<(), Problem>>
    where
        C: AsyncConnection,
        Self: Versioned + UpdatesOn<C>,
    {
        Box::pin(save_row(self, if_match, tags, conn))
    }

    /// As [`ConditionalDsl::delete_conditional`](crate::ConditionalDsl::delete_conditional).
    fn delete_conditional<'a, C>(
        &'a self,
        if_match: &'a IfMatch,
        tags: &'a EntityTagger,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<(), Problem>>
    where
        C: AsyncConnection,
        Self: Versioned + UpdatesOn<C>,
    {
        Box::pin(delete_row(self, if_match, tags, conn))
    }

    /// As [`ConditionalDsl::put_conditional`](crate::ConditionalDsl::put_conditional).
    fn put_conditional<'a, C>(
        &'a mut self,
        sent: &'a Preconditions,
        tags: &'a EntityTagger,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<Written, Problem>>
    where
        C: AsyncConnection,
        Self: Trackable + Versioned + InsertsOn<C> + ReloadsOn<C>,
    {
        Box::pin(put_row(self, sent, tags, conn))
    }
}

impl<M: OptimisticLock> AsyncConditionalDsl for M {}

/// [`TrackedConditionalDsl`](crate::TrackedConditionalDsl) for async connections.
pub trait AsyncTrackedConditionalDsl<T: OptimisticLock> {
    /// As [`TrackedConditionalDsl::save_conditional`](crate::TrackedConditionalDsl::save_conditional).
    fn save_conditional<'a, C>(
        &'a mut self,
        if_match: &'a IfMatch,
        tags: &'a EntityTagger,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<Written, Problem>>
    where
        C: AsyncConnection,
        T: Trackable + Versioned + UpdatesOn<C>;

    /// As [`TrackedConditionalDsl::delete_conditional`](crate::TrackedConditionalDsl::delete_conditional).
    fn delete_conditional<'a, C>(
        &'a self,
        if_match: &'a IfMatch,
        tags: &'a EntityTagger,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<(), Problem>>
    where
        C: AsyncConnection,
        T: Trackable + Versioned + UpdatesOn<C>;
}

impl<T: OptimisticLock> AsyncTrackedConditionalDsl<T> for Tracked<T> {
    fn save_conditional<'a, C>(
        &'a mut self,
        if_match: &'a IfMatch,
        tags: &'a EntityTagger,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<Written, Problem>>
    where
        C: AsyncConnection,
        T: Trackable + Versioned + UpdatesOn<C>,
    {
        Box::pin(save_tracked(self, if_match, tags, conn))
    }

    fn delete_conditional<'a, C>(
        &'a self,
        if_match: &'a IfMatch,
        tags: &'a EntityTagger,
        conn: &'a mut C,
    ) -> BoxFuture<'a, Result<(), Problem>>
    where
        C: AsyncConnection,
        T: Trackable + Versioned + UpdatesOn<C>,
    {
        Box::pin(delete_tracked(self, if_match, tags, conn))
    }
}

crate::http::conditional::save_operations!(AsyncConnection, async, await);
crate::http::conditional::over_operations!(AsyncConnection, async, await);
crate::http::conditional::put_operations!(AsyncConnection, async, await);
crate::http::conditional::delete_operations!(AsyncConnection, async, await);
