use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        lock_version -> Integer,
    }
}

#[derive(Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    #[diesel(version)] //~ ERROR unknown attribute, expected one of `embed`, `skip_insertion`, //~ ERROR `version` is a key of `#[occ(..)]`
    lock_version: i32,
}

fn use_it(mut product: Product, rows: &mut [Product], conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn)?;
    rows.save_all_optimistic(conn)?;
    product.reload(conn)?;
    product.update_optimistic(products::name.eq("lamp"), conn)?;
    product.delete_optimistic(conn)
}

fn main() {}
