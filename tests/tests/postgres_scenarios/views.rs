//! Views that somebody's trigger or rule writes through: whether an update is lost is theirs to decide.

use super::cell::{Database, all, batch, block_on, connect, delete, execute, save};
use super::product::{Product, load, products};

use diesel::prelude::*;
use diesel::sql_types::BigInt;

/// A view `products` over the table `base`.
pub(super) const VIEW: &str =
    "ALTER TABLE products RENAME TO base; CREATE VIEW products AS SELECT * FROM base;";

/// The trigger that one writes at first: it trusts that the row is still what the statement has seen.
pub(super) const TRUSTING: &str = "
    CREATE FUNCTION write_base() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE base SET name = NEW.name, note = NEW.note, quantity = NEW.quantity, version = NEW.version WHERE id = OLD.id;
        RETURN NEW;
    END $$;
    CREATE TRIGGER write_base INSTEAD OF UPDATE ON products FOR EACH ROW EXECUTE FUNCTION write_base();";

/// The one in the documentation: it asks for the version again, and says so where no row was written.
pub(super) const CHECKING: &str = "
    CREATE FUNCTION write_base() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            DELETE FROM base WHERE id = OLD.id AND version = OLD.version;
        ELSE
            UPDATE base SET name = NEW.name, note = NEW.note, quantity = NEW.quantity, version = NEW.version
             WHERE id = OLD.id AND version = OLD.version;
        END IF;
        IF NOT FOUND THEN
            RETURN NULL; -- the row is not counted
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$;
    CREATE TRIGGER write_base INSTEAD OF UPDATE OR DELETE ON products FOR EACH ROW EXECUTE FUNCTION write_base();";

/// The same two as rules.
pub(super) const TRUSTING_RULE: &str = "
    CREATE RULE write_base AS ON UPDATE TO products DO INSTEAD
    UPDATE base SET name = NEW.name, note = NEW.note, quantity = NEW.quantity, version = NEW.version WHERE id = OLD.id;";
pub(super) const CHECKING_RULE: &str = "
    CREATE RULE write_base AS ON UPDATE TO products DO INSTEAD
    UPDATE base SET name = NEW.name, note = NEW.note, quantity = NEW.quantity, version = NEW.version
     WHERE id = OLD.id AND version = OLD.version;";

/// Two save one row: the second's statement has seen the row, and waits for the first, when the first commits. Whether the
/// second was refused.
async fn second_is_refused(database: &Database) -> bool {
    let conn = &mut connect(database).await;
    let (mut mine, mut theirs) = (load(1, conn).await, load(1, conn).await);
    mine.name = "mine".into();
    theirs.name = "theirs".into();
    let (holds, held) = std::sync::mpsc::channel();
    let (begins, begun) = std::sync::mpsc::channel();
    let first = move || {
        block_on(async {
            let (conn, watch) = (&mut connect(database).await, &mut connect(database).await);
            batch("BEGIN", conn).await.unwrap();
            save(&mut mine, conn).await.unwrap();
            holds.send(()).unwrap();
            let pid: i64 = begun.recv().unwrap();
            // Divided by none, until somebody waits.
            let waits = format!("SELECT 1 / count(*) FROM pg_locks WHERE pid = {pid} AND NOT granted");
            while batch(&waits, watch).await.is_err() {}
            batch("COMMIT", conn).await.unwrap();
        });
    };
    let second = move || {
        block_on(async {
            let conn = &mut connect(database).await;
            let pid = diesel::dsl::sql::<BigInt>("CAST(pg_backend_pid() AS BIGINT)");
            let pid: Vec<i64> = all(diesel::select(pid), conn).await.unwrap();
            held.recv().unwrap();
            begins.send(pid[0]).unwrap();
            save(&mut theirs, conn).await
        })
    };
    let outcome = std::thread::scope(|scope| {
        let second = scope.spawn(second);
        scope.spawn(first).join().unwrap();
        second.join().unwrap()
    });
    if let Err(error) = &outcome {
        assert!(error.is_stale(), "{error}");
    }
    outcome.is_err()
}

super::scenarios! {
    async fn a_view_that_postgresql_writes_by_itself_is_checked(database) {
        batch(VIEW, &mut connect(database).await).await.unwrap();
        assert!(second_is_refused(database).await);
        assert_eq!(load(1, &mut connect(database).await).await.name, "mine");
    }

    async fn a_trigger_or_rule_that_trusts_the_row_loses_an_update(database) {
        let conn = &mut connect(database).await;
        batch(VIEW, conn).await.unwrap();
        for (writes, drop) in [
            (TRUSTING, "DROP TRIGGER write_base ON products; DROP FUNCTION write_base"),
            (TRUSTING_RULE, "DROP RULE write_base ON products"),
        ] {
            batch(writes, conn).await.unwrap();
            // The limit, and why the documentation has a trigger.
            assert!(!second_is_refused(database).await);
            assert_eq!(load(1, conn).await.name, "theirs");
            batch(drop, conn).await.unwrap();
        }
    }

    async fn a_trigger_or_rule_that_asks_for_the_version_again_loses_none(database) {
        let conn = &mut connect(database).await;
        batch(VIEW, conn).await.unwrap();
        for (writes, drop) in [
            (CHECKING, "DROP TRIGGER write_base ON products; DROP FUNCTION write_base"),
            (CHECKING_RULE, "DROP RULE write_base ON products"),
        ] {
            batch(writes, conn).await.unwrap();
            assert!(second_is_refused(database).await);
            let mut row = load(1, conn).await;
            assert_eq!(row.name, "mine");
            let mut old = Product { version: 0, ..row.clone() };
            assert!(save(&mut old, conn).await.unwrap_err().is_stale());
            assert!(delete(&old, conn).await.unwrap_err().is_stale());
            save(&mut row, conn).await.unwrap();
            batch(drop, conn).await.unwrap();
        }
        batch(CHECKING, conn).await.unwrap();
        let row = load(1, conn).await;
        assert_eq!(execute(diesel::update(products::table).set(products::version.eq(products::version + 1)), conn).await.unwrap(), 2);
        assert!(delete(&row, conn).await.unwrap_err().is_stale());
        delete(&load(1, conn).await, conn).await.unwrap();
    }
}
