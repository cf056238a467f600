//! A deadlock in a transaction within another one ends both on MySQL and MariaDB: whoever ignores that has committed nothing.

use std::sync::Barrier;

use occ_runtime::{Error, RetryPolicy, Transient};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, Conn, Database, batch, begin, block_on, connect, delete, insert, reload, retry, retry_with,
    rollback, save, save_all, touch, transaction, update, verify,
};
use super::product::{Product, load, products};
use diesel::prelude::*;

/// Runs this beside another connection, which holds row 2, and wants row 1 once both hold theirs. It has written more rows, so
/// that it is not the victim.
fn beside_a_crosswise_holder(database: &Database, work: impl AsyncFnOnce(&Barrier) + Send) {
    let both_hold = Barrier::new(2);
    let hold = async || {
        let conn = &mut connect(database).await;
        begin(conn).await.unwrap();
        batch("UPDATE products SET note = 'held' WHERE id = 2 OR id > 10", conn).await.unwrap();
        both_hold.wait();
        batch("UPDATE products SET note = 'held' WHERE id = 1", conn).await.unwrap();
        rollback(conn).await.unwrap();
    };
    std::thread::scope(|scope| {
        scope.spawn(|| block_on(hold()));
        scope.spawn(|| block_on(work(&both_hold)));
    });
}

async fn insert_more_rows(database: &Database) {
    let rows: Vec<String> = (11..=60).map(|id| format!("({id}, 'more', NULL, 1, 1)")).collect();
    let insert = format!("INSERT INTO products VALUES (3, 'bed', NULL, 30, 1), {}", rows.join(", "));
    batch(&insert, &mut connect(database).await).await.unwrap();
}

/// What is done within the transaction that is run again.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Then {
    Ends,
    SavesAnother,
    Fails,
}

