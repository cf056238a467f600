use occ_runtime::prelude::*;

diesel::table! {
    articles (id) {
        id -> Integer,
        title -> Text,
        views -> Integer,
        version -> Integer,
    }
}

#[derive(Clone, Debug, PartialEq, diesel::expression::AsExpression)]
#[diesel(sql_type = diesel::sql_types::Text)]
struct Title(String);

impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for Title
where
    DB: diesel::backend::Backend,
    String: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
        self.0.to_sql(out)
    }
}

#[derive(Clone, OptimisticLock)]
#[occ(tracked)]
struct Article {
    id: i32,
    #[occ(merge = max)]
    title: Title, //~ ERROR of two values of `Title` none is the greater one
    views: i32,
    version: i32,
}

fn main() {}
