use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        colour -> Integer,
        version -> Integer,
    }
}

#[derive(Clone)]
struct Colour;

impl From<Colour> for String {
    fn from(_: Colour) -> Self {
        "red".to_owned()
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    #[diesel(serialize_as = String)] //~ ERROR `String` does not fit the column
    colour: Colour,
    version: i32,
}

fn main() {}
