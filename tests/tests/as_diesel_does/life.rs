//! What is done with each struct, on databases of its own, beside what Diesel's own changeset of the struct does.

use std::cell::RefCell;

use diesel::Connection;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use occ_runtime::prelude::*;
use occ_runtime::{ReloadsOn, SavesOn, SavesTrackedOn, Trackable, Tracked};

/// A connection to a database made for one step of a life.
pub trait Place: Connection {
    /// What keeps the database there.
    type Keep;

    /// A database after these statements; `None` where there is no server.
    fn fresh(sql: &str) -> Option<(Self::Keep, Self)>;

    /// Remembers the rows of the table, where that is cheaper than another database; else `false`.
    fn remember(&mut self, table: &str) -> bool {
        let copied = format!("CREATE TABLE remembered AS SELECT * FROM {table}");
        self.batch_execute(&copied).unwrap();
        true
    }

    /// Puts these rows back.
    fn reset(&mut self, table: &str) {
        self.batch_execute(&format!("TRUNCATE TABLE {table}; INSERT INTO {table} SELECT * FROM remembered"))
            .unwrap();
    }

    /// Each row of the table as text that tells any two values apart.
    fn rows(&mut self, table: &str) -> Vec<String>;
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

fn lines(rows: Vec<Line>) -> Vec<String> {
    rows.into_iter().map(|row| row.line).collect()
}

impl Place for SqliteConnection {
    type Keep = ();

    fn fresh(sql: &str) -> Option<((), Self)> {
        let mut conn = Self::establish(":memory:").unwrap();
        conn.batch_execute(sql).unwrap();
        Some(((), conn))
    }

    fn remember(&mut self, _: &str) -> bool {
        false
    }

    fn rows(&mut self, table: &str) -> Vec<String> {
        let (schema, name) = table.split_once('.').unwrap_or(("main", table));
        let columns = format!("SELECT name AS line FROM pragma_table_info('{name}', '{schema}')");
        let columns = lines(diesel::sql_query(columns).load(self).unwrap());
        let shown: Vec<_> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
        let rows = format!("SELECT {} AS line FROM {table} ORDER BY 1", shown.join(" || ' ' || "));
        lines(diesel::sql_query(rows).load(self).unwrap())
    }
}

#[cfg(feature = "postgres")]
impl Place for PgConnection {
    type Keep = occ_tests::postgres::Database;

    fn fresh(sql: &str) -> Option<(Self::Keep, Self)> {
        use occ_tests::database::TestDatabase as _;
        let database = Self::Keep::create()?;
        let mut conn = Self::establish(&database.url()).unwrap();
        // Extensions live in `public`.
        conn.batch_execute(&format!("{}, public; {sql}", database.setup())).unwrap();
        Some((database, conn))
    }

    fn rows(&mut self, table: &str) -> Vec<String> {
        let rows = format!("SELECT (it.*)::text AS line FROM {table} it ORDER BY 1");
        lines(diesel::sql_query(rows).load(self).unwrap())
    }
}

#[cfg(feature = "mysql")]
impl Place for MysqlConnection {
    type Keep = occ_tests::mysql::Database;

    fn fresh(sql: &str) -> Option<(Self::Keep, Self)> {
        use occ_tests::database::TestDatabase as _;
        let database = Self::Keep::create()?;
        let mut conn = Self::establish(&database.url()).unwrap();
        conn.batch_execute(sql).unwrap();
        Some((database, conn))
    }

