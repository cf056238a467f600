//! The SQL of triggers, for the database that a cell runs on.

use occ_runtime::{HistoryTrigger, VersionTrigger};
use occ_tests::cell::Backend;

use super::cell::{BACKEND, Conn, batch};

/// SQL for both ways of a migration.
pub(crate) trait Sql {
    fn up(&self) -> String;
    fn down(&self) -> String;
}

macro_rules! sql {
    ($($trigger:ty),*) => {$(
        impl Sql for $trigger {
            fn up(&self) -> String {
                match BACKEND {
                    Backend::Sqlite => self.sqlite(),
                    Backend::Postgres => self.postgres(),
                    Backend::Mysql => self.mysql(),
                }
            }

            fn down(&self) -> String {
                match BACKEND {
                    Backend::Sqlite => self.drop_sqlite(),
                    Backend::Postgres => self.drop_postgres(),
                    Backend::Mysql => self.drop_mysql(),
                }
            }
        }
    )*};
}

sql!(VersionTrigger, HistoryTrigger);

pub(crate) fn create(trigger: &impl Sql) -> String {
    trigger.up()
}

pub(crate) fn remove(trigger: &impl Sql) -> String {
    trigger.down()
}

/// Makes the trigger, and another one of the same name goes.
pub(crate) async fn make(trigger: &impl Sql, conn: &mut Conn) {
    for sql in [trigger.down(), trigger.up()] {
        batch(&sql, conn).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}
