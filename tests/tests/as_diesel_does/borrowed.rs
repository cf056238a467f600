//! Structs that borrow what they write, as changesets do.

use diesel::prelude::*;
use occ_runtime::prelude::*;
use std::borrow::Cow;

diesel::table! { posts (id) { id -> Integer, slug -> Text, title -> Text, description -> Nullable<Text>, body -> Binary, version -> Integer } }

const POSTS: &str = "CREATE TABLE posts (id INTEGER PRIMARY KEY, slug TEXT, title TEXT, description TEXT, body BLOB, version INTEGER);
                     INSERT INTO posts VALUES (1, 'a', 'A', 'old', x'01', 1), (2, 'b', 'B', NULL, x'02', 1);";

/// All of a form that may be left out.
mod a_form {
    use super::*;

    #[derive(Clone, Debug, Default, AsChangeset, OptimisticLock)]
    #[diesel(table_name = posts, treat_none_as_null = false)]
    pub struct UpdatePost<'a> {
        id: i32,
        slug: Option<&'a str>,
        title: Option<Cow<'a, str>>,
        description: Option<Option<&'a str>>,
        body: Option<&'a [u8]>,
        version: i32,
    }

    life! {
        UpdatePost<'static> => posts: POSTS;
        from |_conn| vec![
            UpdatePost { id: 1, slug: Some("s"), version: 1, ..UpdatePost::default() },
            UpdatePost { id: 2, body: Some(b"b"), description: Some(Some("d")), version: 1, ..UpdatePost::default() },
        ];
        by |it| posts::id.eq(it.id);
        edit |it| (it.title, it.description) = (Some("new".into()), Some(None));
    }
}

mod cows {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, Insertable, OptimisticLock)]
    #[diesel(table_name = posts, treat_none_as_null = true)]
    #[occ(tracked)]
    pub struct Post<'a> {
        id: i32,
        slug: Cow<'a, str>,
        description: Option<Cow<'a, str>>,
        body: Cow<'a, [u8]>,
        version: i32,
    }

    life! {
        Post<'static> => posts: POSTS;
        by |it| posts::id.eq(it.id);
        edit |it| it.description = Some(Cow::Borrowed("new"));
        theirs |it| (it.slug, it.body) = (Cow::Borrowed("new"), Cow::Owned(vec![7]));
    }
}

/// A connection between lifetimes, and a slice of fixed length.
mod two_lifetimes {
    use super::*;

    #[derive(Clone, Debug, PartialEq, AsChangeset, OptimisticLock)]
    #[diesel(table_name = posts)]
    #[occ(tracked)]
    pub struct Post<'long: 'short, 'short> {
        id: &'long i32,
        slug: &'short str,
        title: &'short String,
        body: [u8; 2],
        version: i32,
    }

    life! {
        Post<'static, 'static> => posts: POSTS;
        from |_conn| {
            let title = Box::leak(Box::new(String::from("title")));
            (1..3).map(|id| Post { id: if id == 1 { &1 } else { &2 }, slug: "s", title, body: [0; 2], version: 1 }).collect()
        };
        by |it| posts::id.eq(it.id);
        edit |it| it.body = [4, 5];
        theirs |it| it.slug = "t";
    }
}

/// A key that borrows what borrows: that the one outlives the other is only said by the field.
mod implied_lifetimes {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq, diesel::expression::AsExpression)]
    #[diesel(sql_type = diesel::sql_types::Text)]
    struct Named<'x>(&'x str);

    impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::sqlite::Sqlite> for Named<'_> {
        fn to_sql<'b>(
            &'b self,
            out: &mut diesel::serialize::Output<'b, '_, diesel::sqlite::Sqlite>,
        ) -> diesel::serialize::Result {
            out.set_value(self.0);
            Ok(diesel::serialize::IsNull::No)
        }
    }

    #[derive(Clone, Debug, PartialEq, AsChangeset, OptimisticLock)]
    #[diesel(table_name = posts, primary_key(slug))]
    #[occ(tracked, unique_key)]
    struct Post<'a, 'b> {
        slug: &'a Named<'b>,
        title: &'b str,
        version: i32,
    }

    life! {
        Post<'static, 'static> => posts: POSTS;
        from |_conn| [&Named("a"), &Named("b")].map(|slug| Post { slug, title: "t", version: 1 }).into();
        by |it| posts::slug.eq(it.slug.0);
        edit |it| it.title = "new";
        theirs |it| it.title = "new";
    }
}

/// What is shared, not borrowed.
mod not_clone {
    use super::*;

    #[derive(AsChangeset, Queryable, Selectable, OptimisticLock)]
    #[diesel(table_name = posts)]
    pub struct Post {
        id: i32,
        slug: String,
        title: Title,
        version: i32,
    }

    /// Neither `Clone` nor comparable.
    #[derive(Debug, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub struct Title(String);

    impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for Title
    where
        String: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
    {
        fn to_sql<'b>(
            &'b self,
            out: &mut diesel::serialize::Output<'b, '_, DB>,
        ) -> diesel::serialize::Result {
            self.0.to_sql(out)
        }
    }

    impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for Title
    where
        String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
    {
        fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
            String::from_sql(bytes).map(Self)
        }
    }

    life! {
        Post => posts: POSTS;
        by |it| posts::id.eq(it.id) => it;
        edit |it| it.title.0.push('!');
    }
}
