use diesel::prelude::*;
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
    #[occ(unversionned)] //~ ERROR unknown key `unversionned` for `#[occ(..)]` on a field
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
