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

impl From<Colour> for String {
    fn from(_: Colour) -> Self {
        "red".to_owned()
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    #[diesel(serialize_as = String)]
    colour: Option<Colour>, //~ ERROR the column `columns::colour` is NOT NULL
    version: i32,
}

fn main() {}
