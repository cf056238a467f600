//! `impl InsertColumns`: that a whole struct can be inserted.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse_quote;

use crate::generics::where_clause;
use crate::model::{Field, Model, Role, Write};

/// `None` where a column of the new row would be missing: those of an embedded struct cannot be told from their values, and a field that
/// is never updated need not be a column at all.
pub(super) fn insert_impl(model: &Model<'_>) -> Option<TokenStream> {
    model.version()?;
    let cannot = |field: &Field| matches!(field.write, Write::Embedded) || is_never_updated(field);
    if model.fields.iter().any(cannot) {
        return None;
    }
    let name = &model.input.ident;
    let (_, ty_generics, _) = model.input.generics.split_for_impl();
    let mut generics = model.input.generics.clone();
    generics.params.push(parse_quote!(__DB: __occ::Backend));
    let (impl_generics, _, _) = generics.split_for_impl();
    let where_clause =
        where_clause(&model.input.generics, &[quote!(#name #ty_generics: __occ::Columns<__DB>)]);
    Some(quote! {
        #[automatically_derived]
        impl #impl_generics __occ::InsertColumns<__DB> for #name #ty_generics #where_clause {}
    })
}

/// Whether no statement has the field. A copy of another field is none.
fn is_never_updated(field: &Field) -> bool {
    matches!(field.write, Write::Never)
        && matches!(field.role, Role::Value | Role::Unversioned)
        && !field.is_copy
}
