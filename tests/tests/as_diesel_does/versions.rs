//! Versions under other names, of other types, and made elsewhere.

use diesel::prelude::*;
use occ_runtime::prelude::*;

diesel::table! { apps (id) { id -> Integer, name -> Text, app_version -> Text, lock_version -> BigInt, version -> Integer } }

const APPS: &str = "CREATE TABLE apps (id INTEGER PRIMARY KEY, name TEXT, app_version TEXT, lock_version BIGINT, version INTEGER);
                    INSERT INTO apps VALUES (1, 'a', '1.0', 1, 1), (2, 'b', '2.0', 7, 4);";

const MOVED: &str = "CREATE TABLE apps (id INTEGER PRIMARY KEY, name TEXT, app_version TEXT, lock_version BIGINT, version INTEGER);
                     INSERT INTO apps VALUES (1, 'a', '1.0', 1, 1), (2, 'b', '2.0', 7, 4);
                     CREATE TRIGGER moves AFTER UPDATE ON apps WHEN new.version = old.version
                     BEGIN UPDATE apps SET version = old.version + 1 WHERE id = new.id; END;";

/// A column called `version` that is somebody else's: of the program that is listed.
mod another_column_is_called_so {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = apps)]
    #[occ(tracked)]
    struct App {
        id: i32,
        #[diesel(column_name = app_version)]
        version: String,
        #[occ(version)]
        lock_version: i64,
        #[diesel(column_name = version)]
        revision: i32,
    }

    life! {
        App => apps: APPS;
        by |it| apps::id.eq(it.id);
        edit |it| it.version.push_str(".1");
        theirs |it| it.revision = 50;
    }
}

mod by_alias {
    use super::*;

    type Version = i64;
    type Text = String;
    use occ_runtime::Increment as Plus;

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = apps)]
    #[occ(tracked)]
    struct App {
        id: i32,
        name: Text,
        #[diesel(deserialize_as = i64)]
        #[occ(version, generator = Plus)]
        lock_version: Version,
        #[diesel(skip_update)]
        app_version: Text,
    }

    life! {
        App => apps: APPS;
        by |it| apps::id.eq(it.id);
        edit |it| it.name = "new".into();
        theirs |it| it.name = "new".into();
    }
}

/// A newtype that counts, with text beside it.
mod newtype {
    use super::*;
    use diesel::deserialize::{self, FromSql, FromSqlRow};
    use diesel::expression::AsExpression;
    use diesel::serialize::{self, Output, ToSql};
    use diesel::sql_types::BigInt;
    use diesel::sqlite::Sqlite;

    #[derive(Clone, Copy, Debug, PartialEq, AsExpression, FromSqlRow)]
    #[diesel(sql_type = BigInt)]
    pub struct Revision(i64);

    impl ToSql<BigInt, Sqlite> for Revision {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
            <i64 as ToSql<BigInt, Sqlite>>::to_sql(&self.0, out)
        }
    }

    impl FromSql<BigInt, Sqlite> for Revision {
        fn from_sql(bytes: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
            <i64 as FromSql<BigInt, Sqlite>>::from_sql(bytes).map(Self)
        }
    }

    impl occ_runtime::version::Counter for Revision {
        const FIRST: Self = Self(1);

        fn successor(&self) -> Option<Self> {
            self.0.checked_add(1).map(Self)
        }
    }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = apps)]
    #[occ(tracked)]
    struct App {
        #[occ(version)]
        lock_version: Revision,
        name: String,
        id: i32,
    }

    life! {
        App => apps: APPS;
        by |it| apps::id.eq(it.id);
        edit |it| it.name = "new".into();
        theirs |it| it.name = "new".into();
    }
}

/// By a trigger; the generator comes by a path, under another name, and by an alias.
mod of_the_database {
    use super::*;
    use occ_runtime::DatabaseGenerated as ByTrigger;

    mod generators {
        pub use occ_runtime::*;
    }
    type Alias = generators::DatabaseGenerated;

