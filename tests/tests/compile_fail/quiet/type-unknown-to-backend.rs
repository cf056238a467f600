use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Text;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Debug, AsExpression)]
#[diesel(sql_type = Text)]
struct Colour;

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: Colour,
    version: i32,
}

fn save(mut product: Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn) //~ ERROR `Product` cannot be saved through `diesel::SqliteConnection`
}

fn main() {}
