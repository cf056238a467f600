//! The keys that attributes have, each with its value: `#[occ(version)]`, `#[diesel(table_name = products)]`.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Attribute, ExprPath, Ident, LitBool, Meta, Token, Type};

use crate::errors::Errors;
use crate::items::items;
use crate::spelling::{self, join};
use crate::{names, types};

/// A value and the key it was given under.
#[derive(Clone, Copy)]
pub(crate) struct Keyed<T> {
    pub(crate) key: Span,
    pub(crate) value: T,
}

/// Where an `#[occ(..)]` key belongs.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Place {
    Struct,
    Field,
}

/// One key of `#[occ(..)]`: the only list of them, which the parser and the messages share.
struct OccKey {
    name: &'static str,
    place: Place,
    /// How it is written.
    sample: &'static str,
}

const OCC_KEYS: &[OccKey] = &[
    OccKey { name: "version", place: Place::Field, sample: "#[occ(version)]" },
    OccKey { name: "generator", place: Place::Field, sample: "#[occ(version, generator = Increment)]" },
    OccKey { name: "merge", place: Place::Field, sample: "#[occ(merge = mine)]" },
    OccKey { name: "secret", place: Place::Field, sample: "#[occ(secret)]" },
    OccKey { name: "unversioned", place: Place::Field, sample: "#[occ(unversioned)]" },
    OccKey { name: "unchecked", place: Place::Field, sample: "#[occ(unchecked)]" },
    OccKey { name: "soft_delete", place: Place::Field, sample: "#[occ(soft_delete)]" },
    OccKey { name: "tracked", place: Place::Struct, sample: "#[occ(tracked)]" },
    OccKey { name: "check", place: Place::Struct, sample: "#[occ(check = dirty)]" },
    OccKey { name: "unique_key", place: Place::Struct, sample: "#[occ(unique_key)]" },
    OccKey { name: "crate", place: Place::Struct, sample: "#[occ(crate = my_occ)]" },
];

impl OccKey {
    /// The field that a key of a field is for.
    fn whose(&self) -> &'static str {
        match self.name {
            "version" | "generator" => "the version field",
            _ => "the field it is for",
        }
    }
}

/// The keys of `#[diesel(..)]` that we read too, and how they are written.
const DIESEL_KEYS: &[(&str, &str)] = &[
    ("table_name", "#[diesel(table_name = products)]"),
    ("primary_key", "#[diesel(primary_key(..))]"),
    ("column_name", "#[diesel(column_name = name)]"),
    ("embed", "#[diesel(embed)]"),
    ("serialize_as", "#[diesel(serialize_as = String)]"),
    ("skip_update", "#[diesel(skip_update)]"),
    ("treat_none_as_null", "#[diesel(treat_none_as_null = false)]"),
];

/// Those that are not for us, but look like ours.
const DIESELS_OWN_KEYS: &[&str] = &["deserialize_as", "skip_insertion", "treat_none_as_default_value"];

/// Keeps the first value of a key. A second one is refused.
pub(crate) fn set<T>(slot: &mut Option<Keyed<T>>, key: &Ident, value: T, errors: &mut Errors) {
    if slot.is_some() {
        errors.at(key.span(), format_args!("`{key}` is given twice"), "remove one of them");
    } else {
        *slot = Some(Keyed { key: key.span(), value });
    }
}

/// Keeps the last value of a key, as Diesel does: an earlier one may be what holds without a `cfg_attr`.
pub(crate) fn last<T>(slot: &mut Option<Keyed<T>>, key: &Ident, value: T) {
    *slot = Some(Keyed { key: key.span(), value });
}

/// The same for a key that Diesel takes once, where it takes it at all: a row is of one table.
pub(crate) fn only<T>(slot: &mut Option<Keyed<T>>, key: &Ident, value: T) -> syn::Result<()> {
    if slot.is_some() {
        return Err(syn::Error::new(key.span(), format!("`{key}` is given twice\nhelp: remove one of them")));
    }
    last(slot, key, value);
    Ok(())
}

