use diesel::prelude::*;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Nullable<Text>,
        version -> Integer,
    }
}

#[derive(Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    #[diesel(serialize_as = Option<String>)]
    name: Name,
    version: i32,
}

#[derive(Clone, Debug)]
struct Name(String);

impl From<Name> for Option<String> {
    fn from(name: Name) -> Self {
        Some(name.0)
    }
}

fn reload(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.reload(conn) //~ ERROR `Product` cannot be reloaded through `diesel::SqliteConnection`
}

fn main() {}
