//! What the help lines about tracked structs advise.

use diesel::prelude::*;
use occ_runtime::Tracked;
use occ_runtime::prelude::*;

diesel::table! {
    articles (id) {
        id -> Integer,
        title -> Text,
        views -> Integer,
        version -> Integer,
    }
}

/// help: add `#[occ(tracked)]` above `Article`
/// note: add `#[occ(tracked)]` above `Article`, below its `#[derive(OptimisticLock)]`
/// help: write `#[occ(merge = mine)]`
/// help: write `#[occ(merge = theirs)]`
/// help: did you mean `theirs`?
/// help: consider annotating `Article` with `#[derive(Clone)]`
#[derive(Clone, Queryable, Selectable, OptimisticLock)]
#[occ(tracked)]
struct Article {
    id: i32,
    #[occ(merge = mine)]
    title: String,
    #[occ(merge = theirs)]
    views: i32,
    version: i32,
}

/// note: merge it by `mine` or `theirs`, or implement `occ_runtime::MergeAdd` for `String`
mod sums {
    use super::*;

    #[derive(Clone, Debug, PartialEq, diesel::expression::AsExpression)]
    #[diesel(sql_type = diesel::sql_types::Text)]
    struct Words(String);

    impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::sqlite::Sqlite> for Words {
        fn to_sql<'b>(
            &'b self,
            out: &mut diesel::serialize::Output<'b, '_, diesel::sqlite::Sqlite>,
        ) -> diesel::serialize::Result {
            out.set_value(self.0.as_str());
            Ok(diesel::serialize::IsNull::No)
        }
    }

    impl occ_runtime::MergeAdd for Words {
        fn merge_add(_: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
            Some(Self(format!("{}{}", theirs.0, mine.0)))
        }
    }

    #[derive(Clone, OptimisticLock)]
    #[occ(tracked)]
    #[diesel(table_name = articles)]
    struct Chat {
        id: i32,
        #[occ(merge = add)]
        title: Words,
        version: i32,
    }

    pub fn is_saved(conn: &mut SqliteConnection) -> bool {
        let mut chat = Tracked::new(Chat { id: 1, title: Words("a".into()), version: 1 });
        chat.title.0.push('b');
        chat.save_optimistic(conn).is_ok()
    }
}

/// help: write `#[occ(merge(with = my_function))]`
/// note: add `#[derive(PartialOrd)]` to `Title`, or merge it by `mine` or `theirs`
/// note: `union` is for `Vec`, `HashSet`, `BTreeSet` and `Option`s of them: merge it by `mine` or `theirs`, or implement `occ_runtime::MergeUnion` for `i32`
mod both_sides {
    use super::*;

    #[derive(Clone, Debug, PartialEq, PartialOrd, diesel::expression::AsExpression)]
    #[diesel(sql_type = diesel::sql_types::Text)]
    struct Title(String);

    impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::sqlite::Sqlite> for Title {
        fn to_sql<'b>(
            &'b self,
            out: &mut diesel::serialize::Output<'b, '_, diesel::sqlite::Sqlite>,
        ) -> diesel::serialize::Result {
            out.set_value(self.0.as_str());
            Ok(diesel::serialize::IsNull::No)
        }
    }

    /// Bits, each of which is an element.
    #[derive(Clone, Copy, Debug, PartialEq, diesel::expression::AsExpression)]
    #[diesel(sql_type = diesel::sql_types::Integer)]
    struct Flags(i32);

    impl diesel::serialize::ToSql<diesel::sql_types::Integer, diesel::sqlite::Sqlite> for Flags {
        fn to_sql<'b>(
            &'b self,
            out: &mut diesel::serialize::Output<'b, '_, diesel::sqlite::Sqlite>,
        ) -> diesel::serialize::Result {
            out.set_value(self.0);
            Ok(diesel::serialize::IsNull::No)
        }
    }

    impl occ_runtime::MergeUnion for Flags {
        fn merge_union(base: &Self, mine: &Self, theirs: &Self) -> Option<Self> {
            Some(Self(theirs.0 & !(base.0 & !mine.0) | mine.0 & !base.0))
        }
    }

    fn my_function(_: &i32, mine: &i32, theirs: &i32) -> Option<i32> {
        Some(*mine.max(theirs))
    }

    #[derive(Clone, OptimisticLock)]
    #[occ(tracked)]
    #[diesel(table_name = articles)]
    struct Article {
        id: i32,
        #[occ(merge = max)]
        title: Title,
        #[occ(merge = union)]
        views: Flags,
        version: i32,
    }

    #[derive(Clone, OptimisticLock)]
    #[occ(tracked)]
    #[diesel(table_name = articles)]
    struct Counted {
        id: i32,
        #[occ(merge(with = my_function))]
        views: i32,
        version: i32,
    }

    pub fn are_saved(conn: &mut SqliteConnection) -> [bool; 2] {
        let mut article = Tracked::new(Article { id: 1, title: Title("a".into()), views: Flags(1), version: 1 });
        article.title.0.push('b');
        let mut counted = Tracked::new(Counted { id: 1, views: 1, version: 1 });
        counted.views += 1;
        [article.save_optimistic(conn).is_ok(), counted.save_optimistic(conn).is_ok()]
    }
}

fn main() {
    let mut conn = SqliteConnection::establish(":memory:").unwrap();
    let article = Tracked::new(Article { id: 1, title: String::new(), views: 0, version: 1 });
    assert_eq!((article.title.len(), article.views, article.is_dirty()), (0, 0, false));
    assert!(articles::table.select(Tracked::<Article>::as_select()).load(&mut conn).is_err());
    assert!(!sums::is_saved(&mut conn));
    assert_eq!(both_sides::are_saved(&mut conn), [false; 2]);
}
