use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

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

fn save<T: OptimisticLock, C: Connection>(models: &mut [T], conn: &mut C) -> Result<(), Error> {
    models.save_all_optimistic(conn) //~ ERROR `T` cannot be saved through `C`
}

fn main() {}
