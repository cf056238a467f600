//! Splits what stands in an attribute into its keys, each with what follows it.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, Ident, Token, Type};

use crate::errors::Errors;

/// Splits `key, key = value, key(list)` at its commas.
pub(crate) fn items(
    tokens: TokenStream,
    errors: &mut Errors,
    samples: impl Fn() -> String,
) -> Vec<(Ident, TokenStream)> {
    let parser = |input: ParseStream<'_>| {
        let mut items = Vec::new();
        while !input.is_empty() {
            if let Ok(key) = input.call(Ident::parse_any) {
                items.push((key, rest_of_item(input)?));
            } else {
                let found: TokenTree = input.parse()?;
                errors.on(found, "expected a key", format_args!("write {}", samples()));
                rest_of_item(input)?;
            }
        }
        Ok(items)
    };
    match parser.parse2(tokens) {
        Ok(items) => items,
        Err(error) => {
            errors.push(error);
            Vec::new()
        }
    }
}

/// Takes the tokens up to the next comma between items, and that comma. A type such as `Foo<A, B>` has commas of its own, and so
/// has a call: a value goes on until it is one.
fn rest_of_item(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let ahead: Vec<TokenTree> = input.fork().parse::<TokenStream>()?.into_iter().collect();
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    let ends: Vec<usize> =
        (0..ahead.len()).filter(|&place| is_comma(&ahead[place])).chain([ahead.len()]).collect();
    let value = |end: usize| ahead.iter().take(end).skip(1).cloned().collect::<TokenStream>();
    // A type before an expression, which the first half of one can be: `Foo<A` compares two.
    let is_type = |end: &&usize| syn::parse2::<Type>(value(**end)).is_ok();
    let is_expression = |end: &&usize| syn::parse2::<Expr>(value(**end)).is_ok();
    let has_value = matches!(ahead.first(), Some(TokenTree::Punct(punct)) if punct.as_char() == '=');
    let whole = ends.iter().find(is_type).or_else(|| ends.iter().find(is_expression));
    let end = whole.filter(|_| has_value).or(ends.first()).copied().unwrap_or_default();
    let mut rest = TokenStream::new();
    for _ in 0..end {
        rest.extend([input.parse::<TokenTree>()?]);
    }
    if input.peek(Token![,]) {
        input.parse::<Token![,]>()?;
    }
    Ok(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The items, each as its key and what follows it, and what is said.
    fn split(text: &str) -> (Vec<String>, Option<String>) {
        let mut errors = Errors::default();
        let items = items(text.parse().unwrap(), &mut errors, || "`this`".to_owned());
        let items = items.into_iter().map(|(key, rest)| format!("{key}|{rest}").replace(' ', ""));
        (items.collect(), errors.finish().map(|error| error.to_string()))
    }

    #[track_caller]
    fn assert_splits(text: &str, into: &[&str]) {
        assert_eq!(split(text), (into.iter().map(ToString::to_string).collect(), None), "{text}");
    }

    #[test]
    fn a_comma_ends_an_item() {
        assert_splits("", &[]);
        assert_splits("a", &["a|"]);
        assert_splits("a,", &["a|"]);
        assert_splits("a, b = 1, c(d, e), type", &["a|", "b|=1", "c|(d,e)", "type|"]);
        assert_splits("a b, c", &["a|b", "c|"]);
    }

    #[test]
    fn a_comma_in_a_value_does_not() {
        assert_splits("a = Foo<A, B>, b", &["a|=Foo<A,B>", "b|"]);
        assert_splits("a = f(x, y) + g::<A, B>(z), b", &["a|=f(x,y)+g::<A,B>(z)", "b|"]);
        assert_splits("a = |x, y| x, b", &["a|=|x,y|x", "b|"]);
    }

    #[test]
    fn what_is_no_value_ends_at_the_first_comma() {
        assert_splits("a = , b", &["a|=", "b|"]);
        assert_splits("a = + +, b", &["a|=++", "b|"]);
        // Only after a `=` it is one.
        assert_splits("a: Foo<A, B>", &["a|:Foo<A", "B|>"]);
    }

    #[test]
    fn what_is_no_key_is_refused_and_passed_over() {
        let (items, said) = split("a, \"b\" = 1, c");
        assert_eq!(items, ["a|", "c|"]);
        assert_eq!(said.as_deref(), Some("expected a key\nhelp: write `this`"));
        assert_eq!(split(",").0, [""; 0]);
    }
}
