//! `impl OptimisticLock`: the table, the version and what makes it, and what identifies a row.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Ident, Type};

use crate::choice::Check;
use crate::expand::bounds::key_bounds;
use crate::expand::converted::Prepared;
use crate::generics::{Parameters, where_clause};
use crate::model::{Conversion, Field, Model, Role, Write};
use crate::types;

/// What makes `save_unversioned` a method of the struct.
pub(super) fn unversioned_impl(model: &Model<'_>) -> Option<TokenStream> {
    model.with_role(Role::Unversioned).next()?;
    let name = &model.input.ident;
    let (impl_generics, ty_generics, where_clause) = model.input.generics.split_for_impl();
    let sql_text = sql_text(model, Role::Unversioned);
    Some(quote! {
        #[automatically_derived]
        impl #impl_generics __occ::HasUnversioned for #name #ty_generics #where_clause {
            const SQL_TEXT: __occ::SqlText = #sql_text;
        }
    })
}

pub(super) fn lock_impl(model: &Model<'_>, version: Option<&Field>, prepared: &Prepared) -> TokenStream {
    let name = &model.input.ident;
    let table = &model.table;
    let table_name = model.table_name();
    let unique_key = model.unique_key.map(|_| quote! { const UNIQUE_KEY: __occ::bool = true; });
    let (impl_generics, ty_generics, _) = model.input.generics.split_for_impl();
    let where_clause = where_clause(&model.input.generics, &key_bounds(model));
    let version_items = version_items(model, version);
    let prepared_items = &prepared.items;
    let insert_text = insert_text(model);
    let sql_text = sql_text(model, Role::Value);
    let mark_items = mark_items(model);
    let identity_items = identity_items(model, version, prepared);
    quote! {
        #[automatically_derived]
        impl #impl_generics __occ::OptimisticLock for #name #ty_generics #where_clause {
            type Table = #table::table;
            type Checks = __OccChecks;
            type StatementId = __OccStatements;
            const SQL_TEXT: __occ::SqlText = #sql_text;
            #insert_text
            #unique_key
            #mark_items
            #version_items

            fn table_name() -> &'static __occ::str {
                #table_name
            }

            fn table() -> Self::Table {
                #table::table
            }

            #prepared_items
            #identity_items
        }
    }
}

