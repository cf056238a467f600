use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        price -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Product<'a, T: 'static> { //~ ERROR `Product` has no version field
    id: i32,
    name: &'a str,
    price: T,
}

fn use_it(mut product: Product<'_, i32>, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn)?;
    product.update_optimistic(products::name.eq("lamp"), conn)?;
    product.touch_optimistic(conn)?;
    product.verify_optimistic(conn)?;
    println!("{} {:?}", Product::<i32>::table_name(), product.version());
    product.delete_optimistic(conn)
}

fn main() {}
