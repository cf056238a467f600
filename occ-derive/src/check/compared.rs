//! What is compared with what was loaded, where the table has no version.

use proc_macro2::Span;

use crate::errors::Errors;
use crate::model::{Conversion, Field, Model, Role, Write};

pub(super) fn all(model: &Model<'_>, errors: &mut Errors) {
    match &model.check {
        Some(check) => {
            a_struct_has_a_version_or_a_check(model, check.key, errors);
            something_is_compared(model, check.key, errors);
            what_is_compared_is_a_column(model, errors);
        }
        None => only_what_is_compared_is_left_unchecked(model, errors),
    }
    what_is_left_unchecked_would_be_compared(model, errors);
    only_what_is_called_version_is_said_to_be_none(model, errors);
}

/// `check` is for tables that have no version.
fn a_struct_has_a_version_or_a_check(model: &Model<'_>, check: Span, errors: &mut Errors) {
    let is_marked = |field: &Field| field.attrs.version.is_some() || field.attrs.generator.is_some();
    if model.fields.iter().any(is_marked) {
        errors.at(
            check,
            "`check` compares columns where there is no version, and this struct has one",
            "remove `check`: the version tells more, and costs less",
        );
    } else if let Some(version) =
        model.fields.iter().find(|field| !model.misread && field.is_called_version())
    {
        errors.at(
            version.span,
            "`check` compares columns where there is no version, and this column is called `version`: no save would advance it, \
             and a program that checks it would overwrite what was saved",
            "remove `check` above the struct: the version tells more, and costs less; if the column is something else, say so: \
             `#[occ(version = false)]`",
        );
    }
}

/// A save that compares nothing would overwrite whatever is there.
fn something_is_compared(model: &Model<'_>, check: Span, errors: &mut Errors) {
    let compared = |field: &Field| field.attrs.unchecked.is_none() && !matches!(field.write, Write::Never);
    if !model.misread && !model.with_role(Role::Value).any(compared) {
        errors.at(
            check,
            "no column is left to compare",
            "let at least one field be written and not `#[occ(unchecked)]`",
        );
    }
}

/// Only of a column on its own it is known what was in it.
fn what_is_compared_is_a_column(model: &Model<'_>, errors: &mut Errors) {
    for field in model.with_role(Role::Value).filter(|field| field.attrs.unchecked.is_none()) {
        let what = match &field.write {
            Write::Embedded => "the columns of an embedded struct",
            Write::IfSome(_) | Write::Converted(Conversion { if_some: true, .. }) => {
                "a column that `None` leaves alone"
            }
            _ => continue,
        };
        errors.at(
            field.span,
            format_args!("{what} cannot be compared with what was loaded"),
            "leave it out of the check, if nothing is lost by that: `#[occ(unchecked)]`",
        );
    }
}

/// `unchecked` speaks of a comparison.
fn only_what_is_compared_is_left_unchecked(model: &Model<'_>, errors: &mut Errors) {
    if model.misread {
        return;
    }
    for field in &model.fields {
        if let Some(keyed) = &field.attrs.unchecked {
            errors.at(
                keyed.key,
                "`unchecked` does nothing in a struct whose version is checked",
                "remove it; to keep a field out of saves: `#[occ(unversioned)]`",
            );
        }
    }
}

/// The key is always compared, and what a save does not write never is.
fn what_is_left_unchecked_would_be_compared(model: &Model<'_>, errors: &mut Errors) {
    if model.check.is_none() {
        return;
    }
    for field in &model.fields {
        let Some(keyed) = &field.attrs.unchecked else { continue };
        let why = match (field.role, &field.write) {
            (Role::Key, _) => "a row is found by its key",
            (Role::Unversioned, _) => "an `unversioned` field is not compared",
            (_, Write::Never) => "a field with `skip_update` is not compared",
            _ => continue,
        };
        errors.at(keyed.key, format_args!("`unchecked` does nothing here: {why}"), "remove `unchecked`");
    }
}

/// `version = false` speaks of a name.
fn only_what_is_called_version_is_said_to_be_none(model: &Model<'_>, errors: &mut Errors) {
    for field in &model.fields {
        let Some(keyed) = &field.attrs.no_version else { continue };
        if !model.misread && !field.has_the_name_of_a_version() {
            errors.at(
                keyed.key,
                "`version = false` does nothing on a column that is not called `version`",
                "remove it",
            );
        }
    }
}
