//! Many threads, the same new keys.

use std::sync::Barrier;

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use occ_runtime::{Created, Error, Expect, Upserted};
use occ_tests::cell::is_diesels_own;

use super::cell::{Conn, Database, block_on, connect, create_if_absent, execute, insert, upsert};
use super::insert::{count, new};
use super::product::{Product, load, products};

const THREADS: usize = 16;

fn is_violation(error: &Error) -> bool {
    matches!(error, Error::Database(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
}

/// What each of the threads has come to.
fn race<T: Send>(database: &Database, work: impl AsyncFn(usize, &Barrier) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(THREADS);
    let (start, work) = (&start, &work);
    let _ = database;
    std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..THREADS).map(|thread| scope.spawn(move || block_on(work(thread, start)))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    })
}

/// Half of the threads delete row 500, and the others `make` it, each 60 times. None of them fails but so that it may try again.
fn race_with_deletes(database: &Database, make: impl AsyncFn(&mut Conn) -> Result<(), Error> + Sync) {
    race(database, async |thread, start| {
        let conn = &mut connect(database).await;
        start.wait();
        for _ in 0..60 {
            if thread % 2 == 0 {
                let deleted = execute(diesel::delete(products::table.find(500)), conn).await;
                assert!(deleted.is_ok() || Error::from(deleted.unwrap_err()).is_retryable());
                continue;
            }
            match make(conn).await {
                Ok(()) => {}
                // Where the type does not tell the database, the one that names another index may be that of the key.
                Err(error) if is_violation(&error) && !is_diesels_own::<Conn>() => {}
                Err(error) => assert!(error.is_retryable(), "{error:?}"),
            }
        }
    });
}

super::scenarios! {
    async fn of_sixteen_threads_that_insert_the_same_hundred_keys_one_each_wins(database) {
        let counts = race(database, async |_, start| {
            let conn = &mut connect(database).await;
            start.wait();
            let (mut made, mut exist) = (0, 0);
            for id in 1001..=1100 {
                match insert(&mut new(id), conn).await {
                    Ok(()) => made += 1,
                    Err(Error::Exists(exists)) => {
                        assert_eq!((exists.key(), exists.actual()), (id.to_string().as_str(), Some("1")));
                        exist += 1;
                    }
                    Err(error) => panic!("{error:?}"),
                }
            }
            (made, exist)
        });
        let made: usize = counts.iter().map(|(made, _)| made).sum();
        let exist: usize = counts.iter().map(|(_, exist)| exist).sum();
        assert_eq!((made, exist), (100, 1500));
        assert_eq!(count(&mut connect(database).await).await, 102);
    }

    async fn of_sixteen_threads_that_create_the_same_hundred_keys_all_have_the_row(database) {
        let counts = race(database, async |thread, start| {
            let conn = &mut connect(database).await;
            start.wait();
            let mut made = 0;
            for id in 1001..=1100 {
                let values =
                    (products::id.eq(id), products::name.eq("new"), products::quantity.eq(i32::try_from(thread).unwrap()));
                match create_if_absent::<Product, _, _>(values, id, conn).await.unwrap() {
                    Created::New(row) => {
                        assert_eq!((row.id, row.version), (id, 1));
                        made += 1;
                    }
                    Created::Existing(row) => assert_eq!((row.id, row.version), (id, 1)),
                }
            }
            made
        });
        assert_eq!(counts.iter().sum::<usize>(), 100);
        assert_eq!(count(&mut connect(database).await).await, 102);
    }

    async fn upserts_at_a_version_form_one_chain(database) {
        let wins = race(database, async |thread, start| {
            let conn = &mut connect(database).await;
            start.wait();
            let mut wins = Vec::new();
            let mut seen = 1;
            while seen < 100 {
                let mut product = Product { quantity: i32::try_from(thread).unwrap(), ..new(1) };
                match upsert(&mut product, Expect::At(seen), conn).await {
                    Ok(upserted) => {
                        assert_eq!((upserted, product.version), (Upserted::Updated, seen + 1));
                        wins.push(seen + 1);
                        seen += 1;
                    }
                    Err(Error::Stale(stale)) => {
                        assert_eq!(product.version, 77);
                        seen = stale.actual().unwrap().parse().unwrap();
                    }
                    Err(error) if error.is_retryable() => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
            wins
        });
        let mut all: Vec<i32> = wins.into_iter().flatten().collect();
        all.sort_unstable();
        let last = load(1, &mut connect(database).await).await.version;
        assert_eq!(all, (2..=last).collect::<Vec<_>>(), "each version has one winner");
    }

    async fn upserts_of_whatever_is_there_lose_to_nobody(database) {
        let counts = race(database, async |_, start| {
            let conn = &mut connect(database).await;
            start.wait();
            let mut inserted = 0;
            for _ in 0..25 {
                let upserted = loop {
                    match upsert(&mut new(500), Expect::Any, conn).await {
                        Err(error) if error.is_retryable() && !error.is_stale() => {}
                        upserted => break upserted.unwrap(),
                    }
                };
                inserted += usize::from(upserted == Upserted::Inserted);
            }
            inserted
        });
        assert_eq!(counts.iter().sum::<usize>(), 1);
        assert_eq!(load(500, &mut connect(database).await).await.version, 400);
    }

    async fn upserts_of_whatever_is_there_do_not_fail_where_others_delete_it(database) {
        race_with_deletes(database, async |conn| {
            let mut product = Product { version: -7, ..new(500) };
            upsert(&mut product, Expect::Any, conn).await.map(|_| assert!(product.version > 0))
        });
    }

    async fn what_is_created_if_absent_is_there_or_made_while_others_delete_it(database) {
        race_with_deletes(database, async |conn| {
            let values = (products::id.eq(500), products::name.eq("new"), products::quantity.eq(1));
            let (Created::New(row) | Created::Existing(row)) =
                create_if_absent::<Product, _, _>(values, 500, conn).await?;
            assert_eq!((row.id, row.version), (500, 1));
            Ok(())
        });
    }
}
