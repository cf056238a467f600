//! The rules of `#[occ(merge = ..)]`.

use syn::Ident;

use crate::attr::join;
use crate::spelling;

/// What becomes of a field that both sides have changed.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Merge {
    Mine,
    Theirs,
    Add,
}

const MERGES: &[(&str, Merge)] = &[("mine", Merge::Mine), ("theirs", Merge::Theirs), ("add", Merge::Add)];

impl Merge {
    pub(crate) fn named(rule: &Ident) -> syn::Result<Self> {
        let name = rule.to_string();
        if let Some((_, merge)) = MERGES.iter().find(|(known, _)| *known == name) {
            return Ok(*merge);
        }
        let names = || MERGES.iter().map(|(known, _)| *known);
        let help = match spelling::nearest(&name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", join(names())),
        };
        Err(syn::Error::new(rule.span(), format!("unknown merge rule `{name}`\nhelp: {help}")))
    }
}
