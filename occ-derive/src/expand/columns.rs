//! `impl Columns`: the columns, each with its value, shown to a visitor.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse_quote;

use crate::expand::asserts::rule;
use crate::expand::bounds::key_bounds;
use crate::expand::converted::Prepared;
use crate::expand::written_once;
use crate::generics::where_clause;
use crate::model::{Conversion, Field, Model, Role, Write};

pub(super) fn columns_impl(model: &Model<'_>, version: Option<&Field>, prepared: &Prepared) -> TokenStream {
    let name = &model.input.ident;
    let (_, ty_generics, _) = model.input.generics.split_for_impl();
    let mut generics = model.input.generics.clone();
    generics.params.push(parse_quote!(__DB: __occ::Backend));
    let (impl_generics, _, _) = generics.split_for_impl();
    let mut bounds: Vec<_> = model.fields.iter().filter_map(|field| model.bound_of(field)).collect();
    bounds.extend(key_bounds(model));
    let where_clause = where_clause(&model.input.generics, &bounds);
    let visits = |role, visit: Visit| {
        let fields = model.fields.iter().zip(&prepared.slots).filter(|(field, _)| field.role == role);
        let visits: Vec<_> = fields.map(|(field, slot)| visit(model, field, slot.as_ref())).collect();
        quote!(#(#visits)*)
    };
    let (keys, values) = (visits(Role::Key, visit), visits(Role::Value, visit));
    let signature = |method: TokenStream, body: TokenStream| {
        quote! {
            fn #method<'__a, '__b, __V>(
                &'__b self,
                __prepared: &'__b Self::Prepared<'__a>,
                __visitor: &mut __V,
            ) -> __occ::QueryResult<()>
            where
                Self: '__a,
                '__a: '__b,
                __V: __occ::ColumnVisitor<'__b, __DB>,
            {
                // Not every struct has something prepared, or a column besides key and version.
                let _ = (__prepared, &__visitor);
                #body
                __occ::Ok(())
            }
        }
    };
    let (key_fn, values_fn) = (signature(quote!(key), keys), signature(quote!(values), values));
    // What most structs do not have, the trait has as a default.
    let unversioned_fn = model
        .with_role(Role::Unversioned)
        .next()
        .map(|_| signature(quote!(unversioned), visits(Role::Unversioned, visit)));
    let written_once_fn = written_once::check(model);
    let visit_mark_fn = visit_mark(model);
    let compared_fn = model.check.map(|_| signature(quote!(compared), visits(Role::Value, compare)));
    let (ignored, shown) = match version.map(|version| model.column_of(version)) {
        Some(column) => (
            TokenStream::new(),
            quote!(__occ::ColumnVisitor::column::<#column, _, __OccChecks>(__visitor, __version)),
        ),
        None => (quote!(let _ = (__version, __visitor);), quote!(__occ::Ok(()))),
    };
    // At the struct's name, not at the derive: otherwise the compiler's help is about the derive, and does not name the field
    // that a backend refuses.
    let columns = quote_spanned!(name.span()=> __occ::Columns<__DB>);
    quote! {
        #[automatically_derived]
        impl #impl_generics #columns for #name #ty_generics #where_clause {
            #key_fn
            #values_fn
            #unversioned_fn
            #compared_fn
            #written_once_fn
            #visit_mark_fn

            fn visit_version<'__b, __V>(__version: &'__b Self::Version, __visitor: &mut __V) -> __occ::QueryResult<()>
            where
                __V: __occ::ColumnVisitor<'__b, __DB>,
            {
                #ignored
                #shown
            }
        }
    }
}

/// Shows the column of the mark with a value that need not be the field's.
fn visit_mark(model: &Model<'_>) -> Option<TokenStream> {
    let mark = model.mark()?;
    let (ty, column) = (&mark.ty, model.column_of(mark));
    Some(quote! {
        fn visit_mark<'__b, __V>(__mark: &'__b __occ::Mark, __visitor: &mut __V) -> __occ::QueryResult<()>
        where
            __V: __occ::ColumnVisitor<'__b, __DB>,
        {
            __occ::Mark::visit::<#column, #ty, __DB, __OccChecks, _>(__mark, __visitor)
        }
    })
}

/// Writes the line about one field, whose prepared value is at the given place.
type Visit = fn(&Model<'_>, &Field, Option<&syn::Index>) -> TokenStream;

/// The line that has one field compared with what was loaded.
fn compare(model: &Model<'_>, field: &Field, slot: Option<&syn::Index>) -> TokenStream {
    let member = &field.member;
    let value = match &field.write {
        _ if field.attrs.unchecked.is_some() => return TokenStream::new(),
        Write::Never => return TokenStream::new(),
        Write::Converted(_) => quote!(&__prepared.#slot),
        _ => quote!(&self.#member),
    };
    let column = model.column_of(field);
    let sql_type = rule(&field.ty, "Exact", &column);
    quote!(__occ::ColumnVisitor::compared::<#column, _, #sql_type, __OccChecks>(__visitor, #value)?;)
}

/// The line that shows one field to the visitor.
fn visit(model: &Model<'_>, field: &Field, slot: Option<&syn::Index>) -> TokenStream {
    let member = &field.member;
    let column = model.column_of(field);
    let show = |value: TokenStream| quote!(__occ::ColumnVisitor::column::<#column, _, __OccChecks>(__visitor, #value)?;);
    let show_some = |value: TokenStream| {
        let show = show(quote!(__value));
        quote!(if let __occ::Some(__value) = #value { #show })
    };
    match &field.write {
        Write::Plain => show(quote!(&self.#member)),
        Write::IfSome(_) => show_some(quote!(&self.#member)),
        Write::Converted(Conversion { if_some: false, .. }) => show(quote!(&__prepared.#slot)),
        Write::Converted(Conversion { if_some: true, .. }) => show_some(quote!(&__prepared.#slot)),
        Write::Embedded => {
            let (ty, table) = (&field.ty, &model.table);
            quote!(<#ty as __occ::EmbeddedOn<#table::table, __DB, __OccChecks>>::visit(&__prepared.#slot, __visitor)?;)
        }
        Write::Never => TokenStream::new(),
    }
}
