//! Whatever a tracked struct is, a batch of it writes what single saves do.

use diesel::prelude::*;
use occ_runtime::{DatabaseGenerated, Error, OptimisticLock, Tracked, VersionTrigger};
use occ_tests::cell::Backend;

use super::cell::{
    BACKEND, Conn, KNOWN_AS, all, batch, connect, delete_all_tracked, record, save_all_tracked,
};

diesel::table! {
    stocks (shop, article) {
        shop -> Integer,
        article -> Text,
        amount -> Integer,
        note -> Nullable<Text>,
        version -> Integer,
    }
}

/// A key of two columns.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = stocks, primary_key(shop, article))]
#[occ(tracked)]
struct Stock {
    shop: i32,
    article: String,
    amount: i32,
    note: Option<String>,
    version: i32,
}

/// Leaves a column alone where it is `None`.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = stocks, primary_key(shop, article), treat_none_as_null = false)]
#[occ(tracked)]
struct Patch {
    shop: i32,
    article: String,
    amount: i32,
    note: Option<String>,
    version: i32,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = stocks, primary_key(shop, article))]
#[occ(check = all)]
struct ByAll {
    shop: i32,
    article: String,
    amount: i32,
    note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = stocks, primary_key(shop, article))]
#[occ(check = dirty)]
struct ByDirty {
    shop: i32,
    article: String,
    amount: i32,
    note: Option<String>,
}

/// The database makes its version.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = stocks, primary_key(shop, article))]
#[occ(tracked)]
struct Generated {
    shop: i32,
    article: String,
    amount: i32,
    note: Option<String>,
    #[occ(version, generator = DatabaseGenerated)]
    version: i32,
}

/// By a key that is said to be unique.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = stocks, primary_key(amount))]
#[occ(unique_key, tracked)]
struct ByAmount {
    amount: i32,
    note: Option<String>,
    version: i32,
}

async fn create_table(conn: &mut Conn) {
    batch(
        "CREATE TABLE stocks (shop INTEGER NOT NULL, article VARCHAR(50) NOT NULL, amount INTEGER NOT NULL, \
         note VARCHAR(50), version INTEGER NOT NULL, PRIMARY KEY (shop, article))",
        conn,
    )
    .await
    .unwrap();
}

async fn fill(conn: &mut Conn) {
    batch("DELETE FROM stocks", conn).await.unwrap();
    let rows: Vec<_> = (1..=6).map(|shop| format!("({shop}, 'lamp', {}, NULL, 1)", shop * 10)).collect();
    batch(&format!("INSERT INTO stocks VALUES {}", rows.join(", ")), conn).await.unwrap();
}

type Stored = (i32, Option<String>, i32);

async fn stored(conn: &mut Conn) -> Vec<Stored> {
    let query = stocks::table.order(stocks::shop).select((stocks::amount, stocks::note, stocks::version));
    all(query, conn).await.unwrap()
}

/// What rows of which some were changed are to be.
fn expected(counts: bool) -> Vec<Stored> {
    let noted = |note: &str| Some(note.to_owned());
    let version = |changed: bool| if counts && changed { 2 } else { 1 };
    vec![
        (11, None, version(true)),
        (20, noted("note"), version(true)),
        (30, None, version(false)),
        (41, noted("both"), version(true)),
        (51, None, version(true)),
        (60, None, version(false)),
    ]
}

