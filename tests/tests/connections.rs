//! Connections that are not Diesel's own: pooled, wrapped, one of several kinds; and what is left after a panic.
#![cfg(feature = "sqlite")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use diesel::connection::{
    AnsiTransactionManager, CacheSize, ConnectionSealed, DefaultLoadingMode, Instrumentation, LoadConnection,
    SimpleConnection,
};
use diesel::expression::QueryMetadata;
use diesel::prelude::*;
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::r2d2::{ConnectionManager, Pool};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use occ_runtime::Error;
use occ_runtime::prelude::*;
use occ_tests::database::TestDatabase as _;
use occ_tests::sqlite::Database;

diesel::table! {
    products (id) { id -> Integer, name -> Text, version -> Integer }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: i32,
}

const PRODUCTS: &str =
    "CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL);
    INSERT INTO products VALUES (1, 'lamp', 1);";

fn lamp() -> Product {
    Product { id: 1, name: "lamp".into(), version: 1 }
}

#[test]
fn a_pooled_connection_is_a_connection() {
    let database = Database::create().unwrap();
    let pool = Pool::new(ConnectionManager::<SqliteConnection>::new(database.url())).unwrap();
    let mut conn = pool.get().unwrap();
    conn.batch_execute(PRODUCTS).unwrap();
    let mut product: Product = products::table.select(Product::as_select()).first(&mut conn).unwrap();
    let mut old = product.clone();
    product.save_optimistic(&mut conn).unwrap();
    assert!(old.save_optimistic(&mut pool.get().unwrap()).unwrap_err().is_stale());
    old.reload(&mut conn).unwrap();
    old.verify_optimistic(&mut conn).unwrap();
    old.delete_optimistic(&mut conn).unwrap();
}

#[derive(diesel::MultiConnection)]
enum AnyConnection {
    Sqlite(SqliteConnection),
}

#[test]
fn one_of_several_kinds_of_connection_is_a_connection() {
    let database = Database::create().unwrap();
    let mut conn = AnyConnection::Sqlite(database.connect());
    conn.batch_execute(PRODUCTS).unwrap();
    let mut product = lamp();
    product.save_optimistic(&mut conn).unwrap();
    let Err(Error::Stale(stale)) = lamp().save_optimistic(&mut conn) else { panic!("it is stale") };
    assert_eq!(stale.actual(), Some("2"));
    product.update_optimistic(products::name.eq("x"), &mut conn).unwrap();
    product.delete_optimistic(&mut conn).unwrap();
}

mod generic_code {
    use diesel::Connection;
    use occ_runtime::{Error, OptimisticDsl, SavesOn};

    pub fn save_both<C, A, B>(a: &mut A, b: &mut B, conn: &mut C) -> Result<(), Error>
    where
        C: Connection,
        A: SavesOn<C>,
        B: SavesOn<C>,
    {
        a.save_optimistic(conn)?;
        b.save_optimistic(conn)
    }
}

#[test]
fn code_may_be_generic_over_model_and_connection() {
    let conn = &mut Database::create().unwrap().connect();
    conn.batch_execute(PRODUCTS).unwrap();
    let (mut first, mut second) = (lamp(), Product { version: 2, ..lamp() });
    generic_code::save_both(&mut first, &mut second, conn).unwrap();
    assert_eq!((first.version, second.version), (2, 3));
}

#[test]
fn a_question_mark_leaves_diesels_transaction_and_rolls_it_back() {
    let conn = &mut Database::create().unwrap().connect();
    conn.batch_execute(PRODUCTS).unwrap();
    let mut stale = Product { version: 9, ..lamp() };
    let error = conn
        .transaction::<(), diesel::result::Error, _>(|conn| {
            diesel::update(products::table).set(products::name.eq("rolled back")).execute(conn)?;
            stale.save_optimistic(conn)?;
            Ok(())
        })
        .unwrap_err();
    assert!(Error::from(error).is_stale());
    let error = conn
        .transaction::<(), Error, _>(|conn| Product { version: 8, ..lamp() }.save_optimistic(conn))
        .unwrap_err();
    assert!(error.is_stale());
    let row: Product = products::table.select(Product::as_select()).first(conn).unwrap();
    assert_eq!(row, lamp());
}

#[test]
fn without_a_statement_cache_every_save_is_prepared_anew_and_right() {
    let conn = &mut Database::create().unwrap().connect();
    conn.batch_execute(PRODUCTS).unwrap();
    conn.set_prepared_statement_cache_size(CacheSize::Disabled);
    let recorder = occ_tests::recorder::Recorder::default();
    conn.set_instrumentation(recorder.clone());
    let mut product = lamp();
    product.save_optimistic(conn).unwrap();
    product.save_optimistic(conn).unwrap();
    assert_eq!((product.version, recorder.take_prepared()), (3, 0));
}

#[derive(Clone, Debug, PartialEq)]
struct Explosive(&'static str);

impl ToSql<Text, Sqlite> for Explosive {
    fn to_sql<'b>(&'b self, _: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        panic!("{}", self.0)
    }
}

