//! What is refused, one function per rule. What only the compiler can see (whether a column exists, whether types
//! fit) is checked by the code that `expand` writes.

use proc_macro2::Span;
use syn::{Member, Type};

use crate::errors::Errors;
use crate::model::{Field, Model, Role, Write, is_among};
use crate::types;

mod compared;
mod soft_delete;

/// Said by the compiler, where it can be asked who makes the versions.
pub(crate) const SKIPPED_VERSION: &str = "`skip_update` cannot be used on the version: a version that is not written does not move, and the \
     check never fails";
pub(crate) const MOVED_BY_DATABASE: &str = "`unversioned` cannot be used here: the database makes a new version with every UPDATE, also of \
     this field alone";

pub(crate) fn all(model: &Model<'_>, errors: &mut Errors) {
    no_key_is_optional(model, errors);
    no_column_is_written_twice(model, errors);
    no_embedded_struct_is_called_like_the_key(model, errors);
    only_options_treat_none(model, errors);
    embedded_structs_are_not_converted(model, errors);
    only_tracked_structs_are_merged(model, errors);
    only_what_changes_is_merged(model, errors);
    what_errors_name_is_no_secret(model, errors);
    unversioned_fields_are_written_values(model, errors);
    compared::all(model, errors);
    soft_delete::all(model, errors);
    if let Some(version) = model.version() {
        the_version_is_no_key(model, version, errors);
        the_version_counts_exactly(version, errors);
        the_version_is_a_plain_column(model, version, errors);
        the_version_is_no_unknown_parameter(model, version, errors);
        the_generator_is_a_type_that_makes_versions(version, errors);
        only_the_version_has_a_generator(model, errors);
    }
}

/// `WHERE id = NULL` finds nothing.
fn no_key_is_optional(model: &Model<'_>, errors: &mut Errors) {
    for field in model.with_role(Role::Key) {
        if let Some(content) = types::inside_option(&field.ty) {
            errors.on(
                &field.ty,
                "a key column is never NULL",
                format_args!(
                    "use `{}`, and let its column be no `Nullable` in `table!`",
                    types::text(content)
                ),
            );
        }
    }
}

/// Of two values for one column the database would keep one and drop the other. A field that is only read may be a copy; the
/// version is compared, also where it is not written.
fn no_column_is_written_twice(model: &Model<'_>, errors: &mut Errors) {
    let is_used = |field: &&Field| field.role == Role::Version || !matches!(field.write, Write::Never);
    let used: Vec<_> = model.fields.iter().filter(is_used).collect();
    for (index, field) in used.iter().enumerate() {
        let Some(column) = &field.column else { continue };
        if used[..index].iter().any(|earlier| earlier.holds(column)) {
            errors.at(
                column.span(),
                format_args!("two fields hold the column `{column}`"),
                "remove one of them, name its column: `#[diesel(column_name = other)]`, or only read it: `#[diesel(skip_update)]`",
            );
        }
    }
}

/// Diesel's own derives never write what is called like the key, so that it would be written here alone.
fn no_embedded_struct_is_called_like_the_key(model: &Model<'_>, errors: &mut Errors) {
    for field in model.fields.iter().filter(|field| matches!(field.write, Write::Embedded)) {
        let name = match (&field.attrs.column_name, &field.member) {
            (Some(column), _) => &column.value,
            (None, Member::Named(name)) => name,
            (None, Member::Unnamed(_)) => continue,
        };
        if is_among(name, &model.key_columns) && model.fields.iter().any(|other| other.holds(name)) {
            errors.at(
                name.span(),
                format_args!("an embedded struct cannot be called `{name}`, which is a column of the key"),
                "give it another name",
            );
        }
    }
}

/// `treat_none_as_null` speaks about `None`, and about one column.
fn only_options_treat_none(model: &Model<'_>, errors: &mut Errors) {
    for field in model.fields.iter().filter(|field| !matches!(field.write, Write::Never)) {
        let Some(keyed) = &field.attrs.treat_none_as_null else { continue };
        if field.attrs.embed.is_some() {
            errors.at(
                keyed.key,
                "`treat_none_as_null` does nothing on an embedded struct",
                "remove it; for its columns, put it above the struct that is embedded",
            );
        } else if types::inside_option(&field.ty).is_none() {
            errors.at(keyed.key, "`treat_none_as_null` needs an `Option` field", "remove it");
        }
    }
}