    fn rows(&mut self, table: &str) -> Vec<String> {
        let columns = format!(
            "SELECT column_name AS line FROM information_schema.columns
             WHERE table_schema = database() AND table_name = '{table}' ORDER BY ordinal_position"
        );
        let columns = lines(diesel::sql_query(columns).load(self).unwrap());
        let shown: Vec<_> =
            columns.iter().map(|column| format!("COALESCE(HEX(CAST(`{column}` AS BINARY)), '-')")).collect();
        let rows = format!("SELECT CONCAT_WS(' ', {}) AS line FROM {table} ORDER BY 1", shown.join(", "));
        lines(diesel::sql_query(rows).load(self).unwrap())
    }
}

/// A struct, its table and what is done with both.
pub struct Shape<M, C: Place> {
    pub place: RefCell<Option<(C::Keep, C)>>,
    /// Makes the table and at least two rows.
    pub sql: &'static str,
    /// Whether the values are not read from the rows. Where only changes are written, the rows are first made what the values are;
    /// elsewhere they differ in every column, so that each is seen to be written.
    pub not_read: bool,
    pub table: &'static str,
    pub load: fn(&mut C) -> Vec<M>,
    pub edit: fn(&mut M),
    /// Writes the value to its row with Diesel alone.
    pub diesel: fn(&M, &mut C),
}

impl<C: Place, M: SavesOn<C>> Shape<M, C> {
    /// Save, refusal, batch and deletion. `false` where there is no server.
    pub fn written(&self) -> bool {
        if !self.has_a_server() {
            return false;
        }
        self.as_diesel(false, |conn| {
            let mut value = self.first(conn);
            let mut stale = self.first(conn);
            (self.edit)(&mut value);
            let before = (conn.rows(self.table), format!("{:?}", value.version()));
            value.save_optimistic(conn).unwrap();
            assert_ne!(before.0, conn.rows(self.table), "the save has written something");
            assert_ne!(before.1, format!("{:?}", value.version()), "the version in memory moves");
            value.verify_optimistic(conn).unwrap();

            let saved = conn.rows(self.table);
            (self.edit)(&mut stale);
            assert!(stale.save_optimistic(conn).unwrap_err().is_stale());
            assert!(stale.delete_optimistic(conn).unwrap_err().is_stale());
            assert!(stale.verify_optimistic(conn).unwrap_err().is_stale());
            assert_eq!(saved, conn.rows(self.table), "what is refused writes nothing");
            vec![value]
        });
        self.as_diesel(false, |conn| {
            let mut values = (self.load)(conn);
            values.iter_mut().for_each(self.edit);
            values.save_all_optimistic(conn).unwrap();
            for value in &values {
                value.verify_optimistic(conn).unwrap();
            }
            values
        });
        self.as_diesel(false, |conn| {
            let mut values = (self.load)(conn);
            for value in &mut values {
                (self.edit)(value);
                value.save_optimistic(conn).unwrap();
                value.touch_optimistic(conn).unwrap();
            }
            values
        });
        self.on_fresh(false, |conn| {
            let mut values = (self.load)(conn);
            values[1].touch_optimistic(conn).unwrap();
            let stale = (self.load)(conn);
            values[1].touch_optimistic(conn).unwrap();
            let before = conn.rows(self.table);
            assert!(stale.delete_all_optimistic(conn).is_err(), "one of them is stale");
            assert_eq!(before, conn.rows(self.table));
            values[1].delete_optimistic(conn).unwrap();
            assert_eq!(conn.rows(self.table).len(), before.len() - 1);
            values.remove(1);
            values.delete_all_optimistic(conn).unwrap();
            assert_eq!(conn.rows(self.table).len(), before.len() - 1 - values.len());
        });
        true
    }

    /// The same, and what is read again.
    pub fn read_again(&self) -> bool
    where
        M: ReloadsOn<C>,
    {
        if !self.written() {
            return false;
        }
        self.as_diesel(false, |conn| {
            let (mut value, mut other) = (self.first(conn), self.first(conn));
            (self.edit)(&mut value);
            value.save_optimistic(conn).unwrap();
            other.reload(conn).unwrap();
            assert_eq!(format!("{:?}", other.version()), format!("{:?}", value.version()));
            other.save_optimistic(conn).unwrap();
            vec![value, other]
        });
        true
    }

