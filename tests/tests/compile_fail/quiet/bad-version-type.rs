use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Nullable<Integer>,
    }
}

#[derive(Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: Option<i32>, //~ ERROR a version cannot be `Option`
}

fn use_it(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn)?;
    product.update_optimistic(products::name.eq("lamp"), conn)?;
    product.touch_optimistic(conn)?;
    product.reload(conn)?;
    product.verify_optimistic(conn)?;
    println!("{} {:?}", Product::table_name(), product.version());
    product.delete_optimistic(conn)
}

fn main() {}
