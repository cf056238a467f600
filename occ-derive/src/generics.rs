//! The struct's parameters, and what an impl adds to them.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{GenericParam, Generics, Ident, Type};

use crate::types;

/// The type and const parameters of the struct.
pub(crate) struct Parameters<'a>(Vec<&'a Ident>);

impl<'a> Parameters<'a> {
    pub(crate) fn of(generics: &'a Generics) -> Self {
        let names = generics.params.iter().filter_map(|parameter| match parameter {
            GenericParam::Type(ty) => Some(&ty.ident),
            GenericParam::Const(constant) => Some(&constant.ident),
            GenericParam::Lifetime(_) => None,
        });
        Self(names.collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Compares names, which may see a parameter where there is none, but never miss one.
    pub(crate) fn appear_in(&self, ty: &Type) -> bool {
        let is_parameter = |ident: &Ident| ident == "Self" || self.0.contains(&ident);
        !self.0.is_empty() && types::mentions(ty, is_parameter)
    }
}

/// The struct's own where clause, and more. Predicates stay the tokens that they are: the user's types are in them.
pub(crate) fn where_clause(generics: &Generics, more: &[TokenStream]) -> Option<TokenStream> {
    let own: Vec<_> = generics.where_clause.iter().flat_map(|clause| &clause.predicates).collect();
    (!own.is_empty() || !more.is_empty()).then(|| quote!(where #(#own,)* #(#more,)*))
}
