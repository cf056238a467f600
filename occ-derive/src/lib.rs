//! `#[derive(OptimisticLock)]`. Depend on `occ-runtime`, which re-exports and documents it.
//!
//! The stages, in the order of the data: `attr` reads the attributes, `model` resolves names and defaults, `check`
//! refuses, `expand` writes the impls, or `fallback` a stand-in for them next to the errors. What the table's key is,
//! `table_key` has the compiler find out.

mod asserts;
mod attr;
mod check;
mod choice;
mod errors;
mod expand;
mod fallback;
mod model;
mod prepared;
mod spelling;
mod table_key;
mod tracked;
mod types;
mod written_once;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// See the documentation of occ-runtime, which re-exports it.
#[proc_macro_derive(OptimisticLock, attributes(occ, diesel))]
pub fn derive_optimistic_lock(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derive(&input).into()
}

fn derive(input: &DeriveInput) -> proc_macro2::TokenStream {
    let mut errors = errors::Errors::default();
    let container = attr::Container::read(&input.attrs, &mut errors);
    let model = model::Model::resolve(input, &container, &mut errors);
    if let Some(model) = &model {
        check::all(model, &mut errors);
    }
    let errors = errors.finish();
    let key = model.as_ref().filter(|model| table_key::is_incomplete(model));
    // What is missed may be in the struct that is embedded, with the rest of what was meant.
    let key = key.filter(|model| errors.is_none() || !table_key::embeds(model)).map(table_key::check);
    // The compiler says so of the struct, and would say it again of each bound.
    let lacks_a_lifetime = model
        .as_ref()
        .is_some_and(|model| model.fields.iter().any(|field| types::lacks_a_lifetime(&field.ty)));
    match (errors, key, model) {
        (None, None, Some(_)) if lacks_a_lifetime => fallback::tokens(input, &container, None, None),
        (None, None, Some(model)) => expand::tokens(&model),
        (errors, key, _) => fallback::tokens(input, &container, errors, key.as_ref()),
    }
}
