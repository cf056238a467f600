use diesel::prelude::*;
use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(AsChangeset)]
#[diesel(table_name = products)]
struct Label {
    name: String,
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    #[diesel(embed, serialize_as = String)] //~ ERROR `serialize_as` does nothing on an embedded struct
    label: Label,
    version: i32,
}

fn main() {}
