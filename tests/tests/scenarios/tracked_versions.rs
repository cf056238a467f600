//! Versions that are no plain integers, and that two writers come to at the same time: a newtype and a time.

use diesel::prelude::*;
use diesel::result::Error as DieselError;
use occ_runtime::{Error, OptimisticLock};

use super::cell::{Conn, batch, block_on, connect, first, reload, save, transaction};
use super::versions::Revision;

/// What the versions of tracked values have to hold up under: `$mine` and `$theirs` come to the same version.
macro_rules! shared_versions {
    ($($test:ident: $rust:ty, $sql:ident, [$($generator:tt)*], $column:expr, $first:expr;)*) => {$(
        mod $test {
            use diesel::prelude::*;
            use occ_runtime::Tracked;

            #[allow(unused_imports, reason = "not every kind needs them all")]
            use super::*;

            diesel::table! {
                use diesel::sql_types::*;
                visits (id) { id -> Integer, views -> Integer, title -> Text, version -> $sql }
            }

            #[derive(Clone, Debug, PartialEq, Queryable, Selectable, occ_runtime::OptimisticLock)]
            #[diesel(table_name = visits)]
            #[occ(tracked)]
            pub struct Visit {
                pub id: i32,
                #[occ(merge = add)]
                pub views: i32,
                pub title: String,
                #[occ(version $($generator)*)]
                pub version: $rust,
            }

            async fn load(conn: &mut crate::cell::Conn) -> Tracked<Visit> {
                crate::cell::first(visits::table.find(1).select(Tracked::<Visit>::as_select()), conn).await.unwrap()
            }

            crate::scenarios::scenarios! {
                async fn an_equal_change_by_somebody_else_does_not_stand_for_one_that_was_rolled_back(database) {
                    use crate::cell::{
                        batch, begin, connect, delete_tracked, execute, rebase, reload_tracked, rollback, save_tracked,
                    };

                    let conn = &mut connect(database).await;
                    let ddl = "CREATE TABLE visits (id INTEGER PRIMARY KEY, views INTEGER NOT NULL, title VARCHAR(50) NOT NULL, ";
                    batch(&format!("{ddl} version {} NOT NULL)", $column), conn).await.unwrap();
                    let row = (visits::id.eq(1), visits::views.eq(10), visits::title.eq("Doors"), visits::version.eq($first));
                    execute(diesel::insert_into(visits::table).values(row), conn).await.unwrap();
                    let mut mine = load(conn).await;
                    let mut theirs = load(conn).await;
                    mine.views += 1;
                    begin(conn).await.unwrap();
                    save_tracked(&mut mine, conn).await.unwrap();
                    rollback(conn).await.unwrap();
                    theirs.views += 1;
                    save_tracked(&mut theirs, conn).await.unwrap();
                    assert_eq!(mine, theirs, "they have come to the same");

                    let before = mine.clone();
                    assert!(save_tracked(&mut mine, conn).await.unwrap_err().is_stale());
                    assert!(delete_tracked(&mine, conn).await.unwrap_err().is_stale());
                    assert!(rebase(&mut mine, conn).await.unwrap_err().is_stale());
                    mine.title = "Mine".into();
                    assert!(save_tracked(&mut mine, conn).await.unwrap_err().is_stale());
                    assert_eq!((&mine.version, mine.original(), mine.dirty_fields()), (&before.version, before.original(), vec!["title"]));
                    assert_eq!(load(conn).await, theirs);
                    reload_tracked(&mut mine, conn).await.unwrap();
                    mine.views += 1;
                    save_tracked(&mut mine, conn).await.unwrap();
                    let row = load(conn).await;
                    assert_eq!((row.views, &mine), (12, &row));
                }
            }
        }
    )*};
}

shared_versions! {
    integers: i32, Integer, [], "INTEGER", 1;
    newtypes: Revision, Integer, [], "INTEGER", Revision(1);
}

#[cfg(feature = "version_types")]
mod times {
    use chrono::NaiveDateTime;
    use occ_runtime::version::{Micros, Seconds};
    use occ_tests::cell::Backend;

    use crate::cell::BACKEND;

