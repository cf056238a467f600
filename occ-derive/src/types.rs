//! Questions about a type as it is written.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::token::Paren;
use syn::{GenericArgument, PathArguments, Type, TypeParen};

/// The type without the invisible groups that `macro_rules` puts around it, and without parentheses.
pub(crate) fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peel(&group.elem),
        Type::Paren(paren) => peel(&paren.elem),
        other => other,
    }
}

/// The type as it can be written before `as` and at the beginning of a `where` clause: in parentheses where its own text goes on
/// there, as `A + B`, or would be taken for generic parameters, as `<T>::Key`.
pub(crate) fn enclosed(ty: &Type) -> Type {
    let ungrouped = if let Type::Group(group) = ty { &*group.elem } else { ty };
    let is_open = match ungrouped {
        Type::TraitObject(_) | Type::ImplTrait(_) => true,
        Type::Path(path) => path.qself.as_ref().is_some_and(|qself| qself.as_token.is_none()),
        _ => false,
    };
    if is_open {
        Type::Paren(TypeParen { paren_token: Paren::default(), elem: Box::new(ty.clone()) })
    } else {
        ty.clone()
    }
}

/// The last name of a path type: `String` of `std::string::String`.
pub(crate) fn last_name(ty: &Type) -> Option<String> {
    match peel(ty) {
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

/// Whether one of the names in a type is such.
pub(crate) fn mentions(ty: &Type, is_such: impl Fn(&Ident) -> bool) -> bool {
    fn any(tokens: TokenStream, is_such: &dyn Fn(&Ident) -> bool) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => is_such(&ident),
            TokenTree::Group(group) => any(group.stream(), is_such),
            _ => false,
        })
    }
    any(ty.to_token_stream(), &is_such)
}

/// Whether it is one of Rust's own, by its name.
pub(crate) fn is_integer(ty: &Type) -> bool {
    const INTEGERS: [&str; 8] = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"];
    last_name(ty).is_some_and(|name| INTEGERS.contains(&name.as_str()))
}

/// The `T` of `Option<T>`, recognised by name as Diesel does.
pub(crate) fn inside_option(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = peel(ty) else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) if arguments.args.len() == 1 => Some(inner),
        _ => None,
    }
}

/// A type, or another piece of code, as one would write it.
pub(crate) fn text(code: impl ToTokens) -> String {
    let spaced = code.to_token_stream().to_string();
    let glued = ["::", "<"].iter().fold(spaced, |text, glue| text.replace(&format!(" {glue} "), glue));
    glued.replace(" >", ">").replace(" ,", ",").replace("& ", "&")
}

/// Where the type begins and ends. To join them into one span takes a nightly compiler.
pub(crate) fn ends(ty: &Type) -> (Span, Span) {
    let mut spans = quote::quote!(#ty).into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    (first, spans.last().unwrap_or(first))
}

/// Whether a type is just this name.
pub(crate) fn is_named(ty: &Type, name: &Ident) -> bool {
    matches!(peel(ty), Type::Path(path) if path.path.is_ident(name))
}

/// Whether it is a reference for which the compiler will demand a lifetime.
pub(crate) fn lacks_a_lifetime(ty: &Type) -> bool {
    matches!(peel(ty), Type::Reference(reference) if reference.lifetime.is_none())
}

/// Whether two types are written alike.
pub(crate) fn same(a: &Type, b: &Type) -> bool {
    let (a, b) = (peel(a), peel(b));
    quote::quote!(#a).to_string() == quote::quote!(#b).to_string()
}

#[cfg(test)]
mod tests {
    use syn::token::Group;
    use syn::{TypeGroup, parse_str};

    use super::*;

    fn ty(text: &str) -> Type {
        parse_str(text).unwrap()
    }

    fn tokens(ty: &Type) -> String {
        ty.to_token_stream().to_string()
    }

    #[test]
    fn parentheses_are_no_part_of_a_type() {
        assert_eq!(text(peel(&ty("((i32))"))), "i32");
        let group = Type::Group(TypeGroup { group_token: Group::default(), elem: Box::new(ty("(i32)")) });
        assert_eq!(text(peel(&group)), "i32");
        assert!(same(&group, &ty("i32")));
        assert!(!same(&group, &ty("i64")));
    }

    #[test]
    fn what_would_go_on_is_enclosed() {
        for (given, expected) in [
            ("i32", "i32"),
            ("dyn A + B", "(dyn A + B)"),
            ("impl A", "(impl A)"),
            ("<T>::Key", "(<T>::Key)"),
            ("<T as A>::Key", "<T as A>::Key"),
            ("&'a str", "&'a str"),
        ] {
            assert!(tokens(&enclosed(&ty(given))) == tokens(&ty(expected)), "{given}");
        }
        let group = Type::Group(TypeGroup { group_token: Group::default(), elem: Box::new(ty("<T>::Key")) });
        assert!(matches!(enclosed(&group), Type::Paren(_)));
    }

    #[test]
    fn an_integer_and_an_option_are_known_by_name() {
        assert!(is_integer(&ty("std::primitive::u64")) && is_integer(&ty("(i8)")));
        assert!(!is_integer(&ty("u128")) && !is_integer(&ty("&i32")) && !is_integer(&ty("MyI32")));
        let inside = |text: &str| inside_option(&ty(text)).map(tokens);
        assert_eq!(inside("Option<i32>"), Some(tokens(&ty("i32"))));
        assert_eq!(inside("(std::option::Option<Vec<T>>)"), Some(tokens(&ty("Vec<T>"))));
        for other in ["Vec<i32>", "Option", "Option<i32, T>", "Option<'a>", "Option<>", "&Option<i32>"] {
            assert_eq!(inside(other), None, "{other}");
        }
    }

    #[test]
    fn a_name_is_found_at_every_depth() {
        assert!(mentions(&ty("Vec<(A, [T; 2])>"), |name| name == "T"));
        assert!(!mentions(&ty("Vec<(A, [T; 2])>"), |name| name == "B"));
        let name = Ident::new("T", Span::call_site());
        assert!(is_named(&ty("(T)"), &name) && !is_named(&ty("T::A"), &name) && !is_named(&ty("&T"), &name));
    }

    #[test]
    fn a_reference_needs_a_lifetime() {
        assert!(lacks_a_lifetime(&ty("&str")) && lacks_a_lifetime(&ty("(&mut T)")));
        assert!(!lacks_a_lifetime(&ty("&'a str")) && !lacks_a_lifetime(&ty("Cow<str>")));
    }

    #[test]
    fn code_is_shown_as_one_would_write_it() {
        for code in ["i32", "std::vec::Vec<Option<&'a T>>", "Map<A, B>", "(A, B)", "&[u8]"] {
            assert_eq!(text(ty(code)), code);
        }
    }
}