/// The rest of one `key`, `key = value` or `key(list)` item.
pub(crate) struct Value<'a> {
    key: &'a Ident,
    sample: &'static str,
    tokens: TokenStream,
}

impl Value<'_> {
    pub(crate) fn parse_value<T: Parse>(&self, what: &str) -> syn::Result<T> {
        let parser = |input: ParseStream<'_>| -> syn::Result<T> {
            input.parse::<Token![=]>()?;
            input.parse()
        };
        parser.parse2(self.tokens.clone()).map_err(|_| {
            let meant = self.text().filter(|text| syn::parse_str::<T>(text).is_ok());
            self.misuse(format_args!("takes {what} as its value"), &with_value(self.sample, meant))
        })
    }

    /// The function of `key(with = function)`, if it is written so.
    pub(crate) fn parse_with(&self) -> syn::Result<Option<ExprPath>> {
        let Some(TokenTree::Group(group)) = self.tokens.clone().into_iter().next() else { return Ok(None) };
        let first = group.stream().into_iter().next();
        if !matches!(first, Some(TokenTree::Ident(word)) if word == "with") {
            return Ok(None);
        }
        let parser = |input: ParseStream<'_>| -> syn::Result<ExprPath> {
            input.parse::<Ident>()?;
            input.parse::<Token![=]>()?;
            let function: ExprPath = input.parse()?;
            input.parse::<Option<Token![,]>>()?;
            // Which is a word of the language, and none to syn.
            match function.path.segments.iter().find(|segment| segment.ident == "try") {
                Some(word) => Err(syn::Error::new(word.ident.span(), "no function has this name")),
                None => Ok(function),
            }
        };
        let right = format!("#[occ({}(with = my_function))]", self.key);
        parser
            .parse2(group.stream())
            .map(Some)
            .map_err(|_| self.misuse("takes the path of a function as `with`", &right))
    }

    pub(crate) fn parse_flag(&self) -> syn::Result<()> {
        match self.tokens.clone().into_iter().next() {
            None => Ok(()),
            Some(TokenTree::Ident(_)) => {
                Err(self.misuse("needs a comma after it", &format!("{},", self.key)))
            }
            Some(_) => Err(self.misuse("takes no value", self.sample)),
        }
    }

    /// Whether it is `= false`.
    pub(crate) fn is_false(&self) -> bool {
        matches!(self.parse_value::<LitBool>(""), Ok(LitBool { value: false, .. }))
    }

    pub(crate) fn parse_list(&self) -> syn::Result<Vec<Ident>> {
        let parser = |input: ParseStream<'_>| -> syn::Result<Vec<Ident>> {
            let content;
            syn::parenthesized!(content in input);
            let words = Punctuated::<Ident, Token![,]>::parse_terminated_with(&content, Ident::parse_any)?;
            words.iter().map(names::of_word).collect()
        };
        parser.parse2(self.tokens.clone()).map_err(|_| {
            let columns = Punctuated::<Ident, Token![,]>::parse_terminated;
            let meant = self.text().filter(|text| columns.parse_str(text).is_ok());
            self.misuse("takes a list of columns", &with_value(self.sample, meant))
        })
    }

    /// `(A, B)`. What Diesel cannot parse either is Diesel's to report.
    pub(crate) fn parse_types(&self) -> Vec<Type> {
        let parser = |input: ParseStream<'_>| -> syn::Result<Vec<Type>> {
            let content;
            syn::parenthesized!(content in input);
            Ok(Punctuated::<Type, Token![,]>::parse_terminated(&content)?.into_iter().collect())
        };
        parser.parse2(self.tokens.clone()).unwrap_or_default()
    }

    /// What is given as the value, be it `= value`, `= "value"` or `(value)`.
    pub(crate) fn text(&self) -> Option<String> {
        let text = types::text(&self.tokens);
        let text = text.trim_start_matches(['=', ' ']);
        // A call of `UuidV7::new()` means `UuidV7`.
        let called = text.split_once('(').map(|(path, _)| path.trim()).filter(|path| !path.is_empty());
        let text = match called {
            Some(path) => match path.rsplit_once("::") {
                Some((ty, function)) if function.starts_with(char::is_lowercase) => ty,
                _ => path,
            },
            None => text,
        };
        let text = text.trim_matches(|around| "= \"()".contains(around));
        (!text.is_empty()).then(|| text.to_owned())
    }

    pub(crate) fn misuse(&self, how: impl Display, right: &str) -> syn::Error {
        syn::Error::new(self.key.span(), format!("`{}` {how}\nhelp: write `{right}`", self.key))
    }
}

