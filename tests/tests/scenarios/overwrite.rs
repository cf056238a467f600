//! `overwrite_optimistic`: a save of a row at whatever version.

use std::sync::{Barrier, Mutex};

use diesel::prelude::*;
use occ_runtime::{Error, Operation};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, KNOWN_AS, batch, block_on, connect, execute, overwrite, record, save, transaction,
};
use super::product::{Product, load, products};

const COLUMNS: &str = "products.id, products.name, products.note, products.quantity, products.version";

super::scenarios! {
    async fn it_writes_over_any_version_and_gives_back_what_was_there(database) {
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        let mut theirs = load(1, conn).await;
        theirs.name = "theirs".into();
        save(&mut theirs, conn).await.unwrap();
        // By somebody who moves no version.
        execute(diesel::update(products::table.find(1)).set(products::quantity.eq(3)), conn).await.unwrap();
        let theirs = load(1, conn).await;
        mine.name = "mine".into();
        let recorder = record(conn);
        let overwritten = overwrite(&mut mine, conn).await.unwrap();
        let sent = recorder.take();
        let select = format!("SELECT {COLUMNS} FROM products WHERE id = ?");
        let update = "UPDATE products SET name = ?, note = ?, quantity = ?, version = ? WHERE id = ? AND version = ? \
                      -- [\"mine\", \"bright\", 10, 3, 1, 2]";
        if KNOWN_AS == Backend::Sqlite {
            assert_eq!(sent, [format!("{select} -- [1]"), update.to_owned()]);
        } else {
            let sent: Vec<_> = sent.into_iter().filter(|sql| sql.contains("products")).collect();
            assert_eq!(sent, [format!("{select} FOR UPDATE -- [1]"), update.to_owned()]);
        }
        assert_eq!(overwritten, theirs);
        assert_eq!((mine.name.as_str(), mine.version, &mine), ("mine", 3, &load(1, conn).await));
        // A row that nobody has changed is overwritten too.
        let before = mine.clone();
        assert_eq!(overwrite(&mut mine, conn).await.unwrap(), before);
        assert_eq!((mine.version, &mine), (4, &load(1, conn).await));
    }

    async fn a_row_that_is_gone_and_a_version_that_is_exhausted_are_errors(database) {
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        batch(&format!("UPDATE products SET version = {} WHERE id = 1", i32::MAX), conn).await.unwrap();
        let before = mine.clone();
        let result = overwrite(&mut mine, conn).await;
        assert!(matches!(result, Err(Error::Version(_))), "{result:?}");
        batch("DELETE FROM products WHERE id = 1", conn).await.unwrap();
        let Err(Error::Stale(stale)) = overwrite(&mut mine, conn).await else { panic!("it is gone") };
        assert!(stale.is_deleted());
        assert_eq!((stale.operation(), stale.table(), stale.key()), (Operation::Overwrite, "products", "1"));
        assert_eq!(mine, before);
    }

    async fn a_row_that_the_database_keeps_from_being_written_is_an_error(database) {
        let conn = &mut connect(database).await;
        let trigger = match BACKEND {
            Backend::Postgres => {
                "CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                 CREATE TRIGGER held BEFORE UPDATE ON products FOR EACH ROW EXECUTE FUNCTION held()"
            }
            Backend::Sqlite => "CREATE TRIGGER held BEFORE UPDATE ON products BEGIN SELECT RAISE(IGNORE); END",
            Backend::Mysql => return, // Its triggers cannot leave a row out.
        };
        batch(trigger, conn).await.unwrap();
        let mut mine = load(1, conn).await;
        let before = mine.clone();
        let Err(Error::Stale(stale)) = overwrite(&mut mine, conn).await else { panic!("it is held back") };
        assert!(stale.is_from_old_snapshot());
        assert_eq!((&mine, &load(1, conn).await), (&before, &before));
    }

    async fn a_rollback_puts_the_version_back(database) {
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        save(&mut load(1, conn).await, conn).await.unwrap();
        let result: Result<(), Error> = transaction(conn, &mut mine, async |conn, mine| {
            assert_eq!(overwrite(mine, conn).await?.version, 2);
            assert_eq!(mine.version, 3);
            Err(diesel::result::Error::RollbackTransaction.into())
        })
        .await;
        assert!(result.is_err());
        assert_eq!((mine.version, load(1, conn).await.version), (1, 2));
    }

    async fn those_who_overwrite_at_the_same_time_overwrite_each_other_one_after_the_other(database) {
        const WRITERS: i32 = 6;
        const EACH: i32 = 15;
        let (start, overwritten) = (Barrier::new(6), Mutex::new(Vec::<Product>::new()));
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (start, overwritten) = (&start, &overwritten);
                scope.spawn(move || {
                    block_on(async {
                        let conn = &mut connect(database).await;
                        let mut mine = load(1, conn).await;
                        start.wait();
                        for number in 0..EACH {
                            mine.quantity = writer * 1000 + number;
                            let theirs = overwrite(&mut mine, conn).await.unwrap();
                            assert!(theirs.version < mine.version);
                            overwritten.lock().unwrap().push(theirs);
                        }
                    });
                });
            }
        });
        let last = load(1, &mut connect(database).await).await;
        let mut all = overwritten.into_inner().unwrap();
        all.push(last);
        all.sort_by_key(|row| row.version);
        // Each version once, and each value that was written is what somebody has overwritten, or what is there.
        assert_eq!(all.iter().map(|row| row.version).collect::<Vec<_>>(), (1..=1 + WRITERS * EACH).collect::<Vec<_>>());
        let mut written: Vec<_> = all.iter().skip(1).map(|row| row.quantity).collect();
        written.sort_unstable();
        let mut expected: Vec<_> = (0..WRITERS).flat_map(|writer| (0..EACH).map(move |number| writer * 1000 + number)).collect();
        expected.sort_unstable();
        assert_eq!(written, expected);
    }
}
