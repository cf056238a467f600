use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Queryable, Selectable, AsChangeset)]
#[diesel(table_name = products)]
struct Meta {
    version: i32,
}

#[derive(Queryable, Selectable, OptimisticLock)]
struct Product { //~ ERROR `Product` has no version field
    id: i32,
    name: String,
    #[diesel(embed)]
    meta: Meta,
}

fn use_it(mut product: Product, rows: &mut [Product], conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn)?;
    rows.save_all_optimistic(conn)?;
    product.reload(conn)?;
    product.update_optimistic(products::name.eq("lamp"), conn)?;
    product.delete_optimistic(conn)
}

fn main() {}
