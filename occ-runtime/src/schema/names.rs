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

#[cfg(test)]
mod tests {
    use super::qualified;
    use crate::statement::dialect::Dialect;

    #[test]
    fn a_quote_within_a_name_is_doubled() {
        assert_eq!(qualified(Some("a\"b"), "c`d", Dialect::Postgres), "\"a\"\"b\".\"c`d\"");
        assert_eq!(qualified(None, "c`d", Dialect::Mysql), "`c``d`");
    }
}
