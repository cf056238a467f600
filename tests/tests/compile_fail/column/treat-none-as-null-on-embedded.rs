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
    #[diesel(embed, treat_none_as_null = true)] //~ ERROR `treat_none_as_null` does nothing on an embedded struct
    label: Option<Label>,
    version: i32,
}

fn main() {}
