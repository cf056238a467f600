//! A Diesel instrumentation that finds the statements which go round the lock.

pub(crate) mod finding;
mod listen;
mod read;
mod record;
mod table;

use std::sync::Arc;

use diesel::QueryResult;
use diesel::connection::Instrumentation;

use crate::model::check::Check;
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::versioned::Versioned;
use crate::testing::watch::finding::Finding;
use crate::testing::watch::listen::Listener;
use crate::testing::watch::record::Record;
use crate::testing::watch::table::Table;

/// Finds the statements that write a versioned table and do not change the version: a program that holds a copy of such a row
/// overwrites what they wrote, unnoticed.
///
/// It listens to what connections send, as Diesel's instrumentation, in tests. A test that ends with
/// [`assert`](Watch::assert) fails if a statement went round the lock, no matter where it comes from: a repository, a migration, an `sql_query`.
///
/// ```
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, bump_version, prelude::*};
/// use occ_runtime::testing::Watch;
#[doc = include_str!("../../example.txt")]
/// # let conn = &mut connection();
/// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
/// let watch = Watch::new().table::<Product>();
/// conn.set_instrumentation(watch.instrumentation());
///
/// lamp.save_optimistic(conn)?;
/// diesel::update(products::table)
///     .set((products::quantity.eq(products::quantity + 1), bump_version::<Product>()))
///     .execute(conn)?;
///
/// watch.assert();
/// # Ok::<_, Error>(())
/// ```
///
/// For every connection that a program opens, pools included, see [`on_new_connections`](Watch::on_new_connections).
///
/// # What is found
///
/// | a statement | |
/// |---|---|
/// | `UPDATE`, `MERGE`, an upsert, without the version column in what it sets | [`FindingKind::Update`](crate::testing::FindingKind::Update), [`Upsert`](crate::testing::FindingKind::Upsert) |
/// | that sets the version to itself or to a constant; an upsert that sets a counter to the first version again | [`VersionStays`](crate::testing::FindingKind::VersionStays) |
/// | `REPLACE`, `INSERT OR REPLACE` | [`Replace`](crate::testing::FindingKind::Replace) |
/// | `DELETE` without the version, and `TRUNCATE`, if they are [to be found](Watch::deletes) | [`Delete`](crate::testing::FindingKind::Delete) |
/// | that names a watched table, may write it, and cannot be read | [`NotRead`](crate::testing::FindingKind::NotRead) |
///
/// Not found is what moves the version: all that occ sends, [`bump_version`](crate::bump_version), and a version that is bound,
/// since its value cannot be judged. Nor what writes only columns that are `#[occ(unversioned)]`, an `INSERT` of new rows, and
/// any `UPDATE` of a model whose versions the [database makes](crate::DatabaseGenerated). That the version is compared is not asked for: a
/// statement that moves it without, as `bump_version` does, is seen by everybody else.
///
/// A statement that the database refused is no finding; one that a transaction has rolled back is.
///
/// # What is not seen
///
/// What Diesel does not send, or is not in the text: functions and procedures that are called, triggers, cascades, writes
/// through a view or into a partition, SQL that a statement puts together, and what an extension or another process sends. That a version
/// which is computed or bound differs from the one that is there is believed: `version + 1 - 1` is not found.
///
/// # A watch that nobody asks
///
/// Clones share what was found. If the last of them is dropped with findings that nobody has asked for, it panics, unless the
/// thread panics already. A statement that goes round the lock after that panics where it is sent; this is also the way to see in a
/// backtrace where it comes from. A watch in a `static` is never dropped: ask it.
#[derive(Clone, Debug)]
#[must_use = "a watch finds nothing until connections have its `instrumentation()`"]
pub struct Watch {
    record: Arc<Record>,
    handle: Arc<Handle>,
}

/// Dropped with the last clone of a watch: connections hold the record alone.
#[derive(Debug)]
struct Handle(Arc<Record>);

impl Drop for Handle {
    /// What nobody has asked for must not be lost.
    fn drop(&mut self) {
        listen::leave_new_connections(&self.0);
        self.0.close();
        let findings = self.0.take();
        assert!(
            findings.is_empty() || std::thread::panicking(),
            "a `Watch` was dropped, and nobody has asked what it found: {}",
            listen::sentences(&findings)
        );
    }
}

impl Default for Watch {
    fn default() -> Self {
        Self::new()
    }
}

impl Watch {
    /// Watches no table yet.
    pub fn new() -> Self {
        let record = Arc::new(Record::default());
        Self { handle: Arc::new(Handle(Arc::clone(&record))), record }
    }

