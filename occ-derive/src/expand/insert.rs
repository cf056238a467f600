//! `impl InsertColumns`: what an `INSERT` has besides the columns of an `UPDATE`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse_quote;
use syn::spanned::Spanned as _;

use crate::generics::where_clause;
use crate::model::{Field, Model, Role, Write};

/// `None` where the columns cannot be told one by one: in an embedded struct; or a value is converted that nobody converts but for
/// an `UPDATE`.
pub(super) fn insert_impl(model: &Model<'_>) -> Option<TokenStream> {
    model.version()?;
    let cannot = |field: &Field| {
        matches!(field.write, Write::Embedded)
            || is_never_updated(field) && field.attrs.serialize_as.is_some()
    };
    if model.fields.iter().any(cannot) {
        return None;
    }
    let name = &model.input.ident;
    let (_, ty_generics, _) = model.input.generics.split_for_impl();
    let mut generics = model.input.generics.clone();
    generics.params.push(parse_quote!(__DB: __occ::Backend));
    let (impl_generics, _, _) = generics.split_for_impl();
    let mut bounds = vec![quote!(#name #ty_generics: __occ::Columns<__DB>)];
    let mut shown = Vec::new();
    for field in model.fields.iter().filter(|field| is_never_updated(field)) {
        let (ty, member, column) = (&field.ty, &field.member, model.column_of(field));
        let bound = quote_spanned!(ty.span()=> __occ::ColumnValue<#column, __DB, __OccChecks>);
        bounds.push(quote!(#ty: #bound));
        shown.push(quote!(
            __occ::ColumnVisitor::column::<#column, _, __OccChecks>(__visitor, &self.#member)?;
        ));
    }
    let where_clause = where_clause(&model.input.generics, &bounds);
    // What most structs do not have, the trait has as a default.
    let never_updated_fn = (!shown.is_empty()).then(|| {
        quote! {
            fn never_updated<'__b, __V>(&'__b self, __visitor: &mut __V) -> __occ::QueryResult<()>
            where
                __V: __occ::ColumnVisitor<'__b, __DB>,
            {
                #(#shown)*
                __occ::Ok(())
            }
        }
    });
    Some(quote! {
        #[automatically_derived]
        impl #impl_generics __occ::InsertColumns<__DB> for #name #ty_generics #where_clause {
            #never_updated_fn
        }
    })
}

/// A column that only an `INSERT` writes. A copy of another field is none.
fn is_never_updated(field: &Field) -> bool {
    matches!(field.write, Write::Never)
        && matches!(field.role, Role::Value | Role::Unversioned)
        && !field.is_copy
        && field.column.is_some()
}
