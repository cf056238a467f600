use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (sku) {
        sku -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Queryable, Selectable, OptimisticLock)]
#[occ(primary_key(sku))] //~ ERROR `primary_key` is a key of `#[diesel(..)]`
struct Product {
    sku: i32,
    name: String,
    version: i32,
}

fn use_it(mut product: Product, rows: &mut [Product], conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn)?;
    rows.save_all_optimistic(conn)?;
    product.reload(conn)?;
    product.update_optimistic(products::name.eq("lamp"), conn)?;
    product.delete_optimistic(conn)
}

fn main() {}
