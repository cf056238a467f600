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
struct Product {
    id: i32,
    name: String,
    #[occ(versoin)] //~ ERROR unknown key `versoin`
    version: i32,
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
