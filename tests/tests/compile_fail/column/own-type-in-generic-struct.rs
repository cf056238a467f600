use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        colour -> Text,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Debug)]
struct Colour;

#[derive(OptimisticLock)]
struct Product<T: 'static> {
    id: i32,
    colour: Colour, //~ ERROR `Colour` does not fit the column
    name: T,
    version: i32,
}

fn main() {}
