use occ_runtime::prelude::*;

mod schema {
    diesel::table! {
        shop.things (kind, number) {
            #[sql_name = "type"]
            kind -> Text,
            #[sql_name = "no"]
            number -> Integer,
            version -> Integer,
        }
    }
}

#[derive(OptimisticLock)]
#[diesel(table_name = schema::things)]
#[diesel(primary_key(number))] //~ ERROR write `#[diesel(primary_key(kind, number))]`
struct Thing<'a, T> {
    number: T,
    #[diesel(column_name = kind)]
    sort: &'a str,
    version: i32,
}

fn main() {}
