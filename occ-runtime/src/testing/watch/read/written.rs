//! What a statement writes.

use sqlparser::ast::{
    Assignment, AssignmentTarget, CopySource, Delete, Expr, FromTable, Insert, Merge, MergeAction,
    MergeUpdateKind, ObjectName, OnConflictAction, OnInsert, Query, SetExpr, SqliteOnConflict, Statement,
    TableFactor, TableObject, TableWithJoins, Update, UpdateTableFromKind,
};

use crate::testing::watch::finding::FindingKind;
use crate::testing::watch::read::assigned::{self, Moves};
use crate::testing::watch::table::{Table, same};

/// The tables that a statement writes without moving their version, and how.
///
/// `None` if it has statements within it that are not looked at.
pub(super) fn faults(
    statement: &Statement,
    tables: &[Table],
    deletes: bool,
) -> Option<Vec<(usize, FindingKind)>> {
    let mut walk = Walk { tables, deletes, faults: Vec::new(), is_whole: true };
    walk.statement(statement);
    walk.is_whole.then_some(walk.faults)
}

struct Walk<'t> {
    tables: &'t [Table],
    deletes: bool,
    faults: Vec<(usize, FindingKind)>,
    is_whole: bool,
}

/// A table as a statement names it: its name, and the one that stands for it in the rest of the statement.
struct Named<'s> {
    parts: Vec<&'s str>,
    stands_for: &'s str,
    /// What stands for it comes without `AS`. It may be the table, and the name before it a word that the parser does not know
    /// there, as in `UPDATE IGNORE products`.
    is_bare: bool,
}

