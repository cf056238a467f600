//! The stages in their order. A file of its own, so that tests can run the derive as a library: `tests/half-typed`.

use syn::DeriveInput;

use crate::{attr, check, errors, expand, fallback, model, table_key};

pub(crate) fn derive(input: &DeriveInput) -> proc_macro2::TokenStream {
    let mut errors = errors::Errors::default();
    let container = attr::Container::read(&input.attrs, &mut errors);
    let model = model::Model::resolve(input, &container, &mut errors);
    if let Some(model) = &model {
        check::all(model, &mut errors);
    }
    let key = model.as_ref().filter(|model| table_key::is_incomplete(model)).map(table_key::check);
    match (errors.finish(), key, model) {
        (None, None, Some(model)) => expand::tokens(&model),
        (errors, key, _) => fallback::tokens(input, &container, errors, key.as_ref()),
    }
}
