//! Values that are one of a few words: `#[occ(merge = mine)]`, `#[occ(check = all)]`.

use std::fmt::Display;

use syn::{ExprPath, Ident};

use crate::keys::Value;
use crate::spelling::{self, join};

/// What becomes of a field that both sides have changed.
#[derive(Clone)]
pub(crate) enum Merge {
    Mine,
    Theirs,
    Add,
    Max,
    Min,
    Union,
    Text,
    /// A function of the user's: `merge(with = function)`.
    With(ExprPath),
}

impl Merge {
    pub(crate) fn read(value: &Value<'_>) -> syn::Result<Self> {
        match value.parse_with()? {
            Some(function) => Ok(Self::With(function)),
            None => Self::named(&value.parse_value("a rule such as `mine` or `add`")?),
        }
    }

    fn named(word: &Ident) -> syn::Result<Self> {
        let known = [
            ("mine", Self::Mine),
            ("theirs", Self::Theirs),
            ("add", Self::Add),
            ("max", Self::Max),
            ("min", Self::Min),
            ("union", Self::Union),
            ("text", Self::Text),
        ];
        let own = |function: &dyn Display| format!("write `#[occ(merge(with = {function}))]`");
        if word == "with" {
            let help = own(&"my_function");
            return Err(syn::Error::new(word.span(), format!("`with` needs a function\nhelp: {help}")));
        }
        one_of(&known, "merge rule", word, &format!(", or {} to call your own function", own(word)))
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
        one_of(&[("dirty", Self::Dirty), ("all", Self::All)], "check", word, "")
    }
}

/// The value that `word` names, of those that are `known` for `what`, beside which there may be `others`.
fn one_of<T: Clone>(known: &[(&str, T)], what: &str, word: &Ident, others: &str) -> syn::Result<T> {
    let name = word.to_string();
    if let Some((_, value)) = known.iter().find(|(known, _)| *known == name) {
        return Ok(value.clone());
    }
    let names = || known.iter().map(|(known, _)| *known);
    let help = match spelling::nearest(&name, names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}{others}", join(names())),
    };
    Err(syn::Error::new(word.span(), format!("unknown {what} `{name}`\nhelp: {help}")))
}
