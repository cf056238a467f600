//! Writes what is made of a struct before a statement is sent: conversions, and the changesets of embedded structs.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use crate::model::{Model, Role, Write};
use crate::types;

/// The tuple of values that must exist before they are bound.
pub(crate) struct Prepared {
    /// The type of the tuple, and the function that makes it.
    pub(crate) items: TokenStream,
    /// For each field its place in the tuple.
    pub(crate) slots: Vec<Option<syn::Index>>,
}

impl Prepared {
    pub(crate) fn of(model: &Model<'_>) -> Self {
        // The compiler reports a struct that cannot be embedded once per span: one span, one error.
        let embedded = model.fields.iter().find(|field| matches!(field.write, Write::Embedded));
        let span = embedded.map_or(Span::call_site(), |field| Span::call_site().located_at(field.ty.span()));
        let (mut types, mut values, mut slots) = (Vec::new(), Vec::new(), Vec::new());
        for field in &model.fields {
            let (member, ty) = (&field.member, &field.ty);
            let entry = match &field.write {
                Write::Converted(conversion) if field.role != Role::Version => {
                    let target = &conversion.target;
                    let from = types::inside_option(ty).filter(|_| conversion.inside_option).unwrap_or(ty);
                    let convert = quote!(<#from as __occ::SerializeAs<#target>>::serialize_as);
                    Some(if conversion.inside_option {
                        let own = quote!(__occ::Option::as_ref(&self.#member));
                        (quote!(__occ::Option<#target>), quote!(__occ::Option::map(#own, #convert)))
                    } else {
                        (quote!(#target), quote!(#convert(&self.#member)))
                    })
                }
                Write::Embedded => {
                    let table = &model.table;
                    let embedded = quote!(#ty as __occ::Embedded<'static, #table::table, __OccChecks>);
                    Some((
                        quote!(<#embedded>::Changeset<'__a>),
                        quote_spanned!(span=> <#embedded>::changeset(&self.#member)),
                    ))
                }
                _ => None,
            };
            slots.push(entry.map(|(ty, value)| {
                types.push(ty);
                values.push(value);
                syn::Index::from(types.len() - 1)
            }));
        }
        // No body at all where there is nothing to make: clippy would have it so.
        let body = if values.is_empty() { TokenStream::new() } else { quote_spanned!(span=> (#(#values,)*)) };
        let items = quote_spanned! {span=>
            type Prepared<'__a> = (#(#types,)*) where Self: '__a;

            fn prepare(&self) -> Self::Prepared<'_> {
                #body
            }
        };
        Self { items, slots }
    }
}
