//! `SELECT .. FROM "products" WHERE "id" = ? AND "version" = ?`, and the same of the rows that were: `FROM "products_history" AS
//! "products"`, so that the columns of a struct are found there as well.

use std::any::Any;

use diesel::backend::Backend;
use diesel::dsl::AsSelect;
use diesel::expression::Expression;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::{Error as DieselError, QueryResult};
use diesel::{RunQueryDsl, Selectable};

use crate::model::columns::Columns;
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::table_name::table_name;
use crate::statement::dialect::{Dialect, Speaks};
use crate::statement::row_key::{FromClause, StatementKey, from_clause};
use crate::statement::version::AtVersion;
use crate::version::history::history_of;

/// Reads the row with this key at this version, from the table or, if `WAS`, from its history.
pub struct Revision<'a, M, DB, K, const WAS: bool>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
    selection: M::SelectExpression,
    table: FromClause<M>,
    key: &'a K,
    version: &'a M::Version,
}

impl<'a, M, DB, K, const WAS: bool> Revision<'a, M, DB, K, WAS>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
    pub(crate) fn of(key: &'a K, version: &'a M::Version) -> Self {
        Self { selection: M::construct_selection(), table: from_clause::<M>(), key, version }
    }
}

impl<M, DB, K, const WAS: bool> QueryFragment<DB> for Revision<'_, M, DB, K, WAS>
where
    DB: Speaks + 'static,
    M: Columns<DB> + Selectable<DB, SelectExpression: QueryFragment<DB> + 'static>,
    FromClause<M>: QueryFragment<DB>,
    K: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SELECT ");
        if WAS {
            let (schema, table) = table_name::<M>();
            match schema.as_deref() {
                Some(schema) if out.backend().dialect() == Some(Dialect::Postgres) => {
                    out.push_sql(&without_schema::<DB>(M::construct_selection(), schema, &table)?);
                }
                _ => self.selection.walk_ast(out.reborrow())?,
            }
            out.push_sql(" FROM ");
            if let Some(schema) = schema {
                out.push_identifier(&schema)?;
                out.push_sql(".");
            }
            out.push_identifier(&history_of(&table))?;
            out.push_sql(" AS ");
            out.push_identifier(&table)?;
        } else {
            self.selection.walk_ast(out.reborrow())?;
            out.push_sql(" FROM ");
            self.table.walk_ast(out.reborrow())?;
        }
        out.push_sql(" WHERE ");
        self.key.walk_ast(out.reborrow())?;
        M::visit_version(self.version, &mut AtVersion(out))
    }
}

/// A selection in words that find its columns where `table` is the name of another one. Diesel writes the schema before a table, and
/// PostgreSQL, unlike the others, knows no such name for what is called otherwise.
fn without_schema<DB: Backend + 'static>(
    selection: impl QueryFragment<DB> + 'static,
    schema: &str,
    table: &str,
) -> QueryResult<String> {
    let selection: Box<dyn QueryFragment<DB>> = Box::new(selection);
    let refused = |why: &str| Err(DieselError::QueryBuilderError(why.into()));
    let Some((sql, has_binds)) = postgres_text(Box::new(selection)) else {
        return refused(
            "the revisions of a table with a schema are read on PostgreSQL by its own connection, and with the feature `postgres` of \
             occ-runtime",
        );
    };
    if has_binds {
        return refused(
            "a struct that selects a value cannot be read from the history of a table with a schema",
        );
    }
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let (schema, table) = (quoted(schema), quoted(table));
    Ok(sql.replace(&format!("{schema}.{table}."), &format!("{table}.")))
}

/// The text of a `Box<dyn QueryFragment<Pg>>`, and whether values are bound in it.
#[cfg(feature = "postgres")]
fn postgres_text(fragment: Box<dyn Any>) -> Option<(String, bool)> {
    use diesel::pg::Pg;

    let fragment = fragment.downcast::<Box<dyn QueryFragment<Pg>>>().ok()?;
    let text = diesel::debug_query::<Pg, _>(&*fragment).to_string();
    Some(match text.strip_suffix(" -- binds: []") {
        Some(sql) => (sql.to_owned(), false),
        None => (text, true),
    })
}

/// Without the feature nobody can be asked.
#[cfg(not(feature = "postgres"))]
fn postgres_text(_: Box<dyn Any>) -> Option<(String, bool)> {
    None
}

impl<M, DB, K, const WAS: bool> Query for Revision<'_, M, DB, K, WAS>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
    AsSelect<M, DB>: Expression,
{
    type SqlType = <AsSelect<M, DB> as Expression>::SqlType;
}

impl<M, DB, K, Conn, const WAS: bool> RunQueryDsl<Conn> for Revision<'_, M, DB, K, WAS>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
{
}

impl<M, DB, K, const WAS: bool> QueryId for Revision<'_, M, DB, K, WAS>
where
    M: OptimisticLock + Selectable<DB>,
    DB: Backend,
    M::SelectExpression: QueryId,
    K: QueryId,
{
    type QueryId =
        StatementKey<Revised<<M::SelectExpression as QueryId>::QueryId, K::QueryId, WAS>, M::StatementId>;
    const HAS_STATIC_QUERY_ID: bool =
        <M::SelectExpression as QueryId>::HAS_STATIC_QUERY_ID && K::HAS_STATIC_QUERY_ID;
}

/// Names the statement in the cache.
pub struct Revised<S, K, const WAS: bool>(std::marker::PhantomData<(S, K)>);
