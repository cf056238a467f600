//! The columns as types, and what the impls ask of them.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use crate::generics::Parameters;
use crate::model::{Conversion, Field, Model, Role, Write};

/// What `visit_key` asks of the key's types, where they depend on the struct's parameters.
pub(crate) fn key_bounds(model: &Model<'_>) -> Vec<TokenStream> {
    let parameters = Parameters::of(&model.input.generics);
    let shown = model.with_role(Role::Key).map(|field| match &field.write {
        Write::Converted(conversion) => &conversion.target,
        _ => &field.ty,
    });
    shown.filter(|ty| parameters.appear_in(ty)).map(|ty| quote!(#ty: __occ::Debug)).collect()
}

impl Model<'_> {
    /// The column as a type, always in this one form: a column that does not exist is then one error, however often
    /// it is named.
    pub(crate) fn column_of(&self, field: &Field) -> TokenStream {
        let table = &self.table;
        match &field.column {
            Some(column) => quote!(#table::#column),
            None => TokenStream::new(),
        }
    }

    /// What a backend must be able to bind, for this field.
    pub(crate) fn bound_of(&self, field: &Field) -> Option<TokenStream> {
        let (ty, column) = (&field.ty, self.column_of(field));
        let value = match &field.write {
            Write::Never if field.role == Role::Value => return None,
            Write::Embedded => {
                let table = &self.table;
                let bound = quote_spanned!(ty.span()=> __occ::EmbeddedOn<#table::table, __DB, __OccChecks>);
                return Some(quote!(#ty: #bound));
            }
            Write::Converted(_) if field.role == Role::Version => quote!(#ty),
            Write::Plain | Write::Never => quote!(#ty),
            Write::IfSome(content) => quote!(#content),
            Write::Converted(Conversion { target, inside_option: true, if_some: false }) => {
                quote!(__occ::Option<#target>)
            }
            Write::Converted(Conversion { target, .. }) => quote!(#target),
        };
        let bound = quote_spanned!(ty.span()=> __occ::ColumnValue<#column, __DB, __OccChecks>);
        Some(quote!(#value: #bound))
    }
}
