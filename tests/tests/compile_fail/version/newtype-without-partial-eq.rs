use diesel::expression::AsExpression;
use diesel::sql_types::Integer;
use occ_runtime::version::Counter;
use occ_runtime::prelude::*;

diesel::table! {
    products (id) {
        id -> Integer,
        name -> Text,
        version -> Integer,
    }
}

#[derive(Debug, AsExpression)]
#[diesel(sql_type = Integer)]
struct Revision(i32);

impl Counter for Revision {
    const FIRST: Self = Revision(1);

    fn successor(&self) -> Option<Self> {
        self.0.checked_add(1).map(Revision)
    }
}

#[derive(OptimisticLock)]
struct Product {
    id: i32,
    name: String,
    version: Revision, //~ ERROR can't compare `Revision` with `Revision`
}

fn main() {}
