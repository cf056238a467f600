//! Writes the question whether the struct finds its row by the primary key of its table. A macro cannot see the table, so
//! it is the compiler that is asked, and that answers with the table's own key.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt as _;

use crate::model::{Field, Model, Role, Write};

/// Whether a column of the key is no field, or there is none: then the struct is refused, in the words of the compiler.
pub(crate) fn is_incomplete(model: &Model<'_>) -> bool {
    !model.misread && (model.key_columns.is_empty() || column_without_field(model).is_some())
}

/// Whether a field that seems to be missing can be in an embedded struct.
pub(crate) fn embeds(model: &Model<'_>) -> bool {
    model.fields.iter().any(|field| matches!(field.write, Write::Embedded))
}

/// A row is found by its whole key, so each key column is a field.
fn column_without_field<'m>(model: &'m Model<'_>) -> Option<&'m Ident> {
    model.key_columns.iter().find(|column| !model.fields.iter().any(|field| field.holds(column)))
}

/// Without its whole key, or by another, one save would write several rows. The answer stands where the mistake is.
pub(crate) fn check(model: &Model<'_>) -> TokenStream {
    let at = match (column_without_field(model), model.unique_key) {
        (Some(column), _) => column.span(),
        (None, Some(unique_key)) if !model.key_columns.is_empty() => unique_key,
        (None, _) => model.key_span,
    };
    let table = &model.table;
    let name = model.input.ident.unraw().to_string();
    let table_name = model.table_name();
    let columns = model.key_columns.iter().map(Ident::to_string);
    let fields = model.fields.iter().filter_map(|field| key_field(model, field));
    let unique = model.unique_key.is_some();
    let embeds = embeds(model);
    let refuse = quote_spanned! {Span::call_site().located_at(at)=>
        __occ::panic!("{}", __sentence.text())
    };
    quote! {
        const _: () = {
            if let __occ::Some(__sentence) = __occ::wrong_key::<#table::table, _>(&__occ::StructKey {
                name: #name,
                table: #table_name,
                columns: &[#(#columns),*],
                fields: &[#(#fields),*],
                unique: #unique,
                embeds: #embeds,
            }) {
                #refuse
            }
        };
    }
}

fn key_field(model: &Model<'_>, field: &Field) -> Option<TokenStream> {
    if field.is_copy {
        return None;
    }
    let name = field.column.as_ref()?.to_string();
    let column = match field.write {
        // A field that is only read need be no column of the table.
        Write::Never if field.role == Role::Value => quote!(#name),
        _ => {
            let column = model.column_of(field);
            quote!(<#column as __occ::Column>::NAME)
        }
    };
    let (in_key, is_version) = (field.role == Role::Key, field.role == Role::Version);
    Some(quote! {
        __occ::KeyField { name: #name, column: #column, in_key: #in_key, is_version: #is_version }
    })
}
