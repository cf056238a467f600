use diesel::prelude::*;
use occ_runtime::{Error, SavesOn, Tracked, prelude::*};

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

fn save<T: SavesOn<C>, C: Connection>(model: &mut Tracked<T>, conn: &mut C) -> Result<(), Error> {
    model.save_optimistic(conn) //~ ERROR the fields of `T` are not tracked
}

fn main() {}
