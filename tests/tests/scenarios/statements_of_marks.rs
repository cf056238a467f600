//! What is sent for a row that is deleted by a mark: the table `soft deletes` of `occ-runtime/docs/STATEMENTS.md`.

use diesel::prelude::*;
use occ_runtime::{Error, OptimisticLock as _, Tracked};
use occ_tests::statements::Statements;

use super::cell::{
    all, batch, connect, delete, delete_all, delete_all_tracked, delete_at, delete_if, delete_tracked,
    insert, record, restore, restore_at, save,
};
use super::soft_delete::{self, Note, notes};
use super::statements::columns;

super::scenarios! {
    async fn a_row_that_is_deleted_by_a_mark(database) {
        let conn = &mut connect(database).await;
        soft_delete::create_notes(conn).await;
        let every = || notes::table.order(notes::id).select(Note::as_select());
        let rows: Vec<Note> = all(every(), conn).await.unwrap();
        let mut statements = Statements::of(record(conn));
        delete(&rows[0], conn).await.unwrap();
        statements.sent("`delete_optimistic`");
        delete_if(&rows[1], notes::reads.eq(0), conn).await.unwrap();
        statements.sent("`delete_optimistic_if`");
        let mut gone: Vec<Note> = all(every(), conn).await.unwrap();
        statements.forget();
        restore(&mut gone[0], conn).await.unwrap();
        statements.sent("`restore_optimistic`");
        assert_eq!(restore_at(Note::at(2, 2), conn).await.unwrap(), 3);
        statements.sent("`at(..).restore`");
        delete_at(Note::at(3, 1), conn).await.unwrap();
        statements.sent("`at(..).delete`");
        assert!(save(&mut rows[2].clone(), conn).await.unwrap_err().is_stale());
        statements.sent("`save_optimistic` that is refused");
        assert!(matches!(insert(&mut rows[2].clone(), conn).await, Err(Error::Exists(_))));
        statements.sent("`insert_optimistic` that is refused");
        delete_tracked(&Tracked::new(gone[0].clone()), conn).await.unwrap();
        statements.sent("`tracked.delete_optimistic`");
        batch("UPDATE notes SET deleted = FALSE", conn).await.unwrap();
        let rows: Vec<Note> = all(every(), conn).await.unwrap();
        statements.forget();
        delete_all(&rows, conn).await.unwrap();
        statements.sent("`delete_all_optimistic`, 40 rows");
        batch("UPDATE notes SET deleted = FALSE", conn).await.unwrap();
        let rows: Vec<Note> = all(every(), conn).await.unwrap();
        let rows: Vec<_> = rows.into_iter().map(Tracked::new).collect();
        statements.forget();
        delete_all_tracked(&rows, conn).await.unwrap();
        statements.sent("`tracked.delete_all_optimistic`, 40 rows");
        statements.compare("soft deletes", columns());
    }
}
