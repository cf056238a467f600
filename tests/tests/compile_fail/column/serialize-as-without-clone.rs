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
    #[diesel(serialize_as = String)]
    colour: Colour, //~ ERROR `serialize_as` cannot make a `String` of `Colour`
    version: i32,
}

fn main() {}
