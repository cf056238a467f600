//! Rows that are deleted by a mark: for occ they are gone, until they are restored.

use diesel::prelude::*;
use diesel::result::Error as DieselError;
use occ_runtime::{Created, Error, Expect, Operation, OptimisticLock, SoftDelete as _, Tracked, Upserted};
use occ_tests::cell::Backend;

#[cfg(feature = "retry")]
use super::cell::modify;
use super::cell::{
    BACKEND, Conn, KNOWN_AS, all, batch, conflict, connect, create_if_absent, delete, delete_all,
    delete_all_tracked, delete_at, delete_expecting, delete_if, delete_tracked, first, insert, insert_all,
    into_conflict, overwrite, rebase, record, reload, reload_tracked, restore, restore_at, save, save_all,
    save_each, save_expecting, save_if, save_tracked, save_unversioned, settle, touch, touch_at, transaction,
    update, update_at, upsert, verify, verify_at,
};

diesel::table! {
    notes (id) {
        id -> Integer,
        text -> Text,
        reads -> Integer,
        deleted -> Bool,
        version -> Integer,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
pub struct Note {
    pub id: i32,
    pub text: String,
    #[occ(unversioned)]
    pub reads: i32,
    #[occ(soft_delete)]
    pub deleted: bool,
    pub version: i32,
}

pub async fn create_notes(conn: &mut Conn) {
    let rows: Vec<_> = (1..=40).map(|id| format!("({id}, 'note', 0, FALSE, 1)")).collect();
    let ddl = format!(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, text VARCHAR(100) NOT NULL, reads INTEGER NOT NULL, \
         deleted BOOLEAN NOT NULL, version INTEGER NOT NULL);
         INSERT INTO notes VALUES {}",
        rows.join(", ")
    );
    let ddl = if BACKEND == Backend::Mysql { ddl.replace(" reads ", " `reads` ") } else { ddl };
    batch(&ddl, conn).await.unwrap();
}

async fn load(id: i32, conn: &mut Conn) -> Note {
    first(notes::table.find(id).select(Note::as_select()), conn).await.unwrap()
}

/// As it was loaded, and as it is once it is deleted.
async fn deleted(id: i32, conn: &mut Conn) -> (Note, Note) {
    let before = load(id, conn).await;
    delete(&before, conn).await.unwrap();
    let after = load(id, conn).await;
    assert_eq!(after, Note { deleted: true, version: before.version + 1, ..before.clone() });
    (before, after)
}

/// Without the values, as each connection shows a flag in its own way.
fn texts(statements: &[String]) -> Vec<&str> {
    statements.iter().filter_map(|sql| sql.split(" -- ").next()).collect()
}

fn is_gone<T: std::fmt::Debug>(outcome: Result<T, Error>) {
    match outcome {
        Err(Error::Stale(stale)) => assert!(stale.is_deleted() && stale.actual().is_none(), "{stale}"),
        outcome => panic!("it is deleted: {outcome:?}"),
    }
}

super::scenarios! {
    async fn a_deletion_is_one_update_and_what_undoes_it_as_well(database) {
        let conn = &mut connect(database).await;
        create_notes(conn).await;
        let note = load(1, conn).await;
        let recorder = record(conn);
        delete(&note, conn).await.unwrap();
        assert_eq!(texts(&recorder.take()), [
            "UPDATE notes SET deleted = ?, version = ? WHERE id = ? AND NOT deleted AND version = ?",
        ]);
        let (other, _) = (load(2, conn).await, recorder.take_prepared());
        delete(&other, conn).await.unwrap();
        assert_eq!(recorder.take_prepared(), 0, "it is kept");
        let mut note = load(1, conn).await;
        assert!(note.is_deleted());
        let _ = recorder.take();
        restore(&mut note, conn).await.unwrap();
        assert_eq!(texts(&recorder.take()), [
            "UPDATE notes SET deleted = ?, version = ? WHERE id = ? AND deleted AND version = ?",
        ]);
        assert_eq!(note, Note { id: 1, text: "note".into(), reads: 0, deleted: false, version: 3 });
        assert_eq!(load(1, conn).await, note, "memory equals the row");
        save(&mut note, conn).await.unwrap();
        assert_eq!(texts(&recorder.take()).last(), Some(
            &"UPDATE notes SET text = ?, deleted = ?, version = ? WHERE id = ? AND NOT deleted AND version = ?",
        ));
    }

    async fn every_write_of_a_deleted_row_is_refused_as_deleted_and_changes_nothing(database) {
        let conn = &mut connect(database).await;
        create_notes(conn).await;
        let (before, after) = deleted(1, conn).await;
        // Loaded before, and since: for occ both are of a row that is gone.
        for value in [&before, &after] {
            let mut mine = value.clone();
            is_gone(save(&mut mine, conn).await);
            is_gone(save_if(&mut mine, notes::reads.eq(0), conn).await);
            is_gone(save_expecting(&mut mine, &value.version, conn).await);
            is_gone(update(&mut mine, notes::text.eq("x"), conn).await);
            is_gone(touch(&mut mine, conn).await);
            is_gone(overwrite(&mut mine, conn).await);
            is_gone(reload(&mut mine, conn).await);
            is_gone(save_unversioned(&mine, conn).await);
            is_gone(verify(&mine, conn).await);
            is_gone(delete(&mine, conn).await);
            is_gone(delete_if(&mine, notes::reads.eq(0), conn).await);
            is_gone(delete_expecting(&mine, &value.version, conn).await);
            is_gone(upsert(&mut mine, Expect::At(value.version), conn).await);
            is_gone(update_at(Note::at(1, value.version), notes::text.eq("x"), conn).await);
            is_gone(touch_at(Note::at(1, value.version), conn).await);
            is_gone(verify_at(Note::at(1, value.version), conn).await);
            is_gone(delete_at(Note::at(1, value.version), conn).await);
            assert_eq!(settle(&mut mine, conn).await.unwrap(), occ_runtime::Outcome::Overtaken);
            assert!(into_conflict(mine.clone(), conn).await.unwrap().is_deleted());
            assert_eq!(&mine, value);
        }
        assert_eq!(load(1, conn).await, after);
    }

    async fn a_tracked_value_of_a_deleted_row_is_not_merged(database) {
        let conn = &mut connect(database).await;
        create_notes(conn).await;
        let mut mine = Tracked::new(load(1, conn).await);
        let (_, after) = deleted(1, conn).await;
        mine.text = "mine".into();
        is_gone(save_tracked(&mut mine, conn).await);
        is_gone(rebase(&mut mine, conn).await);
        is_gone(reload_tracked(&mut mine, conn).await);
        is_gone(delete_tracked(&mine, conn).await);
        assert!(conflict(&mine, conn).await.unwrap().is_deleted());
        assert_eq!((mine.text.as_str(), mine.version, mine.original().text.as_str()), ("mine", 1, "note"));
        assert_eq!(load(1, conn).await, after);
        // Back again, it is a row that somebody has written since.
        restore_at(Note::at(1, 2), conn).await.unwrap();
        let Err(Error::Stale(stale)) = save_tracked(&mut mine, conn).await else { panic!("it has moved on") };
        assert_eq!(stale.actual(), Some("3"));
        rebase(&mut mine, conn).await.unwrap();
        save_tracked(&mut mine, conn).await.unwrap();
        delete_tracked(&mine, conn).await.unwrap();
        let row = load(1, conn).await;
        assert_eq!((row.text.as_str(), row.deleted, row.version), ("mine", true, 5));
    }

    async fn a_row_is_restored_once_and_only_by_who_knows_its_version(database) {
        let conn = &mut connect(database).await;
        create_notes(conn).await;
        let (mut before, after) = deleted(1, conn).await;
        let Err(Error::Stale(stale)) = restore(&mut before, conn).await else { panic!("it is at version 2") };
        assert_eq!((stale.operation(), stale.actual(), stale.is_deleted()), (Operation::Restore, Some("2"), false));
        let (mut mine, mut theirs) = (after.clone(), after.clone());
        restore(&mut mine, conn).await.unwrap();
        let Err(Error::Stale(stale)) = restore(&mut theirs, conn).await else { panic!("it is restored") };
        assert_eq!((stale.actual(), &theirs), (Some("3"), &after));
        let unchanged = mine.clone();
        let Err(Error::Guard(guard)) = restore(&mut mine, conn).await else { panic!("it is not deleted") };
        assert_eq!(guard.operation(), Operation::Restore);
        assert!(guard.to_string().contains("it is not deleted"), "{guard}");
        let Err(Error::Guard(_)) = restore_at(Note::at(1, 3), conn).await else { panic!("it is not deleted") };
        let Err(Error::Stale(_)) = restore_at(Note::at(1, 2), conn).await else { panic!("it is at version 3") };
        is_gone(restore_at(Note::at(99, 2), conn).await);
        assert_eq!((&mine, load(1, conn).await), (&unchanged, unchanged.clone()));
        delete_at(Note::at(1, 3), conn).await.unwrap();
        assert_eq!(restore_at(Note::at(1, 4), conn).await.unwrap(), 5);
        assert_eq!(load(1, conn).await, Note { version: 5, ..unchanged });
        batch("DELETE FROM notes WHERE id = 1", conn).await.unwrap();
        is_gone(restore(&mut theirs, conn).await);
        assert_eq!(theirs, after);
    }

    async fn in_a_transaction_the_verdicts_are_the_same(database) {
        let conn = &mut connect(database).await;
        create_notes(conn).await;
        let (before, after) = deleted(1, conn).await;
        let mut live = load(2, conn).await;
        let outcome: Result<(), Error> = transaction(conn, &mut live, async |conn, live| {
            let (mut old, mut new) = (before.clone(), after.clone());
            is_gone(save(&mut old, conn).await);
            is_gone(save_if(&mut new, notes::reads.eq(0), conn).await);
            is_gone(delete_if(&new, notes::reads.eq(0), conn).await);
            assert!(matches!(restore(live, conn).await, Err(Error::Guard(_))));
            restore(&mut new, conn).await.unwrap();
            save(&mut new, conn).await
        })
        .await;
        outcome.unwrap();
        assert_eq!(load(1, conn).await, Note { deleted: false, version: 4, ..before });
    }

    async fn after_a_rollback_nothing_was_deleted_or_restored(database) {
        let conn = &mut connect(database).await;
        create_notes(conn).await;
        let (_, after) = deleted(1, conn).await;
        let (mut gone, mut live) = (after.clone(), load(2, conn).await);
        let as_it_was = live.clone();
        let outcome: Result<(), Error> = transaction(conn, (&mut gone, &mut live), async |conn, (gone, live)| {
            restore(gone, conn).await?;
            delete(live, conn).await?;
            Err(DieselError::RollbackTransaction.into())
        })
        .await;
        assert!(outcome.is_err());
        assert_eq!((&live, &load(2, conn).await), (&as_it_was, &as_it_was));
        assert_eq!((gone.version, load(1, conn).await), (after.version, after.clone()));
        // What is in memory decides nothing.
        is_gone(save(&mut gone, conn).await);
        restore(&mut gone, conn).await.unwrap();
        assert_eq!(load(1, conn).await, gone);
        delete(&live, conn).await.unwrap();
    }

    async fn forty_rows_are_deleted_in_as_few_statements_as_they_are_saved(database) {
        let conn = &mut connect(database).await;
        create_notes(conn).await;
        let every = || notes::table.order(notes::id).select(Note::as_select());
        let mut rows: Vec<Note> = all(every(), conn).await.unwrap();
        let before = rows.clone();
        let recorder = record(conn);
        delete_all(&rows, conn).await.unwrap();
        let updates = recorder.take().iter().filter(|sql| sql.starts_with("UPDATE")).count();
        assert_eq!(updates, match KNOWN_AS { Backend::Postgres => 1, Backend::Mysql => 2, Backend::Sqlite => 40 });
        let after: Vec<Note> = all(every(), conn).await.unwrap();
        assert!(after.iter().all(|row| row.deleted && row.version == 2));
        for rows in [&mut rows, &mut after.clone()] {
            let value = rows.clone();
            for outcome in [delete_all(rows, conn).await, save_all(rows, conn).await] {
                let Err(Error::StaleBatch(stale)) = outcome else { panic!("all of them are deleted: {outcome:?}") };
                assert_eq!(stale.rows().len(), 40);
                assert!(stale.rows().iter().all(occ_runtime::StaleObjectError::is_deleted));
            }
            for outcome in save_each(rows, conn).await.unwrap() {
                is_gone(outcome);
            }
            let tracked: Vec<_> = rows.iter().cloned().map(Tracked::new).collect();
            assert!(delete_all_tracked(&tracked, conn).await.unwrap_err().is_stale());
            assert_eq!(*rows, value);
        }
        assert_eq!(all::<_, Note>(every(), conn).await.unwrap(), after);
        // One of them is back: the others keep it from being deleted again.
        let mut rows = after;
        restore(&mut rows[7], conn).await.unwrap();
        let Err(Error::StaleBatch(stale)) = delete_all(&rows, conn).await else { panic!("39 are deleted") };
        assert_eq!(stale.rows().len(), 39);
        assert_eq!(load(8, conn).await, rows[7]);
        for row in &mut rows {
            if row.deleted {
                restore(row, conn).await.unwrap();
            }
        }
        let tracked: Vec<_> = rows.iter().cloned().map(Tracked::new).collect();
        let _ = recorder.take();
        delete_all_tracked(&tracked, conn).await.unwrap();
        let updates = recorder.take().iter().filter(|sql| sql.starts_with("UPDATE")).count();
        assert_eq!(updates, match KNOWN_AS { Backend::Postgres => 1, Backend::Mysql => 2, Backend::Sqlite => 40 });
        let after: Vec<Note> = all(every(), conn).await.unwrap();
        assert!(after.iter().zip(before).all(|(row, before)| *row == Note { deleted: true, version: 4, ..before }));
    }

    async fn the_key_of_a_deleted_row_is_taken(database) {
        let conn = &mut connect(database).await;
        create_notes(conn).await;
        let (_, after) = deleted(1, conn).await;
        let new = Note { id: 1, text: "new".into(), reads: 1, deleted: false, version: 0 };
        let mut value = new.clone();
        let mut rows = [Note { id: 77, ..new.clone() }, new.clone()];
        for outcome in [
            insert(&mut value, conn).await,
            upsert(&mut value, Expect::Absent, conn).await.map(drop),
            insert_all(&mut rows, conn).await,
        ] {
            let Err(Error::Exists(exists)) = outcome else { panic!("it is there: {outcome:?}") };
            assert_eq!((exists.key(), exists.actual(), exists.is_deleted()), ("1", Some("2"), true));
            assert!(exists.to_string().contains("it is there, deleted, at version 2"), "{exists}");
        }
        let Err(Error::Exists(exists)) = insert(&mut Note { id: 2, ..new.clone() }, conn).await else { panic!("it is there") };
        assert!(!exists.is_deleted());
        assert_eq!(value, new);
        let values = (notes::id.eq(1), notes::text.eq("x"), notes::reads.eq(0), notes::deleted.eq(false));
        let created: Created<Note> = create_if_absent(values, 1, conn).await.unwrap();
        assert!(matches!(&created, Created::Existing(row) if *row == after), "{created:?}");
        assert_eq!(load(1, conn).await, after);
        // Whatever is there.
        assert_eq!(upsert(&mut value, Expect::Any, conn).await.unwrap(), Upserted::Updated);
        assert_eq!((value.version, load(1, conn).await), (3, Note { reads: 0, version: 3, ..new.clone() }));
        // A row may be made deleted, and is not looked for as one that is there.
        let mut made = Note { id: 78, deleted: true, ..new };
        insert(&mut made, conn).await.unwrap();
        assert_eq!(load(78, conn).await, made);
        restore(&mut made, conn).await.unwrap();
    }

    async fn a_mark_that_is_set_by_hand_is_written_like_other_fields(database) {
        let conn = &mut connect(database).await;
        create_notes(conn).await;
        let mut note = load(1, conn).await;
        note.deleted = true;
        save(&mut note, conn).await.unwrap();
        assert_eq!((note.version, load(1, conn).await), (2, note.clone()));
        is_gone(save(&mut note, conn).await);
        let mut note = load(2, conn).await;
        update(&mut note, notes::deleted.eq(true), conn).await.unwrap();
        assert_eq!((note.deleted, note.version, load(2, conn).await), (true, 2, note.clone()));
        update_at(Note::at(3, 1), notes::deleted.eq(true), conn).await.unwrap();
        is_gone(touch_at(Note::at(3, 2), conn).await);
    }

    #[cfg(feature = "retry")]
    async fn modify_does_not_find_a_deleted_row(database) {
        let conn = &mut connect(database).await;
        create_notes(conn).await;
        deleted(1, conn).await;
        let outcome = modify::<Note, _, _, _>(1, conn, |note| note.text.push('!')).await;
        assert!(matches!(outcome, Err(Error::Database(DieselError::NotFound))), "{outcome:?}");
        let two = modify::<Note, _, _, _>(2, conn, |note| note.deleted = true).await.unwrap();
        assert_eq!(load(2, conn).await, two);
    }
}