    macro_rules! generated_by {
        ($($test:ident: $generator:path;)+) => {$(
            mod $test {
                use super::*;

                #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
                #[diesel(table_name = apps)]
                #[occ(tracked)]
                struct App {
                    id: i32,
                    name: String,
                    app_version: String,
                    #[diesel(skip_update)]
                    #[occ(version, generator = $generator)]
                    version: i32,
                }

                #[test]
                fn life() {
                    let shape = crate::life::Shape::<App, SqliteConnection> {
                        place: std::cell::RefCell::new(None),
                        sql: MOVED,
                        not_read: false,
                        table: "apps",
                        load: |conn| apps::table.select(App::as_select()).load(conn).unwrap(),
                        edit: |it| it.name.push('!'),
                        diesel: |it, conn| {
                            // A touch has no values, and moves the version all the same.
                            while apps::table.find(it.id).select(apps::version).first::<i32>(conn).unwrap() < it.version {
                                diesel::update(apps::table.find(it.id)).set(it.clone()).execute(conn).unwrap();
                            }
                        },
                    };
                    assert!(shape.read_again());
                    let load = |conn: &mut SqliteConnection| {
                        apps::table.select(occ_runtime::Tracked::<App>::as_select()).load(conn).unwrap()
                    };
                    crate::life::TrackedShape { shape, load, theirs: |it| it.app_version.push('!') }.tracked();
                }
            }
        )+};
    }

    generated_by! {
        by_a_path: super::generators::DatabaseGenerated;
        under_another_name: ByTrigger;
        by_an_alias: Alias;
    }
}

/// A text that a generator of the program makes.
mod of_the_program {
    use super::*;
    use occ_runtime::{VersionError, VersionGenerator};

    struct Longer;

    impl VersionGenerator<String> for Longer {
        fn initial() -> String {
            "'".to_owned()
        }

        fn next(current: &String) -> Result<String, VersionError> {
            Ok(format!("{current}'"))
        }
    }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = apps)]
    #[occ(tracked)]
    struct App {
        id: i32,
        name: String,
        #[occ(version, generator = Longer)]
        app_version: String,
    }

    life! {
        App => apps: APPS;
        by |it| apps::id.eq(it.id);
        edit |it| it.name = "new".into();
        theirs |it| it.name = "new".into();
    }
}

/// No version at all: what was loaded is compared.
mod none {
    use super::*;
    use occ_runtime::Tracked;

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = apps)]
    #[occ(check = all)]
    struct App {
        id: i32,
        name: String,
        app_version: String,
        #[diesel(column_name = "lock_version")]
        r#lock: i64,
        #[diesel(skip_update)]
        #[occ(version = false)]
        version: i32,
    }

    #[test]
    fn life() {
        use crate::life::Place as _;
        use diesel::connection::SimpleConnection as _;
        let ((), mut conn) = SqliteConnection::fresh(APPS).unwrap();
        let load = |conn: &mut SqliteConnection| -> Vec<Tracked<App>> {
            apps::table.select(Tracked::<App>::as_select()).load(conn).unwrap()
        };
        let (mut mine, mut theirs) = (load(&mut conn).remove(0), load(&mut conn).remove(0));
        theirs.app_version.push('!');
        theirs.save_optimistic(&mut conn).unwrap();
        mine.name.push('!');
        assert!(mine.save_optimistic(&mut conn).unwrap_err().is_stale());
        mine.rebase(&mut conn).unwrap();
        mine.save_optimistic(&mut conn).unwrap();
        let written = conn.rows("apps");
        conn.batch_execute("UPDATE apps SET name = 'a', app_version = '1.0' WHERE id = 1").unwrap();
        diesel::update(apps::table.find(1)).set(&*mine).execute(&mut conn).unwrap();
        assert_eq!(written, conn.rows("apps"));
        assert!(theirs.delete_optimistic(&mut conn).unwrap_err().is_stale());
        mine.delete_optimistic(&mut conn).unwrap();
    }
}
