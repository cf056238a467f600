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
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
struct Product {
    id: i32,
    name: Colour, //~ ERROR a `Colour` cannot be bound to the column `columns::name` on `Sqlite`
    version: i32,
}

fn use_it(mut product: Product, rows: &mut [Product], conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn)?;
    rows.save_all_optimistic(conn)?;
    product.update_optimistic(products::name.eq("lamp"), conn)?;
    product.delete_optimistic(conn)
}

fn main() {}
