use occ_runtime::prelude::*;

diesel::table! {
    pages (id) {
        id -> Integer,
        title -> Text,
        version -> Integer,
    }
}

#[derive(Clone, OptimisticLock)]
#[occ(check = all)]
struct Page {
    id: i32,
    title: String,
    #[diesel(column_name = version)]
    revision: i32, //~ ERROR `check` compares columns where there is no version, and this column is called `version`
}

fn main() {}
