//! Code of the user's panics in a changeset or a closure. What else of it may panic is in the scenarios `panics`.

use std::sync::atomic::Ordering::Relaxed;

use diesel::prelude::*;
use occ_runtime::{Choice, Error, RetryPolicy, Tracked};
use occ_tests::cell::caught;

use super::calls::{Call, Held, fresh_rows, load_item};
use super::cell::{
    Conn, connect, modify_with, rebase_with, retry, save, save_tracked, transaction, update,
    with_these_children,
};
use super::left::Before;
use super::product::{Product, load, products};
use super::sessions::session;

struct Panics;

impl AsChangeset for Panics {
    type Target = products::table;
    type Changeset = <diesel::dsl::Eq<products::quantity, i32> as AsChangeset>::Changeset;

    fn as_changeset(self) -> Self::Changeset {
        panic!("in the changeset")
    }
}

/// The call, with a panic in the user's part of it, after that has written.
async fn run(call: Call, held: &mut Held, conn: &mut Conn) -> Result<(), Error> {
    let Held { one, two, tracked: [tracked, root], calls } = held;
    match call {
        Call::Update => update(one, Panics, conn).await,
        Call::Transaction => {
            transaction(conn, (one, two), async |conn, (one, two)| {
                save(one, conn).await?;
                save(two, conn).await?;
                panic!("in the closure")
            })
            .await
        }
        Call::TrackedTransaction => {
            transaction(conn, (tracked, two), async |conn, (tracked, two)| {
                save_tracked(tracked, conn).await?;
                save(two, conn).await?;
                panic!("in the closure")
            })
            .await
        }
        Call::Modify | Call::LockingModify => {
            let locks = u32::from(call == Call::Modify) * 1000;
            modify_with(&RetryPolicy::new().escalate_after(locks), 1, conn, |row: &mut Product| {
                calls.fetch_add(1, Relaxed);
                row.quantity += 1;
                assert_eq!(row.id, -1, "in the closure");
            })
            .await
            .map(|_| ())
        }
        Call::Run => {
            let calls = &*calls;
            retry(&RetryPolicy::new(), conn, async move |conn| {
                calls.fetch_add(1, Relaxed);
                let mut row = load(1, conn).await;
                row.quantity += 1;
                save(&mut row, conn).await?;
                panic!("in the closure")
            })
            .await
        }
        Call::Children => {
            with_these_children(root, conn, one, async |conn, _, one| {
                save(one, conn).await?;
                panic!("in the closure")
            })
            .await
        }
        Call::Save
        | Call::Tracked
        | Call::Batch
        | Call::TrackedBatch
        | Call::TrackedRun
        | Call::Report
        | Call::Reported => {
            unreachable!("nothing of the user's is called")
        }
    }
}

faults! {
    async fn a_panic_in_a_changeset_or_a_closure(database) {
        let calls = [
            Call::Update, Call::Transaction, Call::TrackedTransaction, Call::Modify, Call::LockingModify, Call::Run,
            Call::Children,
        ];
        for call in calls {
            fresh_rows(&database).await;
            let mut conn = connect(&database).await;
            let session = session(&mut conn).await;
            let mut held = Held::load(&mut conn).await;
            let before = Before::of(call, &held);
            assert!(caught(run(call, &mut held, &mut conn)).await.is_none(), "{call:?} panics");
            assert!(!before.stored(&mut connect(&database).await).await, "{call:?}");
            before.check_broken_off(&mut held, conn, session, &database).await;
        }
    }

    async fn a_panic_in_a_merge(database) {
        let (other, conn) = (&mut connect(&database).await, &mut connect(&database).await);
        let mut mine = Tracked::new(load_item(1, conn).await);
        let mut theirs = load(1, other).await;
        theirs.name = "theirs".into();
        save(&mut theirs, other).await.unwrap();
        mine.name = "mine".into();
        assert!(save_tracked(&mut mine, conn).await.unwrap_err().is_stale());
        let before = ((*mine).clone(), mine.original().clone());
        let merged = caught(rebase_with(&mut mine, conn, |_, _, _, _| panic!("in the closure"))).await;
        assert!(merged.is_none());
        assert_eq!(((*mine).clone(), mine.original().clone()), before);
        rebase_with(&mut mine, other, |_, _, _, _| Choice::Mine).await.unwrap();
        save_tracked(&mut mine, other).await.unwrap();
        let row = load(1, other).await;
        assert_eq!((row.name.as_str(), row.version), ("mine", 3));
    }
}
