//! `with_children`: the root of an aggregate is written first, and put back with its children.

use diesel::prelude::*;
use diesel::result::Error as DieselError;
use occ_runtime::{Error, Operation, Tracked};
use occ_tests::cell::{Backend, caught};

use super::cell::{
    BACKEND, Conn, batch, connect, execute, rebase, record, save, save_tracked, touch, transaction, update,
    with_children, with_these_children,
};
use super::orders::{Order, create_tables, line, lines, order, order_lines, orders};

fn rolled_back<T>() -> Result<T, Error> {
    Err(DieselError::RollbackTransaction.into())
}

/// The versions of orders 1 and 2, and of their lines.
async fn versions(conn: &mut Conn) -> [i32; 5] {
    let mut versions = [0; 5];
    for (place, id) in (1..=2).enumerate() {
        versions[place] = order(id, conn).await.version;
    }
    for (place, id) in (1..=3).enumerate() {
        versions[2 + place] = line(id, conn).await.version;
    }
    versions
}

async fn set_amount(id: i32, amount: i32, conn: &mut Conn) -> Result<usize, Error> {
    Ok(execute(diesel::update(order_lines::table.find(id)).set(order_lines::amount.eq(amount)), conn).await?)
}

super::scenarios! {
    async fn the_root_is_written_before_its_children_and_in_one_transaction_with_them(database) {
        let conn = &mut create_tables(database).await;
        let (mut root, mut children) = (order(1, conn).await, lines(1, conn).await);
        root.name = "not saved by this".into();
        children[0].amount = 50;
        let recorder = record(conn);
        let answer = with_these_children(&mut root, conn, &mut children, async |conn, root, children| {
            assert_eq!(root.version, 2);
            save(&mut children[0], conn).await?;
            Ok::<_, Error>("done")
        })
        .await;
        assert_eq!(answer.unwrap(), "done");
        let sent: Vec<String> =
            recorder.take().iter().map(|sql| sql.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
        let writes: Vec<&str> = sent.iter().map(String::as_str).filter(|sql| sql.starts_with("UPDATE")).collect();
        assert_eq!(writes, ["UPDATE orders", "UPDATE order_lines"], "{sent:?}");
        assert_eq!((root.version, children[0].version), (2, 2));
        assert_eq!((order(1, conn).await.name.as_str(), lines(1, conn).await), ("books", children));
        assert_eq!(versions(conn).await, [2, 1, 2, 1, 1]);
    }

    async fn a_root_that_is_behind_is_refused_and_the_closure_does_not_run(database) {
        let conn = &mut create_tables(database).await;
        let mut root = order(1, conn).await;
        touch(&mut order(1, conn).await, conn).await.unwrap();
        let before = root.clone();
        let outcome: Result<(), Error> = with_children(&mut root, conn, async |_| panic!("it runs")).await;
        let Err(Error::Stale(stale)) = outcome else { panic!("{outcome:?}") };
        assert_eq!((stale.operation(), stale.table(), stale.key()), (Operation::Touch, "orders", "1"));
        assert_eq!((stale.expected(), stale.actual()), ("1", Some("2")));
        assert_eq!(root, before);
        batch("DELETE FROM orders WHERE id = 1", conn).await.unwrap();
        let outcome: Result<(), Error> = with_children(&mut root, conn, async |_| panic!("it runs")).await;
        assert!(matches!(outcome, Err(Error::Stale(stale)) if stale.is_deleted()));
        assert_eq!(root, before);
    }

    async fn an_error_of_the_closure_puts_root_and_children_back(database) {
        let conn = &mut create_tables(database).await;
        let (mut root, mut children) = (order(1, conn).await, lines(1, conn).await);
        children[0].amount = 50;
        let before = (root.clone(), children.clone());
        let outcome: Result<(), Error> =
            with_these_children(&mut root, conn, &mut children, async |conn, root, children| {
                save(&mut children[0], conn).await?;
                save(root, conn).await?;
                children[1].version = 7; // outdated
                save(&mut children[1], conn).await
            })
            .await;
        assert!(outcome.unwrap_err().is_stale());
        assert_eq!((&root, &children), (&before.0, &before.1));
        assert_eq!(versions(conn).await, [1, 1, 1, 1, 1]);
        // And can be done again.
        with_these_children(&mut root, conn, &mut children, async |conn, _, children| save(&mut children[0], conn).await)
            .await
            .unwrap();
        assert_eq!((root.version, lines(1, conn).await), (2, children));
    }

    /// What is not handed over: a plain value is ahead of its row, as after any rollback, and a tracked one finds out.
    async fn of_children_that_were_captured_only_tracked_ones_come_back(database) {
        let conn = &mut create_tables(database).await;
        let mut root = order(1, conn).await;
        let (mut plain, mut tracked) = (line(1, conn).await, Tracked::new(line(2, conn).await));
        tracked.amount = 50;
        let before = tracked.clone();
        let outcome = with_children(&mut root, conn, async |conn| {
            save(&mut plain, conn).await?;
            save_tracked(&mut tracked, conn).await?;
            rolled_back::<()>()
        })
        .await;
        assert!(outcome.is_err());
        assert_eq!((root.version, plain.version), (1, 2));
        assert_eq!(tracked, before);
        save_tracked(&mut tracked, conn).await.unwrap();
        assert_eq!(line(2, conn).await, *tracked);
    }

    async fn an_error_type_needs_to_take_occs_own_and_nothing_else(database) {
        #[derive(Debug)]
        enum Refused {
            TooMuch,
            Occ(Error),
        }
        impl From<Error> for Refused {
            fn from(error: Error) -> Self {
                Self::Occ(error)
            }
        }

        let conn = &mut create_tables(database).await;
        let (mut root, mut old) = (order(1, conn).await, order(1, conn).await);
        let outcome: Result<(), Refused> = with_children(&mut root, conn, async |conn| {
            set_amount(1, 90, conn).await?;
            Err(Refused::TooMuch)
        })
        .await;
        assert!(matches!(outcome, Err(Refused::TooMuch)));
        assert_eq!((root.version, versions(conn).await, line(1, conn).await.amount), (1, [1; 5], 40));
        touch(&mut root, conn).await.unwrap();
        let outcome: Result<(), Refused> = with_children(&mut old, conn, async |_| Ok(())).await;
        assert!(matches!(outcome, Err(Refused::Occ(error)) if error.is_stale()));
    }

    async fn a_tracked_root_is_saved_where_it_was_changed_and_touched_where_it_was_not(database) {
        let conn = &mut create_tables(database).await;
        let mut root = Tracked::new(order(1, conn).await);
        let recorder = record(conn);
        for (name, set) in [(None, "UPDATE orders SET version = ?"), (Some("toys"), "UPDATE orders SET name = ?, version = ?"), (None, "UPDATE orders SET version = ?")] {
            if let Some(name) = name {
                root.name = name.into();
            }
            let version = root.version;
            drop(recorder.take());
            let amount = with_children(&mut root, conn, async |conn| set_amount(1, 41, conn).await).await;
            assert_eq!(amount.unwrap(), 1);
            let sent = recorder.take();
            let written: Vec<_> = sent.iter().filter(|sql| sql.starts_with("UPDATE orders ")).collect();
            assert!(written.len() == 1 && written[0].starts_with(set), "{sent:?}");
            assert_eq!((root.version, root.is_dirty()), (version + 1, false));
            assert_eq!((&*root, root.original()), (&order(1, conn).await, &order(1, conn).await));
        }
    }

    async fn a_tracked_root_keeps_its_edits_over_a_rollback_and_a_conflict(database) {
        let conn = &mut create_tables(database).await;
        for edited in [false, true] {
            let mut root = Tracked::new(order(1, conn).await);
            if edited {
                root.name = format!("{} and toys", root.name);
            }
            let before = root.clone();
            let outcome = with_children(&mut root, conn, async |conn| {
                set_amount(1, 41, conn).await?;
                rolled_back::<()>()
            })
            .await;
            assert!(outcome.is_err());
            assert_eq!((&root, root.version, root.is_dirty()), (&before, before.version, edited));

            update(&mut order(1, conn).await, orders::credit.eq(90 + i32::from(edited)), conn).await.unwrap();
            let outcome: Result<(), Error> = with_children(&mut root, conn, async |_| panic!("it runs")).await;
            let Err(Error::Stale(stale)) = outcome else { panic!("{outcome:?}") };
            assert_eq!(stale.operation(), if edited { Operation::Save } else { Operation::Touch });
            assert_eq!(root, before);
            rebase(&mut root, conn).await.unwrap();
            with_children(&mut root, conn, async |_| Ok::<_, Error>(())).await.unwrap();
            assert_eq!((&*root, root.credit), (&order(1, conn).await, 90 + i32::from(edited)));
        }
    }

    async fn within_a_transaction_it_is_a_part_of_that(database) {
        let conn = &mut create_tables(database).await;
        let (mut one, mut two) = (order(1, conn).await, order(2, conn).await);
        let (mut children, mut other) = (lines(1, conn).await, line(3, conn).await);
        // The inner one fails, and the outer one goes on.
        transaction(conn, (&mut one, &mut two), async |conn, (one, two)| {
            let inner = with_these_children(one, conn, &mut children, async |conn, _, children| {
                save(&mut children[0], conn).await?;
                rolled_back::<()>()
            })
            .await;
            assert!(inner.is_err());
            assert_eq!((one.version, children[0].version), (1, 1));
            with_these_children(two, conn, &mut other, async |conn, _, other| save(other, conn).await).await
        })
        .await
        .unwrap();
        assert_eq!((one.version, two.version, children[0].version, other.version), (1, 2, 1, 2));
        assert_eq!(versions(conn).await, [1, 2, 1, 1, 2]);
        // Each inner one goes well, and the outer one fails: what it was handed goes back.
        let outcome: Result<(), Error> = transaction(conn, (&mut one, &mut children), async |conn, (one, children)| {
            with_these_children(one, conn, &mut *children, async |conn, _, children| {
                save(&mut children[0], conn).await
            })
            .await?;
            with_children(one, conn, async |conn| save(&mut children[1], conn).await).await?;
            assert_eq!((one.version, children[0].version, children[1].version), (3, 2, 2));
            rolled_back()
        })
        .await;
        assert!(outcome.is_err());
        assert_eq!((one.version, children[0].version, children[1].version), (1, 1, 1));
        assert_eq!(versions(conn).await, [1, 2, 1, 1, 2]);
    }

    async fn a_root_may_be_within_another_one(database) {
        let conn = &mut create_tables(database).await;
        let (mut one, mut two) = (order(1, conn).await, Tracked::new(order(2, conn).await));
        let (mut from, mut to) = (line(1, conn).await, line(3, conn).await);
        for fails in [true, false] {
            let before = (one.clone(), two.clone(), from.clone(), to.clone());
            let outcome = with_these_children(&mut one, conn, (&mut two, &mut from), async |conn, _, (two, from)| {
                from.amount -= 1;
                save(from, conn).await?;
                with_these_children(two, conn, &mut to, async |conn, _, to| {
                    to.amount += 1;
                    save(to, conn).await?;
                    if fails { rolled_back() } else { Ok(()) }
                })
                .await
            })
            .await;
            assert_eq!(outcome.is_err(), fails);
            if fails {
                let now = (one.version, two.version, from.version, to.version);
                assert_eq!(now, (before.0.version, before.1.version, before.2.version, before.3.version));
                (from.amount, to.amount) = (40, 40);
            }
        }
        let stored = [order(1, conn).await, order(2, conn).await];
        assert_eq!((&one, &*two, &from, &to), (&stored[0], &stored[1], &line(1, conn).await, &line(3, conn).await));
        assert_eq!((from.amount, to.amount, versions(conn).await), (39, 41, [2, 2, 2, 1, 2]));
    }

    async fn a_panic_in_the_closure_puts_root_and_children_back(database) {
        // Each connection is dropped after it: an async one is of no more use, and still in its transaction.
        let mut conn = create_tables(database).await;
        let mut tracked = Tracked::new(order(2, &mut conn).await);
        tracked.name = "mine".into();
        let (mut root, mut children) = (order(1, &mut conn).await, lines(1, &mut conn).await);
        let before = (root.clone(), tracked.clone(), children.clone());
        let panicked = caught(with_these_children(&mut root, &mut conn, &mut children, async |conn, root, children| {
            save(&mut children[0], conn).await?;
            assert_eq!(root.version, 1, "a panic in the closure");
            Ok::<_, Error>(())
        }))
        .await;
        assert!(panicked.is_none());
        drop(conn);
        let mut conn = connect(database).await;
        let panicked = caught(with_children(&mut tracked, &mut conn, async |conn| {
            assert_eq!(set_amount(3, 41, conn).await?, 7, "a panic in the closure");
            Ok::<_, Error>(())
        }))
        .await;
        assert!(panicked.is_none());
        drop(conn);
        assert_eq!((&root, &tracked, &children), (&before.0, &before.1, &before.2));
        assert_eq!(versions(&mut connect(database).await).await, [1; 5]);
    }

    async fn a_closure_that_ignores_a_database_error_has_written_nothing(database) {
        if BACKEND != Backend::Postgres {
            return; // The others go on with a transaction after an error.
        }
        let conn = &mut create_tables(database).await;
        let mut root = order(1, conn).await;
        let outcome: Result<(), Error> = with_children(&mut root, conn, async |conn| {
            set_amount(1, 41, conn).await?;
            assert!(batch("SELECT nothing FROM nowhere", conn).await.is_err());
            Ok(())
        })
        .await;
        assert!(matches!(outcome, Err(Error::TransactionAborted(_))), "{outcome:?}");
        assert_eq!((root.version, versions(conn).await, line(1, conn).await.amount), (1, [1; 5], 40));
    }

    async fn a_root_whose_version_does_not_go_on_is_refused_before_anything_is_written(database) {
        let conn = &mut create_tables(database).await;
        batch(&format!("UPDATE orders SET version = {} WHERE id = 1", i32::MAX), conn).await.unwrap();
        let mut root = order(1, conn).await;
        let before = root.clone();
        let outcome: Result<(), Error> = with_children(&mut root, conn, async |_| panic!("it runs")).await;
        assert!(matches!(outcome, Err(Error::Version(_))), "{outcome:?}");
        assert_eq!((&root, &order(1, conn).await), (&before, &Order { version: i32::MAX, ..before.clone() }));
    }
}
