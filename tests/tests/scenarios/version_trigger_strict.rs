//! What a strict trigger of `VersionTrigger` refuses and lets pass, and that a trigger goes as it came.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_query;
use occ_runtime::schema::FindingKind;
use occ_runtime::{
    DatabaseGenerated, Error, Expect, HistoryTrigger, OptimisticLock, Outcome, Tracked, VersionTrigger,
    bump_version,
};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, Conn, all, batch, connect, create_if_absent, delete, delete_all, execute, first, insert,
    insert_all, overwrite, rebase, save, save_all, save_all_tracked, save_each, save_expecting, save_if,
    save_tracked, save_unversioned, settle, touch, touch_at, update, update_at, upsert, verify,
};
use super::product::{Product, load, products};
use super::schema::{is_cured, is_right, make, on, thing, things};
use super::schema_keys::{drop_shop, make_shop};
use super::trigger_sql;

thing!(generated, Integer, i32, DatabaseGenerated);

fn counter() -> VersionTrigger {
    VersionTrigger::counter("products", "version").strict()
}

async fn rows(conn: &mut Conn) -> Vec<Product> {
    all(products::table.order(products::id).select(Product::as_select()), conn).await.unwrap()
}

/// The statement is refused by the trigger of `products`, which says so, and nothing is written.
async fn is_refused(statement: &str, conn: &mut Conn) {
    let before = rows(conn).await;
    let refused = execute(sql_query(statement), conn).await.expect_err(statement);
    is_of_the_trigger(refused, statement);
    assert_eq!(rows(conn).await, before, "{statement}");
}

fn is_of_the_trigger(refused: DieselError, statement: &str) {
    let DieselError::DatabaseError(kind, information) = &refused else { panic!("{statement}: {refused:?}") };
    assert!(matches!(kind, DatabaseErrorKind::Unknown), "{statement}: {kind:?}");
    assert_eq!(
        information.message(),
        "an UPDATE of `products` must set the next version: see `bump_version`",
        "{statement}"
    );
    if BACKEND == Backend::Postgres {
        assert_eq!(
            (information.table_name(), information.column_name()),
            (Some("products"), Some("version")),
            "{statement}"
        );
    }
    let error = Error::from(refused);
    assert!(matches!(error, Error::Database(_)), "{error:?}");
    assert!(!error.is_retryable() && !error.needs_new_connection() && !error.is_stale(), "{error:?}");
}

/// What an importer sends of the first row.
fn import(version: i32) -> String {
    let on_conflict = match BACKEND {
        Backend::Mysql => "ON DUPLICATE KEY UPDATE quantity = VALUES(quantity), version = VALUES(version)",
        _ => "ON CONFLICT (id) DO UPDATE SET quantity = excluded.quantity, version = excluded.version",
    };
    format!("INSERT INTO products VALUES (1, 'lamp', NULL, 3, {version}) {on_conflict}")
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = products)]
#[occ(tracked)]
struct Watched {
    id: i32,
    name: String,
    note: Option<String>,
    #[occ(unversioned)]
    quantity: i32,
    version: i32,
}

async fn watched(id: i32, conn: &mut Conn) -> Watched {
    first(products::table.find(id).select(Watched::as_select()), conn).await.unwrap()
}

