use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
#[occ(version)] //~ ERROR `version` belongs on a field
struct Product {
    id: Option<i32>, //~ ERROR a key column is never NULL
    name: String,
    #[diesel(column_name = name)] //~ ERROR two fields hold the column `name`
    title: String,
    #[occ(generatr = Increment)] //~ ERROR unknown key `generatr`
    #[diesel(treat_none_as_null = true)] //~ ERROR `treat_none_as_null` needs an `Option` field
    version: i32,
}

fn main() {}