    /// Watches the table of this model, and of each one that is named in another call. Clones do, too.
    ///
    /// Table, schema, version column and who moves it are those of the model. Of several models with one table, what one of them may
    /// write is let through: its `#[occ(unversioned)]` columns, and anything where the database makes its version.
    ///
    /// A struct without a version, by `#[occ(check = ..)]`, does not compile here:
    ///
    /// ```compile_fail
    /// # use diesel::prelude::*;
    /// # use occ_runtime::prelude::*;
    /// # use occ_runtime::testing::Watch;
    /// # diesel::table! { products (id) { id -> Integer, name -> Text } }
    /// #[derive(OptimisticLock)]
    /// #[occ(check = all)]
    /// struct Product { id: i32, name: String }
    /// let watch = Watch::new().table::<Product>();
    /// ```
    pub fn table<M: Versioned>(self) -> Self {
        self.record.add_table(Table::of::<M>());
        self
    }

    /// The same for generic code, where a struct without a version is left alone.
    #[doc(hidden)]
    pub fn table_if_versioned<M: OptimisticLock>(self) -> Self {
        if <M::Check as Check>::BY_VERSION {
            self.record.add_table(Table::of::<M>());
        }
        self
    }

    /// Finds each `DELETE` that does not ask for the version, and each `TRUNCATE`, as well.
    ///
    /// A deletion of a row that somebody else has changed deletes that change, too. Many programs mean it, so that this is not
    /// found without being asked for.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    /// use occ_runtime::testing::Watch;
    #[doc = include_str!("../../example.txt")]
    /// # let conn = &mut connection();
    /// let watch = Watch::new().table::<Product>().deletes();
    /// conn.set_instrumentation(watch.instrumentation());
    /// diesel::delete(products::table.find(1)).execute(conn)?;
    /// assert_eq!(watch.findings().len(), 1);
    /// # Ok::<_, Error>(())
    /// ```
    pub fn deletes(self) -> Self {
        self.record.add_deletes();
        self
    }

    /// Passes each statement for which this is true: one that is right, and that the watch cannot know to be.
    ///
    /// It gets what [`Finding::statement`] would be. While it runs, no statement may be sent by a connection that is watched.
    ///
    /// ```
    /// use occ_runtime::testing::Watch;
    ///
    /// let watch = Watch::new().except(|statement| statement.contains("/* backfill */"));
    /// ```
    pub fn except(self, is_right: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.record.add_exception(Arc::new(is_right));
        self
    }

    /// What a connection's `set_instrumentation` takes, of Diesel and of diesel-async: one for each connection. It replaces the one
    /// that the connection has, as the next one replaces this.
    #[must_use]
    pub fn instrumentation(&self) -> impl Instrumentation + use<> {
        Listener::new(Arc::clone(&self.record))
    }

    /// Watches each connection that is opened from now on, anywhere in the process: by
    /// [`set_default_instrumentation`](diesel::connection::set_default_instrumentation), whose function it replaces.
    ///
    /// For pools, and for code that opens connections of its own. One watch at a time does so, the last. Tests that run side by side
    /// in one process share it; each finding names the [thread](Finding::thread), which under `cargo test` is the test. In a test suite:
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::prelude::*;
    /// use std::sync::LazyLock;
    /// use occ_runtime::testing::Watch;
    /// # diesel::table! { products (id) { id -> Integer, name -> Text, version -> Integer } }
    /// # #[derive(OptimisticLock)]
    /// # struct Product { id: i32, name: String, version: i32 }
    ///
    /// static WATCH: LazyLock<Watch> = LazyLock::new(|| Watch::new().table::<Product>());
    ///
    /// WATCH.on_new_connections()?; // first in each test
    /// let conn = SqliteConnection::establish(":memory:").unwrap();
    /// WATCH.assert(); // last in each test
    /// # Ok::<_, diesel::result::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Diesel's, if a thread has panicked while it set an instrumentation.
    pub fn on_new_connections(&self) -> QueryResult<()> {
        listen::listen_to_new_connections(&self.record)
    }

    /// What was found since the last call of this method or of [`assert`](Watch::assert), in the order in which it was sent.
    #[must_use = "they are told once"]
    pub fn findings(&self) -> Vec<Finding> {
        self.handle.0.take()
    }

    /// Fails the test if a statement went round the lock since the last call of this method or of [`findings`](Watch::findings).
    ///
    /// ```should_panic
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    /// use occ_runtime::testing::Watch;
    #[doc = include_str!("../../example.txt")]
    /// # let conn = &mut connection();
    /// let watch = Watch::new().table::<Product>();
    /// conn.set_instrumentation(watch.instrumentation());
    /// diesel::sql_query("UPDATE products SET quantity = 0").execute(conn)?;
    /// watch.assert();
    /// # Ok::<_, Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// With all of them.
    #[track_caller]
    pub fn assert(&self) {
        let findings = self.findings();
        assert!(findings.is_empty(), "{}", listen::sentences(&findings));
    }
}
