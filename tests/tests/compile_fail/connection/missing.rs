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

fn save(mut product: Product) -> Result<(), Error> {
    product.save_optimistic() //~ ERROR this method takes 1 argument but 0 arguments were supplied
}

fn main() {}
