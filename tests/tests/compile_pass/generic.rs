//! What is advised about generic functions, transactions, and what is saved at once.

use diesel::prelude::*;
use occ_runtime::{Error, Trackable, ReloadsOn, SavesOn, LocksOn, Tracked, SavesTrackedOn, prelude::*, version::Counter};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

/// to see which field its backend cannot store, put `#[diesel(check_for_backend(..))]` above `Product`, with the backend's type
/// to see which field cannot be read from its column, put `#[diesel(check_for_backend(..))]` above `Product`, with the backend's type
#[derive(Clone, Queryable, Selectable, OptimisticLock)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
#[occ(tracked)]
struct Product {
    id: i32,
    name: String,
    version: i32,
}

/// note: in a generic function the bound is `T: SavesOn<C>`
fn save<T: SavesOn<C>, C: Connection>(model: &mut T, conn: &mut C) -> Result<(), Error> {
    model.save_optimistic(conn)
}

/// note: in a generic function the bound is `T: ReloadsOn<C>`
fn reload<T: ReloadsOn<C>, C: Connection>(model: &mut T, conn: &mut C) -> Result<(), Error> {
    model.reload(conn)
}

/// note: in a generic function, the bound is `T: LocksOn<C>`
#[allow(dead_code)]
fn lock<T: LocksOn<C>, C: Connection>(model: &T, conn: &mut C) -> Result<(), Error> {
    model.lock_optimistic(LockMode::for_update(), conn)
}

/// note: add `#[occ(tracked)]` above `T`, below its `#[derive(OptimisticLock)]`; in a generic function the bound is `Trackable`
fn save_changes<T: SavesTrackedOn<C> + Trackable, C: Connection>(model: &mut Tracked<T>, conn: &mut C) -> Result<(), Error> {
    model.save_optimistic(conn)
}

/// note: it is the second argument: `optimistic_transaction(conn, &mut product, |conn, product| ..)`
fn both(product: &mut Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    optimistic_transaction(conn, product, |conn, product| product.save_optimistic(conn))
}

/// note: of an `Option` or a `Result` it is the content that is saved; many at once are a slice, by `save_all_optimistic`
fn contents(product: Option<Product>, conn: &mut SqliteConnection) -> Result<(), Error> {
    if let Some(mut product) = product.clone() {
        product.save_optimistic(conn)?;
    }
    let mut products: Vec<Product> = product.into_iter().collect();
    products.save_all_optimistic(conn)
}

mod parameters {
    use super::*;

    /// help: bound it: `T: Counter + Clone + PartialEq + Send + Sync + 'static`, with `occ_runtime::version::Counter`
    #[derive(OptimisticLock)]
    #[diesel(table_name = products)]
    pub struct Product<T: Counter + Clone + PartialEq + Send + Sync + 'static> {
        pub id: i32,
        pub name: String,
        pub version: T,
    }
}

fn main() {
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    let product = || Product { id: 1, name: "lamp".to_owned(), version: 1 };
    // There is no such table. That it compiles is the test.
    save(&mut product(), &mut conn).unwrap_err();
    reload(&mut product(), &mut conn).unwrap_err();
    let mut tracked = Tracked::new(product());
    tracked.name.clear();
    save_changes(&mut tracked, &mut conn).unwrap_err();
    both(&mut product(), &mut conn).unwrap_err();
    contents(Some(product()), &mut conn).unwrap_err();
    let mut generic = parameters::Product { id: 1, name: String::new(), version: 1 };
    save(&mut generic, &mut conn).unwrap_err();
}
