//! What the derive owes to every input.

use std::collections::HashSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{Data, DeriveInput, GenericParam, LitStr};

use crate::{stages, types};

/// What became of an input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// It is no item yet: the compiler says so, and runs no derive.
    NoItem,
    /// There are errors.
    Refused,
    /// There are impls.
    Accepted,
}

/// What the derive makes of an item. `None` for what the compiler refuses before it would run the derive.
///
/// # Panics
///
/// If the derive does.
#[must_use]
pub fn output(input: &TokenStream) -> Option<TokenStream> {
    let item = syn::parse2::<DeriveInput>(input.clone()).ok()?;
    (!names_nothing(&item)).then(|| stages::derive(&item))
}

/// Whether a field or a parameter is called `_`, which syn takes for a name and the compiler does not.
fn names_nothing(item: &DeriveInput) -> bool {
    let parameters = item.generics.params.iter().filter_map(|parameter| match parameter {
        GenericParam::Type(ty) => Some(&ty.ident),
        GenericParam::Const(constant) => Some(&constant.ident),
        GenericParam::Lifetime(_) => None,
    });
    let fields = match &item.data {
        Data::Struct(data) => data.fields.iter().collect(),
        Data::Enum(_) | Data::Union(_) => Vec::new(),
    };
    let fields = fields.into_iter().filter_map(|field| field.ident.as_ref());
    parameters.chain(fields).any(|name| name == "_")
}

/// Runs the derive, and looks at what it made.
///
/// # Errors
///
/// Says which promise was broken.
///
/// # Panics
///
/// If the derive does.
pub fn check(input: &TokenStream) -> Result<Outcome, String> {
    let Some(output) = output(input) else { return Ok(Outcome::NoItem) };
    syn::parse2::<syn::File>(output.clone()).map_err(|error| format!("the output is no Rust: {error}"))?;
    let errors = errors(&output);
    let places = Places::of(input);
    for tokens in &errors {
        says_something(tokens, input)?;
        points_to(tokens, &places)?;
    }
    let is_refused = mentions(&output, "stub");
    match (is_refused, errors.is_empty()) {
        (false, true) => Ok(Outcome::Accepted),
        (false, false) => Err("there are errors and impls".to_owned()),
        (true, false) => Ok(Outcome::Refused),
        (true, true) if mentions(&output, "wrong_key") || lacks_a_lifetime(input) => Ok(Outcome::Refused),
        (true, true) => Err("it is refused without an error".to_owned()),
    }
}

/// Whether `__occ::name` is in the output.
fn mentions(output: &TokenStream, name: &str) -> bool {
    let mut before = [false; 3]; // whether the last three tokens were `__occ::`
    output.clone().into_iter().any(|token| {
        let (is_occ, is_colon, is_name) = match &token {
            TokenTree::Group(group) => return mentions(&group.stream(), name),
            TokenTree::Ident(ident) => (ident == "__occ", false, ident == name),
            TokenTree::Punct(punct) => (false, punct.as_char() == ':', false),
            TokenTree::Literal(_) => (false, false, false),
        };
        let found = before[2] && is_name;
        before = [is_occ, before[0] && is_colon, before[1] && is_colon];
        found
    })
}

/// The tokens of each `compile_error!`, wherever it stands: the name, the mark and the group with the message.
#[must_use]
pub fn errors(output: &TokenStream) -> Vec<TokenStream> {
    let mut errors = Vec::new();
    compile_errors(output.clone(), &mut errors);
    errors
}

fn compile_errors(tokens: TokenStream, errors: &mut Vec<TokenStream>) {
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(name) if name == "compile_error" => {
                let call = tokens.by_ref().take(2);
                errors.push([TokenTree::Ident(name)].into_iter().chain(call).collect());
            }
            TokenTree::Group(group) => compile_errors(group.stream(), errors),
            _ => {}
        }
    }
}

/// Whether a reference in the struct has no lifetime: of that the compiler speaks, and the derive does not.
fn lacks_a_lifetime(input: &TokenStream) -> bool {
    let Ok(item) = syn::parse2::<DeriveInput>(input.clone()) else { return false };
    let Data::Struct(data) = item.data else { return false };
    data.fields.iter().any(|field| types::lacks_a_lifetime(&field.ty))
}

/// What one of [`errors`] says.
///
/// # Errors
///
/// If it says nothing.
pub fn message(error: &TokenStream) -> syn::Result<String> {
    let group = error.clone().into_iter().find_map(|token| match token {
        TokenTree::Group(group) => Some(group.stream()),
        _ => None,
    });
    syn::parse2::<LitStr>(group.unwrap_or_default()).map(|text| text.value())
}

/// A message has words and a help, and none of the derive's own names.
fn says_something(error: &TokenStream, input: &TokenStream) -> Result<(), String> {
    let message = message(error).map_err(|error| format!("the error has no message: {error}"))?;
    if !message.contains("\nhelp: ") {
        return Err(format!("the message has no help: {message}"));
    }
    for own in ["__occ", "__private"] {
        if message.contains(own) && !input.to_string().contains(own) {
            return Err(format!("the message shows the inside: {message}"));
        }
    }
    Ok(())
}

/// Where the tokens of an input start and end.
#[derive(Default)]
struct Places {
    starts: HashSet<(String, usize)>,
    ends: HashSet<(String, usize)>,
}

impl Places {
    fn of(input: &TokenStream) -> Self {
        fn walk(tokens: TokenStream, places: &mut Places) {
            for token in tokens {
                places.add(token.span());
                if let TokenTree::Group(group) = token {
                    places.add(group.span_open());
                    places.add(group.span_close());
                    walk(group.stream(), places);
                }
            }
        }
        let mut places = Self::default();
        walk(input.clone(), &mut places);
        places
    }

    fn add(&mut self, span: Span) {
        let (file, range) = (span.file(), span.byte_range());
        self.starts.insert((file.clone(), range.start));
        self.ends.insert((file, range.end));
    }

    fn hold(&self, span: Span) -> bool {
        let (file, range) = (span.file(), span.byte_range());
        !range.is_empty()
            && self.starts.contains(&(file.clone(), range.start))
            && self.ends.contains(&(file, range.end))
    }
}

/// Each token of an error came from the input. What cargo-fuzz builds knows no places.
fn points_to(error: &TokenStream, places: &Places) -> Result<(), String> {
    if places.ends.iter().all(|(_, end)| *end == 0) {
        return Ok(());
    }
    match error.clone().into_iter().find(|token| !places.hold(token.span())) {
        Some(token) => Err(format!("`{token}` of an error points nowhere: {error}")),
        None => Ok(()),
    }
}
