//! `bump_version` in `ON CONFLICT`.

use super::cell::batch;

crate::scenarios::upserts::upserts!(products::id);

mod qualified {
    diesel::table! { main.products (id) { id -> Integer, version -> Integer } }

    #[derive(occ_runtime::OptimisticLock)]
    #[diesel(table_name = products)]
    pub struct Row {
        pub id: i32,
        pub version: i32,
    }
}

super::scenarios! {
    async fn a_table_with_its_schema_is_bumped(database) {
        use qualified::{Row, products as main};
        let conn = &mut connect(database).await;
        batch("CREATE TEMP TABLE products (id INTEGER PRIMARY KEY, version INTEGER)", conn).await.unwrap();
        execute(diesel::update(main::table.find(1)).set(bump_version::<Row>()), conn).await.unwrap();
        let upsert = diesel::insert_into(main::table)
            .values((main::id.eq(1), main::version.eq(1)))
            .on_conflict(main::id)
            .do_update()
            .set(bump_version::<Row>());
        let error = execute(upsert, conn).await.unwrap_err();
        assert!(error.to_string().contains("NOT NULL"), "the upsert is understood, and lacks a name: {error}");
        batch("DROP TABLE temp.products", conn).await.unwrap();
        assert_eq!(load(1, conn).await.version, 2);
    }
}
