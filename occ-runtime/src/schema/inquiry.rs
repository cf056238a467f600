//! The questions one after the other, each as the answers before it require, and what is found at the end: without a connection, so
//! that it is the same for blocking and for async ones.

use crate::model::optimistic_lock::OptimisticLock;
use crate::schema::catalog::{Catalog, TableKind};
use crate::schema::expected::Expected;
use crate::schema::finding::Finding;
use crate::schema::names::qualified;
use crate::schema::question::{Answer, Question, Step};
use crate::schema::rules;
use crate::statement::dialect::Dialect;

/// What is asked of the table of a struct.
#[derive(Debug)]
pub(crate) struct Inquiry {
    expected: Expected,
    catalog: Option<Catalog>,
    next: Option<Step>,
}

impl Inquiry {
    pub(crate) fn of<M: OptimisticLock>() -> Self {
        Self { expected: Expected::of::<M>(), catalog: None, next: Some(Step::Table) }
    }

    /// What is to be asked now, until there is no more.
    pub(crate) fn question(&self) -> Option<Question> {
        let step = self.next?;
        let found_in = match &self.catalog {
            Some(catalog) if catalog.dialect == Dialect::Sqlite => catalog.place.as_ref(),
            _ => None,
        };
        let schema = self.expected.schema.as_ref().or(found_in).cloned();
        Some(Question {
            step,
            name: qualified(schema.as_deref(), &self.expected.table, Dialect::Postgres),
            schema,
            table: self.expected.table.clone(),
            columns: self.contents(),
        })
    }

    pub(crate) fn learn(&mut self, answers: Vec<Answer>) {
        let Some(step) = self.next else { return };
        match &mut self.catalog {
            Some(catalog) => catalog.learn(step, answers),
            None => self.catalog = answers.into_iter().next().and_then(Catalog::of),
        }
        self.next = match step {
            _ if self.catalog.is_none() => None,
            Step::Table => Some(Step::Columns),
            Step::Columns => Some(Step::Indexes),
            Step::Indexes => Some(Step::Triggers),
            Step::Triggers => Some(Step::Contents).filter(|_| !self.contents().is_empty()),
            Step::Contents => None,
        };
    }

    pub(crate) fn findings(self) -> Vec<Finding> {
        rules::findings(&self.expected, self.catalog.as_ref())
    }

    /// The columns of which the rows are asked: the version where it may be NULL; and on SQLite those whose collation matters.
    fn contents(&self) -> Vec<String> {
        let Some(catalog) = self.catalog.as_ref().filter(|catalog| catalog.kind != TableKind::View) else {
            return Vec::new();
        };
        let version = self.expected.version.as_ref().filter(|version| !version.is_xmin);
        let version = version.and_then(|version| catalog.column(version.column));
        let is_sqlite = catalog.dialect == Dialect::Sqlite;
        let keys = self.expected.key.iter().filter(|_| is_sqlite).filter_map(|key| catalog.column(key));
        let version = version.filter(|column| is_sqlite || column.is_nullable);
        version.into_iter().chain(keys).map(|column| column.name.clone()).collect()
    }
}
