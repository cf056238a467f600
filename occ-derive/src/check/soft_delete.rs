//! The field that says that a row is deleted.

use syn::ext::IdentExt as _;
use syn::{Ident, Member};

use crate::errors::Errors;
use crate::generics::Parameters;
use crate::model::{Field, Model, Role, Write};
use crate::spelling::and;

pub(super) fn all(model: &Model<'_>, errors: &mut Errors) {
    if one_field_is_the_mark(model, errors) {
        the_mark_is_a_plain_column(model, errors);
        a_deletion_moves_the_version(model, errors);
    }
}

/// A row is deleted or it is not. Whether there is at most one such field.
fn one_field_is_the_mark(model: &Model<'_>, errors: &mut Errors) -> bool {
    let marked: Vec<_> =
        model.fields.iter().filter_map(|field| Some((field, field.attrs.soft_delete?))).collect();
    let [.., (_, last)] = marked[..] else { return false };
    if marked.len() == 1 {
        return true;
    }
    let names: Vec<_> = marked.iter().map(|(field, _)| name(field)).collect();
    errors.at(
        last.key,
        format_args!("only one field can say that a row is deleted, and {} are marked", and(&names)),
        "remove `soft_delete` from all but one of them",
    );
    false
}

fn name(field: &Field) -> String {
    match (&field.column, &field.member) {
        (Some(column), _) => column.unraw().to_string(),
        (None, Member::Named(name)) => Ident::unraw(name).to_string(),
        (None, Member::Unnamed(index)) => index.index.to_string(),
    }
}

/// A deletion writes the field, what undoes it as well, and each other statement asks for it.
fn the_mark_is_a_plain_column(model: &Model<'_>, errors: &mut Errors) {
    let Some((field, mark)) = model.mark().and_then(|field| Some((field, field.attrs.soft_delete?))) else {
        return;
    };
    let attrs = &field.attrs;
    let (key, name, why) = match (field.role, &field.write) {
        (Role::Key, _) => (mark.key, "soft_delete", "the key says which row is deleted"),
        (Role::Version, _) => (mark.key, "soft_delete", "it is the version"),
        (_, Write::Embedded) => (mark.key, "soft_delete", "an embedded struct is several columns"),
        _ => {
            let others = [
                (attrs.unversioned.map(|keyed| keyed.key), "unversioned", "a deletion changes the version"),
                (
                    attrs.skip_update.as_ref().map(|keyed| keyed.key),
                    "skip_update",
                    "a deletion writes the field",
                ),
                (
                    attrs.serialize_as.as_ref().map(|keyed| keyed.key),
                    "serialize_as",
                    "the field's own type says what is deleted",
                ),
                (
                    attrs.merge.as_ref().map(|keyed| keyed.key),
                    "merge",
                    "whether a row is deleted is not merged",
                ),
            ];
            let Some((key, name, why)) =
                others.into_iter().find_map(|(key, name, why)| Some((key?, name, why)))
            else {
                none_is_written(field, mark.key, errors);
                return no_parameter(model, field, errors);
            };
            (key, name, why)
        }
    };
    if name == "soft_delete" {
        errors.at(
            key,
            format_args!("`soft_delete` cannot be used here: {why}"),
            "move it to a `bool` or an `Option` of a point in time",
        );
    } else {
        errors.at(
            key,
            format_args!("`{name}` cannot be used with `soft_delete`: {why}"),
            format_args!("remove `{name}`"),
        );
    }
}

/// What is restored has no mark.
fn none_is_written(field: &Field, mark: proc_macro2::Span, errors: &mut Errors) {
    if matches!(field.write, Write::IfSome(_)) {
        let key = field.attrs.treat_none_as_null.as_ref().map_or(mark, |keyed| keyed.key);
        errors.at(
            key,
            "a `None` that leaves its column alone cannot say that a row is not deleted",
            "write above this field `#[diesel(treat_none_as_null = true)]`",
        );
    }
}

/// Of a parameter nobody knows what it says.
fn no_parameter(model: &Model<'_>, field: &Field, errors: &mut Errors) {
    if Parameters::of(&model.input.generics).appear_in(&field.ty) {
        errors.on(
            &field.ty,
            "a parameter of the struct cannot say that a row is deleted",
            "use a `bool` or an `Option` of a point in time",
        );
    }
}

/// A deletion and what undoes it are writes, and a save that comes between them is to be refused.
fn a_deletion_moves_the_version(model: &Model<'_>, errors: &mut Errors) {
    let mark = model.mark().and_then(|field| field.attrs.soft_delete);
    if let (Some(mark), Some(_)) = (mark, &model.check) {
        errors.at(
            mark.key,
            "`soft_delete` needs a version, and this struct is checked by what was loaded",
            "add a version, `#[occ(version)] version: i32`, in place of `check` above the struct",
        );
    }
}
