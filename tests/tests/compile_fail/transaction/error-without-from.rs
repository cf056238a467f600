use diesel::prelude::*;
use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: i32,
}

#[derive(Debug)]
struct Refused;

fn both(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Refused> {
    optimistic_transaction(conn, &mut product, |conn, product| { //~ ERROR the trait bound `Refused: From<diesel::result::Error>` is not
        product.save_optimistic(conn).map_err(|_| Refused)
    })
}

fn main() {}
