//! What was found so far.

use crate::schema::catalog::Catalog;
use crate::schema::cure::Cure;
use crate::schema::expected::Expected;
use crate::schema::finding::{Finding, FindingKind};

/// What is known, and what was found so far.
pub(super) struct Report<'a> {
    pub(super) expected: &'a Expected,
    pub(super) catalog: &'a Catalog,
    pub(super) cure: Cure<'a>,
    pub(super) findings: Vec<Finding>,
}

impl Report<'_> {
    /// Adds a finding about a column, or about the table.
    pub(super) fn add(&mut self, kind: FindingKind, column: Option<&str>, what: &str, cure: Option<String>) {
        let table = self.expected.name();
        let place = match column {
            Some(column) => format!("the column `{column}` of `{table}`"),
            None => format!("`{table}`"),
        };
        let mut sentence = format!("{place} {what}");
        let seen = column.and_then(|column| self.catalog.column(column));
        if let Some(obstacle) =
            self.cure.obstacle(seen).filter(|_| cure.is_none() && kind.is_cured_by_altering())
        {
            sentence = format!("{sentence}; {obstacle}");
        }
        self.findings.push(Finding { kind, table, column: column.map(str::to_owned), sentence, cure });
    }
}
