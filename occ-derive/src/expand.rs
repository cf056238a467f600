//! Writes the impls: names and types only, all behaviour is in occ-runtime.
//!
//! ```text
//! const _: () = {
//!     use ::occ_runtime::__private as __occ;
//!
//!     // What is wrong with a field is said here, and the bounds below then hold: see occ-runtime's `declared`.
//!     type __OccChecks = __occ::Declared<{
//!         let _: __occ::check::Field<i32, products::id>;
//!         ..
//!         false
//!     }>;
//!
//!     impl __occ::OptimisticLock for Product {
//!         type Table = products::table;
//!         type VersionColumn = products::version;
//!         type Version = i32;
//!         type Generator = <i32 as __occ::check::GeneratorOf<__OccChecks>>::Generator;
//!         ..
//!         fn version(&self) -> &Self::Version { &self.version }
//!     }
//!
//!     impl<__DB: __occ::Backend> __occ::Columns<__DB> for Product
//!     where
//!         i32: __occ::ColumnValue<products::id, __DB, __OccChecks>,
//!         String: __occ::ColumnValue<products::name, __DB, __OccChecks>,
//!         ..
//!     {
//!         fn values<..>(..) -> .. { __occ::ColumnVisitor::column::<products::name, _>(__visitor, &self.name)?; .. }
//!         ..
//!     }
//! };
//! ```

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Ident, Type, parse_quote};

use crate::asserts::{self, checks, rule};
use crate::choice::Check;
use crate::generics::{Parameters, where_clause};
use crate::model::{self, Conversion, Field, Model, Role, Write};
use crate::prepared::Prepared;
use crate::{table_key, tracked, types, written_once};

pub(crate) fn tokens(model: &Model<'_>) -> TokenStream {
    let version = model.version();
    let import = model::import(&model.krate);
    let prepared = Prepared::of(model);
    let checks = checks(model, version);
    let made_by = asserts::made_by(model, version);
    let key = table_key::check(model);
    let lock = lock_impl(model, version, &prepared);
    let columns = columns_impl(model, version, &prepared);
    let fields = model.tracked.then(|| tracked::fields_impl(model));
    let unversioned = unversioned_impl(model);
    quote! {
        // A block of its own, so that the import is seen by nobody else.
        #[allow(unused_qualifications, reason = "a path that is longer than needed is the user's")]
        const _: () = {
            #import
            use __occ::probes::*;
            /// Stands for this struct's SQL in the statement cache: a type of no parameters, whatever the struct has.
            pub enum __OccStatements {}
            #checks
            #made_by
            #key
            #lock
            #columns
            #unversioned
            #fields
        };
    }
}

/// What makes `save_unversioned` a method of the struct.
fn unversioned_impl(model: &Model<'_>) -> Option<TokenStream> {
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

fn lock_impl(model: &Model<'_>, version: Option<&Field>, prepared: &Prepared) -> TokenStream {
    let name = &model.input.ident;
    let table = &model.table;
    let table_name = model.table_name();
    let unique_key = model.unique_key.map(|_| quote! { const UNIQUE_KEY: __occ::bool = true; });
    let (impl_generics, ty_generics, _) = model.input.generics.split_for_impl();
    let where_clause = where_clause(&model.input.generics, &key_bounds(model));
    let version_items = version_items(model, version);
    let prepared_items = &prepared.items;
    let sql_text = sql_text(model, Role::Value);
    let identity_items = identity_items(model, version, prepared);
    quote! {
        #[automatically_derived]
        impl #impl_generics __occ::OptimisticLock for #name #ty_generics #where_clause {
            type Table = #table::table;
            type Checks = __OccChecks;
            type StatementId = __OccStatements;
            const SQL_TEXT: __occ::SqlText = #sql_text;
            #unique_key
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

/// The version and what makes it. A struct without one has the stand-in `Loaded`, and its key says that a row is there.
fn version_items(model: &Model<'_>, version: Option<&Field>) -> TokenStream {
    let Some(version) = version else {
        let key = model.with_role(Role::Key).next().map(|key| model.column_of(key));
        let all = model.check.is_some_and(|check| check.value == Check::All);
        let check = if all { quote!(ByAll) } else { quote!(ByDirty) };
        return quote! {
            type VersionColumn = #key;
            type Version = __occ::Loaded;
            type Generator = __occ::Loaded;
            type Check = __occ::#check;

            fn version(&self) -> &Self::Version {
                &__occ::Loaded
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
    quote! {
        fn visit_key(&self, __visit: &mut dyn __occ::FnMut(&dyn __occ::Debug, __occ::Identity<'_>)) {
            #(#visits)*
        }

        fn key_columns() -> &'static [&'static __occ::str] {
            &[#(#names),*]
        }

        fn has_key_of(&self, __other: &Self) -> __occ::bool {
            #(#pairs)&&*
        }

        #version_identity

        fn sql_name() -> __occ::Option<&'static dyn __occ::Debug> {
            (&&__occ::NameOf::<<Self as __occ::OptimisticLock>::Table>(__occ::PhantomData)).occ_name()
        }
    }
}

/// What `visit_key` asks of the key's types, where they depend on the struct's parameters.
pub(crate) fn key_bounds(model: &Model<'_>) -> Vec<TokenStream> {
    let parameters = Parameters::of(&model.input.generics);
    let shown = model.with_role(Role::Key).map(|field| match &field.write {
        Write::Converted(conversion) => &conversion.target,
        _ => &field.ty,
    });
    shown.filter(|ty| parameters.appear_in(ty)).map(|ty| quote!(#ty: __occ::Debug)).collect()
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

fn columns_impl(model: &Model<'_>, version: Option<&Field>, prepared: &Prepared) -> TokenStream {
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
    let compared_fn = model.check.map(|_| signature(quote!(compared), visits(Role::Value, compare)));
    let (ignored, shown) = match version.map(|version| model.column_of(version)) {
        Some(column) => (
            TokenStream::new(),
            quote!(__occ::ColumnVisitor::column::<#column, _, __OccChecks>(__visitor, __version)),
        ),
        None => (quote!(let _ = (__version, __visitor);), quote!(__occ::Ok(()))),
    };
    // As if the user had written it: the compiler then says which field a backend refuses, and not to avoid derives.
    let columns = quote_spanned!(name.span()=> __occ::Columns<__DB>);
    quote! {
        #[automatically_derived]
        impl #impl_generics #columns for #name #ty_generics #where_clause {
            #key_fn
            #values_fn
            #unversioned_fn
            #compared_fn
            #written_once_fn

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
    fn bound_of(&self, field: &Field) -> Option<TokenStream> {
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
