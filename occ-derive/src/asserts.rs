//! Writes what the compiler is to check where the struct is declared.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Ident, Type};

use crate::expand::Parameters;
use crate::model::{Field, Model, Role, Write};
use crate::types;

/// Asserts at the field what would otherwise fail at the first call of `save_optimistic`, far away and in Diesel's
/// words. Types with parameters of the struct are left to that call.
pub(crate) fn checks(model: &Model<'_>, version: Option<&Field>) -> TokenStream {
    let parameters = Parameters::of(&model.input.generics);
    let checks = |field| checks_of(field).into_iter().map(move |(ty, rule)| (field, ty, rule));
    let checks =
        model.fields.iter().flat_map(checks).chain(version.map(|version| (version, &version.ty, "Version")));
    let checks = checks.filter(|(_, ty, _)| !parameters.appear_in(ty));
    let checks = checks.map(|(field, ty, rule)| check(ty, rule, &model.column_of(field)));
    let lifetimes = model.input.generics.lifetimes();
    quote! {
        #[allow(dead_code, reason = "it is there to be type-checked")]
        fn __occ_checks<#(#lifetimes),*>() {
            #(#checks)*
        }
    }
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
