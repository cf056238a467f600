//! The session is ended, or what it is doing: before a call, while the call waits for a lock, and at its `COMMIT`.

use std::sync::Arc;

use occ_tests::cell::Backend;

use super::calls::{CALLS, Call, Held, IN_TRANSACTION, fresh_rows};
use super::cell::{BACKEND, Database, batch, begin, connect, rollback, save};
use super::left::{Before, Class, Stored};
use super::product::load;
use super::sessions::{End, end, end_once_it_waits, session, wait_until_gone};

/// Ends each call while it waits for row 1, which somebody else has.
async fn end_while_it_waits(calls: &[Call], what: End, class: Class, database: &Arc<Database>) {
    for call in calls {
        fresh_rows(database).await;
        let (holder, conn) = (&mut connect(database).await, &mut connect(database).await);
        let mut held = Held::load(conn).await;
        let before = Before::of(*call, &held);
        begin(holder).await.unwrap();
        save(&mut load(1, holder).await, holder).await.unwrap();
        let ends = end_once_it_waits(what, session(conn).await, database);
        let error = call.run(&mut held, conn).await.unwrap_err();
        ends.join().unwrap();
        rollback(holder).await.unwrap();
        before.check(&error, class, Stored::Nothing, &mut held, conn, database).await;
    }
}

faults! {
    async fn killed_before_the_call(database) {
        for call in CALLS {
            fresh_rows(&database).await;
            let (other, conn) = (&mut connect(&database).await, &mut connect(&database).await);
            let mut held = Held::load(conn).await;
            let before = Before::of(call, &held);
            let session = session(conn).await;
            end(End::Session, session, other).await;
            wait_until_gone(session, other).await;
            let error = call.run(&mut held, conn).await.unwrap_err();
            before.check(&error, Class::Lost, Stored::Nothing, &mut held, conn, &database).await;
        }
    }

    async fn killed_while_it_waits_for_a_lock(database) {
        end_while_it_waits(&CALLS, End::Session, Class::Lost, &database).await;
    }

    async fn cancelled_while_it_waits_for_a_lock(database) {
        end_while_it_waits(&CALLS, End::Query, Class::Yours, &database).await;
    }

    async fn cancelled_at_its_commit(database) {
        if BACKEND != Backend::Postgres {
            return; // `cancelled_at_the_commit_of_mariadb` needs a server of its own.
        }
        at_commit(End::Query, Class::Yours, &database).await;
    }

    async fn killed_at_its_commit(database) {
        if BACKEND != Backend::Postgres {
            return;
        }
        at_commit(End::Session, Class::Lost, &database).await;
    }
}

/// Ends each call while its `COMMIT` waits, in a trigger that is deferred until then.
async fn at_commit(what: End, class: Class, database: &Arc<Database>) {
    let other = &mut connect(database).await;
    batch(
        "CREATE FUNCTION wait_for_the_gate() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
             PERFORM pg_advisory_xact_lock(hashtext(TG_TABLE_SCHEMA));
             RETURN NULL;
         END $$;
         CREATE CONSTRAINT TRIGGER gate AFTER UPDATE ON products DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION wait_for_the_gate();",
        other,
    )
    .await
    .unwrap();
    for &call in IN_TRANSACTION {
        fresh_rows(database).await;
        let conn = &mut connect(database).await;
        let mut held = Held::load(conn).await;
        let before = Before::of(call, &held);
        batch("SELECT pg_advisory_lock(hashtext(current_schema()))", other).await.unwrap();
        let ends = end_once_it_waits(what, session(conn).await, database);
        let error = call.run(&mut held, conn).await.unwrap_err();
        ends.join().unwrap();
        batch("SELECT pg_advisory_unlock(hashtext(current_schema()))", other).await.unwrap();
        before.check(&error, class, Stored::Nothing, &mut held, conn, database).await;
    }
}