impl<'s> Named<'s> {
    fn names(&self) -> [&[&'s str]; 2] {
        let bare = if self.is_bare { std::slice::from_ref(&self.stands_for) } else { &[] };
        [&self.parts, bare]
    }
}

impl Walk<'_> {
    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Update(update) => self.update(update),
            Statement::Insert(insert) => self.insert(insert),
            Statement::Delete(delete) => self.delete(delete),
            Statement::Merge(merge) => self.merge(merge),
            Statement::Query(query) | Statement::Copy { source: CopySource::Query(query), .. } => {
                self.query(query);
            }
            // PostgreSQL's `CREATE TABLE .. AS`
            Statement::CreateTable(create) => {
                if let Some(query) = &create.query {
                    self.query(query);
                }
            }
            // PostgreSQL runs it then.
            Statement::Explain { analyze, options, statement, .. } => {
                let asks = |options: &Vec<_>| {
                    options
                        .iter()
                        .any(|option: &sqlparser::ast::UtilityOption| same(&option.name.value, "analyze"))
                };
                if *analyze || options.as_ref().is_some_and(asks) {
                    self.statement(statement);
                }
            }
            Statement::Prepare { statement, .. } => self.statement(statement),
            Statement::Truncate(truncate) if self.deletes => {
                for target in &truncate.table_names {
                    let parts = parts(&target.name);
                    self.fault_of(&parts, FindingKind::Delete);
                }
            }
            // What neither writes rows nor has statements within it.
            Statement::Analyze(_)
            | Statement::Call(_)
            | Statement::Commit { .. }
            | Statement::Copy { .. }
            | Statement::Declare { .. }
            | Statement::Execute { .. }
            | Statement::LockTables { .. }
            | Statement::Rollback { .. }
            | Statement::Set(_)
            | Statement::Truncate(_)
            | Statement::Vacuum(_) => {}
            _ => self.is_whole = false,
        }
    }

    /// Statements that write may be in front of a query, or stand where it could.
    fn query(&mut self, query: &Query) {
        for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
            self.query(&cte.query);
        }
        self.set_expr(&query.body);
    }

    fn set_expr(&mut self, body: &SetExpr) {
        match body {
            SetExpr::Query(query) => self.query(query),
            SetExpr::SetOperation { left, right, .. } => {
                self.set_expr(left);
                self.set_expr(right);
            }
            SetExpr::Insert(statement)
            | SetExpr::Update(statement)
            | SetExpr::Delete(statement)
            | SetExpr::Merge(statement) => self.statement(statement),
            SetExpr::Select(_) | SetExpr::Values(_) | SetExpr::Table(_) => {}
        }
    }

    /// MySQL may write each of the tables that are joined; the others write the first, and only read what is behind `FROM`.
    fn update(&mut self, update: &Update) {
        let mut targets = factors(&update.table);
        if let Some(UpdateTableFromKind::BeforeSet(from)) = &update.from {
            targets.extend(from.iter().flat_map(factors));
        }
        self.assignments(&targets, &update.assignments, None, FindingKind::Update);
    }

    /// Each watched table among `targets` that has a column assigned must have its version moved.
    fn assignments(
        &mut self,
        targets: &[Named<'_>],
        assignments: &[Assignment],
        inserted: Option<&str>,
        kind: FindingKind,
    ) {
        for target in targets {
            for at in self.tables_named(&target.names()) {
                let table = &self.tables[at];
                let others = targets
                    .iter()
                    .map(|named| named.stands_for)
                    .filter(|name| !same(name, target.stands_for));
                let others: Vec<&str> = others.collect();
                let own = assignments.iter().flat_map(columns);
                let own = own
                    .filter(|column| !column.is_of(&others))
                    .map(|column| column.within(target.stands_for));
                let own: Vec<Column<'_>> = own.collect();
                if table.by_database || own.iter().all(|column| table.lets_stay(column.name)) {
                    continue;
                }
                let versions = own.iter().filter(|column| same(column.name, table.version));
                let moves =
                    versions.map(|column| assigned::moves(column.value, table, target.stands_for, inserted));
                match moves.max() {
                    None => self.faults.push((at, kind)),
                    Some(Moves::Yes) => {}
                    Some(Moves::Inserted) if table.is_fresh => {}
                    Some(Moves::Inserted | Moves::No) => self.faults.push((at, FindingKind::VersionStays)),
                }
            }
        }
    }

    fn insert(&mut self, insert: &Insert) {
        if let Some(source) = &insert.source {
            self.query(source);
        }
        let TableObject::TableName(name) = &insert.table else { return };
        let parts = parts(name);
        if insert.replace_into || insert.or == Some(SqliteOnConflict::Replace) || insert.overwrite {
            self.replaced(insert, &parts);
        }
        let stands_for = match &insert.table_alias {
            Some(alias) => alias.alias.value.as_str(),
            None => parts.last().copied().unwrap_or_default(),
        };
        let inserted = insert.insert_alias.as_ref().and_then(|aliases| last(&aliases.row_alias));
        let assignments = match &insert.on {
            Some(OnInsert::DuplicateKeyUpdate(assignments)) => assignments,
            Some(OnInsert::OnConflict(conflict)) => match &conflict.action {
                OnConflictAction::DoUpdate(update) => &update.assignments,
                OnConflictAction::DoNothing => return,
            },
            _ => return,
        };
        self.assignments(
            &[Named { parts, stands_for, is_bare: false }],
            assignments,
            inserted,
            FindingKind::Upsert,
        );
    }

    /// Only a version that is named and new each time cannot be one that somebody holds.
    fn replaced(&mut self, insert: &Insert, parts: &[&str]) {
        for at in self.tables_named(&[parts]) {
            let table = &self.tables[at];
            let named = insert.columns.iter().filter_map(last);
            let set = insert.assignments.iter().flat_map(columns).map(|column| column.name);
            if !(table.is_fresh && named.chain(set).any(|column| same(column, table.version))) {
                self.faults.push((at, FindingKind::Replace));
            }
        }
    }

    fn merge(&mut self, merge: &Merge) {
        let Some(target) = named(&merge.table) else { return };
        let targets = [target];
        for clause in &merge.clauses {
            match &clause.action {
                MergeAction::Update(update) => match &update.kind {
                    MergeUpdateKind::Set(assignments) => {
                        self.assignments(&targets, assignments, None, FindingKind::Update);
                    }
                    MergeUpdateKind::Wildcard => self.fault_of(&targets[0].parts, FindingKind::Update),
                },
                MergeAction::Delete { .. } if self.deletes => {
                    let asked = [Some(&*merge.on), clause.predicate.as_ref()];
                    self.deleted(&targets[0].parts, &asked);
                }
                _ => {}
            }
        }
    }

    fn delete(&mut self, delete: &Delete) {
        if !self.deletes {
            return;
        }
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        let sources = delete.using.iter().flatten().chain(from).flat_map(factors);
        let sources: Vec<Named<'_>> = sources.collect();
        // What is deleted may be named by what stands for it elsewhere in the statement.
        let targets: Vec<Vec<&str>> = if delete.tables.is_empty() {
            from.iter().flat_map(factors).map(|target| target.parts).collect()
        } else {
            delete.tables.iter().map(parts).collect()
        };
        for target in targets {
            let stands =
                |source: &&Named<'_>| target.last().is_some_and(|name| same(name, source.stands_for));
            let parts = sources.iter().find(stands).map_or(&target, |source| &source.parts);
            self.deleted(parts, &[delete.selection.as_ref()]);
        }
    }

    fn deleted(&mut self, parts: &[&str], asked: &[Option<&Expr>]) {
        for at in self.tables_named(&[parts]) {
            let version = self.tables[at].version;
            if !asked.iter().flatten().any(|condition| assigned::names(condition, version)) {
                self.faults.push((at, FindingKind::Delete));
            }
        }
    }

    /// Those that one of the names may be of.
    fn tables_named(&self, names: &[&[&str]]) -> Vec<usize> {
        let is_named = |table: &Table| names.iter().any(|parts| table.is_named(parts));
        (0..self.tables.len()).filter(|at| is_named(&self.tables[*at])).collect()
    }

    fn fault_of(&mut self, parts: &[&str], kind: FindingKind) {
        let faults = self.tables_named(&[parts]).into_iter().map(|at| (at, kind));
        self.faults.extend(faults);
    }
}

