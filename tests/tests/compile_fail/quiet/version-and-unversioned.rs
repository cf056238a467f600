use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Integer,
    }
}

#[derive(Clone, Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    #[occ(version, unversioned)] //~ ERROR `unversioned` cannot be used here: it is the version
    name: i32,
}

fn use_it(mut product: Product, rows: &mut [Product], conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn)?;
    rows.save_all_optimistic(conn)?;
    product.reload(conn)?;
    product.update_optimistic(products::name.eq(1), conn)?;
    product.delete_optimistic(conn)
}

fn main() {}
