//! A struct in which no field is the version.

use syn::ext::IdentExt as _;
use syn::{DeriveInput, Member, Type};

use crate::errors::Errors;
use crate::model::{Field, Role};
use crate::types;

/// Says how to get one: first of all the field that is there and looks like one.
pub(super) fn refuse(input: &DeriveInput, fields: &[Field], errors: &mut Errors) {
    if let Some(generator) = fields.iter().find_map(|field| field.attrs.generator.as_ref()) {
        errors.at(
            generator.key,
            "`generator` is given for a field that is not the version",
            format_args!(
                "make it the version: `#[occ(version, generator = {})]`",
                types::text(&generator.value)
            ),
        );
        return;
    }
    let looks_like_one = |field: &&Field| {
        let name = field.column.as_ref().map(|column| column.unraw().to_string()).unwrap_or_default();
        is_free(field) && name.split('_').any(|word| ["version", "revision", "lock"].contains(&word))
    };
    let mut of_such_a_type =
        fields.iter().filter(|field| is_free(field) && changes_with_each_write(&field.ty));
    let only = of_such_a_type.next().filter(|_| of_such_a_type.next().is_none());
    let help = match fields.iter().find(looks_like_one).or(only) {
        Some(Field { member: Member::Named(name), ty, .. }) => {
            format!("if it {}, mark it: `#[occ(version)] {name}: {}`", what_it_does(ty), types::text(ty))
        }
        Some(Field { column: Some(column), ty, .. }) => {
            format!(
                "if it {}, mark it: `#[occ(version)] #[diesel(column_name = {column})] {}`",
                what_it_does(ty),
                types::text(ty)
            )
        }
        _ if fields.iter().any(|field| field.attrs.embed.is_some()) => {
            "a version in an embedded struct is not seen: move it from there to the struct itself, and mark it there: \
             `#[occ(version)] version: i32`"
                .to_owned()
        }
        _ => "add it to the struct and to `table!`: `#[occ(version)] version: i32`; for a table that cannot get one, put \
              `#[occ(check = all)]` above the struct"
            .to_owned(),
    };
    errors.at(input.ident.span(), format_args!("`{}` has no version field", input.ident), help);
}

fn is_free(field: &Field) -> bool {
    field.role == Role::Value && !field.is_copy && field.attrs.no_version.is_none()
}

/// Whether it is made for that, or often is a version: the types of other crates that have a generator.
fn changes_with_each_write(ty: &Type) -> bool {
    const TYPES: [&str; 7] =
        ["Xmin", "Uuid", "SystemTime", "DateTime", "NaiveDateTime", "OffsetDateTime", "PrimitiveDateTime"];
    types::last_name(ty).is_some_and(|name| TYPES.contains(&name.as_str()))
}

fn what_it_does(ty: &Type) -> &'static str {
    if changes_with_each_write(ty) {
        "changes with each write of the row"
    } else {
        "counts the writes of the row"
    }
}
