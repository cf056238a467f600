use diesel::prelude::*;
use diesel_async::AsyncConnection;
use occ_runtime::{Error, LocksOn, async_prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Clone, Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: i32,
}

async fn save<M: LocksOn<C>, C: AsyncConnection>(model: &mut M, conn: &mut C) -> Result<(), Error> {
    model.save_optimistic(conn).await
}

fn main() {}
