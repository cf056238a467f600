use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Queryable, Selectable, OptimisticLock)]
struct Product<'a> {
    id: i32,
    name: &'a str,
    version: i32,
}

fn reload(product: &mut Product<'static>, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.reload(conn) //~ ERROR `Product<'static>` cannot be reloaded through
}

fn main() {}
