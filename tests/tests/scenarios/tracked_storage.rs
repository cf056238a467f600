//! Tracked values in columns that keep something else than what was sent, and what other methods have written of them.

use diesel::prelude::*;
use occ_runtime::{Error, OptimisticLock, Tracked};
use occ_tests::cell::Backend;

use super::article::{articles, create_table, load, somebody_counts};
use super::cell::{
    BACKEND, Conn, batch, connect, delete_tracked, first, rebase, rebase_with, save_if, save_tracked,
};

diesel::table! {
    prices (id) {
        id -> Integer,
        amount -> Integer,
        label -> Text,
        visits -> Integer,
        version -> Integer,
    }
}

/// The database makes of its columns what it likes.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
pub struct Price {
    id: i32,
    #[occ(merge = theirs)]
    amount: i32,
    #[occ(merge = theirs)]
    label: String,
    #[occ(merge = add)]
    visits: i32,
    version: i32,
}

/// A trigger rounds the amount up to an even number.
async fn create_prices(conn: &mut Conn) {
    let trigger = match BACKEND {
        Backend::Postgres => {
            "CREATE FUNCTION rounded() RETURNS trigger LANGUAGE plpgsql AS \
             'BEGIN NEW.amount = NEW.amount + NEW.amount % 2; RETURN NEW; END';
             CREATE TRIGGER prices_rounded BEFORE UPDATE ON prices FOR EACH ROW EXECUTE FUNCTION rounded()"
        }
        Backend::Mysql => {
            "CREATE TRIGGER prices_rounded BEFORE UPDATE ON prices FOR EACH ROW \
             SET NEW.amount = NEW.amount + NEW.amount % 2"
        }
        Backend::Sqlite => {
            "CREATE TRIGGER prices_rounded AFTER UPDATE ON prices WHEN NEW.amount % 2 = 1
             BEGIN UPDATE prices SET amount = NEW.amount + 1 WHERE id = NEW.id; END"
        }
    };
    batch(
        "CREATE TABLE prices (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL, label VARCHAR(50) NOT NULL, \
         visits INTEGER NOT NULL, version INTEGER NOT NULL);
         INSERT INTO prices VALUES (1, 1, 'a', 10, 1);",
        conn,
    )
    .await
    .unwrap();
    batch(trigger, conn).await.unwrap();
}

async fn load_price(conn: &mut Conn) -> Tracked<Price> {
    first(prices::table.find(1).select(Tracked::<Price>::as_select()), conn).await.unwrap()
}

