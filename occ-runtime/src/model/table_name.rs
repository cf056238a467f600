//! The name of a table in SQL: read from what Diesel prints of it.

use crate::model::optimistic_lock::OptimisticLock;

/// Schema and name of the table of `M`.
pub(crate) fn table_name<M: OptimisticLock>() -> (Option<String>, String) {
    M::sql_name()
        .and_then(|name| parse(&format!("{name:?}")))
        .unwrap_or_else(|| (None, M::table_name().to_owned()))
}

/// Schema and name of a table, from the `Debug` of Diesel's own nodes: `Identifier("products")`, or two of them and a dot.
fn parse(printed: &str) -> Option<(Option<String>, String)> {
    let mut rest = printed;
    let mut names = Vec::new();
    while let Some((_, after)) = rest.split_once("Identifier(\"") {
        let (name, behind) = literal(after)?;
        names.push(name);
        rest = behind;
    }
    let table = names.pop()?;
    Some((names.pop(), table))
}

/// The content of a literal after its opening quote, and what is behind it.
fn literal(text: &str) -> Option<(String, &str)> {
    let mut content = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((content, text.get(at + 1..)?)),
            '\\' => match letters.next()?.1 {
                'n' => content.push('\n'),
                't' => content.push('\t'),
                'r' => content.push('\r'),
                '0' => content.push('\0'),
                'u' => {
                    let (code, _) = text.get(letters.next()?.0 + 1..)?.split_once('}')?;
                    content.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
                    letters.by_ref().find(|(_, letter)| *letter == '}')?;
                }
                other => content.push(other),
            },
            other => content.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_names_of_a_table_are_read_from_what_diesel_prints() {
        use diesel::internal::table_macro::{Identifier, InfixNode};
        for name in ["products", "a \"b\" \\ c", "`x`.y", "Identifier(\"z\")", "naïve\n\u{7f}\u{200b}'"] {
            let printed = format!("{:?}", Identifier(name));
            assert_eq!(parse(&printed), Some((None, name.to_owned())), "{printed}");
            let printed = format!("{:?}", InfixNode::new(Identifier(name), Identifier("t"), "."));
            assert_eq!(parse(&printed), Some((Some(name.to_owned()), "t".to_owned())), "{printed}");
        }
        assert_eq!(parse("Other"), None);
        assert_eq!(parse("Identifier(\"open"), None);
    }
}
