use diesel::prelude::*;
use occ_runtime::{Error, Tracked, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Clone, OptimisticLock)]
#[occ(tracked)]
struct Product {
    id: i32,
    name: i32, //~ ERROR `i32` does not fit the column `columns::name`
    version: i32,
}

fn use_it(product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    let mut product = Tracked::new(product);
    product.name = 5;
    product.save_optimistic(conn)?;
    println!("{} {:?}", product.is_dirty(), product.dirty_fields());
    product.delete_optimistic(conn)
}

fn main() {}
