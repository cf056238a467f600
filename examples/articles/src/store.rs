//! The database: each method is one statement or two, written once for both of them.

use std::time::Duration;

use diesel::prelude::*;
use diesel::result::DatabaseErrorKind::UniqueViolation;
use diesel::result::Error as DieselError;
use diesel_async::pooled_connection::bb8::{Pool, RunError};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use occ_runtime::async_prelude::*;
use occ_runtime::{Choice, Conflict, Tracked};
use uuid::Uuid;

use crate::article::{Article, Content, Field, Heading, articles};

const SCHEMA: &str = include_str!("../schema.sql");

/// Connections; SQLite has one writer at a time whatever their number.
const MOST_CONNECTIONS: u32 = 8;
/// How long a request waits for one of them.
const PATIENCE: Duration = Duration::from_secs(4);

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the database refused: {0}")]
    Refused(#[from] occ_runtime::Error),
    #[error("there is no connection to it: {0}")]
    Connect(#[from] ConnectionError),
    #[error("no connection to the database was free or could be made in time: {0}")]
    Unavailable(#[from] RunError),
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        Self::Refused(error.into())
    }
}

/// A pool of connections to the one or the other.
#[derive(Clone)]
pub enum Store {
    Sqlite(Pool<SyncConnectionWrapper<SqliteConnection>>),
    Postgres(Pool<AsyncPgConnection>),
}

/// Does `$work` with a connection of either kind: compiled twice, written once.
macro_rules! with {
    ($store:expr, $conn:ident => $work:expr) => {
        match $store {
            Store::Sqlite(pool) => {
                let $conn = &mut *pool.get().await?;
                $work
            }
            Store::Postgres(pool) => {
                let $conn = &mut *pool.get().await?;
                $work
            }
        }
    };
}

impl Store {
    pub async fn sqlite(file: &str) -> Result<Self, Error> {
        prepare(&mut connect_sqlite(file).await?).await?;
        let mut config = ManagerConfig::default();
        config.custom_setup = Box::new(|file| Box::pin(connect_sqlite(file)));
        let manager = AsyncDieselConnectionManager::new_with_config(file, config);
        let pool = Pool::builder().max_size(MOST_CONNECTIONS).connection_timeout(PATIENCE);
        Ok(Self::Sqlite(pool.build_unchecked(manager)))
    }

    pub async fn postgres(url: &str) -> Result<Self, Error> {
        prepare(&mut AsyncPgConnection::establish(url).await?).await?;
        let manager = AsyncDieselConnectionManager::new(url);
        let pool = Pool::builder().max_size(MOST_CONNECTIONS).connection_timeout(PATIENCE);
        Ok(Self::Postgres(pool.build_unchecked(manager)))
    }

    /// At most `most` articles in the order of their slugs, those after `after`; and whether there are more.
    pub async fn list(&self, after: Option<&str>, most: u8) -> Result<(Vec<Heading>, bool), Error> {
        let after = after.unwrap_or_default();
        let mut found: Vec<Heading> = with!(self, conn => {
            let following = articles::table.filter(articles::slug.gt(after)).order(articles::slug);
            following.limit(i64::from(most) + 1).select(Heading::as_select()).load(conn).await?
        });
        let has_more = found.len() > usize::from(most);
        found.truncate(most.into());
        Ok((found, has_more))
    }

    /// Slug, title and version of all.
    pub async fn rows(&self) -> Result<Vec<(String, String, i64)>, Error> {
        let columns = (articles::slug, articles::title, articles::version);
        with!(self, conn => Ok(articles::table.select(columns).load(conn).await?))
    }

    pub async fn find(&self, slug: &str) -> Result<Option<Tracked<Article>>, Error> {
        with!(self, conn => {
            let named = articles::table.filter(articles::slug.eq(slug));
            Ok(named.select(Tracked::<Article>::as_select()).first(conn).await.optional()?)
        })
    }

    /// `None` if there is an article of this slug: the database decides, so that of two who create it one is told.
    pub async fn create(&self, slug: &str, content: &Content) -> Result<Option<Article>, Error> {
        let values = (articles::id.eq(Uuid::now_v7().to_string()), articles::slug.eq(slug), content);
        match with!(self, conn => Article::create_optimistic(values, conn).await) {
            Ok(article) => Ok(Some(article)),
            // The slug is no key: what its index says is the database's word.
            Err(occ_runtime::Error::Database(DieselError::DatabaseError(UniqueViolation, _))) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes what was changed, if the row is still at its version.
    pub async fn save(&self, article: &mut Tracked<Article>) -> Result<(), Error> {
        with!(self, conn => Ok(article.save_optimistic(conn).await?))
    }

    /// Deletes the row, if it is still at its version.
    pub async fn delete(&self, article: &Article) -> Result<(), Error> {
        with!(self, conn => Ok(article.delete_optimistic(conn).await?))
    }

    /// Both sides, after a save or a deletion was refused.
    pub async fn conflict(&self, article: Tracked<Article>) -> Result<Conflict<Article>, Error> {
        with!(self, conn => Ok(article.into_conflict(conn).await?))
    }

    /// Applies my changes to the row as it is now. A field that both have changed becomes theirs, and is named in the answer.
    pub async fn merge(&self, article: &mut Tracked<Article>) -> Result<Vec<Field>, Error> {
        let mut both = Vec::new();
        let choose = |name: &'static str, _: &Article, _: &Article, _: &Article| {
            both.extend(Field::named(name));
            Choice::Theirs
        };
        with!(self, conn => article.rebase_with(conn, choose).await?);
        Ok(both)
    }
}

async fn connect_sqlite(file: &str) -> ConnectionResult<SyncConnectionWrapper<SqliteConnection>> {
    // Readers do not wait for the writer, and writers wait for each other instead of failing. A write that was answered
    // is on the disk.
    let settings = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";
    let mut conn = SyncConnectionWrapper::<SqliteConnection>::establish(file).await?;
    conn.batch_execute(settings).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(conn)
}

/// The first connection is not the pool's: what is wrong with it is told at once, and not for want of a connection later.
async fn prepare(conn: &mut impl SimpleAsyncConnection) -> Result<(), Error> {
    Ok(conn.batch_execute(SCHEMA).await?)
}
