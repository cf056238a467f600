//! The stages in their order. A file of its own, so that tests can run the derive as a library: `tests/half-typed`.

use syn::DeriveInput;

use crate::expand::table_key;
use crate::{attr, check, errors, expand, fallback, model, types};

pub(crate) fn derive(input: &DeriveInput) -> proc_macro2::TokenStream {
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
