//! Which watched tables a text writes, and whether it moves their versions. The text is taken apart and parsed by `sqlparser`;
//! what that cannot read is a finding of its own, if it can be a write.

mod assigned;
#[cfg(test)]
mod cases;
mod pieces;
mod written;

use std::thread;

use sqlparser::dialect::{Dialect as Grammar, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

use crate::statement::dialect::Dialect;
use crate::testing::watch::finding::FindingKind;
use crate::testing::watch::read::pieces::Piece;
use crate::testing::watch::table::Table;

/// How deep a statement may be nested. What is deeper is not read: what the parser refuses takes it longer with each level.
const DEPTH: usize = 500;

/// More than a level takes of the stack in a build without optimization, which was between 64 and 128 KiB. Only what is used is
/// real memory.
const LEVEL: usize = 512 * 1024;

/// What a token takes of it: a long chain of `OR` is a tree as deep as it is long, which is dropped level by level.
const TOKEN: usize = 256;

/// What is wrong with one statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: FindingKind,
    /// Which of the tables.
    pub(crate) table: usize,
    pub(crate) statement: String,
}

/// What is wrong with a text.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) faults: Vec<Fault>,
    /// How many statements it has.
    pub(crate) statements: usize,
}

impl Reading {
    fn not_read(&self) -> usize {
        self.faults.iter().filter(|fault| fault.kind == FindingKind::NotRead).count()
    }
}

/// Which database is at this URL, if it can be told.
pub(crate) fn database_at(url: &str) -> Option<Dialect> {
    let begins =
        |scheme: &str| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    if begins("postgres://") || begins("postgresql://") {
        Some(Dialect::Postgres)
    } else if begins("mysql://") {
        Some(Dialect::Mysql)
    } else if url.contains('=') && !begins("file:") && !begins("sqlite:") {
        // `host=.. dbname=..` of libpq, or a file with an odd name.
        None
    } else {
        Some(Dialect::Sqlite)
    }
}

/// Whether a text has the name of a watched table and a word that writes, wherever: most have not, and are not looked at any further.
pub(crate) fn may_write(text: &str, tables: &[Table], deletes: bool) -> bool {
    let text = text.to_lowercase();
    let writes = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let is_write = writes(&["update", "replace", "merge"]) || deletes && writes(&["delete", "truncate"]);
    if !is_write {
        return false;
    }
    // A quote in a name is doubled, and U&"" spells it by numbers.
    let bare = |name: &str| name.replace(['"', '`'], "").to_lowercase();
    let text = bare(&text);
    text.contains("u&") || tables.iter().any(|table| text.contains(&bare(&table.name)))
}

/// A statement without the values that Diesel writes behind it. Where that may be part of a literal, it stays.
pub(crate) fn without_binds(text: &str) -> &str {
    match text.rsplit_once(" -- binds: [") {
        Some((sql, binds))
            if binds.ends_with(']')
                && !binds.contains('\n')
                && ['\'', '"', '`'].iter().all(|quote| sql.matches(*quote).count() % 2 == 0) =>
        {
            sql
        }
        _ => text,
    }
}

/// Reads a text, on a stack that is deep enough for whatever it is.
pub(crate) fn read(sql: &str, database: Option<Dialect>, tables: &[Table], deletes: bool) -> Reading {
    let stack = DEPTH * LEVEL + sql.len() * TOKEN;
    let read = thread::scope(|scope| {
        let reader = thread::Builder::new().name("occ-watch".to_owned()).stack_size(stack);
        let reader = reader.spawn_scoped(scope, || read_here(sql, database, tables, deletes));
        reader.ok().and_then(|reader| reader.join().ok())
    });
    read.unwrap_or_else(|| unreadable(sql, tables))
}

fn read_here(sql: &str, database: Option<Dialect>, tables: &[Table], deletes: bool) -> Reading {
    let (dialects, all) = dialects(sql, database);
    let read = dialects.into_iter().filter_map(|dialect| read_as(sql, dialect, tables, deletes));
    let mut read: Vec<Reading> = read.collect();
    let least = read.iter().map(Reading::not_read).min();
    let Some(least) = least else { return unreadable(sql, tables) };
    read.retain(|reading| reading.not_read() == least);
    if all {
        // It may mean more than one thing: each counts.
        let mut read = read.into_iter();
        let mut first = read.next().unwrap_or_default();
        for fault in read.flat_map(|reading| reading.faults) {
            if !first.faults.iter().any(|known| known.table == fault.table) {
                first.faults.push(fault);
            }
        }
        return first;
    }
    read.into_iter().next().unwrap_or_default()
}

/// Whose SQL it may be, the likeliest first, and whether each of them counts, or only the first that can read it.
///
/// A connection that was open before it was watched does not say what it is connected to. Diesel quotes names by `"` for PostgreSQL and
/// by a backtick for the others. What means one thing to one database and something else to another is read as each of them.
fn dialects(sql: &str, database: Option<Dialect>) -> (Vec<Dialect>, bool) {
    use Dialect::{Mysql, Postgres, Sqlite};

    if let Some(database) = database {
        return (vec![database], false);
    }
    let ambiguous = ["\\", "#", "/*!", "/*M!"].iter().any(|mark| sql.contains(mark));
    let order = match (sql.contains('`'), sql.contains('"')) {
        (true, false) => [Mysql, Sqlite, Postgres],
        (true, true) => [Sqlite, Mysql, Postgres],
        (false, _) => [Postgres, Sqlite, Mysql],
    };
    (order.into(), ambiguous)
}

/// `None` if it cannot even be taken apart.
fn read_as(sql: &str, dialect: Dialect, tables: &[Table], deletes: bool) -> Option<Reading> {
    let grammar: &dyn Grammar = match dialect {
        Dialect::Postgres => &PostgreSqlDialect {},
        Dialect::Mysql => &MySqlDialect {},
        Dialect::Sqlite => &SQLiteDialect {},
    };
    let pieces = pieces::of(sql, dialect, grammar)?;
    let mut reading = Reading { faults: Vec::new(), statements: pieces.len() };
    for piece in pieces {
        let mentioned: Vec<usize> =
            (0..tables.len()).filter(|at| piece.mentions(&tables[*at].name)).collect();
        if mentioned.is_empty() || !piece.can_write(deletes) {
            continue;
        }
        let statement = if piece.runs_text() { None } else { parse(&piece, grammar) };
        let faults = statement.and_then(|statement| written::faults(&statement, tables, deletes));
        let faults = faults
            .unwrap_or_else(|| mentioned.into_iter().map(|table| (table, FindingKind::NotRead)).collect());
        reading.faults.extend(faults.into_iter().map(|(table, kind)| Fault {
            kind,
            table,
            statement: piece.text.clone(),
        }));
    }
    Some(reading)
}

/// The whole piece as one statement.
fn parse(piece: &Piece, grammar: &dyn Grammar) -> Option<sqlparser::ast::Statement> {
    let tokens = pieces::for_parser(&piece.tokens);
    let mut parser = Parser::new(grammar).with_recursion_limit(DEPTH).with_tokens(tokens);
    let statement = parser.parse_statement().ok()?;
    (parser.peek_token().token == Token::EOF).then_some(statement)
}

/// No database's tokens: whatever is named counts.
fn unreadable(sql: &str, tables: &[Table]) -> Reading {
    let text = sql.to_lowercase();
    let named = tables.iter().enumerate().filter(|(_, table)| text.contains(&table.name.to_lowercase()));
    let faults =
        named.map(|(table, _)| Fault { kind: FindingKind::NotRead, table, statement: sql.to_owned() });
    Reading { faults: faults.collect(), statements: 1 }
}