/// A sample such as `#[occ(crate = my_occ)]`, with the user's own value if there is one.
pub(crate) fn with_value(sample: &str, value: Option<String>) -> String {
    match (sample.split_once("= "), sample.split_once("(..)"), value) {
        (Some((start, _)), _, Some(value)) => format!("{start}= {value})]"),
        (_, Some((start, end)), Some(value)) => format!("{start}({value}){end}"),
        _ => sample.to_owned(),
    }
}

/// Calls `read` for each known key of each `#[occ(..)]`, after refusing those that are unknown or misplaced.
pub(crate) fn each_occ_key(
    attrs: &[Attribute],
    place: Place,
    errors: &mut Errors,
    mut read: impl FnMut(&Ident, &Value<'_>, &mut Errors) -> syn::Result<()>,
) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("occ")) {
        let samples = || join(OCC_KEYS.iter().filter(|key| key.place == place).map(|key| key.sample));
        let tokens = match &attr.meta {
            Meta::List(list) if !list.tokens.is_empty() => list.tokens.clone(),
            _ => {
                errors.on(attr, "this `occ` attribute says nothing", format_args!("write {}", samples()));
                continue;
            }
        };
        for (key, rest) in items(tokens, errors, samples) {
            let value = Value { key: &key, sample: "", tokens: rest };
            let read = known(&value, place).and_then(|sample| read(&key, &Value { sample, ..value }, errors));
            if let Err(error) = read {
                errors.push(error);
            }
        }
    }
}

/// The sample of an `#[occ(..)]` key, if it is one and belongs here.
fn known(value: &Value<'_>, place: Place) -> syn::Result<&'static str> {
    let (key, name) = (value.key, value.key.to_string());
    let refuse =
        |message: String, help: String| Err(syn::Error::new(key.span(), format!("{message}\nhelp: {help}")));
    if let Some(known) = OCC_KEYS.iter().find(|known| known.name == name) {
        return match (known.place == place, known.place) {
            (true, _) => Ok(known.sample),
            (_, Place::Field) => refuse(
                format!("`{name}` belongs on a field"),
                format!("move it: `{}` above {}", with_value(known.sample, value.text()), known.whose()),
            ),
            (_, Place::Struct) => refuse(
                format!("`{name}` belongs on the struct"),
                format!("move it: `{}` above the struct", with_value(known.sample, value.text())),
            ),
        };
    }
    if let Some(sample) = diesel_sample(&name) {
        let help = format!("write `{}`", with_value(sample, value.text()));
        return refuse(format!("`{name}` is a key of `#[diesel(..)]`"), help);
    }
    let here = OCC_KEYS.iter().filter(|key| key.place == place);
    let on = if place == Place::Struct { "a struct" } else { "a field" };
    let help = match spelling::nearest(&name, OCC_KEYS.iter().map(|known| known.name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}", join(here.map(|key| key.name))),
    };
    refuse(format!("unknown key `{name}` for `#[occ(..)]` on {on}"), help)
}

/// The sample of a `#[diesel(..)]` key that we read.
fn diesel_sample(name: &str) -> Option<&'static str> {
    DIESEL_KEYS.iter().find(|(known, _)| *known == name).map(|(_, sample)| *sample)
}

