//! What the catalog of a database is asked. Each question is answered by rows of one and the same shape, whatever the database.

use diesel::RunQueryDsl;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::{Error as DieselError, QueryResult};
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Nullable, Text};

use crate::schema::catalog_sql::text;
use crate::statement::dialect::Speaks;

type OneText = Nullable<Text>;

/// The SQL type of an answer: a name, and what is said of it.
pub type AnswerType = (Text, OneText, OneText, OneText, OneText, OneText, OneText, OneText);

type OneRead = Option<String>;

/// The same as it is read.
pub type Answer = (String, OneRead, OneRead, OneRead, OneRead, OneRead, OneRead, OneRead);

/// One of the questions, in this order. What stands where in its answers is in [`catalog`](crate::schema::catalog).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One row, if it is there.
    Table,
    /// A row for each.
    Columns,
    /// A row for each column of each unique index.
    Indexes,
    /// A row for each trigger and rule that an `UPDATE` runs.
    Triggers,
    /// A row for each column that it is asked of.
    Contents,
}

/// A question about a table.
#[derive(Clone, Debug)]
pub struct Question {
    pub(crate) step: Step,
    pub(crate) schema: Option<String>,
    pub(crate) table: String,
    /// Both, as PostgreSQL reads them.
    pub(crate) name: String,
    /// Of [`Step::Contents`].
    pub(crate) columns: Vec<String>,
}

impl<DB> QueryFragment<DB> for Question
where
    DB: Speaks + HasSqlType<Text>,
    String: ToSql<Text, DB>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        // Asked once, and of what may be altered next.
        out.unsafe_to_cache_prepared();
        let Some(dialect) = out.backend().dialect() else {
            return Err(DieselError::QueryBuilderError(
                "`check_schema` reads the catalogs of SQLite, PostgreSQL and MySQL, and this backend is none of them".into(),
            ));
        };
        let columns: Vec<Option<&'b String>> = match self.step {
            Step::Contents => self.columns.iter().map(Some).collect(),
            _ => vec![None],
        };
        for (at, column) in columns.into_iter().enumerate() {
            if at > 0 {
                out.push_sql(" UNION ALL ");
            }
            self.walk_text(text(dialect, self.step), column, &mut out)?;
        }
        Ok(())
    }
}

impl Question {
    /// Writes the SQL text, with what its marks stand for: `?s` and `?t` the names of schema and table, `?c` that of the column, and
    /// `?q` the table as it is named in SQL, each as a bind; `?S`, `?T` and `?C` the same as identifiers.
    fn walk_text<'b, DB>(
        &'b self,
        text: &'static str,
        column: Option<&'b String>,
        out: &mut AstPass<'_, 'b, DB>,
    ) -> QueryResult<()>
    where
        DB: Speaks + HasSqlType<Text>,
        String: ToSql<Text, DB>,
        str: ToSql<Text, DB>,
    {
        for (at, part) in text.split('?').enumerate() {
            let mut letters = part.chars();
            match if at == 0 { None } else { letters.next() } {
                None => {
                    out.push_sql(part);
                    continue;
                }
                Some('s') => out.push_bind_param::<Text, str>(self.schema.as_deref().unwrap_or_default())?,
                Some('t') => out.push_bind_param::<Text, String>(&self.table)?,
                Some('q') => out.push_bind_param::<Text, String>(&self.name)?,
                Some('c') => {
                    out.push_bind_param::<Text, str>(column.map(String::as_str).unwrap_or_default())?
                }
                Some('S') => out.push_identifier(self.schema.as_deref().unwrap_or("main"))?,
                Some('T') => {
                    if let Some(schema) = &self.schema {
                        out.push_identifier(schema)?;
                        out.push_sql(".");
                    }
                    out.push_identifier(&self.table)?;
                }
                Some('C') => out.push_identifier(column.map(String::as_str).unwrap_or_default())?,
                Some(_) => {}
            }
            out.push_sql(letters.as_str());
        }
        Ok(())
    }
}

impl Query for Question {
    type SqlType = AnswerType;
}

impl<Conn> RunQueryDsl<Conn> for Question {}

impl QueryId for Question {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
