//! Tables and columns with awkward names.

use diesel::prelude::*;
use occ_runtime::OptimisticLock;
use occ_tests::cell::Backend;

use super::cell::{batch, connect, delete, first, save, verify};

diesel::table! {
    #[sql_name = "order"]
    orders (id) {
        id -> Integer,
        #[sql_name = "group"]
        group_ -> Text,
        #[sql_name = "100%_sure"]
        sure -> Integer,
        #[sql_name = "_lock%version"]
        lock_version -> Integer,
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = orders)]
struct Order {
    id: i32,
    #[diesel(column_name = group_)]
    r#type: String,
    #[diesel(column_name = "sure")]
    certainty: i32,
    #[occ(version)]
    lock_version: i32,
}

super::scenarios! {
    async fn reserved_and_odd_names_are_quoted(database) {
        let conn = &mut connect(database).await;
        // MySQL quotes with backticks, everybody else with quotes.
        let quote = if super::cell::BACKEND == Backend::Mysql { "`" } else { "\"" };
        batch(
            &"CREATE TABLE \"order\" (id INTEGER PRIMARY KEY, \"group\" VARCHAR(50) NOT NULL, \
             \"100%_sure\" INTEGER NOT NULL, \"_lock%version\" INTEGER NOT NULL);
             INSERT INTO \"order\" VALUES (1, 'a', 1, 1)"
                .replace('"', quote),
            conn,
        )
        .await
        .unwrap();
        let mut order: Order = first(orders::table.find(1).select(Order::as_select()), conn).await.unwrap();
        let old = order.clone();
        order.r#type = "b".into();
        order.certainty = 99;
        save(&mut order, conn).await.unwrap();
        let row: Order = first(orders::table.find(1).select(Order::as_select()), conn).await.unwrap();
        assert_eq!((&row, row.lock_version), (&order, 2));
        assert!(verify(&old, conn).await.unwrap_err().to_string().contains("row 1 of `orders`"));
        delete(&order, conn).await.unwrap();
    }
}
