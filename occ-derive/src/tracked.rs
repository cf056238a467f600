//! Writes what `#[occ(tracked)]` adds: a line or two for each field.
//!
//! ```text
//! impl __occ::Fields for Product {
//!     fn field(index: usize) -> Option<__occ::Field<Self>> {
//!         use __occ::{ShowDebug as _, ..};
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
use syn::{Member, parse_quote};

use crate::choice::Merge;
use crate::expand::{Parameters, key_bounds};
use crate::model::{Conversion, Field, Model, Role, Write};

pub(crate) fn fields_impl(model: &Model<'_>) -> TokenStream {
    let name = &model.input.ident;
    let (_, ty_generics, _) = model.input.generics.split_for_impl();
    let mut generics = model.input.generics.clone();
    let parameters = Parameters::of(&model.input.generics);
    let tracked = || model.fields.iter().filter(|field| field.role != Role::Version);
    if !parameters.is_empty() {
        let predicates = &mut generics.make_where_clause().predicates;
        predicates.push(parse_quote!(#name #ty_generics: __occ::Clone));
        for ty in tracked().map(|field| &field.ty).filter(|ty| parameters.appear_in(ty)) {
            predicates.push(parse_quote!(#ty: __occ::FieldValue));
        }
        predicates.extend(key_bounds(model));
    }
    let (impl_generics, _, where_clause) = generics.split_for_impl();
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
    let fields = quote_spanned!(name.span()=> __occ::Fields);
    quote! {
        #[automatically_derived]
        impl #impl_generics #fields for #name #ty_generics #where_clause {
            fn field(index: __occ::usize) -> __occ::Option<__occ::Field<Self>> {
                #[allow(unused_imports, reason = "which of them are needed, the types of the fields decide")]
                use __occ::{ShowDebug as _, ShowDebugOption as _, ShowDisplay as _, ShowNothing as _, ShowOption as _};
                #[allow(unused_imports, reason = "the same")]
                use __occ::{HiddenNan as _, ShownNan as _};
                __occ::Some(match index {
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
        .then(|| quote!(.shown(|row| (&&&&&__occ::Show(&row.#member)).occ_show())));
    let written = match &field.write {
        _ if field.role == Role::Unversioned => Some(quote!(.written_if(|_| false))),
        Write::Never if field.role == Role::Value => Some(quote!(.written_if(|_| false))),
        Write::IfSome(_) | Write::Converted(Conversion { if_some: true, .. }) => {
            Some(quote!(.written_if(|row| __occ::Option::is_some(&row.#member))))
        }
        _ => None,
    };
    let rule = field.attrs.merge.as_ref().map(|merge| match merge.value {
        Merge::Mine => quote!(.rule(__occ::Rule::Mine)),
        Merge::Theirs => quote!(.rule(__occ::Rule::Theirs)),
        Merge::Add => {
            let adds = quote_spanned!(ty.span()=> __occ::Adds);
            quote! {
                .rule(__occ::Rule::Add(|to, base, mine, theirs| {
                    <#ty as #adds>::add(&mut to.#member, &base.#member, &mine.#member, &theirs.#member)
                }))
            }
        }
    });
    quote! {
        __occ::Field::<Self>::new(
            #name,
            |a, b| {
                <#ty as #value>::same(&a.#member, &b.#member)
                    || (&&__occ::NotANumber(&a.#member, &b.#member)).occ_is_same()
            },
            |to, from| <#ty as #value>::take(&mut to.#member, &from.#member),
        )
        #column #key #unchecked #shown #written #rule
    }
}
