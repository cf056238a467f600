//! What `#[derive(OptimisticLock)]` writes for the `Product` of `main.rs`, written by hand.
//!
//! It says which table and columns belong to which field, and nothing else: building the SQL, comparing versions
//! and reporting conflicts is ordinary generic code in occ-runtime. The tests below compare this impl with the
//! derived one.
//!
//! To be read, not to be copied: `occ_runtime::__private` is for the derive and changes without notice.

use occ_runtime::__private::{
    Backend, ColumnValue, ColumnVisitor, Columns, DefaultGenerator, OptimisticLock, QueryResult, SqlText,
};

use diesel::prelude::*;

use super::products;

#[derive(Debug, Queryable, Selectable)]
struct Product {
    id: i32,
    name: String,
    quantity: i32,
    version: i32,
}

/// Stands for the SQL of `Product` in the cache of prepared statements.
enum Statements {}

impl OptimisticLock for Product {
    type Table = products::table;
    type VersionColumn = products::version;
    type Version = i32;
    type Generator = <i32 as DefaultGenerator>::Generator;
    // Every field can be bound as it is. `serialize_as` and `embed` would put their converted values here.
    type Prepared<'a> = ();
    type StatementId = Statements;
    // No field can be left out of the UPDATE, so its text is one and the same.
    const SQL_TEXT: SqlText = SqlText::with_optional_columns(0);

    fn version(&self) -> &i32 {
        &self.version
    }

    fn table_name() -> &'static str {
        "products"
    }

    fn table() -> products::table {
        products::table
    }

    fn set_version(&mut self, version: i32) {
        self.version = version;
    }

    fn prepare(&self) -> Self::Prepared<'_> {}
}

/// For each backend that can bind every field.
impl<DB: Backend> Columns<DB> for Product
where
    i32: ColumnValue<products::id, DB>,
    String: ColumnValue<products::name, DB>,
    i32: ColumnValue<products::quantity, DB>,
    i32: ColumnValue<products::version, DB>,
{
    fn key<'a, 'b, V>(&'b self, (): &'b Self::Prepared<'a>, visitor: &mut V) -> QueryResult<()>
    where
        'a: 'b,
        V: ColumnVisitor<'b, DB>,
    {
        visitor.column::<products::id, _>(&self.id)
    }

    fn values<'a, 'b, V>(&'b self, (): &'b Self::Prepared<'a>, visitor: &mut V) -> QueryResult<()>
    where
        'a: 'b,
        V: ColumnVisitor<'b, DB>,
    {
        visitor.column::<products::name, _>(&self.name)?;
        visitor.column::<products::quantity, _>(&self.quantity)
    }

    fn visit_version<'b, V>(version: &'b i32, visitor: &mut V) -> QueryResult<()>
    where
        V: ColumnVisitor<'b, DB>,
    {
        visitor.column::<products::version, _>(version)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use diesel::connection::{InstrumentationEvent, SimpleConnection as _};
    use diesel::prelude::*;
    use occ_runtime::prelude::*;

    use crate::products;

    /// Uses each method on `$Model`, with and without a conflict, and returns what came of it: every statement with
    /// its binds, every text put into the statement cache, every outcome and the value after it.
    macro_rules! transcript {
        ($Model:ty) => {{
            let (events, lines) = mpsc::channel();
            let note = events.clone();
            let conn = &mut SqliteConnection::establish(":memory:").unwrap();
            conn.batch_execute(crate::SHOP).unwrap();
            conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                let line = match event {
                    InstrumentationEvent::StartQuery { query, .. } => query.to_string(),
                    InstrumentationEvent::CacheQuery { sql, .. } => format!("cached: {sql}"),
                    _ => return,
                };
                events.send(line).unwrap();
            });
            let load = |conn: &mut SqliteConnection| -> $Model {
                products::table.find(1).select(<$Model>::as_select()).first(conn).unwrap()
            };
            macro_rules! attempt {
                ($value:ident . $method:ident ( $d($argument:expr),* )) => {{
                    let outcome = $value.$method($d($argument),*);
                    let outcome = outcome.map_err(|error| error.to_string());
                    note.send(format!("{}: {outcome:?}, {:?}", stringify!($method), $value)).unwrap();
                }};
            }

            let (mut hers, mut his) = (load(conn), load(conn));
            hers.name = "green lamp".to_owned();
            his.quantity = 9;
            lines.try_iter().collect::<Vec<_>>()
        }};
    }
}
