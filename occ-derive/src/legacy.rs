//! The attributes of Diesel 1, which Diesel's own derives still take. Here they would be passed over, and another table, key or
//! column be written: so each is refused, with the form that both understand.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

use crate::errors::Errors;
use crate::types;

/// One attribute, and the key of `#[diesel(..)]` that replaces it.
struct Replaced {
    name: &'static str,
    key: &'static str,
}

const ON_STRUCTS: &[Replaced] = &[
    Replaced { name: "table_name", key: "table_name" },
    Replaced { name: "primary_key", key: "primary_key" },
    Replaced { name: "changeset_options", key: "treat_none_as_null" },
];
const ON_FIELDS: &[Replaced] = &[Replaced { name: "column_name", key: "column_name" }];

/// Refuses those above a struct, but not where the key is given too: then the attribute is for somebody else.
pub(crate) fn on_struct(attrs: &[Attribute], is_given: impl Fn(&str) -> bool, errors: &mut Errors) {
    refuse(ON_STRUCTS, attrs, is_given, errors);
}

/// The same above a field.
pub(crate) fn on_field(attrs: &[Attribute], is_given: impl Fn(&str) -> bool, errors: &mut Errors) {
    refuse(ON_FIELDS, attrs, is_given, errors);
}

fn refuse(known: &[Replaced], attrs: &[Attribute], is_given: impl Fn(&str) -> bool, errors: &mut Errors) {
    for attr in attrs {
        let replaced = known.iter().find(|known| attr.path().is_ident(known.name) && !is_given(known.key));
        if let Some(Replaced { name, key }) = replaced {
            errors.on(
                attr,
                format_args!("`#[{name}]` is an attribute of Diesel 1"),
                format_args!("write `#[diesel({key}{})]`", value(key, &attr.meta)),
            );
        }
    }
}

/// The user's own value, without the quotes that Diesel 1 wanted.
fn value(key: &str, meta: &Meta) -> String {
    let given = match meta {
        Meta::NameValue(given) => match &given.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(format!(" = {}", text.value())),
            _ => None,
        },
        Meta::List(list) if key == "primary_key" => Some(format!("({})", types::text(&list.tokens))),
        Meta::List(list) => {
            let text = types::text(&list.tokens).replace('"', "");
            text.split_once('=').map(|(_, value)| format!(" = {}", value.trim()))
        }
        Meta::Path(_) => None,
    };
    given.unwrap_or_else(|| if key == "primary_key" { "(..)" } else { " = .." }.to_owned())
}
