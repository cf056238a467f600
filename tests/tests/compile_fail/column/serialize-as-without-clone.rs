use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        colour -> Text,
        version -> Integer,
    }
}

struct Colour;

impl From<Colour> for String {
    fn from(_: Colour) -> Self {
        "red".to_owned()
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    #[diesel(serialize_as = String)] //~ ERROR
    colour: Colour,
    version: i32,
}

fn main() {}