/// The column that says that a row is deleted, and what is written to it.
fn mark_items(model: &Model<'_>) -> Option<TokenStream> {
    let field = model.mark()?;
    let (member, ty, column) = (&field.member, &field.ty, model.column_of(field));
    Some(quote! {
        const MARK: __occ::Option<__occ::MarkColumn> =
            __occ::Some(__occ::MarkColumn::of::<#column, #ty, __OccChecks>());

        fn made_mark(__deletion: __occ::Deletion) -> __occ::Option<__occ::Mark> {
            __occ::Some(__occ::Mark::of::<#ty, __OccChecks>(__deletion))
        }

        fn take_mark(&mut self) {
            self.#member = <#ty as __occ::MarkType<__OccChecks>>::made(__occ::Deletion::Undone);
        }
    })
}

/// What makes `restore_optimistic` a method of the struct.
pub(super) fn soft_delete_impl(model: &Model<'_>) -> Option<TokenStream> {
    let field = model.mark()?;
    let (name, member, ty) = (&model.input.ident, &field.member, &field.ty);
    let (impl_generics, ty_generics, _) = model.input.generics.split_for_impl();
    let where_clause = where_clause(&model.input.generics, &key_bounds(model));
    Some(quote! {
        #[automatically_derived]
        impl #impl_generics __occ::SoftDelete for #name #ty_generics #where_clause {
            fn is_deleted(&self) -> __occ::bool {
                <#ty as __occ::MarkType<__OccChecks>>::is_deleted(&self.#member)
            }
        }
    })
}

/// The version and what makes it. A struct without one has the stand-in `NoVersion`, and its key says that a row is there.
fn version_items(model: &Model<'_>, version: Option<&Field>) -> TokenStream {
    let Some(version) = version else {
        let key = model.with_role(Role::Key).next().map(|key| model.column_of(key));
        let all = model.check.is_some_and(|check| check.value == Check::All);
        let check = if all { quote!(ByAll) } else { quote!(ByDirty) };
        return quote! {
            type VersionColumn = #key;
            type Version = __occ::NoVersion;
            type Generator = __occ::NoVersion;
            type Check = __occ::#check;

            fn version(&self) -> &Self::Version {
                &__occ::NoVersion
            }

            fn set_version(&mut self, __version: Self::Version) -> Self::Version {
                __version
            }
        };
    };
    let (member, ty, column) = (&version.member, &version.ty, model.column_of(version));
    let version_item = type_item("Version", ty, &quote!(#ty));
    let generator_item = generator_item(model, version);
    quote! {
        type VersionColumn = #column;
        #version_item
        #generator_item
        type Check = __occ::ByVersion;

        fn version(&self) -> &Self::Version {
            &self.#member
        }

        fn set_version(&mut self, __version: Self::Version) -> Self::Version {
            __occ::replace(&mut self.#member, __version)
        }
    }
}

/// Shows the values of the key one by one, as they are bound, and compares them. What their types have besides `Debug` is
/// found out where they are written down: see occ-runtime's `identity`.
fn identity_items(model: &Model<'_>, version: Option<&Field>, prepared: &Prepared) -> TokenStream {
    let keys = model.fields.iter().zip(&prepared.slots).filter(|(field, _)| field.role == Role::Key);
    let (mut visits, mut pairs, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for (field, slot) in keys {
        let member = &field.member;
        // A type that cannot be shown is reported at the field.
        let span = Span::call_site().located_at(field.ty.span());
        let value = |row: TokenStream| match slot {
            None => quote!(&#row.#member),
            Some(slot) => quote!(&<Self as __occ::OptimisticLock>::prepare(#row).#slot),
        };
        let column = model.column_of(field);
        names.push(quote!(<#column as __occ::Column>::NAME));
        let shown = value(quote!(self));
        visits.push(quote_spanned! {span=>
            __visit(#shown, (&&&__occ::Probe(#shown)).occ_identity());
        });
        let (own, others) = (value(quote!(self)), value(quote!(__other)));
        pairs.push(quote_spanned!(span=> (&&__occ::Pair(#own, #others)).occ_same()));
    }
    let version_identity = version.map(|version| {
        let member = &version.member;
        quote! {
            fn version_identity(&self) -> __occ::Identity<'_> {
                (&&&__occ::Probe(&self.#member)).occ_identity()
            }
        }
    });
    // What is never written need not be a column: it may be an expression that is selected.
    let columns = model.fields.iter().filter(|field| field.column.is_some());
    let columns = columns.filter(|field| field.role != Role::Value || !matches!(field.write, Write::Never));
    let columns = columns.map(|field| model.column_of(field));
    let unversioned = model.with_role(Role::Unversioned).filter(|field| field.column.is_some());
    let unversioned: Vec<_> = unversioned.map(|field| model.column_of(field)).collect();
    let unversioned = (!unversioned.is_empty()).then(|| {
        quote! {
            fn unversioned_columns() -> &'static [&'static __occ::str] {
                &[#(<#unversioned as __occ::Column>::NAME),*]
            }
        }
    });
    // Of one column that is the table's key there is no more to say.
    let table = &model.table;
    let table_key = (names.len() > 1 || model.unique_key.is_some()).then(|| {
        quote! {
            fn table_key() -> &'static [&'static __occ::str] {
                __occ::table_key::<#table::table, _>()
            }
        }
    });
    quote! {
        fn visit_key(&self, __visit: &mut dyn __occ::FnMut(&dyn __occ::Debug, __occ::Identity<'_>)) {
            #(#visits)*
        }

        fn key_columns() -> &'static [&'static __occ::str] {
            &[#(#names),*]
        }

        #table_key

        fn columns() -> &'static [&'static __occ::str] {
            &[#(<#columns as __occ::Column>::NAME),*]
        }

        #unversioned

        fn has_key_of(&self, __other: &Self) -> __occ::bool {
            #(#pairs)&&*
        }

        #version_identity

        fn sql_name() -> __occ::Option<&'static dyn __occ::Debug> {
            (&&__occ::NameOf::<<Self as __occ::OptimisticLock>::Table>(__occ::PhantomData)).occ_name()
        }
    }
}

/// The one given, else the default of the version's type.
fn generator_item(model: &Model<'_>, version: &Field) -> TokenStream {
    if let Some(generator) = &version.attrs.generator {
        let generator = &generator.value;
        return type_item("Generator", generator, &quote!(#generator));
    }
    let ty = &version.ty;
    let (first, last) = types::ends(ty);
    let (open, close) = (quote_spanned!(first=> <), quote_spanned!(last=> >::Generator));
    let generator = if Parameters::of(&model.input.generics).appear_in(ty) {
        quote!(__occ::DefaultGenerator)
    } else {
        quote!(__occ::check::GeneratorOf<__OccChecks>)
    };
    type_item("Generator", ty, &quote!(#open #ty as #generator #close))
}

/// `type Name = value;` with `at` to be underlined. The compiler reports some errors for the item and for what it
/// names: underlining the same, they are one error.
fn type_item(name: &str, at: &Type, value: &TokenStream) -> TokenStream {
    let (first, last) = types::ends(at);
    let (item, name, end) = (quote_spanned!(first=> type), Ident::new(name, last), quote_spanned!(last=> ;));
    quote!(#item #name = #value #end)
}

/// The text of an `INSERT` can differ more often than that of a save, if fields that a save leaves alone may be left out.
fn insert_text(model: &Model<'_>) -> Option<TokenStream> {
    model.with_role(Role::Unversioned).next()?;
    let (values, others) = (sql_text(model, Role::Value), sql_text(model, Role::Unversioned));
    Some(quote!(const INSERT_TEXT: __occ::SqlText = __occ::SqlText::and(#values, #others);))
}

/// An embedded changeset has texts we know nothing of; each field that may be left alone doubles them.
fn sql_text(model: &Model<'_>, role: Role) -> TokenStream {
    let values = || model.with_role(role).map(|field| &field.write);
    if values().any(|write| matches!(write, Write::Embedded)) {
        return quote!(__occ::SqlText::Many);
    }
    let optional = values().filter(|write| {
        matches!(write, Write::IfSome(_) | Write::Converted(Conversion { if_some: true, .. }))
    });
    let count = u32::try_from(optional.count()).unwrap_or(u32::MAX);
    quote!(__occ::SqlText::with_optional_columns(#count))
}
