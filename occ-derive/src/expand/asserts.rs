//! Writes what the compiler is to check where the struct is declared.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{Ident, Lifetime, Type};

use crate::check::{MOVED_BY_DATABASE, SKIPPED_VERSION};
use crate::errors::with_help;
use crate::generics::Parameters;
use crate::model::{Field, Model, Role, Write};
use crate::types;

/// Asserts at the field what would otherwise fail at the first call of `save_optimistic`, far away and in Diesel's
/// words. Types with parameters of the struct are left to that call. It is a constant of a type that the bounds name,
/// so that what has been said here is not said again at each call: see occ-runtime's `declared`.
pub(crate) fn checks(model: &Model<'_>, version: Option<&Field>) -> TokenStream {
    let parameters = Parameters::of(&model.input.generics);
    let checks = |field| checks_of(field).into_iter().map(move |(ty, rule)| (field, ty, rule));
    let checks =
        model.fields.iter().flat_map(checks).chain(version.map(|version| (version, &version.ty, "Version")));
    let mark = model.mark();
    let flag = mark.filter(|mark| types::last_name(&mark.ty).as_deref() == Some("bool"));
    let checks = checks
        .chain(mark.map(|mark| (mark, &mark.ty, "Mark")))
        .chain(flag.map(|mark| (mark, &mark.ty, "Flag")));
    let checks = checks.filter(|(_, ty, _)| !parameters.appear_in(ty));
    let checks = checks.map(|(field, ty, rule)| {
        let table = &model.table;
        let of = if rule == "Embedded" { quote!(#table::table) } else { model.column_of(field) };
        // How a type is counted, the compiler finds out.
        let of = match rule {
            "Counter" => quote!(#of, _),
            "Mark" => quote_spanned!(types::ends(ty).1=> _),
            _ => of,
        };
        check(&without_lifetimes(model, ty), rule, &of)
    });
    let named =
        Ident::new(if model.backends.is_empty() { "__OccChecks" } else { "__OccFits" }, Span::call_site());
    let on_backends = (!model.backends.is_empty()).then(|| on_backends(model, &parameters));
    quote! {
        type #named = __occ::Declared<{
            #(#checks)*
            false
        }>;
        #on_backends
    }
}

/// The same for each backend that `check_for_backend` names, of what fits its column.
fn on_backends(model: &Model<'_>, parameters: &Parameters<'_>) -> TokenStream {
    let table = &model.table;
    let checks = model.fields.iter().flat_map(|field| {
        let column = model.column_of(field);
        let (of, rule) = match &field.write {
            Write::Embedded => (quote!(#table::table), "EmbeddedOnBackend"),
            _ => (column, "OnBackend"),
        };
        let ty = value_type(field).filter(|ty| !parameters.appear_in(ty));
        let ty = ty.map(|ty| without_lifetimes(model, &ty));
        let backends = model.backends.iter();
        backends
            .filter_map(move |backend| Some(check(ty.as_ref()?, rule, &quote!(#of, #backend, __OccFits))))
            .collect::<Vec<_>>()
    });
    quote! {
        type __OccChecks = __occ::Declared<{
            #(#checks)*
            __OccFits::WRONG
        }>;
    }
}

/// The type that is bound for a field.
fn value_type(field: &Field) -> Option<Type> {
    Some(match &field.write {
        Write::Never if field.role == Role::Value => return None,
        Write::Converted(_) if field.role == Role::Version => field.ty.clone(),
        Write::Plain | Write::Never | Write::Embedded => field.ty.clone(),
        Write::IfSome(content) => content.clone(),
        Write::Converted(conversion) => conversion.target.clone(),
    })
}

/// No constant can name a lifetime of the struct or `Self`, and whether a type fits does not depend on a lifetime.
fn without_lifetimes(model: &Model<'_>, ty: &Type) -> Type {
    fn replace(tokens: TokenStream, this: &TokenStream) -> TokenStream {
        let mut tokens = tokens.into_iter();
        let mut replaced = TokenStream::new();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(quote) if quote.as_char() == '\'' => {
                    let name = tokens.next();
                    let span = name.as_ref().map_or_else(|| quote.span(), TokenTree::span);
                    Lifetime::new("'static", span).to_tokens(&mut replaced);
                }
                TokenTree::Group(group) => {
                    let mut whole = Group::new(group.delimiter(), replace(group.stream(), this));
                    whole.set_span(group.span());
                    replaced.extend([TokenTree::Group(whole)]);
                }
                TokenTree::Ident(name) if name == "Self" => replaced.extend(this.clone()),
                other => replaced.extend([other]),
            }
        }
        replaced
    }
    let name = &model.input.ident;
    let lifetimes: Vec<_> = model.input.generics.lifetimes().map(|_| quote!('static)).collect();
    // A struct with other parameters is asked at the call.
    let this = if lifetimes.is_empty() { quote!(#name) } else { quote!(#name<#(#lifetimes),*>) };
    if lifetimes.is_empty() && !types::mentions(ty, |name| name == "Self") {
        return ty.clone();
    }
    syn::parse2(replace(quote!(#ty), &this)).unwrap_or_else(|_| ty.clone())
}

/// The types that are written for a field, each with what is asked of it.
fn checks_of(field: &Field) -> Vec<(&Type, &'static str)> {
    let ty = &field.ty;
    match &field.write {
        Write::Embedded => vec![(ty, "Embedded")],
        Write::Never if field.role == Role::Value => vec![],
        Write::Converted(conversion) if field.role != Role::Version => {
            let mut checks = vec![(&conversion.target, "Field")];
            if conversion.inside_option && !conversion.if_some {
                checks.push((ty, "NoneAsNull"));
            }
            checks
        }
        Write::IfSome(content) => vec![(content, "Field")],
        Write::Plain | Write::Never | Write::Converted(_) => match types::inside_option(ty) {
            Some(content) if field.attrs.soft_delete.is_some() => vec![(content, "Field"), (ty, "Since")],
            Some(content) => vec![(content, "Field"), (ty, "NoneAsNull")],
            // A type that nothing is known to count is one mistake, whether it fits or not.
            None if field.role == Role::Version && field.attrs.generator.is_none() => vec![(ty, "Counter")],
            None => vec![(ty, "Field")],
        },
    }
}

fn check(ty: &Type, name: &str, column: &TokenStream) -> TokenStream {
    let rule = rule(ty, name, column);
    quote!(let _: #rule;)
}

/// Names a type that exists only if `ty` obeys the rule, and has the compiler underline `ty` for it.
pub(crate) fn rule(ty: &Type, name: &str, column: &TokenStream) -> TokenStream {
    let (first, last) = types::ends(ty);
    let rule = Ident::new(name, first);
    let rule = quote_spanned!(first=> __occ::check::#rule<);
    let end = quote_spanned!(last=> >);
    quote!(#rule #ty, #column #end)
}

/// Who makes the versions, only the type of the generator tells: the compiler is asked, so that a name of the user's for it is
/// understood as well.
pub(crate) fn made_by(model: &Model<'_>, version: Option<&Field>) -> Option<TokenStream> {
    let version = version.filter(|version| version.is_asked_who_makes_it(&model.input.generics))?;
    let ty = &version.ty;
    let given = version.attrs.generator.as_ref().map(|generator| generator.value.to_token_stream());
    let generator = given.unwrap_or_else(|| quote!(<#ty as __occ::DefaultGenerator>::Generator));
    let by_database = quote!(<#generator as __occ::VersionGenerator<#ty>>::BY_DATABASE);
    let refuse = |key: Span, condition: TokenStream, sentence: String| {
        let panic = quote_spanned!(Span::call_site().located_at(key)=> __occ::panic!(#sentence));
        quote!(const _: () = if #condition { #panic };)
    };
    let skipped = version.attrs.skip_update.as_ref().map(|skip| {
        refuse(skip.key, quote!(!#by_database), with_help(SKIPPED_VERSION, "remove `skip_update`"))
    });
    let unversioned = model.with_role(Role::Unversioned).filter_map(|field| field.attrs.unversioned.as_ref());
    let unversioned = unversioned.map(|keyed| {
        refuse(keyed.key, by_database.clone(), with_help(MOVED_BY_DATABASE, "remove `unversioned`"))
    });
    Some(quote!(#skipped #(#unversioned)*))
}
