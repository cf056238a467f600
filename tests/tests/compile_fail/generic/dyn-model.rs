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

fn save(model: &mut dyn OptimisticLock, conn: &mut SqliteConnection) -> Result<(), Error> { //~ ERROR the trait `occ_runtime::OptimisticLock` is not dyn compatible
    model.save_optimistic(conn) //~ ERROR the method `save_optimistic` exists for mutable reference `&mut dyn
}

fn main() {}
