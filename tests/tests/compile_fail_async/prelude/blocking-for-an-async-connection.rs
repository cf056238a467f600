use diesel::prelude::*;
use diesel_async::AsyncPgConnection;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Clone, Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: i32,
}

async fn save(product: &mut Product, conn: &mut AsyncPgConnection) -> Result<(), Error> {
    product.save_optimistic(conn)
}

fn main() {}
