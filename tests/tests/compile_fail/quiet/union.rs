use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

#[derive(OptimisticLock)]
union Product { //~ ERROR a union has no optimistic lock
    id: i32,
    version: i32,
}

fn use_it(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn)?;
    product.touch_optimistic(conn)?;
    product.verify_optimistic(conn)?;
    println!("{} {:?}", Product::table_name(), product.version());
    product.delete_optimistic(conn)
}

fn main() {}
