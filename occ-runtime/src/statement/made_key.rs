//! What MySQL tells of a number that it has made (`AUTO_INCREMENT`): whether it is the key of the row that was inserted last.
//!
//! `LAST_INSERT_ID()` does not say for which column it was made, and a table has one that may be another than the key. The
//! catalogue knows it, in the statement that reads the row.

use diesel::backend::Backend;
use diesel::expression::Expression;
use diesel::query_builder::{AstPass, Query, QueryFragment};
use diesel::result::QueryResult;

use crate::model::columns::Columns;
use crate::model::optimistic_lock::OptimisticLock;
use crate::statement::dialect::{Dialect, Speaks};
use crate::statement::row_key::FromClause;
use crate::statement::select::CurrentVersion;

/// ` AND ..`: the number is that of the column `key`. A view, and a temporary table, are not in the catalogue with what makes their
/// numbers, and so are refused.
pub(super) fn walk_is_made<'b, M, DB>(
    table: &'b FromClause<M>,
    key: &str,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    DB: Backend,
    M: OptimisticLock,
    FromClause<M>: QueryFragment<DB>,
{
    out.push_sql(" AND 1 = ");
    walk_key_columns::<M, DB>(table, &[key], "LIKE", out)
}

/// ` AND ..`: none was made, or that of a column which is none of `keys`.
pub(super) fn walk_is_not_made<'b, M, DB>(
    table: &'b FromClause<M>,
    keys: &[&str],
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    DB: Backend,
    M: OptimisticLock,
    FromClause<M>: QueryFragment<DB>,
{
    out.push_sql(" AND (LAST_INSERT_ID() = 0 OR ");
    out.push_sql(&keys.len().to_string());
    out.push_sql(" = ");
    walk_key_columns::<M, DB>(table, keys, "NOT LIKE", out.reborrow())?;
    out.push_sql(")");
    Ok(())
}

/// How many of these columns, of which each is in an index, are `AUTO_INCREMENT`, or are not. The table is named by what names it in
/// the statement itself, which is taken apart where it is read.
fn walk_key_columns<'b, M, DB>(
    table: &'b FromClause<M>,
    columns: &[&str],
    like: &str,
    mut out: AstPass<'_, 'b, DB>,
) -> QueryResult<()>
where
    DB: Backend,
    M: OptimisticLock,
    FromClause<M>: QueryFragment<DB>,
{
    // Between single quotes a name with one, or with a backslash, would not be what it is. Nothing is known of it.
    let is_plain = |name: &str| !name.contains(['\'', '\\']);
    let is_known = M::sql_name().is_some_and(|name| is_plain(&format!("{name:?}")));
    if !is_known || !columns.iter().all(|column| is_plain(column)) {
        out.push_sql("-1");
        return Ok(());
    }
    out.push_sql("(SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = IF(LOCATE('`.`', '");
    table.walk_ast(out.reborrow())?;
    out.push_sql("') = 0, DATABASE(), TRIM('`' FROM SUBSTRING_INDEX('");
    table.walk_ast(out.reborrow())?;
    out.push_sql("', '`.`', 1))) AND table_name = TRIM('`' FROM SUBSTRING_INDEX('");
    table.walk_ast(out.reborrow())?;
    out.push_sql("', '`.`', -1)) AND column_name IN ('");
    out.push_sql(&columns.join("', '"));
    out.push_sql("') AND column_key <> '' AND extra ");
    out.push_sql(like);
    out.push_sql(" '%auto_increment%')");
    Ok(())
}

/// Reads the version of the row that was inserted just now, if it has the key that it was given.
pub struct KeptVersion<'a, M: OptimisticLock>(CurrentVersion<'a, M>);

impl<'a, M: OptimisticLock> KeptVersion<'a, M> {
    pub(crate) fn of(row: &'a M) -> Self {
        Self(CurrentVersion::of_any(row))
    }
}

impl<M, DB> QueryFragment<DB> for KeptVersion<'_, M>
where
    DB: Speaks,
    M: Columns<DB>,
    FromClause<M>: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_where(out.reborrow())?;
        if out.backend().dialect() == Some(Dialect::Mysql) {
            walk_is_not_made::<M, DB>(self.0.table(), M::key_columns(), out)?;
        }
        Ok(())
    }
}

impl<M: OptimisticLock> Query for KeptVersion<'_, M> {
    type SqlType = <M::VersionColumn as Expression>::SqlType;
}
