use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Clone)]
struct Name(String);

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

#[derive(Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    #[diesel(serialize_as = String)]
    name: Name,
    version: i32,
}

fn reload(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.reload(conn) //~ ERROR `Product` cannot be reloaded through `diesel::SqliteConnection`
}

fn main() {}
