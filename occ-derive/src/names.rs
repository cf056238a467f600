//! Makes identifiers of names: the one place where text becomes code.

use proc_macro2::Span;
use quote::ToTokens as _;
use syn::Ident;
use syn::ext::IdentExt as _;

/// What cannot even be a raw identifier.
const NEVER: [&str; 5] = ["_", "self", "Self", "super", "crate"];

/// The identifier that `table!` has for a name, with or without its `r#`: raw, if it is a keyword. `None`, if there is none.
pub(crate) fn identifier(name: &str, span: Span) -> Option<Ident> {
    let name = name.strip_prefix("r#").unwrap_or(name);
    let is_word = name.chars().all(|letter| letter == '_' || letter.is_alphanumeric());
    if !is_word || NEVER.contains(&name) {
        return None;
    }
    // A keyword since the edition 2024, which syn takes for a name.
    let plain = syn::parse_str::<Ident>(name).ok().filter(|name| name != "gen");
    let mut identifier = plain.or_else(|| syn::parse_str(&format!("r#{name}")).ok())?;
    identifier.set_span(span);
    Some(identifier)
}

/// The same of a name that is written as one, keyword or not.
pub(crate) fn of_word(word: &Ident) -> syn::Result<Ident> {
    identifier(&word.unraw().to_string(), word.span())
        .ok_or_else(|| syn::Error::new_spanned(word.to_token_stream(), "a keyword that cannot be a name"))
}

/// The name Diesel looks for: `OrderItem` becomes `order_items`.
pub(crate) fn plural_snake_case(name: &str) -> String {
    let mut table = String::with_capacity(name.len() + 2);
    for (index, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && index > 0 {
            table.push('_');
        }
        table.extend(letter.to_lowercase());
    }
    table.push('s');
    table
}

#[cfg(test)]
mod tests {
    use syn::parse::Parser as _;

    use super::*;

    fn made(name: &str) -> Option<String> {
        identifier(name, Span::call_site()).map(|made| made.to_string())
    }

    #[test]
    fn a_keyword_is_raw() {
        assert_eq!(made("type").as_deref(), Some("r#type"));
        assert_eq!(made("r#type").as_deref(), Some("r#type"));
        assert_eq!(made("gen").as_deref(), Some("r#gen"));
    }

    #[test]
    fn any_other_name_is_itself() {
        for name in ["name", "größe", "union", "_x", "x1"] {
            assert_eq!(made(name).as_deref(), Some(name));
        }
        assert_eq!(made("r#name").as_deref(), Some("name"));
    }

    #[test]
    fn a_table_has_the_name_that_diesel_guesses() {
        for (name, table) in [
            ("Product", "products"),
            ("OrderItem", "order_items"),
            ("product", "products"),
            ("ABTest", "a_b_tests"),
            ("Größe", "größes"),
            ("ÄÖ", "ä_ös"),
            ("_Row", "__rows"),
            ("Row2", "row2s"),
            ("", "s"),
        ] {
            assert_eq!(plural_snake_case(name), table);
        }
    }

    #[test]
    fn a_word_may_be_a_keyword() {
        let made =
            |word: &str| of_word(&Ident::parse_any.parse_str(word).unwrap()).map(|made| made.to_string());
        assert_eq!(made("type").unwrap(), "r#type");
        assert_eq!(made("r#type").unwrap(), "r#type");
        assert_eq!(made("name").unwrap(), "name");
        assert_eq!(made("self").unwrap_err().to_string(), "a keyword that cannot be a name");
    }

    #[test]
    fn what_is_no_name_makes_none() {
        for name in [
            "", "_", "self", "crate", "super", "Self", "a b", " a", "1a", "a-b", "r#", "r#self", "r#r#a",
            "a\0", "²",
        ] {
            assert_eq!(made(name), None, "{name:?}");
        }
    }
}