super::scenarios! {
    async fn what_the_database_has_made_of_my_write_is_nobodys_change(database) {
        let conn = &mut connect(database).await;
        create_prices(conn).await;
        let mut mine = load_price(conn).await;
        mine.amount = 3;
        save_tracked(&mut mine, conn).await.unwrap();
        mine.amount = 8;
        rebase(&mut mine, conn).await.unwrap();
        assert_eq!((mine.amount, mine.original().amount), (8, 4), "my edit is kept, on what the row holds");
        save_tracked(&mut mine, conn).await.unwrap();
        assert_eq!(load_price(conn).await.amount, 8);
    }

    async fn a_base_that_comes_from_elsewhere_is_compared_at_the_rows_own_version_too(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        somebody_counts(database).await;
        // What a form was filled in from, with the version of the row as it is.
        let mut seen = load(1, conn).await.into_inner();
        seen.views = 10;
        seen.title = "Old".into();
        let mut mine = Tracked::new(seen);
        mine.views += 1;
        mine.title = "Mine".into();
        let Err(Error::Unmerged(error)) = rebase(&mut mine, conn).await else { panic!("both have changed the title") };
        assert_eq!(error.differences().len(), 1);
        mine.title = "Old".into();
        rebase(&mut mine, conn).await.unwrap();
        assert_eq!((mine.views, mine.title.as_str()), (16, "Doors"));
    }

    async fn an_edit_does_not_give_way_to_what_the_database_has_made_of_the_one_before(database) {
        let conn = &mut connect(database).await;
        create_prices(conn).await;
        let mut mine = load_price(conn).await;
        mine.amount = 3;
        save_tracked(&mut mine, conn).await.unwrap();
        let mut theirs = load_price(conn).await;
        theirs.visits += 1;
        save_tracked(&mut theirs, conn).await.unwrap();
        mine.amount = 8;
        assert!(save_tracked(&mut mine, conn).await.unwrap_err().is_stale());
        let Err(Error::Unmerged(error)) = rebase(&mut mine, conn).await else { panic!("4 is not what they have made of 3") };
        assert_eq!(error.differences().len(), 1);
        rebase_with(&mut mine, conn, |_, _, _, _| occ_runtime::Choice::Mine).await.unwrap();
        save_tracked(&mut mine, conn).await.unwrap();
        let row = load_price(conn).await;
        assert_eq!((row.amount, row.visits), (8, 11));
    }

    async fn what_a_method_of_the_struct_has_written_is_not_added_twice(database) {
        let conn = &mut connect(database).await;
        create_prices(conn).await;
        let mut mine = load_price(conn).await;
        mine.visits += 1;
        // It writes the value, and not what the value was loaded as.
        save_if(&mut *mine, prices::label.eq("a"), conn).await.unwrap();
        assert_eq!((mine.version, mine.original().version), (2, 1));
        rebase(&mut mine, conn).await.unwrap();
        assert_eq!((mine.visits, mine.is_dirty()), (11, false));

        let mut mine = load_price(conn).await;
        mine.visits += 1;
        save_if(&mut *mine, prices::label.eq("a"), conn).await.unwrap();
        let mut theirs = load_price(conn).await;
        theirs.visits += 5;
        save_tracked(&mut theirs, conn).await.unwrap();
        match rebase(&mut mine, conn).await {
            Ok(()) => assert_eq!(mine.visits, 17),
            Err(error) => assert!(matches!(error, Error::Unmerged(_)), "{error}"),
        }
    }

    async fn a_tracked_row_whose_key_was_changed_in_memory_is_the_one_that_is_deleted(database) {
        create_table(database).await;
        let conn = &mut connect(database).await;
        let mut mine = load(1, conn).await;
        mine.id = 2;
        delete_tracked(&mine, conn).await.unwrap();
        load(2, conn).await;
        let left: i64 = first(articles::table.count(), conn).await.unwrap();
        assert_eq!(left, 1);
    }

    async fn a_zero_has_a_sign(database) {
        diesel::table! {
            charges (id) { id -> Integer, exact -> Double, maybe -> Nullable<Double>, version -> Integer }
        }

        #[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
        #[diesel(table_name = charges)]
        #[occ(tracked)]
        struct Charge {
            id: i32,
            exact: f64,
            maybe: Option<f64>,
            version: i32,
        }

        let conn = &mut connect(database).await;
        let columns = "exact DOUBLE PRECISION NOT NULL, maybe DOUBLE PRECISION, version INTEGER NOT NULL";
        batch(&format!("CREATE TABLE charges (id INTEGER PRIMARY KEY, {columns})"), conn).await.unwrap();
        batch("INSERT INTO charges VALUES (1, 0.0, 0.0, 1)", conn).await.unwrap();
        let select = || charges::table.find(1).select(Tracked::<Charge>::as_select());
        let mut mine: Tracked<Charge> = first(select(), conn).await.unwrap();
        assert!(!mine.is_dirty());
        mine.exact = -0.0;
        mine.maybe = Some(-0.0);
        assert_eq!(mine.dirty_fields(), ["exact", "maybe"]);
        save_tracked(&mut mine, conn).await.unwrap();
        let row: Tracked<Charge> = first(select(), conn).await.unwrap();
        assert_eq!((mine.version, row.version), (2, 2));
        // SQLite and MariaDB keep no sign of a zero.
        if BACKEND == Backend::Postgres {
            assert!(row.exact.is_sign_negative() && row.maybe.is_some_and(f64::is_sign_negative));
        }
        mine.exact = 0.0;
        assert!(mine.is_dirty());
    }
}
