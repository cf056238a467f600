//! What is written when the struct is refused: the errors, or the `const` that is one, and an impl that makes the rest of the crate compile, so
//! that one mistake is one error and not one more at each use.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, parse_quote};

use crate::{attr, model};

pub(crate) fn tokens(
    input: &DeriveInput,
    container: &attr::Container,
    errors: Option<syn::Error>,
    wrong_key: Option<&TokenStream>,
) -> TokenStream {
    let errors = errors.map(syn::Error::into_compile_error);
    let krate = model::krate(container);
    let name = &input.ident;
    // A struct's own table keeps its `update_optimistic` calls valid. Other items hardly have one, and where its name
    // was refused, the guess is likely wrong.
    let is_known = container.table_name.is_some() || !container.misread;
    let table = match &input.data {
        Data::Struct(_) if is_known => model::table(input, container),
        _ => parse_quote!(__occ::stub::nothing),
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
    let fields = container.is_tracked().then(|| {
        quote! {
            #[automatically_derived]
            impl #impl_generics __occ::Fields for #name #ty_generics #where_clause {
                fn field(_: __occ::usize) -> __occ::Option<__occ::Field<Self>> { __occ::stub::never() }
            }

            #[automatically_derived]
            impl #impl_generics __occ::SerializesNoSecret for #name #ty_generics #where_clause {}
        }
    });
    quote! {
        #errors
        const _: () = {
            use #krate::__private as __occ;

            #wrong_key

            #[automatically_derived]
            impl #impl_generics __occ::OptimisticLock for #name #ty_generics #where_clause {
                type Table = #table::table;
                type VersionColumn = __occ::stub::Column<#table::table>;
                type Version = __occ::i32;
                type Generator = __occ::Increment;
                type Check = __occ::ByVersion;
                type Prepared<'__a> = () where Self: '__a;
                type StatementId = ();
                const SQL_TEXT: __occ::SqlText = __occ::SqlText::Many;

                fn version(&self) -> &__occ::i32 { __occ::stub::never() }
                fn table_name() -> &'static __occ::str { __occ::stub::never() }
                fn table() -> Self::Table { __occ::stub::never() }
                fn set_version(&mut self, _: __occ::i32) -> __occ::i32 { __occ::stub::never() }
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
            impl #backend_generics __occ::Columns<__DB> for #name #ty_generics #where_clause {
                #key
                #values

                fn visit_version<'__b, __V>(_: &'__b __occ::i32, _: &mut __V) -> __occ::QueryResult<()>
                where
                    __V: __occ::ColumnVisitor<'__b, __DB>,
                {
                    __occ::stub::never()
                }
            }

            #fields
        };
    }
}
