//! The SQL of triggers, for the database that a cell runs on.

use occ_runtime::VersionTrigger;
use occ_tests::cell::Backend;

use super::cell::{BACKEND, Conn, batch};

pub(crate) fn create(trigger: &VersionTrigger) -> String {
    match BACKEND {
        Backend::Sqlite => trigger.sqlite(),
        Backend::Postgres => trigger.postgres(),
        Backend::Mysql => trigger.mysql(),
    }
}

pub(crate) fn remove(trigger: &VersionTrigger) -> String {
    match BACKEND {
        Backend::Sqlite => trigger.drop_sqlite(),
        Backend::Postgres => trigger.drop_postgres(),
        Backend::Mysql => trigger.drop_mysql(),
    }
}

/// Makes the trigger, and another one of the same table and column goes.
pub(crate) async fn make(trigger: &VersionTrigger, conn: &mut Conn) {
    for sql in [remove(trigger), create(trigger)] {
        batch(&sql, conn).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}
