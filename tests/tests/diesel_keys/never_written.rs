//! What is never written is asked nothing: what Diesel passes over unread, it passes over with what it would refuse elsewhere.

use super::*;

fields! {
    serialize_as_on_embedded: [] [embed, skip_update, serialize_as = String] label: Label { label() => same };
    treat_none_as_null_on_embedded: [] [embed, skip_update, treat_none_as_null = true] label: Label { label() => same };
    treat_none_as_null_without_option: [] [skip_update, treat_none_as_null = true] name: String {
        "new".to_owned() => same
    };
    an_embedded_struct_that_is_no_changeset: [] [embed, skip_update] word: Word { Word("new") => same };
}

/// The key is found by, and never written: what is said about writing does not change what it is compared as.
#[test]
fn a_key_is_converted_even_if_it_is_never_written() {
    #[derive(Clone)]
    struct Id(i32);

    impl From<Id> for i32 {
        fn from(id: Id) -> Self {
            id.0
        }
    }

    #[derive(Clone, AsChangeset, OptimisticLock)]
    #[diesel(table_name = items)]
    struct Item {
        #[diesel(serialize_as = i32, skip_update)]
        id: Id,
        name: String,
        version: i32,
    }

    let mut item = Item { id: Id(1), name: "new".to_owned(), version: 1 };
    let mut conn = connection();
    item.save_optimistic(&mut conn).unwrap();
    assert_eq!(row(&mut conn).0, "new");
    item.delete_optimistic(&mut conn).unwrap();
}

/// A field that is only read may be computed by the query, and is no column then.
#[test]
fn a_field_that_is_only_selected_need_be_no_column() {
    use diesel::dsl::sql;
    use diesel::expression::SqlLiteral;
    use diesel::sql_types::BigInt;

    #[derive(Clone, Queryable, Selectable, AsChangeset, OptimisticLock)]
    #[diesel(table_name = items)]
    #[occ(tracked)]
    struct Item {
        id: i32,
        name: String,
        #[diesel(
            skip_update,
            select_expression = sql::<BigInt>("(SELECT count(*) FROM items)"),
            select_expression_type = SqlLiteral<BigInt>
        )]
        siblings: i64,
        version: i32,
    }

    let mut conn = connection();
    let query = items::table.select(Tracked::<Item>::as_select());
    let mut item = query.first(&mut conn).unwrap();
    assert_eq!(item.siblings, 1);
    item.name = "new".to_owned();
    item.siblings = 5;
    assert_eq!(item.dirty_fields(), ["name"]);
    item.save_optimistic(&mut conn).unwrap();
    assert_eq!(row(&mut conn).0, "new");
}
