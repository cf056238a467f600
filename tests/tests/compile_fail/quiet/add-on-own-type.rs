use diesel::prelude::*;
use occ_runtime::{Error, Tracked, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Binary,
        version -> Integer,
    }
}

#[derive(Clone, Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
struct Product {
    id: i32,
    #[occ(merge = add)]
    name: Vec<u8>, //~ ERROR two changes of a `Vec<u8>` do not add up
    version: i32,
}

fn use_it(product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    let mut product = Tracked::new(product);
    product.name = Vec::new();
    product.save_optimistic(conn)?;
    product.reload(conn)?;
    println!("{} {:?}", product.is_dirty(), product.dirty_fields());
    product.delete_optimistic(conn)
}

fn main() {}
