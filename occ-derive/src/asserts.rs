//! Writes what the compiler is to check where the struct is declared.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{Ident, Type};

use crate::check::{MOVED_BY_DATABASE, SKIPPED_VERSION};
use crate::errors::with_help;
use crate::generics::Parameters;
use crate::model::{Field, Model, Role, Write};
use crate::types;

/// Asserts at the field what would otherwise fail at the first call of `save_optimistic`, far away and in Diesel's
/// words. They stand in a method of the impl, where `Self` and the struct's bounds are what they are at the field. Types with
/// parameters of the struct are left to that call.
pub(crate) fn checks(model: &Model<'_>, version: Option<&Field>) -> TokenStream {
    let parameters = Parameters::of(&model.input.generics);
    let checks = |field| checks_of(field).into_iter().map(move |(ty, rule)| (field, ty, rule));
    let checks =
        model.fields.iter().flat_map(checks).chain(version.map(|version| (version, &version.ty, "Version")));
    let checks = checks.filter(|(_, ty, _)| !parameters.appear_in(ty));
    let checks = checks.map(|(field, ty, rule)| check(ty, rule, &model.column_of(field)));
    quote!(#(#checks)*)
}

/// The types that are written for a field, each with what is asked of it. An embedded struct is asked by `prepare`.
fn checks_of(field: &Field) -> Vec<(&Type, &'static str)> {
    let ty = &field.ty;
    match &field.write {
        Write::Embedded => vec![],
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
            Some(content) => vec![(content, "Field"), (ty, "NoneAsNull")],
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
