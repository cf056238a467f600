//! What the notes at a failed call advise.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use occ_runtime::{Error, prelude::*};

diesel::table! {
    products (id) {
        id -> Integer,
        colour -> Text,
        version -> Integer,
    }
}

/// note: add `impl ToSql<.., Sqlite> for Colour`, for the SQL type that the column has in `table!`
#[derive(Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
struct Colour(String);

impl ToSql<Text, Sqlite> for Colour {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_str());
        Ok(IsNull::No)
    }
}

impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<Text, DB> for Colour
where
    String: diesel::deserialize::FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
        String::from_sql(bytes).map(Colour)
    }
}

/// note: add `#[derive(OptimisticLock)]` to `Product`
/// note: add `#[derive(Queryable, Selectable)]` to `Product`
#[derive(Queryable, Selectable, OptimisticLock)]
struct Product {
    id: i32,
    colour: Colour,
    version: i32,
}

fn save_and_reload(product: &mut Product, conn: &mut SqliteConnection) -> Result<(), Error> {
    product.save_optimistic(conn)?;
    product.reload(conn)
}

fn main() {
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    let mut product = Product { id: 1, colour: Colour("red".to_owned()), version: 1 };
    // There is no such table. That it compiles is the test.
    save_and_reload(&mut product, &mut conn).unwrap_err();
}