impl diesel::expression::AsExpression<Text> for &Explosive {
    type Expression = diesel::dsl::AsExprOf<String, Text>;

    fn as_expression(self) -> Self::Expression {
        unreachable!("it is bound as it is")
    }
}

#[derive(Clone, Debug, PartialEq, OptimisticLock)]
#[diesel(table_name = products)]
struct ExplosiveProduct {
    id: i32,
    name: Explosive,
    version: i32,
}

#[test]
fn a_panic_leaves_the_value_and_the_row_as_they_were() {
    let conn = &mut Database::create().unwrap().connect();
    conn.batch_execute(PRODUCTS).unwrap();
    let mut product = ExplosiveProduct { id: 1, name: Explosive("boom"), version: 1 };
    let before = product.clone();
    let outcome = catch_unwind(AssertUnwindSafe(|| product.save_optimistic(conn)));
    assert!(outcome.is_err());
    assert_eq!(product, before);
    let row: Product = products::table.select(Product::as_select()).first(conn).unwrap();
    assert_eq!(row, lamp());
}

#[test]
fn a_row_hidden_by_a_view_is_not_visible_and_not_written() {
    let conn = &mut Database::create().unwrap().connect();
    conn.batch_execute(
        "CREATE TABLE all_products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL, \
         hidden INTEGER NOT NULL);
         INSERT INTO all_products VALUES (1, 'lamp', 1, 1);
         CREATE VIEW products AS SELECT id, name, version FROM all_products WHERE hidden = 0;
         CREATE TRIGGER write INSTEAD OF UPDATE ON products BEGIN
             UPDATE all_products SET name = new.name, version = new.version WHERE id = old.id;
         END;",
    )
    .unwrap();
    let mut product = lamp();
    let Err(Error::Stale(stale)) = product.save_optimistic(conn) else { panic!("it is hidden") };
    assert!(stale.is_deleted());
    assert!(stale.to_string().ends_with("it is gone or not visible to this connection"));
    assert_eq!(product, lamp());
}

#[test]
fn a_view_written_by_a_trigger_counts_no_rows_and_a_transaction_undoes_it() {
    let conn = &mut Database::create().unwrap().connect();
    conn.batch_execute(
        "CREATE TABLE all_products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL);
         INSERT INTO all_products VALUES (1, 'lamp', 1);
         CREATE VIEW products AS SELECT id, name, version FROM all_products;
         CREATE TRIGGER write INSTEAD OF UPDATE ON products BEGIN
             UPDATE all_products SET name = new.name, version = new.version WHERE id = old.id;
         END;",
    )
    .unwrap();
    let mut product = Product { name: "changed".into(), ..lamp() };
    let result = conn.transaction::<(), Error, _>(|conn| product.save_optimistic(conn));
    assert!(result.unwrap_err().is_stale());
    let row: Product = products::table.select(Product::as_select()).first(conn).unwrap();
    assert_eq!(row, lamp());
}

/// A connection of the user's own, around Diesel's.
struct Wrapper(SqliteConnection);

impl ConnectionSealed for Wrapper {}

impl SimpleConnection for Wrapper {
    fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.0.batch_execute(query)
    }
}

impl Connection for Wrapper {
    type Backend = Sqlite;
    type TransactionManager = AnsiTransactionManager;

    fn establish(url: &str) -> ConnectionResult<Self> {
        SqliteConnection::establish(url).map(Self)
    }

    fn execute_returning_count<T>(&mut self, source: &T) -> QueryResult<usize>
    where
        T: QueryFragment<Sqlite> + QueryId,
    {
        self.0.execute_returning_count(source)
    }

    fn transaction_state(&mut self) -> &mut AnsiTransactionManager {
        self.0.transaction_state()
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        self.0.instrumentation()
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        self.0.set_instrumentation(instrumentation);
    }

    fn set_prepared_statement_cache_size(&mut self, size: CacheSize) {
        self.0.set_prepared_statement_cache_size(size);
    }
}

impl LoadConnection<DefaultLoadingMode> for Wrapper {
    type Cursor<'conn, 'query> = <SqliteConnection as LoadConnection>::Cursor<'conn, 'query>;
    type Row<'conn, 'query> = <SqliteConnection as LoadConnection>::Row<'conn, 'query>;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> QueryResult<Self::Cursor<'conn, 'query>>
    where
        T: Query + QueryFragment<Sqlite> + QueryId + 'query,
        Sqlite: QueryMetadata<T::SqlType>,
    {
        LoadConnection::<DefaultLoadingMode>::load(&mut self.0, source)
    }
}

#[test]
fn a_wrapper_of_ones_own_is_a_connection() {
    let conn = &mut Wrapper::establish(":memory:").unwrap();
    conn.batch_execute(PRODUCTS).unwrap();
    let mut product = lamp();
    conn.transaction::<(), Error, _>(|conn| product.save_optimistic(conn)).unwrap();
    assert!(lamp().save_optimistic(conn).unwrap_err().is_stale());
    product.name = "x".into();
    product.reload(conn).unwrap();
    assert_eq!((product.name.as_str(), product.version), ("lamp", 2));
    product.delete_optimistic(conn).unwrap();
}
