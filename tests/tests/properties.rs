//! For any sequence of steps by two holders of one row: a save succeeds exactly when the holder's version is the row's.
#![cfg(all(feature = "sqlite", feature = "version_types"))]

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use occ_runtime::OptimisticDsl as _;
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    Save,
    Touch,
    Reload,
    /// A third writer, past occ, who advances the version.
    Elsewhere,
    /// Somebody rolls back what the holder saved.
    RolledBack,
}

fn steps() -> impl Strategy<Value = Vec<(bool, Step)>> {
    let step = prop_oneof![
        4 => Just(Step::Save),
        1 => Just(Step::Touch),
        2 => Just(Step::Reload),
        1 => Just(Step::Elsewhere),
        1 => Just(Step::RolledBack),
    ];
    prop::collection::vec((any::<bool>(), step), 1..60)
}

/// The property for one kind of version; `$elsewhere` makes a version that the row has never had.
macro_rules! holds_for {
    ($($test:ident: $generator:ty, $rust:ty, $sql:ident, $elsewhere:expr;)*) => {$(
        mod $test {
            use super::*;

            diesel::table! { rows (id) { id -> Integer, name -> Integer, version -> $sql } }

            #[derive(Clone, Debug, PartialEq, Queryable, Selectable, occ_runtime::OptimisticLock)]
            #[diesel(table_name = rows)]
            pub struct Row {
                pub id: i32,
                pub name: i32,
                #[occ(version, generator = $generator)]
                pub version: $rust,
            }

            proptest! {
                #[test]
                fn a_save_succeeds_exactly_when_the_version_is_the_rows(steps in steps()) {
                    let conn = &mut SqliteConnection::establish(":memory:").unwrap();
                    conn.batch_execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, name INTEGER NOT NULL, version NOT NULL)").unwrap();
                    let initial = <$generator as occ_runtime::VersionGenerator<$rust>>::initial();
                    diesel::insert_into(rows::table)
                        .values((rows::id.eq(1), rows::name.eq(0), rows::version.eq(initial)))
                        .execute(conn)
                        .unwrap();
                    let now = |conn: &mut SqliteConnection| -> Row {
                        rows::table.select(Row::as_select()).first(conn).unwrap()
                    };
                    let mut holders = [now(conn), now(conn)];
                    for (number, (second, step)) in (1..).zip(steps) {
                        let holder = &mut holders[usize::from(second)];
                        let row = now(conn);
                        let is_current = holder.version == row.version;
                        match step {
                            Step::Save | Step::Touch => {
                                holder.name = number;
                                let before = holder.clone();
                                let result = match step {
                                    Step::Save => holder.save_optimistic(conn),
                                    _ => holder.touch_optimistic(conn),
                                };
                                prop_assert_eq!(result.is_ok(), is_current);
                                if let Err(error) = result {
                                    prop_assert!(error.is_stale());
                                    prop_assert_eq!(&*holder, &before);
                                    prop_assert_eq!(now(conn), row);
                                } else {
                                    prop_assert_ne!(&holder.version, &before.version);
                                    let name = if matches!(step, Step::Save) { number } else { row.name };
                                    prop_assert_eq!(now(conn), Row { name, ..holder.clone() });
                                }
                            }
                            Step::Reload => {
                                holder.reload(conn).unwrap();
                                prop_assert_eq!(&*holder, &row);
                            }
                            Step::Elsewhere => {
                                let version: $rust = ($elsewhere)(&row.version, number);
                                diesel::update(rows::table).set(rows::version.eq(version)).execute(conn).unwrap();
                            }
                            Step::RolledBack => {
                                let before = holder.clone();
                                let result = occ_runtime::optimistic_transaction(conn, &mut *holder, |conn, holder| {
                                    holder.save_optimistic(conn)?;
                                    Err::<(), _>(occ_runtime::Error::from(diesel::result::Error::RollbackTransaction))
                                });
                                prop_assert_eq!(result.unwrap_err().is_stale(), !is_current);
                                prop_assert_eq!(&*holder, &before);
                                prop_assert_eq!(now(conn), row);
                            }
                        }
                    }
                }
            }
        }
    )*};
}

holds_for! {
    counters: occ_runtime::Increment, i64, BigInt, |version: &i64, _| version + 1;
    uuids: occ_runtime::UuidV4, String, Text, |_: &String, number| format!("elsewhere {number}");
    timestamps: occ_runtime::Timestamp, chrono::NaiveDateTime, Timestamp,
        |version: &chrono::NaiveDateTime, _| *version + chrono::TimeDelta::microseconds(1);
}