/// The columns of an embedded struct are its own to convert.
fn embedded_structs_are_not_converted(model: &Model<'_>, errors: &mut Errors) {
    for field in model.fields.iter().filter(|field| matches!(field.write, Write::Embedded)) {
        if let Some(converted) = &field.attrs.serialize_as {
            errors.at(converted.key, "`serialize_as` does nothing on an embedded struct", "remove it");
        }
    }
}

/// Merging compares with what was loaded, and only a tracked struct remembers that. One struct is one mistake.
fn only_tracked_structs_are_merged(model: &Model<'_>, errors: &mut Errors) {
    if model.tracked || model.misread {
        return;
    }
    let mut keys = model.fields.iter().filter_map(|field| {
        let merge = field.attrs.merge.as_ref().map(|keyed| (keyed.key, "merge"));
        merge.or(field.attrs.secret.as_ref().map(|keyed| (keyed.key, "secret")))
    });
    if let Some((key, name)) = keys.next() {
        errors.at(
            key,
            format_args!("`{name}` does nothing in a struct that is not tracked"),
            format_args!("add `#[occ(tracked)]` above `{}`", model.input.ident),
        );
    }
}

/// The key and what is never written cannot be changed, and the version follows the row.
fn only_what_changes_is_merged(model: &Model<'_>, errors: &mut Errors) {
    for field in &model.fields {
        let Some(merge) = &field.attrs.merge else { continue };
        let why = match (field.role, &field.write) {
            (Role::Unversioned, _) => "a save does not write the field",
            (Role::Key, _) => "the key is the same on both sides",
            (Role::Version, _) => "the version is always the row's",
            (Role::Value, Write::Never) => "a field that is never written is always the row's",
            (Role::Value, _) => continue,
        };
        errors.at(merge.key, format_args!("`merge` cannot be used here: {why}"), "remove `merge`");
    }
}

/// Who may see an error may see the key and the version of the row.
fn what_errors_name_is_no_secret(model: &Model<'_>, errors: &mut Errors) {
    for field in &model.fields {
        let Some(secret) = &field.attrs.secret else { continue };
        let what = match field.role {
            Role::Key => "key",
            Role::Version => "version",
            Role::Value | Role::Unversioned => continue,
        };
        errors.at(secret.key, format_args!("the {what} cannot be secret: errors name it"), "remove `secret`");
    }
}

/// A key never changes, and a version always does.
fn the_version_is_no_key(model: &Model<'_>, version: &Field, errors: &mut Errors) {
    let Some(column) = model.key_columns.iter().find(|column| version.holds(column)) else { return };
    let message = "the version is part of the primary key, which never changes";
    if model.key_columns.len() > 1 {
        let help = "take it out of `primary_key`, and if `table!` has it in the key too, give it a column of its own";
        errors.at(column.span(), message, help);
    } else {
        errors.at(version.mark(), message, "give it a column of its own: `#[occ(version)] version: i32`");
    }
}

/// A version is a value that is never NULL, never rounded, and has more than a handful of successors.
fn the_version_counts_exactly(version: &Field, errors: &mut Errors) {
    if let Some(content) = types::inside_option(&version.ty) {
        return errors.on(
            &version.ty,
            "a version cannot be `Option`: NULL equals nothing, so no check would ever match",
            format_args!("make the column NOT NULL and the field `{}`", types::text(content)),
        );
    }
    if let Type::Reference(reference) = types::peel(&version.ty) {
        return errors.on(
            &version.ty,
            "a version cannot be a reference: it is replaced by each save",
            format_args!("own it: `{}`", types::text(&reference.elem)),
        );
    }
    let why = match types::last_name(&version.ty).as_deref() {
        Some("f32" | "f64") => "floats are rounded, and then two versions look the same",
        Some("bool") => "after two saves it is where it was",
        Some("char") => "it does not count",
        _ => return,
    };
    errors.on(
        &version.ty,
        format_args!("a version cannot be `{}`: {why}", types::text(&version.ty)),
        "use an integer: `i32` or `i64`",
    );
}

