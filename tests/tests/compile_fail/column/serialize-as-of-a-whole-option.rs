use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        colour -> Nullable<Text>,
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
    #[diesel(serialize_as = String, treat_none_as_null = true)]
    colour: Option<Colour>, //~ ERROR `serialize_as` cannot make a `String` of `Option<Colour>`
    version: i32,
}

fn main() {}
