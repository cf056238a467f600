//! Keys and versions of the user's own types: how often they are compared, and how a version without an order is put back.

use occ_runtime::Error;
use occ_runtime::prelude::*;

use super::{connection, items, order_items};

/// Or a long batch would take its length squared.
#[test]
fn only_keys_that_may_be_equal_are_compared_in_a_batch() {
    use std::cell::Cell;
    use std::hash::{Hash, Hasher};

    use diesel::serialize::{IsNull, Output, ToSql};
    use diesel::sqlite::Sqlite;

    thread_local! {
        static COMPARED: Cell<usize> = const { Cell::new(0) };
    }

    #[derive(Debug, Clone, diesel::expression::AsExpression)]
    #[diesel(sql_type = diesel::sql_types::Integer)]
    struct Key(i32);

    impl PartialEq for Key {
        fn eq(&self, other: &Self) -> bool {
            COMPARED.set(COMPARED.get() + 1);
            self.0 == other.0
        }
    }

    impl Eq for Key {}

    impl Hash for Key {
        fn hash<H: Hasher>(&self, state: &mut H) {
            self.0.hash(state);
        }
    }

    impl ToSql<diesel::sql_types::Integer, Sqlite> for Key {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> diesel::serialize::Result {
            out.set_value(self.0);
            Ok(IsNull::No)
        }
    }

    #[derive(OptimisticLock)]
    struct OrderItem {
        id: Key,
        version: i32,
    }

    let (mut conn, _) = connection();
    let items = |ids: std::ops::Range<i32>| -> Vec<OrderItem> {
        ids.map(|id| OrderItem { id: Key(id), version: 1 }).collect()
    };
    let Err(Error::StaleBatch(_)) = items(1..101).delete_all_optimistic(&mut conn) else {
        panic!("one is there")
    };
    assert!(COMPARED.get() < 50, "{}", COMPARED.get());
    let mut twice = items(1..101);
    twice.extend(items(7..8));
    assert!(matches!(twice.delete_all_optimistic(&mut conn), Err(Error::DuplicateRow(_))));
}

/// Its versions have no order, so only what was written down of each save leads back.
#[test]
fn a_save_in_an_inner_transaction_goes_back_with_the_outer_one() {
    /// Names that never come again.
    struct Names;

    impl occ_runtime::VersionGenerator<String> for Names {
        fn initial() -> String {
            static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
            format!("v{}", COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
        }

        fn next(_: &String) -> Result<String, occ_runtime::VersionError> {
            Ok(Self::initial())
        }
    }

    #[derive(OptimisticLock)]
    #[diesel(table_name = items)]
    struct Item {
        id: i32,
        size: i32,
        #[occ(version, generator = Names)]
        name: String,
    }

    let (mut conn, _) = connection();
    let mut item = Item { id: 1, size: 2, name: "old".into() };
    let result: Result<(), Error> = optimistic_transaction(&mut conn, &mut item, |conn, item| {
        optimistic_transaction(conn, &mut *item, |conn, item| item.save_optimistic(conn))?;
        assert_ne!(item.name, "old");
        Err(diesel::result::Error::NotFound.into())
    });
    assert!(result.is_err());
    assert_eq!(item.name, "old");
    item.save_optimistic(&mut conn).unwrap();
}
