use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id, part) {
        id -> Integer,
        part -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Queryable, Selectable, AsChangeset)]
#[diesel(table_name = products)]
struct Key {
    part: i32,
}

#[derive(Queryable, Selectable, OptimisticLock)]
#[diesel(primary_key(id, part))] //~ ERROR evaluation panicked: no field holds the key column `part`, and the
struct Product {
    id: i32,
    #[diesel(embed)]
    key: Key,
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
