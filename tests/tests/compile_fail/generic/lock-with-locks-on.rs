use diesel::prelude::*;
use occ_runtime::{Error, LocksOn, prelude::*};

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

fn lock<T: LocksOn<C>, C: Connection>(model: &mut T, conn: &mut C) -> Result<(), Error> {
    model.lock_optimistic(LockMode::Update, conn) //~ ERROR `T` cannot be locked through `C`
}

fn main() {}
