use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    shop_items (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Queryable, OptimisticLock)]
#[diesel(table_name = "shop_items")] //~ ERROR expected identifier //~ ERROR `table_name` takes a path as its value
struct Product {
    id: i32,
    name: String,
    version: i32,
}

fn use_it(mut product: Product, rows: &mut [Product], conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn)?;
    rows.save_all_optimistic(conn)?;
    product.update_optimistic(shop_items::name.eq("lamp"), conn)?;
    product.delete_optimistic(conn)
}

fn main() {}
