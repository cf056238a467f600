//! What a fault meets: each way to write, on rows that tell how often they were written.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use diesel::prelude::*;
use occ_runtime::conflict::Saved;
use occ_runtime::{Error, OnStale, OptimisticLock, RetryPolicy, Tracked};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, Conn, Database, batch, connect, first, modify_with, retry, retry_with, save, save_all,
    save_all_tracked, save_merging, save_tracked, save_with, transaction, update, with_these_children,
};
use super::product::{Product, load, products};

/// The row once more, as one whose edits are merged.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = products)]
#[occ(tracked)]
pub struct Item {
    pub id: i32,
    pub name: String,
    pub note: Option<String>,
    #[occ(merge = add)]
    pub quantity: i32,
    pub version: i32,
}

/// Each adds one to the quantity of row 1, and those of several rows to that of row 2 too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Save,
    Update,
    Tracked,
    Merging,
    Batch,
    TrackedBatch,
    Transaction,
    TrackedTransaction,
    Modify,
    LockingModify,
    Run,
    TrackedRun,
    /// Row 1 as the child of row 2.
    Children,
    /// A save that would only report.
    Report,
    /// One that has something to report.
    Reported,
}

pub const CALLS: [Call; 15] = [
    Call::Save,
    Call::Update,
    Call::Tracked,
    Call::Merging,
    Call::Batch,
    Call::TrackedBatch,
    Call::Transaction,
    Call::TrackedTransaction,
    Call::Modify,
    Call::LockingModify,
    Call::Run,
    Call::TrackedRun,
    Call::Children,
    Call::Report,
    Call::Reported,
];

/// Those that send one statement, which commits by itself.
pub const ALONE: &[Call] = match BACKEND {
    Backend::Postgres => {
        &[Call::Save, Call::Update, Call::Tracked, Call::Merging, Call::Modify, Call::Report]
    }
    // Where an update does not bring the row back, it is read in the same transaction.
    Backend::Mysql | Backend::Sqlite => {
        &[Call::Save, Call::Tracked, Call::Merging, Call::Modify, Call::Report]
    }
};

/// Those that send a `COMMIT`.
pub const IN_TRANSACTION: &[Call] = match BACKEND {
    Backend::Postgres => &[
        Call::Batch,
        Call::TrackedBatch,
        Call::Transaction,
        Call::TrackedTransaction,
        Call::LockingModify,
        Call::Run,
        Call::TrackedRun,
        Call::Children,
    ],
    Backend::Mysql | Backend::Sqlite => &[
        Call::Update,
        Call::Batch,
        Call::TrackedBatch,
        Call::Transaction,
        Call::TrackedTransaction,
        Call::LockingModify,
        Call::Run,
        Call::TrackedRun,
        Call::Children,
    ],
};

/// The values in memory.
pub struct Held {
    pub one: Product,
    pub two: Product,
    /// Of row 1, and of row 2.
    pub tracked: [Tracked<Item>; 2],
    /// How often the closure of a loop was called.
    pub calls: AtomicU32,
}

/// A copy of them.
pub type Shown = (Product, Product, [[Item; 2]; 2]);

impl Held {
    /// Loaded and edited.
    pub async fn load(conn: &mut Conn) -> Self {
        let mut one = load(1, conn).await;
        let mut two = load(2, conn).await;
        let mut tracked = [Tracked::new(load_item(1, conn).await), Tracked::new(load_item(2, conn).await)];
        one.quantity += 1;
        two.quantity += 1;
        for tracked in &mut tracked {
            tracked.quantity += 1;
        }
        Self { one, two, tracked, calls: AtomicU32::new(0) }
    }

    pub fn shown(&self) -> Shown {
        let tracked =
            self.tracked.each_ref().map(|tracked| [(**tracked).clone(), tracked.original().clone()]);
        (self.one.clone(), self.two.clone(), tracked)
    }
}