/// A column that is assigned, and what.
struct Column<'s> {
    /// What the column is named with, such as its table.
    qualifier: Option<&'s str>,
    name: &'s str,
    value: Option<&'s Expr>,
}

impl Column<'_> {
    /// Whether it is named as a column of one of these.
    fn is_of(&self, tables: &[&str]) -> bool {
        self.qualifier.is_some_and(|qualifier| tables.iter().any(|table| same(table, qualifier)))
    }

    /// What is named with something else than the table is a field of a column of that name.
    fn within(mut self, table: &str) -> Self {
        if let Some(qualifier) = self.qualifier.take_if(|qualifier| !same(qualifier, table)) {
            self.name = qualifier;
            self.value = None;
        }
        self
    }
}

fn columns(assignment: &Assignment) -> Vec<Column<'_>> {
    match &assignment.target {
        AssignmentTarget::ColumnName(name) => column(name, Some(&assignment.value)).into_iter().collect(),
        AssignmentTarget::Tuple(names) => {
            let values = assigned::row(&assignment.value, names.len());
            names.iter().enumerate().filter_map(|(at, name)| column(name, values.get(at).copied())).collect()
        }
    }
}

fn column<'s>(name: &'s ObjectName, value: Option<&'s Expr>) -> Option<Column<'s>> {
    let mut parts = parts(name).into_iter().rev();
    Some(Column { name: parts.next()?, qualifier: parts.next(), value })
}

fn parts(name: &ObjectName) -> Vec<&str> {
    name.0.iter().filter_map(|part| part.as_ident()).map(|ident| ident.value.as_str()).collect()
}

fn last(name: &ObjectName) -> Option<&str> {
    parts(name).pop()
}

/// The tables of a `FROM`, or of an `UPDATE` that joins some.
fn factors(tables: &TableWithJoins) -> Vec<Named<'_>> {
    let joined = tables.joins.iter().map(|join| &join.relation);
    let mut named_tables = Vec::new();
    for factor in std::iter::once(&tables.relation).chain(joined) {
        match factor {
            TableFactor::NestedJoin { table_with_joins, .. } => {
                named_tables.extend(factors(table_with_joins));
            }
            other => named_tables.extend(named(other)),
        }
    }
    named_tables
}

fn named(factor: &TableFactor) -> Option<Named<'_>> {
    let TableFactor::Table { name, alias, .. } = factor else { return None };
    let parts = parts(name);
    let is_bare = alias.as_ref().is_some_and(|alias| !alias.explicit);
    let alias = alias.as_ref().map(|alias| alias.name.value.as_str());
    let stands_for = alias.or_else(|| parts.last().copied())?;
    Some(Named { parts, stands_for, is_bare })
}
