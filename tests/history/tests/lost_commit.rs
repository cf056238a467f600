//! The answer to a COMMIT is lost, and the server has carried it out: a tracked value adds nothing for a second time.
#![allow(
    missing_docs,
    unused_imports,
    unused_macros,
    clippy::unwrap_used,
    reason = "a test is named by what it shows, and panics if not; not every build has a server"
)]

use std::sync::mpsc::channel;

use diesel::prelude::*;
use occ_history::fault::{At, Fault, Moment};
use occ_history::proxy::Proxy;
use occ_history::row::{Row, create_table, history_rows};
use occ_runtime::{Error, Tracked};
use occ_tests::cell::Backend;
use occ_tests::database::TestDatabase as _;

macro_rules! cell {
    ($name:ident, $parameters:literal) => {
        mod $name {
            use occ_history::cells::$name::cell::{
                BACKEND, Conn, Database, batch, block_on, connect, connect_to, execute, first, rebase,
                save_tracked, transaction,
            };

            use super::*;

            async fn load(conn: &mut Conn) -> Tracked<Row> {
                first(history_rows::table.find(1).select(Tracked::<Row>::as_select()), conn).await.unwrap()
            }

            /// Adds 5 in a transaction that the value is handed to or not.
            async fn commit(mine: &mut Tracked<Row>, is_handed: bool, conn: &mut Conn) -> Result<(), Error> {
                if is_handed {
                    return transaction(conn, mine, async |conn, mine| {
                        mine.total += 5;
                        save_tracked(mine, conn).await
                    })
                    .await;
                }
                let mut nobody: [Row; 0] = [];
                transaction(conn, &mut nobody[..], async |conn, _: &mut [Row]| {
                    mine.total += 5;
                    save_tracked(mine, conn).await
                })
                .await
            }

            #[test]
            fn a_sum_is_added_once_when_the_answer_to_a_commit_is_lost() {
                for (is_handed, moment) in [
                    (true, Moment::After),
                    (true, Moment::MidAnswer(1)),
                    (false, Moment::After),
                    (false, Moment::MidAnswer(1)),
                ] {
                    let Some(database) = Database::create() else { return };
                    block_on(once(&database, is_handed, moment));
                }
            }

            async fn once(database: &Database, is_handed: bool, moment: Moment) {
                let witness = &mut connect(database).await;
                for statement in create_table(BACKEND) {
                    batch(&statement, witness).await.unwrap();
                }
                let born = Row::born(1, 1, 1);
                execute(diesel::insert_into(history_rows::table).values(&born), witness).await.unwrap();
                let usual = if BACKEND == Backend::Postgres { 5432 } else { 3306 };
                let (before, server, after) = Proxy::split(&database.url(), usual).unwrap();
                let proxy = Proxy::to(&server).unwrap();
                let url = format!("{before}{}{after}{}", proxy.address(), $parameters);
                let mut conn = connect_to(&url, database).await;
                let mut mine = load(&mut conn).await;
                let (orders, _) = channel();
                proxy.arm(Fault::Cut(At::Commit, moment), 0, orders);
                let error = commit(&mut mine, is_handed, &mut conn).await.unwrap_err();
                assert!(error.needs_new_connection(), "{error}");
                assert!(proxy.disarm());

                // It may still be on its way.
                let mut theirs = load(witness).await;
                while theirs.total != 5 {
                    theirs = load(witness).await;
                }
                theirs.total += 7;
                save_tracked(&mut theirs, witness).await.unwrap();

                let what = format!("handed over: {is_handed}, {moment:?}");
                let refused = save_tracked(&mut mine, witness).await.unwrap_err();
                assert!(refused.is_stale(), "{refused}: {what}");
                let merged = rebase(&mut mine, witness).await;
                assert!(
                    matches!(&merged, Err(Error::Unmerged(_) | Error::Stale(_))),
                    "{merged:?}, total {}: {what}",
                    mine.total
                );
            }
        }
    };
}

#[cfg(feature = "mysql")]
cell!(mysql_blocking, "");
#[cfg(feature = "async")]
cell!(mysql_async, "");
#[cfg(feature = "postgres")]
cell!(postgres_blocking, "?sslmode=disable");
#[cfg(feature = "async")]
cell!(postgres_async, "?sslmode=disable");