    const SECONDS: &str = if matches!(BACKEND, Backend::Mysql) { "DATETIME" } else { "TIMESTAMP" };
    const MICROS: &str = if matches!(BACKEND, Backend::Mysql) { "DATETIME(6)" } else { "TIMESTAMP" };

    /// No clock is there yet, so that the next version is the next second, or microsecond, whoever makes it. MySQL's timestamps
    /// end soon after.
    fn ahead() -> NaiveDateTime {
        chrono::DateTime::from_timestamp(2_100_000_000, 0).unwrap().naive_utc()
    }

    shared_versions! {
        seconds: NaiveDateTime, Timestamp, [, generator = occ_runtime::Timestamp<Seconds>], SECONDS, ahead();
        microseconds: NaiveDateTime, Timestamp, [, generator = occ_runtime::Timestamp<Micros>], MICROS, ahead();
    }
}

diesel::table! {
    notes (id) { id -> Integer, body -> Text, version -> Integer }
}

/// Not tracked.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
struct Note {
    id: i32,
    body: String,
    version: Revision,
}

async fn create_notes(conn: &mut Conn) {
    let ddl =
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, body VARCHAR(50) NOT NULL, version INTEGER NOT NULL);
               INSERT INTO notes VALUES (1, 'Note', 1);";
    batch(ddl, conn).await.unwrap();
}

async fn load_note(conn: &mut Conn) -> Note {
    first(notes::table.find(1).select(Note::as_select()), conn).await.unwrap()
}

super::scenarios! {
    async fn a_newtype_version_is_put_back_after_a_save_in_another_thread(database) {
        let conn = &mut connect(database).await;
        create_notes(conn).await;
        let mut note = load_note(conn).await;
        note.body = "Mine".into();
        let before = note.clone();
        let outcome: Result<(), Error> = transaction(conn, &mut note, async |conn, note| {
            for _ in 0..2 {
                std::thread::scope(|scope| scope.spawn(|| block_on(save(note, conn))).join().unwrap())?;
            }
            Err(DieselError::RollbackTransaction.into())
        })
        .await;
        assert!(outcome.is_err());
        assert_eq!((&note, load_note(conn).await.body.as_str()), (&before, "Note"));
        // Somebody takes the row to where the value was within its transaction.
        batch("UPDATE notes SET body = 'Theirs', version = 3 WHERE id = 1", conn).await.unwrap();
        assert!(save(&mut note, conn).await.unwrap_err().is_stale());
        assert_eq!((&note, load_note(conn).await.body.as_str()), (&before, "Theirs"));
        reload(&mut note, conn).await.unwrap();
        save(&mut note, conn).await.unwrap();
        assert_eq!(load_note(conn).await, note);
    }

    async fn a_newtype_version_is_put_back_after_a_reload_of_what_is_rolled_back(database) {
        let conn = &mut connect(database).await;
        create_notes(conn).await;
        let mut note = load_note(conn).await;
        let mut plain = super::product::load(1, conn).await;
        let outcome: Result<(), Error> = transaction(conn, (&mut note, &mut plain), async |conn, (note, plain)| {
            batch("UPDATE notes SET body = 'Uncommitted', version = version + 1", conn).await?;
            batch("UPDATE products SET note = 'Uncommitted', version = version + 1", conn).await?;
            reload(note, conn).await?;
            reload(plain, conn).await?;
            assert_eq!((note.version, plain.version), (Revision(2), 2));
            Err(DieselError::RollbackTransaction.into())
        })
        .await;
        assert!(outcome.is_err());
        assert_eq!((note.version, plain.version), (Revision(1), 1));
        // Somebody takes the rows to the versions that were rolled back.
        batch("UPDATE notes SET body = 'Theirs', version = 2", conn).await.unwrap();
        batch("UPDATE products SET note = 'theirs', version = 2", conn).await.unwrap();
        assert!(save(&mut note, conn).await.unwrap_err().is_stale());
        assert!(save(&mut plain, conn).await.unwrap_err().is_stale());
        assert_eq!((note.version, plain.version), (Revision(1), 1));
        assert_eq!(load_note(conn).await.body, "Theirs");
        assert_eq!(super::product::load(1, conn).await.note.as_deref(), Some("theirs"));
    }
}
