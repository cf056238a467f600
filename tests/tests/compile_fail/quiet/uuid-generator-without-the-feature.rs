use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Text,
    }
}

#[derive(Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    #[occ(version, generator = occ_runtime::UuidV7)] //~ ERROR cannot find type `UuidV7` in crate `occ_runtime`
    version: String,
}

fn use_it(mut product: Product, rows: &mut [Product], conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn)?;
    rows.save_all_optimistic(conn)?;
    product.update_optimistic(products::name.eq("lamp"), conn)?;
    product.delete_optimistic(conn)
}

fn main() {}
