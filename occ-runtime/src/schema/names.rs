//! Names of tables and columns: quoted for a database, and compared as it compares them.

use crate::statement::dialect::Dialect;

/// A name as an identifier.
pub(crate) fn quoted(name: &str, dialect: Dialect) -> String {
    let quote = if dialect == Dialect::Mysql { '`' } else { '"' };
    let doubled = name.replace(quote, &format!("{quote}{quote}"));
    format!("{quote}{doubled}{quote}")
}

/// The same with a schema before it, if there is one.
pub(crate) fn qualified(schema: Option<&str>, name: &str, dialect: Dialect) -> String {
    match schema {
        Some(schema) => format!("{}.{}", quoted(schema, dialect), quoted(name, dialect)),
        None => quoted(name, dialect),
    }
}

/// Whether two names are of one column.
pub(crate) fn same(a: &str, b: &str, dialect: Dialect) -> bool {
    match dialect {
        Dialect::Postgres => a == b,
        Dialect::Sqlite | Dialect::Mysql => a.eq_ignore_ascii_case(b) || a.to_lowercase() == b.to_lowercase(),
    }
}

/// A text as a literal of SQLite's.
pub(crate) fn literal_of(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// How often a text of SQL has a name in it, quoted or not, also where it means something else.
pub(crate) fn mentions(text: &str, name: &str) -> usize {
    let plain = |text: &str| text.to_lowercase().replace(['"', '`', '[', ']'], "");
    let (text, name) = (plain(text), plain(name));
    let is_of_name = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
    let is_whole = |at: usize| {
        let before = text[..at].chars().next_back();
        let behind = text[at + name.len()..].chars().next();
        !before.is_some_and(is_of_name) && !behind.is_some_and(is_of_name)
    };
    text.match_indices(&name).filter(|(at, _)| is_whole(*at)).count()
}

#[cfg(test)]
mod tests {
    use super::{mentions, qualified};
    use crate::statement::dialect::Dialect;

    #[test]
    fn a_quote_within_a_name_is_doubled() {
        assert_eq!(qualified(Some("a\"b"), "c`d", Dialect::Postgres), "\"a\"\"b\".\"c`d\"");
        assert_eq!(qualified(None, "c`d", Dialect::Mysql), "`c``d`");
    }

    #[test]
    fn a_name_is_found_as_a_whole() {
        let sql = "CREATE TABLE t (version_of INTEGER, \"Version\" INTEGER CHECK (version > 0), subversion INTEGER)";
        assert_eq!((mentions(sql, "version"), mentions(sql, "t"), mentions(sql, "x")), (2, 1, 0));
    }
}
