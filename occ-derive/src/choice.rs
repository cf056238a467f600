//! Values that are one of a few words: `#[occ(merge = mine)]`, `#[occ(check = all)]`.

use syn::Ident;

use crate::spelling::{self, join};

/// What becomes of a field that both sides have changed.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Merge {
    Mine,
    Theirs,
    Add,
}

impl Merge {
    pub(crate) fn named(word: &Ident) -> syn::Result<Self> {
        let known = [("mine", Self::Mine), ("theirs", Self::Theirs), ("add", Self::Add)];
        one_of(&known, "merge rule", word)
    }
}

/// Which columns of a table without a version are compared with what was loaded.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Check {
    Dirty,
    All,
}

impl Check {
    pub(crate) fn named(word: &Ident) -> syn::Result<Self> {
        one_of(&[("dirty", Self::Dirty), ("all", Self::All)], "check", word)
    }
}

/// The value that `word` names, of those that are `known` for `what`.
fn one_of<T: Copy>(known: &[(&str, T)], what: &str, word: &Ident) -> syn::Result<T> {
    let name = word.to_string();
    if let Some((_, value)) = known.iter().find(|(known, _)| *known == name) {
        return Ok(*value);
    }
    let names = || known.iter().map(|(known, _)| *known);
    let help = match spelling::nearest(&name, names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}", join(names())),
    };
    Err(syn::Error::new(word.span(), format!("unknown {what} `{name}`\nhelp: {help}")))
}
