//! Tracked values that were saved in a transaction of Diesel's own which was rolled back, and whose columns cannot be compared: nothing but
//! a reload helps them, so that nothing tries again.

use diesel::prelude::*;
use occ_runtime::{Error, OptimisticLock, Tracked};

use super::cell::{
    Conn, all, batch, begin, connect, delete_tracked, first, reload_tracked, rollback, save_all_tracked,
    save_tracked,
};

diesel::table! {
    parcels (id) {
        id -> Integer,
        label -> Text,
        weight -> Integer,
        version -> Integer,
    }
}

#[derive(AsChangeset, Clone, Debug, PartialEq, Queryable, Selectable)]
#[diesel(table_name = parcels)]
pub struct Size {
    weight: i32,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = parcels)]
#[occ(tracked)]
pub struct Embedding {
    id: i32,
    label: String,
    #[diesel(embed)]
    size: Size,
    version: i32,
}

/// What is stored of it is not what it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Even(i32);

impl From<Even> for i32 {
    fn from(even: Even) -> Self {
        even.0 / 2 * 2
    }
}

impl From<i32> for Even {
    fn from(stored: i32) -> Self {
        Self(stored)
    }
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = parcels)]
#[occ(tracked)]
pub struct Lossy {
    id: i32,
    label: String,
    #[diesel(serialize_as = i32, deserialize_as = i32)]
    weight: Even,
    version: i32,
}

async fn create_parcels(conn: &mut Conn) {
    batch("DROP TABLE IF EXISTS parcels", conn).await.unwrap();
    batch(
        "CREATE TABLE parcels (id INTEGER PRIMARY KEY, label VARCHAR(20) NOT NULL, weight INTEGER NOT NULL, version INTEGER NOT NULL);
         INSERT INTO parcels VALUES (1, 'a', 1, 1), (2, 'b', 3, 1);",
        conn,
    )
    .await
    .unwrap();
}

/// Edited, saved in a plain transaction that is rolled back, alone and as a batch, and then saved again.
macro_rules! is_not_retried {
    ($row:ty, $edit:expr, $conn:ident) => {{
        let edit: fn(&mut $row) = $edit;
        for moved in [false, true] {
            for together in [false, true] {
                create_parcels($conn).await;
                let query = parcels::table.order(parcels::id).select(Tracked::<$row>::as_select());
                let mut mine: Vec<Tracked<$row>> = all(query, $conn).await.unwrap();
                for one in mine.iter_mut() {
                    edit(one);
                }
                begin($conn).await.unwrap();
                if together {
                    save_all_tracked(&mut mine, $conn).await.unwrap();
                } else {
                    save_tracked(&mut mine[0], $conn).await.unwrap();
                }
                rollback($conn).await.unwrap();
                if moved {
                    batch("UPDATE parcels SET version = version + 4", $conn).await.unwrap();
                }
                let before = mine.clone();
                let error = if together {
                    save_all_tracked(&mut mine, $conn).await.unwrap_err()
                } else {
                    save_tracked(&mut mine[0], $conn).await.unwrap_err()
                };
                assert!(
                    error.is_stale() && !error.is_retryable(),
                    "moved {moved}, together {together}: {error:?}"
                );
                assert_eq!(mine, before);
                if !together {
                    let Error::Stale(stale) = &error else { panic!("{error}") };
                    let actual = if moved { "5" } else { "1" };
                    assert_eq!((stale.expected(), stale.actual()), ("2", Some(actual)));
                    let error = delete_tracked(&mine[0], $conn).await.unwrap_err();
                    assert!(error.is_stale() && !error.is_retryable(), "{error:?}");
                }
                reload_tracked(&mut mine[0], $conn).await.unwrap();
                edit(&mut mine[0]);
                save_tracked(&mut mine[0], $conn).await.unwrap();
                let version: i32 =
                    first(parcels::table.find(1).select(parcels::version), $conn).await.unwrap();
                assert_eq!(mine[0].version, version);
            }
        }
    }};
}

super::scenarios! {
    async fn a_value_whose_columns_cannot_be_compared_is_not_retried_after_a_plain_rollback(database) {
        let conn = &mut connect(database).await;
        is_not_retried!(Embedding, |one| one.label = "mine".into(), conn);
        is_not_retried!(Embedding, |one| one.size.weight = 77, conn);
        is_not_retried!(Lossy, |one| one.weight = Even(7), conn);
    }

    async fn a_row_that_is_gone_is_no_reason_to_try_again_either(database) {
        let conn = &mut connect(database).await;
        create_parcels(conn).await;
        let mut mine: Tracked<Embedding> = first(parcels::table.find(1).select(Tracked::<Embedding>::as_select()), conn).await.unwrap();
        mine.label = "mine".into();
        begin(conn).await.unwrap();
        save_tracked(&mut mine, conn).await.unwrap();
        rollback(conn).await.unwrap();
        batch("DELETE FROM parcels", conn).await.unwrap();
        let error = save_tracked(&mut mine, conn).await.unwrap_err();
        let Error::Stale(stale) = &error else { panic!("{error}") };
        assert!(stale.is_deleted() && !error.is_retryable(), "{error:?}");
    }
}

#[cfg(feature = "retry")]
mod merging {
    use occ_runtime::conflict::Saved;

    use super::super::cell::save_merging;
    use super::*;

    super::super::scenarios! {
        async fn a_save_that_merges_compares_in_rust_what_the_database_cannot(database) {
            let conn = &mut connect(database).await;
            create_parcels(conn).await;
            let mut mine: Tracked<Embedding> = first(parcels::table.find(1).select(Tracked::<Embedding>::as_select()), conn).await.unwrap();
            mine.label = "mine".into();
            begin(conn).await.unwrap();
            save_tracked(&mut mine, conn).await.unwrap();
            rollback(conn).await.unwrap();
            assert_eq!(save_merging(&mut mine, conn).await.unwrap(), Saved::AsWritten);
            let row: Embedding = first(parcels::table.find(1).select(Embedding::as_select()), conn).await.unwrap();
            assert_eq!(*mine, row);
            assert_eq!((row.label.as_str(), row.version), ("mine", 2));
        }
    }
}
