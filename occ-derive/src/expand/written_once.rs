//! Writes the question whether a column is written both by the struct and by one that is embedded in it. Only the type of
//! the embedded struct's changeset knows its columns, so it is asked before anything is written.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;

use crate::generics::Parameters;
use crate::model::{Field, Model, Role, Write};
use crate::types;

/// The method that asks, for structs that embed others.
pub(crate) fn check(model: &Model<'_>) -> Option<TokenStream> {
    let is_embedded = |field: &&Field| matches!(field.write, Write::Embedded);
    model.fields.iter().find(is_embedded)?;
    let table = &model.table;
    // Also a key that Diesel never writes: an embedded one would move the row.
    let own = model.fields.iter().filter(|field| field.column.is_some());
    let own = own.filter(|field| field.role != Role::Value || !matches!(field.write, Write::Never));
    let own = own
        .map(|field| model.column_of(field))
        .map(|column| quote!(__all.own::<__occ::Eq<#column, #column>>();));
    let embedded = model.fields.iter().filter(is_embedded).map(|field| {
        let (ty, name) = (&field.ty, types::text(&field.ty));
        quote_spanned!(Span::call_site().located_at(ty.span())=> __all.embedded::<#table::table, #ty>(#name);)
    });
    let name = model.input.ident.unraw().to_string();
    let table_name = model.table_name();
    let parameters = Parameters::of(&model.input.generics);
    let depends = model.fields.iter().filter(is_embedded).any(|field| parameters.appear_in(&field.ty));
    // A static is the same for all types that a generic struct is made of, and cannot remember their answers.
    let (remembered, answer) = if depends {
        (None, quote!(__occ::WrittenOnce::new()))
    } else {
        (
            Some(quote!(
                static __WRITTEN: __occ::WrittenOnce = __occ::WrittenOnce::new();
            )),
            quote!(__WRITTEN),
        )
    };
    Some(quote! {
        fn written_once() -> __occ::QueryResult<()> {
            #remembered
            #answer.check(#name, #table_name, |__all| {
                #(#own)*
                #(#embedded)*
            })
        }
    })
}
