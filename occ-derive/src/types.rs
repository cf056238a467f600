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
