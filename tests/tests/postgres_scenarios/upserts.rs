//! `bump_version` in `ON CONFLICT`.

use super::cell::{batch, first};

crate::scenarios::upserts::upserts!(products::id);

mod qualified {
    // The one schema that every connection has to itself.
    diesel::table! { pg_temp.products (id) { id -> Integer, version -> Integer } }

    #[derive(occ_runtime::OptimisticLock)]
    #[diesel(table_name = products)]
    pub struct Row {
        pub id: i32,
        pub version: i32,
    }
}

super::scenarios! {
    async fn a_table_with_its_schema_is_bumped(database) {
        use qualified::{Row, products as temporary};
        let conn = &mut connect(database).await;
        batch("CREATE TEMP TABLE products (id INTEGER PRIMARY KEY, version INTEGER)", conn).await.unwrap();
        batch("INSERT INTO pg_temp.products VALUES (1, 1)", conn).await.unwrap();
        execute(diesel::update(temporary::table.find(1)).set(bump_version::<Row>()), conn).await.unwrap();
        let upsert = diesel::insert_into(temporary::table)
            .values((temporary::id.eq(1), temporary::version.eq(1)))
            .on_conflict(temporary::id)
            .do_update()
            .set(bump_version::<Row>());
        execute(upsert, conn).await.unwrap();
        let version: i32 = first(temporary::table.select(temporary::version), conn).await.unwrap();
        assert_eq!(version, 3);
    }
}
