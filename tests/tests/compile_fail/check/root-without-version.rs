use diesel::prelude::*;
use occ_runtime::{Error, Tracked, prelude::*};

diesel::table! {
    pages (id) {
        id -> Integer,
        title -> Text,
    }
}

#[derive(Clone, OptimisticLock)]
#[occ(check = all)]
struct Page {
    id: i32,
    title: String,
}

fn write(page: &mut Tracked<Page>, conn: &mut SqliteConnection) -> Result<(), Error> {
    page.with_children(conn, |_| Ok(())) //~ ERROR `Tracked<Page>` cannot be the root of an aggregate
}

fn main() {}