/// A part that may fail, in a transaction within the one of the connection: it meets the deadlock.
async fn part(cross: bool, database: &Database, conn: &mut Conn) {
    let mut desk = load(2, conn).await;
    let outcome = if cross {
        // Within one of another connection as well.
        let other = &mut connect(database).await;
        let mut lamp = load(1, other).await;
        transaction(other, &mut lamp, async |_, _| {
            transaction(conn, &mut desk, async |conn, desk| save(desk, conn).await).await
        })
        .await
    } else {
        transaction(conn, &mut desk, async |conn, desk| save(desk, conn).await).await
    };
    let Err(Error::Database(error)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(Transient::of(&error), Some(Transient::Deadlock), "{error}");
    assert_eq!(desk.version, 1);
}

/// After the deadlock, whose error is ignored.
async fn go_on(then: Then, conn: &mut Conn) -> Result<(), Error> {
    match then {
        Then::Ends => Ok(()),
        Then::SavesAnother => {
            let mut bed = Product { id: 3, name: "bed".into(), note: None, quantity: 29, version: 1 };
            let refused = save(&mut bed, conn).await;
            assert!(
                matches!(refused, Err(Error::TransactionAborted(_))),
                "it would commit by itself: {refused:?}"
            );
            assert_eq!(bed.version, 1);
            Ok(())
        }
        Then::Fails => Err(diesel::result::Error::RollbackTransaction.into()),
    }
}

/// Meets the deadlock by a save, and ignores that: whatever follows is refused.
async fn save_and_go_on(lamp: &mut Product, both_hold: &Barrier, conn: &mut Conn) -> Result<(), Error> {
    let (mut desk, mut bed) = (load(2, conn).await, load(3, conn).await);
    save(lamp, conn).await?;
    both_hold.wait();
    let Err(Error::Database(error)) = save(&mut desk, conn).await else {
        panic!("both hold what the other wants")
    };
    assert_eq!(Transient::of(&error), Some(Transient::Deadlock), "{error}");
    let (desk_before, bed_before) = (desk.clone(), bed.clone());
    bed.quantity = 29;
    for refused in [
        save(&mut bed, conn).await,
        touch(&mut bed, conn).await,
        update(&mut bed, products::note.eq("x"), conn).await,
        delete(&bed, conn).await,
        verify(&bed, conn).await,
        reload(&mut bed, conn).await,
        insert(&mut Product { id: 4, ..bed.clone() }, conn).await,
        save_all(&mut [bed.clone(), desk.clone()], conn).await,
        transaction(conn, &mut bed, async |conn, bed| save(bed, conn).await).await,
    ] {
        assert!(
            matches!(refused, Err(Error::TransactionAborted(_))),
            "it would commit by itself: {refused:?}"
        );
    }
    bed.quantity = 30;
    assert_eq!((desk, bed), (desk_before, bed_before));
    Ok(())
}

async fn assert_that_nothing_was_committed(then: Then, outcome: Result<(), Error>, database: &Database) {
    if then == Then::Fails {
        assert!(outcome.is_err());
    } else {
        assert!(matches!(outcome, Err(Error::TransactionAborted(_))), "{then:?}: {outcome:?}");
    }
    let witness = &mut connect(database).await;
    for (id, quantity) in [(1, 10), (2, 20), (3, 30)] {
        let row = load(id, witness).await;
        assert_eq!((row.quantity, row.version), (quantity, 1), "{then:?}");
    }
}

super::scenarios! {
    async fn a_retried_closure_that_ignores_a_deadlock_in_a_part_of_it_is_not_said_to_be_committed(database) {
        if BACKEND != Backend::Mysql {
            return; // PostgreSQL keeps its savepoints after an error.
        }
        insert_more_rows(database).await;
        for cross in [false, true] {
            for then in [Then::Ends, Then::SavesAnother, Then::Fails] {
                beside_a_crosswise_holder(database, async |both_hold| {
                    let conn = &mut connect(database).await;
                    let outcome = retry(&RetryPolicy::new().attempts(1), conn, async |conn| {
                        let mut lamp = load(1, conn).await;
                        lamp.quantity -= 1;
                        save(&mut lamp, conn).await?;
                        both_hold.wait();
                        part(cross, database, conn).await;
                        go_on(then, conn).await
                    })
                    .await;
                    assert_that_nothing_was_committed(then, outcome, database).await;
                });
            }
        }
    }

    async fn a_value_is_put_back_after_a_deadlock_that_the_retried_closure_ignores(database) {
        if BACKEND != Backend::Mysql {
            return; // PostgreSQL keeps its savepoints after an error.
        }
        insert_more_rows(database).await;
        for cross in [false, true] {
            for then in [Then::Ends, Then::SavesAnother, Then::Fails] {
                beside_a_crosswise_holder(database, async |both_hold| {
                    let conn = &mut connect(database).await;
                    let mut lamp = load(1, conn).await;
                    lamp.quantity = 9;
                    let before = lamp.clone();
                    let outcome = retry_with(&RetryPolicy::new().attempts(1), conn, &mut lamp, async |conn, lamp| {
                        save(lamp, conn).await?;
                        both_hold.wait();
                        part(cross, database, conn).await;
                        go_on(then, conn).await
                    })
                    .await;
                    assert_that_nothing_was_committed(then, outcome, database).await;
                    assert_eq!(lamp, before);
                    // The connection goes on.
                    transaction(conn, &mut lamp, async |conn, lamp| {
                        save(lamp, conn).await?;
                        Err::<(), Error>(diesel::result::Error::RollbackTransaction.into())
                    })
                    .await
                    .unwrap_err();
                    assert_eq!((&lamp, load(1, conn).await.version), (&before, 1));
                });
            }
        }
    }

    async fn whatever_follows_a_deadlock_that_a_closure_ignores_is_refused(database) {
        if BACKEND != Backend::Mysql {
            return; // PostgreSQL refuses it by itself.
        }
        insert_more_rows(database).await;
        for retries in [false, true] {
            beside_a_crosswise_holder(database, async |both_hold| {
                let conn = &mut connect(database).await;
                let mut lamp = load(1, conn).await;
                lamp.quantity = 9;
                let before = lamp.clone();
                let work = async |conn: &mut Conn, lamp: &mut Product| save_and_go_on(lamp, both_hold, conn).await;
                let outcome = if retries {
                    retry_with(&RetryPolicy::new().attempts(1), conn, &mut lamp, work).await
                } else {
                    transaction(conn, &mut lamp, work).await
                };
                assert_that_nothing_was_committed(Then::Ends, outcome, database).await;
                assert_eq!(lamp, before);
                // The connection goes on.
                lamp.quantity = 10;
                transaction(conn, &mut lamp, async |conn, lamp| {
                    save(lamp, conn).await?;
                    Err::<(), Error>(diesel::result::Error::RollbackTransaction.into())
                })
                .await
                .unwrap_err();
            });
        }
    }
}
