//! What is written when the struct is refused: the errors, or the `const` that is one, and an impl that makes the rest of the crate compile, so
//! that one mistake is one error and not one more at each use.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, parse_quote};

use crate::{attr, model};

pub(crate) fn tokens(
    input: &DeriveInput,
    container: &attr::Container,
    errors: Option<syn::Error>,
    wrong_key: Option<&TokenStream>,
) -> TokenStream {
    let import = model::import(&model::krate(container));
    let name = &input.ident;
    // Of a type with an error in it the compiler says nothing more: it stands for whatever has been meant.
    let refused = errors.map(|errors| {
        let errors = errors.into_iter().map(syn::Error::into_compile_error);
        quote!(type __OccRefused = __occ::Declared<{ #(let _ = #errors;)* false }>;)
    });
    let (table, column, version, generator) = if refused.is_some() {
        (quote!(__OccRefused), quote!(__OccRefused), quote!(__OccRefused), quote!(__OccRefused))
    } else {
        // Only the key is wrong.
        let table = model::table(input, container);
        let column = quote!(__occ::stub::Column<#table::table>);
        (quote!(#table::table), column, quote!(__occ::i32), quote!(__occ::Increment))
    };
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    let mut with_backend = input.generics.clone();
    with_backend.params.push(parse_quote!(__DB: __occ::Backend));
    let (backend_generics, _, _) = with_backend.split_for_impl();
    let visit = |method: TokenStream| {
        quote! {
            fn #method<'__a, '__b, __V>(&'__b self, _: &'__b Self::Prepared<'__a>, _: &mut __V) -> __occ::QueryResult<()>
            where
                Self: '__a,
                '__a: '__b,
                __V: __occ::ColumnVisitor<'__b, __DB>,
            {
                __occ::stub::never()
            }
        }
    };
    let (key, values) = (visit(quote!(key)), visit(quote!(values)));
    // Where something was refused, it may have been what has the struct tracked. Whether it can be cloned is not asked: hence the
    // lifetime, as a bound on a type that has no parameters is else checked at once.
    let fields = (refused.is_some() || container.is_tracked()).then(|| {
        let mut generics = input.generics.clone();
        let is_cloned = parse_quote!(for<'__any> #name #ty_generics: __occ::Clone);
        generics.make_where_clause().predicates.push(is_cloned);
        let (_, _, where_clone) = generics.split_for_impl();
        quote! {
            #[automatically_derived]
            impl #impl_generics __occ::Trackable for #name #ty_generics #where_clone {
                fn field(_: __occ::usize) -> __occ::Option<__occ::Field<Self>> { __occ::stub::never() }
            }

            #[automatically_derived]
            impl #impl_generics __occ::SerializesNoSecret for #name #ty_generics #where_clause {}
        }
    });
    quote! {
        const _: () = {
            #import
            #refused

            #wrong_key

            #[automatically_derived]
            impl #impl_generics __occ::OptimisticLock for #name #ty_generics #where_clause {
                type Table = #table;
                type VersionColumn = #column;
                type Version = #version;
                type Generator = #generator;
                type Check = __occ::ByVersion;
                type Prepared<'__a> = () where Self: '__a;
                type Checks = __occ::Declared<true>;
                type StatementId = ();
                const SQL_TEXT: __occ::SqlText = __occ::SqlText::Many;

                fn version(&self) -> &Self::Version { __occ::stub::never() }
                fn table_name() -> &'static __occ::str { __occ::stub::never() }
                fn table() -> Self::Table { __occ::stub::never() }
                fn set_version(&mut self, _: Self::Version) -> Self::Version { __occ::stub::never() }
                fn prepare(&self) { __occ::stub::never() }
                fn visit_key(&self, _: &mut dyn __occ::FnMut(&dyn __occ::Debug, __occ::Identity<'_>)) {
                    __occ::stub::never()
                }
            }

            #[automatically_derived]
            impl #impl_generics __occ::HasUnversioned for #name #ty_generics #where_clause {
                const SQL_TEXT: __occ::SqlText = __occ::SqlText::Many;
            }

            #[automatically_derived]
            impl #impl_generics __occ::SoftDelete for #name #ty_generics #where_clause {
                fn is_deleted(&self) -> __occ::bool { __occ::stub::never() }
            }

            #[automatically_derived]
            impl #backend_generics __occ::Columns<__DB> for #name #ty_generics #where_clause {
                #key
                #values

                fn visit_version<'__b, __V>(_: &'__b Self::Version, _: &mut __V) -> __occ::QueryResult<()>
                where
                    __V: __occ::ColumnVisitor<'__b, __DB>,
                {
                    __occ::stub::never()
                }
            }

            #[automatically_derived]
            impl #backend_generics __occ::InsertColumns<__DB> for #name #ty_generics #where_clause {}

            #fields
        };
    }
}
