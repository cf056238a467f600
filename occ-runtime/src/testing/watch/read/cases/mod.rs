//! What is found in which statement.

mod hostile;
mod others;
mod updates;

use super::{Reading, may_write, read};
use crate::statement::dialect::Dialect::{self, Mysql, Postgres, Sqlite};
use crate::testing::watch::finding::FindingKind;
use crate::testing::watch::table::Table;

const ALL: &[Dialect] = &[Sqlite, Postgres, Mysql];

fn table(name: &str) -> Table {
    Table {
        schema: None,
        name: name.to_owned(),
        version: "version",
        model: "Product",
        by_database: false,
        is_fresh: false,
        unversioned: vec!["views"],
    }
}

fn found(sql: &str, database: Option<Dialect>, tables: &[Table], deletes: bool) -> Vec<FindingKind> {
    if !may_write(sql, tables, deletes) {
        return Vec::new();
    }
    let Reading { faults, .. } = read(sql, database, tables, deletes);
    faults.into_iter().map(|fault| fault.kind).collect()
}

/// Each of them is found to be this, on each of these databases and where the database is not known.
fn all_are(kinds: &[FindingKind], databases: &[Dialect], statements: &[&str]) {
    let tables = [table("products")];
    let databases = databases.iter().map(|database| Some(*database)).chain([None]);
    let mut wrong = Vec::new();
    for database in databases {
        for sql in statements {
            let found = found(sql, database, &tables, false);
            if found != kinds {
                wrong.push(format!("{database:?}: {sql}\n    is {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "these should be {kinds:?}:\n{}", wrong.join("\n"));
}