pub async fn load_item(id: i32, conn: &mut Conn) -> Item {
    first(products::table.find(id).select(Item::as_select()), conn).await.unwrap()
}

/// Rows as they are before each call. No call writes the third.
pub async fn fresh_rows(database: &Database) {
    let conn = &mut connect(database).await;
    batch("DELETE FROM products", conn).await.unwrap();
    let rows = "(1, 'lamp', 'bright', 10, 1), (2, 'desk', NULL, 20, 1), (3, 'chair', NULL, 30, 1)";
    batch(&format!("INSERT INTO products VALUES {rows}"), conn).await.unwrap();
}

impl Call {
    pub async fn run(self, held: &mut Held, conn: &mut Conn) -> Result<(), Error> {
        let Held { one, two, tracked: both, calls } = held;
        let [tracked, root] = both;
        match self {
            Self::Save => save(one, conn).await,
            Self::Update => update(one, products::quantity.eq(products::quantity + 1), conn).await,
            Self::Tracked => save_tracked(tracked, conn).await,
            Self::Merging => {
                save_merging(tracked, conn).await.map(|saved| assert_eq!(saved, Saved::AsWritten))
            }
            Self::Batch => {
                let mut both = [one.clone(), two.clone()];
                save_all(&mut both, conn).await?;
                [*one, *two] = both;
                Ok(())
            }
            Self::TrackedBatch => save_all_tracked(both, conn).await,
            Self::Transaction => {
                transaction(conn, (one, two), async |conn, (one, two)| {
                    save(one, conn).await?;
                    save(two, conn).await
                })
                .await
            }
            Self::TrackedTransaction => {
                transaction(conn, (tracked, two), async |conn, (tracked, two)| {
                    save_tracked(tracked, conn).await?;
                    save(two, conn).await
                })
                .await
            }
            Self::Modify | Self::LockingModify => {
                let locks = u32::from(self == Self::Modify) * 1000;
                let change = |row: &mut Product| {
                    calls.fetch_add(1, Relaxed);
                    row.quantity += 1;
                };
                modify_with(&RetryPolicy::new().escalate_after(locks), 1, conn, change).await.map(|_| ())
            }
            Self::TrackedRun => {
                retry_with(&RetryPolicy::new(), conn, tracked, async |conn, tracked| {
                    save_tracked(tracked, conn).await
                })
                .await
            }
            Self::Run => {
                let calls = &*calls;
                retry(&RetryPolicy::new(), conn, async move |conn| {
                    calls.fetch_add(1, Relaxed);
                    let mut row = load_in(conn).await?;
                    row.quantity += 1;
                    save(&mut row, conn).await
                })
                .await
            }
            Self::Children => {
                with_these_children(root, conn, one, async |conn, _, one| save(one, conn).await).await
            }
            Self::Report => save_with(one, OnStale::Report(&|_| {}), conn).await,
            Self::Reported => {
                let mut behind = Product { version: 0, ..one.clone() };
                save_with(&mut behind, OnStale::Report(&|_| {}), conn).await?;
                *one = behind;
                Ok(())
            }
        }
    }

    /// Whether it is done again where that may help.
    pub fn loops(self) -> bool {
        self.reads() || matches!(self, Self::TrackedRun | Self::Merging)
    }

    /// How many rows it writes.
    pub fn rows(self) -> usize {
        match self {
            Self::Batch
            | Self::TrackedBatch
            | Self::Transaction
            | Self::TrackedTransaction
            | Self::Children => 2,
            _ => 1,
        }
    }

    /// Whether a second call is not refused, but written over the first.
    pub fn writes_over(self) -> bool {
        matches!(self, Self::Report | Self::Reported)
    }

    /// Whether it reads the row itself, so that a second call adds one more.
    pub fn reads(self) -> bool {
        matches!(self, Self::Modify | Self::LockingModify | Self::Run)
    }
}

async fn load_in(conn: &mut Conn) -> Result<Product, Error> {
    Ok(first(products::table.find(1).select(Product::as_select()), conn).await?)
}