    fn first(&self, conn: &mut C) -> M {
        (self.load)(conn).remove(0)
    }
}

impl<C: Place, M> Shape<M, C> {
    fn has_a_server(&self) -> bool {
        let Some((keep, mut conn)) = C::fresh(self.sql) else { return false };
        if conn.remember(self.table) {
            self.place.replace(Some((keep, conn)));
        }
        true
    }

    fn on_fresh<R>(&self, alike: bool, act: impl FnOnce(&mut C) -> R) -> R {
        let mut place = self.place.borrow_mut();
        let mut other = None;
        let (_keep, conn) = match &mut *place {
            Some(place) => {
                place.1.reset(self.table);
                place
            }
            None => other.insert(C::fresh(self.sql).unwrap()),
        };
        if alike && self.not_read {
            for value in (self.load)(conn) {
                (self.diesel)(&value, conn);
            }
        }
        act(conn)
    }

    /// The rows are the same as where Diesel writes these values, one after the other.
    fn as_diesel(&self, alike: bool, act: impl FnOnce(&mut C) -> Vec<M>) {
        let (ours, values) = self.on_fresh(alike, |conn| {
            let values = act(conn);
            (conn.rows(self.table), values)
        });
        let theirs = self.on_fresh(alike, |conn| {
            for value in &values {
                (self.diesel)(value, conn);
            }
            conn.rows(self.table)
        });
        assert_eq!(ours, theirs, "the left is what occ has written, the right what Diesel has");
    }
}

/// What is done with a tracked struct besides.
pub struct TrackedShape<M: Trackable, C: Place> {
    pub shape: Shape<M, C>,
    pub load: fn(&mut C) -> Vec<Tracked<M>>,
    /// What somebody else does at the same time.
    pub theirs: fn(&mut M),
}

impl<C: Place, M: Trackable + SavesTrackedOn<C>> TrackedShape<M, C> {
    fn first(&self, conn: &mut C) -> Tracked<M> {
        (self.load)(conn).remove(0)
    }

