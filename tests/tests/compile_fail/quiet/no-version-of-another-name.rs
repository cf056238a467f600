use occ_runtime::prelude::*;

diesel::table! {
    pages (id) {
        id -> Integer,
        edition -> Integer,
        version -> Integer,
    }
}

#[derive(OptimisticLock)]
struct Page {
    id: i32,
    #[occ(version = false)] //~ ERROR `version = false` does nothing on a column that is not called `version`
    edition: i32,
    version: i32,
}

fn main() {}
