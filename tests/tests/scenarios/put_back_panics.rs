//! The user's code panics while versions are put back: no content gets a newer version than its own, and none stays ahead of its
//! row.

use std::cell::Cell;

use occ_runtime::Error;
use occ_tests::cell::caught;

use super::cell::{batch, connect, save, transaction};
use super::panics::{LEFT, Row, STAYS, create_table, read};

/// Panics at this call, and perhaps at each one after it.
fn panic_at(call: u32, stays: bool) {
    STAYS.set(stays);
    LEFT.set(Some(call));
}

fn panic_no_more() {
    LEFT.set(None);
    STAYS.set(false);
}

/// What the closure does with a value that is at version 2, before it fails.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Then {
    PutsAnOlderCopyThere,
    Saves,
    PutsAnOlderCopyThereOfTwo,
}

super::scenarios! {
    async fn no_content_gets_a_newer_version_than_its_own_when_the_users_code_panics(database) {
        create_table(database).await;
        for then in [Then::PutsAnOlderCopyThere, Then::Saves, Then::PutsAnOlderCopyThereOfTwo] {
            for (stays, calls) in [(false, 0..), (true, 0..)] {
                for call in calls {
                    let setup = &mut connect(database).await;
                    batch("UPDATE touchies SET amount = 10, version = 1", setup).await.unwrap();
                    let conn = &mut connect(database).await;
                    let (mut value, older) = (read(1, conn).await, read(1, conn).await);
                    let mut two = read(2, conn).await;
                    save(&mut value, conn).await.unwrap();
                    let ended = caught(transaction(conn, (&mut value, &mut two), async |conn, (value, two): (&mut Row, &mut Row)| {
                        match then {
                            Then::PutsAnOlderCopyThere => *value = older,
                            Then::Saves => save(value, conn).await?,
                            Then::PutsAnOlderCopyThereOfTwo => {
                                std::mem::swap(value, two);
                                *two = older;
                            }
                        }
                        panic_at(call, stays);
                        Err::<(), Error>(diesel::result::Error::RollbackTransaction.into())
                    }))
                    .await;
                    panic_no_more();
                    let newest = if then == Then::Saves { 2 } else { 1 };
                    for row in [&value, &two] {
                        let version = row.plain()[2];
                        assert!(version <= newest, "{then:?} {version} at call {call}, {stays}");
                        assert!(stays || row.plain()[0] == 2 || version == newest, "{then:?} {version} at call {call}");
                    }
                    if ended.is_some() {
                        assert!(call > 0);
                        break;
                    }
                    assert!(call < 1000, "it never comes to its end");
                }
            }
        }
        assert!(LEFT.with(Cell::take).is_none());
    }
}
