use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        colour -> Text,
        version -> Integer,
    }
}

#[derive(Clone)]
struct Colour;

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    #[diesel(serialize_as = String)]
    colour: Colour, //~ ERROR `serialize_as` cannot make a `String` of `Colour`
    version: i32,
}

fn main() {}