super::scenarios! {
    async fn an_update_that_leaves_the_version_or_sets_it_back_is_refused(database) {
        let conn = &mut connect(database).await;
        batch("UPDATE products SET version = 5", conn).await.unwrap();
        trigger_sql::make(&counter(), conn).await;
        for statement in [
            "UPDATE products SET quantity = 3 WHERE id = 1",
            "UPDATE products SET quantity = 3",
            "UPDATE products SET quantity = quantity",
            "UPDATE products SET version = version WHERE id = 1",
            "UPDATE products SET version = version - 1 WHERE id = 1",
            "UPDATE products SET version = 0, quantity = 3 WHERE id = 1",
            "UPDATE products SET version = NULL WHERE id = 1",
            "UPDATE products SET id = 7 WHERE id = 1",
            // One of the rows is at 5.
            "UPDATE products SET version = version + 2 - id",
            &import(4),
            &import(5),
        ] {
            is_refused(statement, conn).await;
        }
        let quantity = products::quantity.eq(3);
        let refused = execute(diesel::update(products::table.find(1)).set(quantity), conn).await.unwrap_err();
        is_of_the_trigger(refused, "an update of Diesel's");
        if BACKEND == Backend::Sqlite {
            is_refused("UPDATE OR IGNORE products SET quantity = 3 WHERE id = 1", conn).await;
            is_refused("UPDATE OR REPLACE products SET id = 2 WHERE id = 1", conn).await;
        }
        for statement in [
            "UPDATE products SET quantity = 3 WHERE id = 9",
            "UPDATE products SET quantity = 3, version = version + 1 WHERE id = 1",
            "UPDATE products SET id = 7, version = 9 WHERE id = 1",
            "UPDATE products SET id = 1, version = 100 WHERE id = 7",
            &import(101),
            "DELETE FROM products WHERE id = 1",
            &import(1),
        ] {
            execute(sql_query(statement), conn).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
        assert_eq!((load(1, conn).await.version, load(2, conn).await.version), (1, 5));
    }

    async fn every_write_of_occ_passes_a_strict_trigger(database) {
        let conn = &mut connect(database).await;
        trigger_sql::make(&counter(), conn).await;
        let mut row = load(1, conn).await;
        row.name = "saved".into();
        save(&mut row, conn).await.unwrap();
        save(&mut row, conn).await.unwrap();
        touch(&mut row, conn).await.unwrap();
        update(&mut row, products::quantity.eq(products::quantity + 1), conn).await.unwrap();
        let seen = row.version;
        save_expecting(&mut row, &seen, conn).await.unwrap();
        save_if(&mut row, products::quantity.gt(0), conn).await.unwrap();
        assert_eq!(upsert(&mut row, Expect::Any, conn).await.unwrap(), occ_runtime::Upserted::Updated);
        let seen = row.version;
        upsert(&mut row, Expect::At(seen), conn).await.unwrap();
        let mut mine = row.clone();
        save(&mut row, conn).await.unwrap();
        overwrite(&mut mine, conn).await.unwrap();
        verify(&mine, conn).await.unwrap();
        assert_eq!(mine, load(1, conn).await);
        let version = update_at(Product::at(1, mine.version), products::quantity.eq(1), conn).await.unwrap();
        let version = touch_at(Product::at(1, version), conn).await.unwrap();
        assert_eq!((load(1, conn).await.version, version), (version, mine.version + 2));
        let bump = (products::quantity.eq(2), bump_version::<Product>());
        execute(diesel::update(products::table).set(bump), conn).await.unwrap();

        let mut both = rows(conn).await;
        save_all(&mut both, conn).await.unwrap();
        save_all(&mut both, conn).await.unwrap();
        assert!(save_each(&mut both, conn).await.unwrap().iter().all(Result::is_ok));
        assert_eq!(rows(conn).await, both);
        let mut tracked = vec![Tracked::new(watched(1, conn).await), Tracked::new(watched(2, conn).await)];
        for value in &mut tracked {
            value.name = "tracked".into();
            save_tracked(value, conn).await.unwrap();
            value.note = None;
        }
        save_all_tracked(&mut tracked, conn).await.unwrap();
        tracked[0].name = "merged".into();
        let mut theirs = watched(1, conn).await;
        theirs.note = Some("theirs".into());
        save(&mut theirs, conn).await.unwrap();
        assert!(save_tracked(&mut tracked[0], conn).await.unwrap_err().is_stale());
        rebase(&mut tracked[0], conn).await.unwrap();
        save_tracked(&mut tracked[0], conn).await.unwrap();
        assert_eq!(*tracked[0], watched(1, conn).await);
        let mut row = load(1, conn).await;
        save(&mut row, conn).await.unwrap();
        assert_eq!(settle(&mut row, conn).await.unwrap(), Outcome::Stored);

        let mut new = Product { id: 3, name: "chair".into(), note: None, quantity: 1, version: 0 };
        insert(&mut new, conn).await.unwrap();
        let mut more = [Product { id: 4, ..new.clone() }, Product { id: 5, ..new.clone() }];
        insert_all(&mut more, conn).await.unwrap();
        let values = || (products::id.eq(6), products::name.eq("stool"), products::quantity.eq(1));
        let made: Product = create_if_absent(values(), 6, conn).await.unwrap().into_row();
        assert_eq!(create_if_absent::<Product, _, _>(values(), 6, conn).await.unwrap().into_row(), made);
        assert!(insert(&mut new.clone(), conn).await.is_err());
        delete(&made, conn).await.unwrap();
        delete_all(&rows(conn).await, conn).await.unwrap();
        assert_eq!(rows(conn).await, []);
    }

    async fn where_columns_are_named_the_others_may_change_alone(database) {
        let conn = &mut connect(database).await;
        trigger_sql::make(&counter().columns(["name", "note"]), conn).await;
        let mut row = watched(1, conn).await;
        row.quantity = 77;
        save_unversioned(&row, conn).await.unwrap();
        assert_eq!((load(1, conn).await.quantity, load(1, conn).await.version), (77, 1));
        execute(sql_query("UPDATE products SET quantity = 78, name = 'lamp' WHERE id = 1"), conn).await.unwrap();
        for statement in [
            "UPDATE products SET name = 'Lamp' WHERE id = 1",
            "UPDATE products SET name = 'lamp ' WHERE id = 1",
            "UPDATE products SET note = NULL, quantity = 3 WHERE id = 1",
            "UPDATE products SET note = '' WHERE id = 2",
            "UPDATE products SET version = version - 1 WHERE id = 1",
            "UPDATE products SET version = NULL WHERE id = 1",
            &import(0),
        ] {
            is_refused(statement, conn).await;
        }
        save(&mut row, conn).await.unwrap();
        // The same of a trigger that mends.
        trigger_sql::make(&VersionTrigger::counter("products", "version").columns(["name", "note"]), conn).await;
        for (statement, version) in [("quantity = 3", 2), ("name = 'Lamp'", 3), ("version = 1", 4), ("quantity = 4, note = 'x'", 5)] {
            execute(sql_query(format!("UPDATE products SET {statement} WHERE id = 1")), conn).await.unwrap();
            assert_eq!(load(1, conn).await.version, version, "{statement}");
        }
    }

    async fn columns_of_any_type_are_compared(database) {
        let conn = &mut connect(database).await;
        let columns = on(
            "a TEXT COLLATE NOCASE, b BLOB, c REAL",
            "a json, b bytea, c real, d point, e numeric, f timestamptz",
            "a JSON, b BLOB, c FLOAT, d DATETIME(6), e DECIMAL(9, 3), f BIT(3)",
        );
        batch(&format!("CREATE TABLE typed (id INTEGER PRIMARY KEY, {columns}, version INTEGER NOT NULL)"), conn).await.unwrap();
        batch("INSERT INTO typed (id, a, c, version) VALUES (1, '[1]', 1.5, 1)", conn).await.unwrap();
        let names = if BACKEND == Backend::Sqlite { ["a", "b", "c"].as_slice() } else { &["a", "b", "c", "d", "e", "f"] };
        let trigger = VersionTrigger::counter("typed", "version").strict().columns(names.iter().copied());
        trigger_sql::make(&trigger, conn).await;
        let set = async |what: &str, conn: &mut Conn| execute(sql_query(format!("UPDATE typed SET {what}")), conn).await;
        for name in names {
            set(&format!("{name} = {name}"), conn).await.unwrap();
        }
        let changes = on(
            "b = x'00'|c = 1.25|a = '[2]'|a = NULL",
            "b = '\\x00'|c = 1.25|a = '[2]'|a = NULL|d = '(1,2)'|e = 1.50|f = now()",
            "b = x'00'|c = 1.25|a = '[2]'|a = NULL|d = NOW()|e = 1.5|f = b'101'",
        );
        for change in changes.split('|') {
            let refused = set(change, conn).await.expect_err(change);
            assert!(refused.to_string().contains("an UPDATE of `typed` must set the next version"), "{change}: {refused}");
            set(&format!("{change}, version = version + 1"), conn).await.unwrap();
            set(change, conn).await.or_else(|error| if change.contains("now()") || change.contains("NOW()") { Ok(0) } else { Err(error) }).unwrap();
        }
    }

    async fn a_trigger_goes_as_it_came_and_one_excludes_the_other(database) {
        let conn = &mut connect(database).await;
        for trigger in [counter(), VersionTrigger::counter("products", "version"), VersionTrigger::unordered("products", "version")] {
            // There is none yet.
            batch(&trigger_sql::remove(&trigger), conn).await.unwrap();
            for _ in 0..2 {
                batch(&trigger_sql::create(&trigger), conn).await.unwrap();
                let other = counter().columns(["name"]);
                batch(&trigger_sql::create(&other), &mut connect(database).await).await.unwrap_err();
                batch(&trigger_sql::remove(&trigger), conn).await.unwrap();
                batch(&trigger_sql::remove(&trigger), conn).await.unwrap();
            }
            execute(sql_query("UPDATE products SET quantity = quantity + 1"), conn).await.unwrap();
            assert_eq!(load(1, conn).await.version, 1);
        }
        if BACKEND == Backend::Postgres {
            let functions = "SELECT count(*) FROM pg_proc WHERE pronamespace = current_schema()::regnamespace";
            let functions = diesel::dsl::sql::<diesel::sql_types::BigInt>(functions);
            assert_eq!(first::<_, i64>(functions, conn).await.unwrap(), 0);
        }
    }

    async fn a_trigger_of_another_schema_and_of_names_that_want_quotes(database) {
        let conn = &mut connect(database).await;
        make_shop(conn).await;
        let quote = |name: &str| match BACKEND {
            Backend::Mysql => format!("`{}`", name.replace('`', "``")),
            _ => format!("\"{}\"", name.replace('"', "\"\"")),
        };
        for name in ["products", "it's \"$$\" `%` \\ $occ1$", &"long_".repeat(12)] {
            let column = "ver`sion's \"$$\" %";
            let there = format!("occ_tests_shop.{}", quote(name));
            let version = quote(column);
            batch(&format!("CREATE TABLE {there} (id INTEGER PRIMARY KEY, {version} INTEGER NOT NULL)"), conn).await.unwrap();
            batch(&format!("INSERT INTO {there} VALUES (1, 1)"), conn).await.unwrap();
            let moves = VersionTrigger::counter(name, column).schema("occ_tests_shop");
            for _ in 0..2 {
                trigger_sql::make(&moves.clone().strict(), conn).await;
                let refused = execute(sql_query(format!("UPDATE {there} SET id = 2")), conn).await.unwrap_err();
                let expected = format!("an UPDATE of `{name}` must set the next version: see `bump_version`");
                assert_eq!(refused.to_string(), expected);
                execute(sql_query(format!("UPDATE {there} SET {version} = {version} + 1")), conn).await.unwrap();
                trigger_sql::make(&moves, conn).await;
                execute(sql_query(format!("UPDATE {there} SET id = 1")), conn).await.unwrap();
                batch(&trigger_sql::remove(&moves), conn).await.unwrap();
                execute(sql_query(format!("UPDATE {there} SET id = 2")), conn).await.unwrap();
            }
            let query = diesel::dsl::sql::<diesel::sql_types::Integer>(&format!("SELECT {version} FROM {there}"));
            assert_eq!(first::<_, i32>(query, conn).await.unwrap(), 5);
        }
        // That of the table where the connection is, if no schema is named.
        trigger_sql::make(&counter(), conn).await;
        is_refused("UPDATE products SET quantity = 3 WHERE id = 1", conn).await;
        drop_shop(conn).await;
    }

    async fn a_strict_trigger_where_the_database_is_to_make_the_version_is_found_and_replaced(database) {
        use generated::things as table;
        let conn = &mut connect(database).await;
        make(&things("INTEGER NOT NULL DEFAULT 1"), conn).await;
        batch("INSERT INTO things (id, name) VALUES (1, 'a')", conn).await.unwrap();
        let strict = VersionTrigger::counter("things", "version").strict();
        trigger_sql::make(&strict, conn).await;
        is_right::<super::schema::counted::Row>(conn).await;
        let mut row: generated::Row = first(table::table.select(generated::Row::as_select()), conn).await.unwrap();
        let before = row.clone();
        let refused = save(&mut row, conn).await.unwrap_err();
        assert!(matches!(refused, Error::Database(_)), "{refused:?}");
        assert_eq!(row, before);
        let conn = &mut connect(database).await;
        // One that keeps rows moves no version either.
        trigger_sql::make(&HistoryTrigger::new("things", ["id"], "version", ["name"]), conn).await;
        is_cured::<generated::Row>(&[FindingKind::TriggerMissing], conn).await;
        save(&mut row, conn).await.unwrap();
        assert_eq!(row.version, 2);
    }

    async fn a_cure_writes_rows_in_spite_of_a_strict_trigger(database) {
        let conn = &mut connect(database).await;
        let stored = on("INTEGER GENERATED ALWAYS AS (id + 1) STORED", "INTEGER", "INTEGER GENERATED ALWAYS AS (id + 1) STORED");
        for (column, finding) in [(stored, FindingKind::VersionGenerated), ("INTEGER", FindingKind::VersionNullable)] {
            if BACKEND == Backend::Postgres && finding == FindingKind::VersionGenerated {
                continue;
            }
            make(&things(column), conn).await;
            batch("INSERT INTO things (id, name) VALUES (1, 'a')", conn).await.unwrap();
            let strict = VersionTrigger::counter("things", "version").strict();
            trigger_sql::make(&strict, conn).await;
            let findings: &[_] = if column == "INTEGER" { &[FindingKind::VersionNull, finding] } else { &[finding] };
            is_cured::<super::schema::counted::Row>(findings, conn).await;
            execute(sql_query("UPDATE things SET name = 'b'"), conn).await.expect_err("it is there again");
            execute(sql_query("UPDATE things SET version = version + 1"), conn).await.unwrap();
            batch(&trigger_sql::remove(&strict), conn).await.unwrap();
        }
    }

    async fn a_version_that_is_null_has_to_become_one(database) {
        let conn = &mut connect(database).await;
        let ddl = "CREATE TABLE counted (id INTEGER PRIMARY KEY, version INTEGER); INSERT INTO counted VALUES (1, NULL)";
        batch(ddl, conn).await.unwrap();
        let kinds = [VersionTrigger::counter("counted", "version").strict(), VersionTrigger::unordered("counted", "version")];
        for trigger in kinds {
            trigger_sql::make(&trigger, conn).await;
            execute(sql_query("UPDATE counted SET version = NULL"), conn).await.unwrap_err();
            execute(sql_query("UPDATE counted SET id = 1"), conn).await.unwrap_err();
            execute(sql_query("UPDATE counted SET version = 7"), conn).await.unwrap();
            execute(sql_query("UPDATE counted SET version = 7"), conn).await.unwrap_err();
            execute(sql_query("UPDATE counted SET version = NULL"), conn).await.unwrap_err();
            let back = execute(sql_query("UPDATE counted SET version = 6"), conn).await;
            assert_eq!(back.is_ok(), trigger == VersionTrigger::unordered("counted", "version"));
            batch(&trigger_sql::remove(&trigger), conn).await.unwrap();
            execute(sql_query("UPDATE counted SET version = NULL"), conn).await.unwrap();
        }
    }

    async fn a_refusal_in_a_transaction_leaves_values_as_they_were(database) {
        let conn = &mut connect(database).await;
        trigger_sql::make(&counter(), conn).await;
        let mut row = load(1, conn).await;
        let before = row.clone();
        let failed: Result<(), Error> = super::cell::transaction(conn, &mut row, async |conn, row| {
            save(row, conn).await?;
            execute(diesel::update(products::table.find(2)).set(products::quantity.eq(0)), conn).await?;
            Ok(())
        })
        .await;
        assert!(matches!(failed, Err(Error::Database(_))), "{failed:?}");
        assert_eq!((&row, &load(1, conn).await), (&before, &before));
    }
}