/// The version is compared and written by every save, as it is in memory.
fn the_version_is_a_plain_column(model: &Model<'_>, version: &Field, errors: &mut Errors) {
    let refuse = |errors: &mut Errors, key: Span, name: &str, why: &str| {
        errors.at(
            key,
            format_args!("`{name}` cannot be used on the version: {why}"),
            format_args!("remove `{name}`"),
        );
    };
    if let Some(embed) = &version.attrs.embed {
        refuse(errors, embed.key, "embed", "it is one column");
    }
    if let Some(skip) = &version.attrs.skip_update {
        let asked = version.is_asked_who_makes_it(&model.input.generics);
        if !asked && !version.is_generated_by_database() {
            errors.at(skip.key, SKIPPED_VERSION, "remove `skip_update`");
        }
    }
    if let Some(convert) = &version.attrs.serialize_as {
        if !types::same(&convert.value, &version.ty) {
            refuse(errors, convert.key, "serialize_as", "the row is compared with the field's own type");
        }
    }
}

/// A field of the struct that a save leaves alone, and that is written on its own.
fn unversioned_fields_are_written_values(model: &Model<'_>, errors: &mut Errors) {
    let by_database = model.version().is_some_and(|version| {
        !version.is_asked_who_makes_it(&model.input.generics) && version.is_generated_by_database()
    });
    for field in &model.fields {
        let Some(keyed) = &field.attrs.unversioned else { continue };
        let why = match (field.role, &field.write) {
            (Role::Key, _) => "the key says which row is written",
            (Role::Version, _) => "it is the version",
            (_, Write::Never) => "`skip_update` says that it is never written",
            _ if by_database => {
                errors.at(keyed.key, MOVED_BY_DATABASE, "remove `unversioned`");
                continue;
            }
            _ => continue,
        };
        errors.at(
            keyed.key,
            format_args!("`unversioned` cannot be used here: {why}"),
            "remove `unversioned`",
        );
    }
}

/// A generator is a type of its own.
fn the_generator_is_a_type_that_makes_versions(version: &Field, errors: &mut Errors) {
    let Some(generator) = &version.attrs.generator else { return };
    let what = match types::peel(&generator.value) {
        Type::TraitObject(_) | Type::ImplTrait(_) => "a trait",
        Type::BareFn(_) => "a function",
        Type::Reference(_) => "a reference",
        Type::Tuple(_) | Type::Array(_) | Type::Slice(_) | Type::Ptr(_) | Type::Never(_) | Type::Infer(_) => {
            "such a type"
        }
        _ => return,
    };
    errors.on(
        &generator.value,
        format_args!("{what} cannot be the generator of a version"),
        "name a type that implements `VersionGenerator`: `#[occ(version, generator = Increment)]`",
    );
}

/// A parameter without bounds says nothing of what a version needs.
fn the_version_is_no_unknown_parameter(model: &Model<'_>, version: &Field, errors: &mut Errors) {
    let generics = &model.input.generics;
    let Some(parameter) =
        generics.type_params().find(|parameter| types::is_named(&version.ty, &parameter.ident))
    else {
        return;
    };
    let is_bound = !parameter.bounds.is_empty()
        || generics.where_clause.as_ref().is_some_and(|bounds| {
            bounds.predicates.iter().any(|bound| match bound {
                syn::WherePredicate::Type(bound) => types::is_named(&bound.bounded_ty, &parameter.ident),
                _ => false,
            })
        });
    if !is_bound {
        let name = &parameter.ident;
        errors.on(
            &version.ty,
            format_args!("nothing is known of `{name}` that a version needs"),
            format_args!("bound it: `{name}: Counter + Clone + PartialEq + Send + Sync + 'static`, with `occ_runtime::version::Counter`"),
        );
    }
}

/// Only the version is generated.
fn only_the_version_has_a_generator(model: &Model<'_>, errors: &mut Errors) {
    for field in model.fields.iter().filter(|field| field.role != Role::Version) {
        if let Some(generator) = &field.attrs.generator {
            errors.at(
                generator.key,
                "`generator` is given for a field that is not the version",
                format_args!(
                    "move it to the version: `#[occ(version, generator = {})]`",
                    types::text(&generator.value)
                ),
            );
        }
    }
}
