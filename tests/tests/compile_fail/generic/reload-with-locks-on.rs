use diesel::prelude::*;
use occ_runtime::{Error, SavesOn, prelude::*};

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
    version: i32,
}

fn reload<T: SavesOn<C>, C: Connection>(model: &mut T, conn: &mut C) -> Result<(), Error> {
    model.reload(conn) //~ ERROR `T` cannot be reloaded through `C`
}

fn main() {}
