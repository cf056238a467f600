use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    pages (id) {
        id -> Integer,
        title -> Text,
        weight -> Double,
    }
}

#[derive(Clone, OptimisticLock)]
#[occ(check = all)]
struct Page {
    id: i32,
    title: String,
}

fn write(page: &mut Page, conn: &mut SqliteConnection) -> Result<(), Error> {
    page.save_optimistic(conn) //~ ERROR `Page` cannot be saved through `diesel::SqliteConnection`
}

fn main() {}
