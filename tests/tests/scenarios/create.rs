//! Rows that are made of any values which Diesel inserts, and given back as they are.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use occ_runtime::{Created, DatabaseGenerated, Error, OptimisticLock};
use occ_tests::cell::{Backend, is_diesels_own};

use super::cell::{
    BACKEND, Conn, KNOWN_AS, all, batch, begin, commit, connect, create, create_if_absent, first, record,
    save,
};
use super::insert::{count, on_conflict};
use super::product::{self, products};

diesel::table! {
    orders (id) {
        id -> Integer,
        customer -> Text,
        state -> Text,
        version -> Integer,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
pub(super) struct Order {
    id: i32,
    customer: String,
    state: String,
    version: i32,
}

/// The same, whose version the database makes.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = orders)]
struct Stamped {
    id: i32,
    customer: String,
    #[occ(version, generator = DatabaseGenerated)]
    #[diesel(skip_update)]
    version: i32,
}

#[derive(Insertable)]
#[diesel(table_name = orders)]
struct NewOrder<'a> {
    customer: &'a str,
    state: Option<&'a str>,
}

pub(super) async fn create_table(conn: &mut Conn) {
    let id = match BACKEND {
        Backend::Sqlite => "INTEGER PRIMARY KEY AUTOINCREMENT",
        Backend::Postgres => "SERIAL PRIMARY KEY",
        Backend::Mysql => "INTEGER AUTO_INCREMENT PRIMARY KEY",
    };
    batch(
        &format!(
            "CREATE TABLE orders (id {id}, customer VARCHAR(50) NOT NULL, state VARCHAR(50) NOT NULL DEFAULT 'new', \
             version INTEGER NOT NULL DEFAULT 41)"
        ),
        conn,
    )
    .await
    .unwrap();
}

super::scenarios! {
    async fn a_row_is_given_back_with_the_key_and_the_defaults_of_the_database(database) {
        let conn = &mut connect(database).await;
        create_table(conn).await;
        let recorder = record(conn);
        let one: Order = create(NewOrder { customer: "Ada", state: None }, conn).await.unwrap();
        let sent = recorder.take();
        assert_eq!(one, Order { id: 1, customer: "Ada".into(), state: "new".into(), version: 1 });
        // A MultiConnection is asked first whether its database is MySQL.
        let asked = usize::from(!is_diesels_own::<Conn>());
        let inserts: Vec<_> = sent.iter().filter(|sql| sql.contains("orders")).collect();
        if BACKEND == Backend::Mysql {
            assert_eq!(sent.len(), asked + 4, "{sent:?}");
            assert!(inserts[1].starts_with("SELECT orders.id, orders.customer, orders.state, orders.version FROM orders \
                WHERE id = LAST_INSERT_ID() AND LAST_INSERT_ID() <> 0"), "{sent:?}");
        } else {
            // Where `RETURNING` does not see triggers the row is read once more, in a transaction.
            let expected = if KNOWN_AS == Backend::Postgres { (asked + 1, 1) } else { (asked + 4, 2) };
            assert_eq!((sent.len(), inserts.len()), expected, "{sent:?}");
            assert!(inserts[0].contains(" RETURNING orders.id, orders.customer, orders.state, orders.version"), "{sent:?}");
        }
        let two: Order = create(&NewOrder { customer: "Bob", state: Some("paid") }, conn).await.unwrap();
        assert_eq!(two, Order { id: 2, customer: "Bob".into(), state: "paid".into(), version: 1 });
        let mut three: Order = create((orders::customer.eq("Cy"), orders::state.eq("sent")), conn).await.unwrap();
        assert_eq!((three.id, three.version), (3, 1));
        let four: Order = create(orders::customer.eq("Di"), conn).await.unwrap();
        assert_eq!((four.id, four.state.as_str()), (4, "new"));
        three.state = "lost".into();
        save(&mut three, conn).await.unwrap();
        let rows: Vec<Order> = all(orders::table.select(Order::as_select()).order(orders::id), conn).await.unwrap();
        assert_eq!(rows, [one, two, three, four]);
    }

    async fn a_row_of_another_key_is_never_taken_for_the_new_one(database) {
        let conn = &mut connect(database).await;
        create_table(conn).await;
        let one: Order = create(orders::customer.eq("Ada"), conn).await.unwrap();
        // The key is given, and MySQL remembers the number that it made for the row before.
        let given = create::<Order, _>((orders::id.eq(50), orders::customer.eq("Bob")), conn).await;
        if BACKEND == Backend::Mysql {
            let error = given.unwrap_err().to_string();
            assert!(error.contains("create_if_absent(values, key, conn)"), "{error}");
            let rows: Vec<Order> = all(orders::table.select(Order::as_select()), conn).await.unwrap();
            assert_eq!(rows, [one], "it is rolled back");
        } else {
            assert_eq!(given.unwrap().id, 50);
        }
        let created: Created<Order> =
            create_if_absent((orders::id.eq(60), orders::customer.eq("Cy")), 60, conn).await.unwrap();
        assert!(matches!(created, Created::New(Order { id: 60, version: 1, .. })), "{created:?}");
    }

    async fn a_version_of_the_databases_is_left_out_and_read_back(database) {
        let conn = &mut connect(database).await;
        create_table(conn).await;
        let _: Order = create(orders::customer.eq("Ada"), conn).await.unwrap();
        let recorder = record(conn);
        let two: Stamped = create(orders::customer.eq("Bob"), conn).await.unwrap();
        assert_eq!((two.id, two.version), (2, 41));
        let insert = recorder.take().into_iter().find(|sql| sql.starts_with("INSERT")).unwrap();
        assert!(insert.starts_with("INSERT INTO orders (customer) VALUES (?)"), "{insert}");
        let given = (orders::id.eq(7), orders::customer.eq("Cy"));
        let made: Created<Stamped> = create_if_absent(given, 7, conn).await.unwrap();
        assert_eq!(made.into_row().version, 41);
    }

    async fn what_is_there_is_found_and_stays_as_it_is(database) {
        let conn = &mut connect(database).await;
        let values = (products::id.eq(1), products::name.eq("new"), products::quantity.eq(1));
        let recorder = record(conn);
        let found: Created<product::Product> = create_if_absent(values, 1, conn).await.unwrap();
        let sent: Vec<_> = recorder.take().into_iter().filter(|sql| sql.contains("products")).collect();
        assert_eq!(sent.len(), 2, "{sent:?}");
        assert!(sent[0].contains(&on_conflict("id")), "{sent:?}");
        assert_eq!(found, Created::Existing(product::load(1, conn).await));
        let values = (products::id.eq(3), products::name.eq("new"), products::quantity.eq(1));
        let made: Created<product::Product> = create_if_absent(values, 3, conn).await.unwrap();
        assert!(made.is_new());
        assert_eq!(made.into_row(), product::load(3, conn).await);
    }

    async fn what_is_found_leaves_the_transaction_usable(database) {
        let conn = &mut connect(database).await;
        begin(conn).await.unwrap();
        let values = (products::id.eq(1), products::name.eq("new"), products::quantity.eq(1));
        let mut found: product::Product = create_if_absent(values, 1, conn).await.unwrap().into_row();
        found.quantity += 1;
        save(&mut found, conn).await.unwrap();
        commit(conn).await.unwrap();
        assert_eq!((product::load(1, conn).await.quantity, product::load(1, conn).await.version), (11, 2));
    }

    async fn what_violates_an_index_is_the_databases_own_error(database) {
        let conn = &mut connect(database).await;
        batch("CREATE UNIQUE INDEX one_name ON products (name)", conn).await.unwrap();
        let violation = |error: &Error| {
            matches!(error, Error::Database(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
        };
        let values = (products::id.eq(3), products::name.eq("lamp"), products::quantity.eq(1));
        let error = create_if_absent::<product::Product, _, _>(values, 3, conn).await.unwrap_err();
        assert!(violation(&error), "{error:?}");
        let error = create::<product::Product, _>(values, conn).await.unwrap_err();
        assert!(violation(&error), "{error:?}");
        assert_eq!(count(conn).await, 2);
        let _: i64 = first(products::table.count(), conn).await.unwrap();
    }
}
