//! Writes what `#[occ(tracked)]` adds: a line or two for each field.
//!
//! ```text
//! impl __occ::Trackable for Product {
//!     fn field(index: usize) -> Option<__occ::Field<Self>> {
//!         Some(match index {
//!             0 => __occ::Field::<Self>::new("id", |a, b| .. a.id, &b.id .., |to, from| ..).column(..).key().shown(..),
//!             1 => __occ::Field::<Self>::new("name", ..).column(..).shown(..),
//!             _ => return None,
//!         })
//!     }
//! }
//! ```

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Member, Type};

use crate::choice::Merge;
use crate::expand::bounds::key_bounds;
use crate::generics::{Parameters, where_clause};
use crate::model::{Conversion, Field, Model, Role, Write};

pub(crate) fn fields_impl(model: &Model<'_>) -> TokenStream {
    let name = &model.input.ident;
    let (impl_generics, ty_generics, _) = model.input.generics.split_for_impl();
    let parameters = Parameters::of(&model.input.generics);
    let tracked = || model.fields.iter().filter(|field| field.role != Role::Version);
    let mut bounds = Vec::new();
    if !parameters.is_empty() {
        bounds.push(quote!(#name #ty_generics: __occ::Clone));
        let depend = tracked().map(|field| &field.ty).filter(|ty| parameters.appear_in(ty));
        bounds.extend(depend.map(|ty| quote!(#ty: __occ::FieldValue)));
        bounds.extend(key_bounds(model));
    }
    let where_clause = where_clause(&model.input.generics, &bounds);
    let lines = (0_usize..).zip(tracked()).map(|(index, field)| {
        let line = line(model, field);
        quote!(#index => #line,)
    });
    let serializes_a_secret =
        model.fields.iter().any(|field| field.attrs.secret.is_some() && !field.attrs.skips_serializing);
    let serializes_no_secret = (!serializes_a_secret).then(|| {
        quote! {
            #[automatically_derived]
            impl #impl_generics __occ::SerializesNoSecret for #name #ty_generics #where_clause {}
        }
    });
    // A struct that cannot be tracked is reported at its name.
    let fields = quote_spanned!(name.span()=> __occ::Trackable);
    quote! {
        #[automatically_derived]
        impl #impl_generics #fields for #name #ty_generics #where_clause {
            fn field(__index: __occ::usize) -> __occ::Option<__occ::Field<Self>> {
                __occ::Some(match __index {
                    #(#lines)*
                    _ => return __occ::None,
                })
            }
        }

        #serializes_no_secret
    }
}

fn line(model: &Model<'_>, field: &Field) -> TokenStream {
    let (member, ty) = (&field.member, &field.ty);
    let name = match member {
        Member::Named(name) => name.unraw().to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    };
    // Both at the type and so one error, if there is one.
    let value = quote_spanned!(ty.span()=> __occ::FieldValue);
    let column = model.column_of(field);
    // A field that is only read need be no column of the table.
    let is_column =
        field.column.is_some() && !(matches!(field.write, Write::Never) && field.role == Role::Value);
    let column = is_column.then(|| quote!(.column(<#column as __occ::Column>::NAME)));
    let key = (field.role == Role::Key).then(|| quote!(.key()));
    let unchecked = (field.attrs.unchecked.is_some()).then(|| quote!(.unchecked()));
    let shown = field
        .attrs
        .secret
        .is_none()
        .then(|| quote!(.shown(|__row| (&&&&&__occ::Show(&__row.#member)).occ_show())));
    let written = match &field.write {
        _ if field.role == Role::Unversioned => Some(quote!(.written_if(|_| false))),
        // Never a key: that is not written either, but says which row is.
        Write::Never => Some(quote!(.written_if(|_| false))),
        Write::IfSome(_) | Write::Converted(Conversion { if_some: true, .. }) => {
            Some(quote!(.written_if(|__row| __occ::Option::is_some(&__row.#member))))
        }
        _ => None,
    };
    let rule = field.attrs.merge.as_ref().map(|merge| rule(&merge.value, member, ty));
    quote! {
        __occ::Field::<Self>::new(
            #name,
            |__a, __b| {
                <#ty as #value>::same(&__a.#member, &__b.#member)
                    && (&&__occ::Equal(&__a.#member, &__b.#member)).occ_has_same_signs()
                    || (&&__occ::NotANumber(&__a.#member, &__b.#member)).occ_is_same()
            },
            |__to, __from| <#ty as #value>::take(&mut __to.#member, &__from.#member),
        )
        #column #key #unchecked #shown #written #rule
    }
}

/// What is made of a field that both sides have changed.
fn rule(merge: &Merge, member: &Member, ty: &Type) -> TokenStream {
    let to = quote!(&mut __to.#member);
    let (base, mine, theirs) = (quote!(&__base.#member), quote!(&__mine.#member), quote!(&__theirs.#member));
    // At the type, which may be none that can be merged so.
    let by = |of_trait: TokenStream, method: TokenStream| quote!(<#ty as #of_trait>::#method);
    let (kind, merged) = match merge {
        Merge::Mine => return quote!(.rule(__occ::Rule::Mine)),
        Merge::Theirs => return quote!(.rule(__occ::Rule::Theirs)),
        Merge::Add => {
            let add = by(quote_spanned!(ty.span()=> __occ::Adds), quote!(add));
            (quote!(Add), quote!(#add(#to, #base, #mine, #theirs)))
        }
        Merge::Max | Merge::Min => {
            let method = if matches!(merge, Merge::Max) { quote!(greater) } else { quote!(lesser) };
            let one = by(quote_spanned!(ty.span()=> __occ::Ordered), method);
            (quote!(Join), quote!({ let _ = __base; #one(#to, #mine, #theirs) }))
        }
        Merge::Union => {
            let unite = by(quote_spanned!(ty.span()=> __occ::Unites), quote!(unite));
            (quote!(Join), quote!(#unite(#to, #base, #mine, #theirs)))
        }
        Merge::Text => {
            let lines = by(quote_spanned!(ty.span()=> __occ::Texts), quote!(lines));
            (quote!(Join), quote!(#lines(#to, #base, #mine, #theirs)))
        }
        Merge::With(function) => {
            let typed = quote! {
                let __merge: fn(&#ty, &#ty, &#ty) -> __occ::Option<#ty> = #function;
                __occ::put(#to, __merge(#base, #mine, #theirs))
            };
            (quote!(Add), quote!({ #typed }))
        }
    };
    quote!(.rule(__occ::Rule::#kind(|__to, __base, __mine, __theirs| #merged)))
}