/// A batch of values of type `$row`, of which different columns were changed: written, refused where one is stale, and deleted.
macro_rules! is_written_as_single_saves_are {
    ($row:ty, $counts:expr, $conn:ident) => {{
        let name = stringify!($row);
        fill($conn).await;
        let query = || stocks::table.order(stocks::shop).select(Tracked::<$row>::as_select());
        let mut rows: Vec<Tracked<$row>> = all(query(), $conn).await.unwrap();
        rows[0].amount += 1;
        rows[1].note = Some("note".into());
        rows[3].amount += 1;
        rows[3].note = Some("both".into());
        rows[4].amount += 1;
        rows.reverse();
        let before = rows.clone();
        // One is deleted, and one has another amount.
        batch("UPDATE stocks SET article = 'gone' WHERE shop = 2", $conn).await.unwrap();
        batch("UPDATE stocks SET amount = 7, version = version + 8 WHERE shop = 4", $conn).await.unwrap();
        let there = stored($conn).await;
        let Err(Error::StaleBatch(stale)) = save_all_tracked(&mut rows, $conn).await else {
            panic!("{name}")
        };
        let found: Vec<_> = stale.rows().iter().map(|row| (row.key(), row.is_deleted())).collect();
        assert_eq!(found, [("(4, \"lamp\")", false), ("(2, \"lamp\")", true)], "{name}");
        assert_eq!((&rows, stored($conn).await), (&before, there.clone()), "{name}");
        let Err(Error::StaleBatch(stale)) = delete_all_tracked(&rows, $conn).await else { panic!("{name}") };
        assert_eq!(stale.rows().len(), 2, "{name}");
        assert_eq!(stored($conn).await, there, "{name}");

        fill($conn).await;
        save_all_tracked(&mut rows, $conn).await.unwrap();
        rows.reverse();
        assert_eq!(stored($conn).await, expected($counts), "{name}");
        assert_eq!(all::<_, Tracked<$row>>(query(), $conn).await.unwrap(), rows, "{name}");
        let recorder = record($conn);
        save_all_tracked(&mut rows, $conn).await.unwrap();
        assert_eq!(recorder.take(), [""; 0], "{name}: nothing is changed any more");
        delete_all_tracked(&rows[..4], $conn).await.unwrap();
        assert_eq!(stored($conn).await, expected($counts)[4..], "{name}");
    }};
}

super::scenarios! {
    async fn with_a_key_of_two_columns(database) {
        let conn = &mut connect(database).await;
        create_table(conn).await;
        is_written_as_single_saves_are!(Stock, true, conn);
    }

    async fn with_columns_that_are_left_alone(database) {
        let conn = &mut connect(database).await;
        create_table(conn).await;
        is_written_as_single_saves_are!(Patch, true, conn);
    }

    async fn without_a_version(database) {
        let conn = &mut connect(database).await;
        create_table(conn).await;
        is_written_as_single_saves_are!(ByAll, false, conn);
        is_written_as_single_saves_are!(ByDirty, false, conn);
    }

    async fn with_a_version_that_the_database_makes(database) {
        let conn = &mut connect(database).await;
        create_table(conn).await;
        let trigger = VersionTrigger::counter("stocks", "version");
        let trigger = match BACKEND {
            Backend::Sqlite => trigger.sqlite(),
            Backend::Postgres => trigger.postgres(),
            Backend::Mysql => trigger.mysql(),
        };
        batch(&trigger, conn).await.unwrap();
        is_written_as_single_saves_are!(Generated, true, conn);
        // The version is read back without a savepoint for each row.
        fill(conn).await;
        let query = stocks::table.order(stocks::shop).select(Tracked::<Generated>::as_select());
        let mut rows: Vec<Tracked<Generated>> = all(query, conn).await.unwrap();
        for row in &mut rows {
            row.amount += 1;
        }
        let recorder = record(conn);
        save_all_tracked(&mut rows, conn).await.unwrap();
        let sent = recorder.take();
        assert!(sent.iter().all(|sql| !sql.starts_with("SAVEPOINT")), "{sent:?}");
        let writes = sent.iter().filter(|sql| sql.starts_with("UPDATE")).count();
        let reads = sent.iter().filter(|sql| sql.starts_with("SELECT")).count();
        assert_eq!((writes, reads), if KNOWN_AS == Backend::Postgres { (6, 0) } else { (6, 6) }, "{sent:?}");
    }

    async fn by_a_key_that_is_not_unique_after_all(database) {
        let conn = &mut connect(database).await;
        create_table(conn).await;
        fill(conn).await;
        let query = || stocks::table.order(stocks::amount).select(Tracked::<ByAmount>::as_select());
        let mut rows: Vec<Tracked<ByAmount>> = all(query(), conn).await.unwrap();
        for row in &mut rows {
            row.note = Some("mine".into());
        }
        let before = rows.clone();
        batch("UPDATE stocks SET amount = 50 WHERE shop = 6", conn).await.unwrap();
        rows.pop();
        let there = stored(conn).await;
        assert!(matches!(save_all_tracked(&mut rows, conn).await, Err(Error::AmbiguousKey(_))));
        assert_eq!((&rows[..], stored(conn).await), (&before[..5], there));
        batch("UPDATE stocks SET amount = 60 WHERE shop = 6", conn).await.unwrap();
        save_all_tracked(&mut rows, conn).await.unwrap();
        assert_eq!(all::<_, Tracked<ByAmount>>(query(), conn).await.unwrap()[..5], rows);
        delete_all_tracked(&rows, conn).await.unwrap();
        assert_eq!(stored(conn).await, [(60, None, 1)]);
    }
}
