//! Versions on foreign tables, of which PostgreSQL does not know who wrote them.

use diesel::prelude::*;
use occ_runtime::{DatabaseGenerated, Error, OptimisticLock, Xmin};
use occ_tests::report::skipped;

use super::cell::{
    Conn, Database, all, batch, connect, delete, delete_all, first, save, save_all, touch, update,
};

diesel::table! {
    use diesel::sql_types::*;
    use occ_runtime::version::Xid;

    far (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
        xmin -> Xid,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = far)]
struct ByXmin {
    id: i32,
    name: String,
    #[occ(version, generator = DatabaseGenerated)]
    xmin: Xmin,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = far)]
struct ByCounter {
    id: i32,
    name: String,
    version: i32,
}

/// The table `products` again, as a foreign table that this server asks itself for. `None` without the extension.
async fn far_away(database: &Database) -> Option<Conn> {
    let mut conn = connect(database).await;
    // Of the whole database, so left there; and two who create it at once would meet.
    let extension =
        "SELECT pg_advisory_lock(5127); CREATE EXTENSION IF NOT EXISTS postgres_fdw SCHEMA public";
    let created = batch(extension, &mut conn).await;
    batch("SELECT pg_advisory_unlock(5127)", &mut conn).await.unwrap();
    if let Err(error) = created {
        skipped("foreign tables", error);
        return None;
    }
    batch(
        "DO $$ BEGIN
             EXECUTE format('CREATE SERVER %I FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host ''127.0.0.1'', port %L, dbname %L)',
                            current_schema(), current_setting('port'), current_database());
             EXECUTE format('CREATE USER MAPPING FOR current_user SERVER %I OPTIONS (user %L)', current_schema(), current_user);
             EXECUTE format('CREATE FOREIGN TABLE far (id INTEGER NOT NULL, name VARCHAR(100), version INTEGER) SERVER %I
                                 OPTIONS (schema_name %L, table_name ''products'')', current_schema(), current_schema());
         END $$",
        &mut conn,
    )
    .await
    .unwrap();
    Some(conn)
}

/// A server is of the whole database, too.
async fn gone(mut conn: Conn) {
    batch("DO $$ BEGIN EXECUTE format('DROP SERVER %I CASCADE', current_schema()); END $$", &mut conn)
        .await
        .unwrap();
}

super::scenarios! {
    async fn xmin_of_a_foreign_table_is_refused_when_it_is_read(database) {
        let Some(mut connection) = far_away(database).await else { return };
        let conn = &mut connection;
        let error = first::<_, ByXmin>(far::table.find(1).select(ByXmin::as_select()), conn).await.unwrap_err();
        // Diesel's own sentence names the field, and its source says why.
        assert!(format!("{error:?}").contains("identifies no state of the row"), "{error:?}");
        all::<_, ByXmin>(far::table.select(ByXmin::as_select()), conn).await.unwrap_err();
        gone(connection).await;
    }

    async fn a_foreign_tables_xmin_is_never_sent_as_what_is_expected(database) {
        let Some(mut connection) = far_away(database).await else { return };
        let conn = &mut connection;
        let mut row = ByXmin { id: 1, name: "mine".into(), xmin: Xmin::default() };
        let before = row.clone();
        let mut rows = [row.clone(), ByXmin { id: 2, ..row.clone() }];
        for result in [
            save(&mut row, conn).await,
            touch(&mut row, conn).await,
            update(&mut row, far::name.eq("mine"), conn).await,
            delete(&row, conn).await,
            save_all(&mut rows, conn).await,
            delete_all(&rows, conn).await,
        ] {
            let error = result.unwrap_err();
            assert!(matches!(error, Error::Database(_)) && !error.is_retryable(), "{error:?}");
            assert!(error.to_string().contains("identifies no state of the row"), "{error}");
        }
        assert_eq!(row, before);
        let names: Vec<String> = all(far::table.order(far::id).select(far::name), conn).await.unwrap();
        assert_eq!(names, ["lamp", "desk"], "nothing is written");
        gone(connection).await;
    }

    async fn a_version_column_guards_a_foreign_table(database) {
        let Some(mut connection) = far_away(database).await else { return };
        let conn = &mut connection;
        let mut row: ByCounter = first(far::table.find(1).select(ByCounter::as_select()), conn).await.unwrap();
        let mut old = row.clone();
        save(&mut row, conn).await.unwrap();
        assert!(save(&mut old, conn).await.unwrap_err().is_stale());
        gone(connection).await;
    }

    async fn a_foreign_part_of_a_partitioned_table_is_refused_and_the_others_are_not(database) {
        let Some(mut connection) = far_away(database).await else { return };
        let conn = &mut connection;
        batch(
            "ALTER TABLE far RENAME TO other;
             CREATE TABLE near (id INTEGER NOT NULL, name VARCHAR(100), version INTEGER);
             INSERT INTO near VALUES (1001, 'near', 1);
             CREATE TABLE far (id INTEGER NOT NULL, name VARCHAR(100), version INTEGER) PARTITION BY RANGE (id);
             ALTER TABLE far ATTACH PARTITION other FOR VALUES FROM (0) TO (1000);
             ALTER TABLE far ATTACH PARTITION near FOR VALUES FROM (1000) TO (2000)",
            conn,
        )
        .await
        .unwrap();
        first::<_, ByXmin>(far::table.find(1).select(ByXmin::as_select()), conn).await.unwrap_err();
        let mut row: ByXmin = first(far::table.find(1001).select(ByXmin::as_select()), conn).await.unwrap();
        let mut old = row.clone();
        save(&mut row, conn).await.unwrap();
        assert!(save(&mut old, conn).await.unwrap_err().is_stale());
        gone(connection).await;
    }
}