/// Calls `read` for each key of each `#[diesel(..)]`. It returns whether the key is one of those we use.
pub(crate) fn each_diesel_key(
    attrs: &[Attribute],
    errors: &mut Errors,
    mut read: impl FnMut(&Ident, &Value<'_>) -> syn::Result<bool>,
) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("diesel")) {
        let Meta::List(list) = &attr.meta else { continue };
        // What Diesel cannot parse either is Diesel's to report.
        let mut diesels_own = Errors::default();
        for (key, rest) in items(list.tokens.clone(), &mut diesels_own, String::new) {
            let sample = diesel_sample(&key.to_string()).unwrap_or_default();
            let value = Value { key: &key, sample, tokens: rest };
            match read(&key, &value) {
                Ok(true) => {}
                Ok(false) => refuse_in_diesel(&value, errors),
                Err(error) => errors.push(error),
            }
        }
    }
}

/// A key that Diesel does not know does nothing where none of Diesel's derives is there to refuse it.
fn refuse_in_diesel(value: &Value<'_>, errors: &mut Errors) {
    let name = value.key.to_string();
    if let Some(known) = OCC_KEYS.iter().find(|known| known.name == name) {
        errors.at(
            value.key.span(),
            format_args!("`{name}` is a key of `#[occ(..)]`"),
            format_args!("write `{}`", with_value(known.sample, value.text())),
        );
    } else if !DIESELS_OWN_KEYS.contains(&name.as_str()) {
        if let Some(near) = spelling::nearest(&name, DIESEL_KEYS.iter().map(|(known, _)| *known)) {
            errors.at(
                value.key.span(),
                format_args!("unknown key `{name}` for `#[diesel(..)]`"),
                format_args!("did you mean `{near}`?"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    fn meant(tokens: &str) -> Option<String> {
        let key = Ident::new("generator", Span::call_site());
        let sample = "#[occ(version, generator = Increment)]";
        Value { key: &key, sample, tokens: tokens.parse().unwrap() }.text()
    }

    #[test]
    fn what_was_meant_is_found_however_it_is_given() {
        for (given, expected) in [
            ("= UuidV7", "UuidV7"),
            ("= \"UuidV7\"", "UuidV7"),
            ("(UuidV7)", "UuidV7"),
            ("(\"UuidV7\")", "UuidV7"),
            ("= UuidV7::new()", "UuidV7"),
            ("= my::UuidV7::new(1, 2)", "my::UuidV7"),
            ("= my::UuidV7()", "my::UuidV7"),
            ("= UuidV7()", "UuidV7"),
            ("UuidV7", "UuidV7"),
        ] {
            assert_eq!(meant(given).as_deref(), Some(expected), "{given}");
        }
        for nothing in ["", "=", "()", "= \"\""] {
            assert_eq!(meant(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn an_example_takes_the_users_value() {
        let with = |sample, given: Option<&str>| with_value(sample, given.map(str::to_owned));
        assert_eq!(with("#[occ(crate = my_occ)]", Some("a::b")), "#[occ(crate = a::b)]");
        assert_eq!(with("#[occ(crate = my_occ)]", None), "#[occ(crate = my_occ)]");
        assert_eq!(with("#[diesel(primary_key(..))]", Some("a, b")), "#[diesel(primary_key(a, b))]");
        assert_eq!(with("#[diesel(primary_key(..))]", None), "#[diesel(primary_key(..))]");
        assert_eq!(with("#[occ(version)]", Some("a")), "#[occ(version)]");
    }

    #[test]
    fn a_key_is_kept_once_or_as_the_last_one() {
        let key = Ident::new("check", Span::call_site());
        let (mut first, mut one, mut latest, mut errors) = (None, None, None, Errors::default());
        for number in [1, 2] {
            set(&mut first, &key, number, &mut errors);
            let is_first = only(&mut one, &key, number).is_ok();
            assert_eq!(is_first, number == 1);
            last(&mut latest, &key, number);
        }
        assert_eq!([first, one, latest].map(|kept| kept.unwrap().value), [1, 1, 2]);
        assert_eq!(errors.count(), 1);
    }
}