    /// Save of what was changed.
    pub fn changes_written(&self) {
        let Shape { table, edit, .. } = self.shape;
        self.shape.as_diesel(true, |conn| {
            let (mut mine, mut theirs) = (self.first(conn), self.first(conn));
            let before = conn.rows(table);
            mine.save_optimistic(conn).unwrap();
            assert_eq!(before, conn.rows(table), "nothing is written where nothing was changed");
            edit(&mut mine);
            assert!(mine.is_dirty() && !mine.dirty_fields().is_empty());
            mine.save_optimistic(conn).unwrap();
            assert!(!mine.is_dirty());
            assert_ne!(before, conn.rows(table));
            edit(&mut theirs);
            assert!(theirs.save_optimistic(conn).unwrap_err().is_stale());
            (self.theirs)(&mut mine);
            mine.save_optimistic(conn).unwrap();
            vec![mine.into_inner()]
        });
    }
}

impl<C: Place, M: Trackable + SavesTrackedOn<C> + ReloadsOn<C>> TrackedShape<M, C> {
    /// The same, merge on a conflict, deletion.
    pub fn tracked(&self) {
        self.changes_written();
        let Shape { table, edit, .. } = self.shape;
        self.shape.as_diesel(true, |conn| {
            let (mut mine, mut theirs) = (self.first(conn), self.first(conn));
            let mut both = self.first(conn).into_inner();
            (self.theirs)(&mut theirs);
            theirs.save_optimistic(conn).unwrap();
            edit(&mut mine);
            assert!(mine.save_optimistic(conn).unwrap_err().is_stale());
            mine.rebase(conn).unwrap();
            mine.save_optimistic(conn).unwrap();
            (self.theirs)(&mut both);
            edit(&mut both);
            both.set_version(mine.version().clone());
            vec![theirs.into_inner(), both]
        });
        self.shape.on_fresh(true, |conn| {
            let (mut mine, mut theirs) = (self.first(conn), self.first(conn));
            let rows = conn.rows(table).len();
            (self.theirs)(&mut theirs);
            theirs.save_optimistic(conn).unwrap();
            assert!(mine.delete_optimistic(conn).unwrap_err().is_stale());
            assert_eq!(conn.rows(table).len(), rows);
            mine.reload(conn).unwrap();
            mine.delete_optimistic(conn).unwrap();
            assert_eq!(conn.rows(table).len(), rows - 1);
        });
    }
}

/// Values that cannot be read, as if they had been.
pub fn as_loaded<M: Trackable>(values: Vec<M>) -> Vec<Tracked<M>> {
    values.into_iter().map(Tracked::new).collect()
}

/// The test of one struct, at the end of its module:
///
/// ```text
/// life! {
///     Thing => things: "CREATE TABLE things ..; INSERT INTO things ..";
///     by |it| things::id.eq(it.id);           // how Diesel finds the row; `=> it` after it, if it is not to be cloned
///     edit |it| it.name.push('!');
///     theirs |it| it.size += 1;               // for a struct that is tracked
/// }
/// ```
///
/// `on PgConnection;` before `by` is for another database than SQLite, `as "other.things"` for a table that has another name
/// in SQL, `from |conn| ..;` there for structs that cannot be read.
macro_rules! life {
    ($ty:ty => $table:ident $(as $name:literal)?: $sql:expr;
        $(on $conn:ty;)?
        $(from |$loads:ident| $load:expr;)?
        by |$it:ident| $key:expr $(=> $set:expr)?;
        edit |$edited:ident| $edit:expr;
        $(theirs |$other:ident| $theirs:expr;)?
    ) => {
        #[test]
        fn life() {
            type Place = life!(@or [$($conn)?] [diesel::SqliteConnection]);
            let shape = $crate::life::Shape::<$ty, Place> {
                place: std::cell::RefCell::new(None),
                sql: $sql,
                not_read: life!(@given $($load)?),
                table: life!(@or [$($name)?] [stringify!($table).trim_start_matches("r#")]),
                load: life!(@or [$(|$loads| $load)?] [|conn| {
                    let all = <$ty as diesel::SelectableHelper<_>>::as_select();
                    diesel::RunQueryDsl::load(diesel::QueryDsl::select($table::table, all), conn).unwrap()
                }]),
                edit: |$edited| { $edit; },
                diesel: |$it, conn| {
                    let row = diesel::QueryDsl::filter($table::table, $key);
                    let update = diesel::update(row).set(life!(@or [$($set)?] [$it.clone()]));
                    assert_eq!(diesel::RunQueryDsl::execute(update, conn), Ok(1), "Diesel finds the row");
                },
            };
            life!(@run [$(|$loads| $load)?] shape, $ty, $table, Place, $(|$other| { $theirs; })?);
        }
    };
    (@given) => { false };
    (@given $load:expr) => { true };
    (@or [] [$($default:tt)*]) => { $($default)* };
    (@or [$($given:tt)+] [$($default:tt)*]) => { $($given)+ };
    (@run [] $shape:ident, $ty:ty, $table:ident, $place:ident,) => { $shape.read_again(); };
    (@run [$($load:tt)+] $shape:ident, $ty:ty, $table:ident, $place:ident,) => { $shape.written(); };
    (@run [] $shape:ident, $ty:ty, $table:ident, $place:ident, $theirs:expr) => {
        if $shape.read_again() {
            let load = |conn: &mut $place| {
                let all = <occ_runtime::Tracked<$ty> as diesel::SelectableHelper<_>>::as_select();
                diesel::RunQueryDsl::load(diesel::QueryDsl::select($table::table, all), conn).unwrap()
            };
            $crate::life::TrackedShape { shape: $shape, load, theirs: $theirs }.tracked();
        }
    };
    (@run [$($from:tt)+] $shape:ident, $ty:ty, $table:ident, $place:ident, $theirs:expr) => {
        if $shape.written() {
            let load = |conn: &mut $place| $crate::life::as_loaded(($($from)+)(conn));
            $crate::life::TrackedShape { shape: $shape, load, theirs: $theirs }.changes_written();
        }
    };
}
