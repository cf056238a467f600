//! Structs in structs.

use diesel::prelude::*;
use occ_runtime::prelude::*;

diesel::table! { pages (id) { id -> Integer, title -> Text, slug -> Text, note -> Nullable<Text>, views -> Integer, rank -> Nullable<Integer>, version -> Integer } }

const PAGES: &str = "CREATE TABLE pages (id INTEGER PRIMARY KEY, title TEXT, slug TEXT, note TEXT, views INTEGER, rank INTEGER, version INTEGER);
                     INSERT INTO pages VALUES (1, 'a', 'a', NULL, 1, 1, 1), (2, 'b', 'b', 'n', 2, NULL, 1);";

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = pages, treat_none_as_null = true)]
struct Head {
    title: String,
    note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = pages)]
struct Counts {
    views: i32,
}

mod two {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = pages)]
    #[occ(tracked)]
    struct Page {
        #[diesel(embed)]
        counts: Counts,
        id: i32,
        #[diesel(embed)]
        head: Head,
        slug: String,
        version: i32,
    }

    life! {
        Page => pages: PAGES;
        by |it| pages::id.eq(it.id);
        edit |it| { it.head.note = None; it.head.title.push('!') };
        theirs |it| (it.counts.views, it.slug) = (9, "theirs".into());
    }
}

mod nested_and_generic {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset)]
    #[diesel(table_name = pages)]
    struct Outer<const N: usize> {
        slug: String,
        #[diesel(embed)]
        counts: Counts,
    }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = pages)]
    #[occ(tracked)]
    struct Page(
        #[diesel(column_name = id)] i32,
        #[diesel(embed)] Outer<{ 1 + 2 }>,
        #[diesel(column_name = "title")] String,
        #[diesel(column_name = version)] i32,
    );

    life! {
        Page => pages: PAGES;
        by |it| pages::id.eq(it.0);
        edit |it| it.1.counts.views += 1;
        theirs |it| it.2.push('!');
    }
}

mod optional {
    use super::*;

    #[derive(Clone, Debug, PartialEq, AsChangeset, OptimisticLock)]
    #[diesel(table_name = pages)]
    struct Page {
        id: i32,
        #[diesel(embed)]
        head: Option<Head>,
        #[diesel(embed)]
        counts: Option<Counts>,
        slug: String,
        version: i32,
    }

    life! {
        Page => pages: PAGES;
        from |_conn| vec![
            Page { id: 1, head: None, counts: None, slug: "s".into(), version: 1 },
            Page { id: 2, head: Some(Head { title: "t".into(), note: None }), counts: None, slug: "s".into(), version: 1 },
        ];
        by |it| pages::id.eq(it.id);
        edit |it| (it.slug, it.counts) = ("new".into(), Some(Counts { views: 5 }));
    }
}

mod borrowed {
    use super::*;

    #[derive(Clone, AsChangeset)]
    #[diesel(table_name = pages)]
    struct Names<'n> {
        title: &'n str,
        slug: Option<&'n str>,
    }

    #[derive(Clone, AsChangeset, OptimisticLock)]
    #[diesel(table_name = pages)]
    struct Page<'p> {
        id: &'p i32,
        #[diesel(embed)]
        names: Names<'p>,
        version: i32,
    }

    life! {
        Page<'static> => pages: PAGES;
        from |_conn| vec![
            Page { id: &1, names: Names { title: "t", slug: None }, version: 1 },
            Page { id: &2, names: Names { title: "t", slug: Some("s") }, version: 1 },
        ];
        by |it| pages::id.eq(it.id);
        edit |it| it.names.title = "new";
    }
}

/// Computed when read; `skip_update` keeps the whole embedded struct out.
mod only_read {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable)]
    #[diesel(table_name = pages)]
    struct Extra {
        rank: Option<i32>,
        #[diesel(select_expression = pages::views * 2)]
        #[diesel(select_expression_type = diesel::dsl::Mul<pages::views, i32>)]
        twice: i32,
    }

    #[derive(Clone, Debug, PartialEq, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = pages)]
    #[occ(tracked)]
    struct Page {
        id: i32,
        slug: String,
        #[diesel(embed, skip_update)]
        extra: Extra,
        #[diesel(skip_update, select_expression = pages::note.is_not_null())]
        #[diesel(select_expression_type = diesel::dsl::IsNotNull<pages::note>)]
        has_note: bool,
        #[diesel(skip_update, select_expression = (pages::id, pages::title))]
        pair: (i32, String),
        version: i32,
    }

    life! {
        Page => pages: PAGES;
        by |it| pages::id.eq(it.id);
        edit |it| { it.slug = "x".into(); it.extra.rank = Some(99); it.has_note ^= true };
        theirs |it| it.slug = "x".into();
    }
}
