use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        colour -> Text,
        version -> Integer,
    }
}

#[derive(Debug)]
struct Colour;

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    colour: Colour, //~ ERROR a field of type `Colour` does not fit the column
    version: i32,
}

fn main() {}
