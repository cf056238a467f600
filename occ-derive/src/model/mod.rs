//! The struct with its names and defaults resolved.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Fields, Generics, Ident, Member, Path, Type, parse_quote};

use crate::attr;
use crate::choice::Check;
use crate::errors::Errors;
use crate::generics::Parameters;
use crate::keys::Keyed;
use crate::spelling::and;
use crate::{names, types};

mod no_version;

pub(crate) struct Model<'a> {
    pub(crate) input: &'a DeriveInput,
    pub(crate) krate: Path,
    pub(crate) table: Path,
    /// The columns of the primary key, as named by the user or `id`.
    pub(crate) key_columns: Vec<Ident>,
    /// What to underline for the key as a whole.
    pub(crate) key_span: Span,
    pub(crate) fields: Vec<Field>,
    pub(crate) tracked: bool,
    /// The backends that the struct says it is for.
    pub(crate) backends: &'a [Type],
    /// Where the struct says that its key is unique, though it is not the table's.
    pub(crate) unique_key: Option<Span>,
    /// How a save is checked where the table has no version.
    pub(crate) check: Option<Keyed<Check>>,
    /// Whether an error has left something unknown. What seems to be missing may then be there, and is no second
    /// error.
    pub(crate) misread: bool,
}

pub(crate) struct Field {
    pub(crate) member: Member,
    pub(crate) ty: Type,
    /// What to underline for the whole field.
    pub(crate) span: Span,
    /// `None` for an embedded struct, which brings columns of its own.
    pub(crate) column: Option<Ident>,
    /// Whether another field holds the column, and this one is never written: it is neither key nor version.
    pub(crate) is_copy: bool,
    pub(crate) role: Role,
    pub(crate) write: Write,
    pub(crate) attrs: attr::Field,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Role {
    Key,
    Version,
    Value,
    /// Written on its own, and never by a save.
    Unversioned,
}

/// How the field becomes a bound value.
pub(crate) enum Write {
    /// As it is; `None` as NULL.
    Plain,
    /// `Some` as its content; `None` leaves the column alone.
    IfSome(Type),
    /// Converted first.
    Converted(Conversion),
    /// As the columns of its own changeset.
    Embedded,
    /// Not at all.
    Never,
}

/// A `serialize_as`.
pub(crate) struct Conversion {
    /// What it is converted to by `Into`.
    pub(crate) target: Type,
    /// Whether the field is an `Option` whose content is converted.
    pub(crate) inside_option: bool,
    /// Whether `None` leaves the column alone.
    pub(crate) if_some: bool,
}

impl<'a> Model<'a> {
    /// `None` where the input is no struct with fields.
    pub(crate) fn resolve(
        input: &'a DeriveInput,
        container: &'a attr::Container,
        errors: &mut Errors,
    ) -> Option<Self> {
        let fields = fields_of(input, errors)?;
        let key_columns = match &container.primary_key {
            Some(keys) => keys.value.clone(),
            None => vec![Ident::new("id", input.ident.span())],
        };
        let none_as_null = container.treat_none_as_null.as_ref().map(|keyed| keyed.value);
        let mut fields: Vec<Field> = (0_u32..)
            .zip(fields)
            .map(|(index, field)| Field::resolve(index, field, &key_columns, none_as_null, errors))
            .collect();
        mark_copies(&mut fields);
        let misread = container.misread || fields.iter().any(Field::is_misread);
        for field in fields.iter_mut().filter(|field| field.role == Role::Value) {
            if field.attrs.unversioned.is_some() {
                field.role = Role::Unversioned;
            }
        }
        let model_fields = match container.check {
            Some(_) => fields,
            None => choose_version(input, fields, misread, errors),
        };
        Some(Self {
            input,
            krate: krate(container),
            table: table(input, container),
            key_columns,
            key_span: container.primary_key.as_ref().map_or(input.ident.span(), |keys| keys.key),
            fields: model_fields,
            tracked: container.is_tracked(),
            backends: &container.backends,
            unique_key: container.unique_key.as_ref().map(|keyed| keyed.key),
            check: container.check,
            misread,
        })
    }

    pub(crate) fn version(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.role == Role::Version)
    }

    /// The field that says that a row is deleted.
    pub(crate) fn mark(&self) -> Option<&Field> {
        self.fields.iter().find(|field| field.attrs.soft_delete.is_some())
    }

    /// The module of the table.
    pub(crate) fn table_name(&self) -> String {
        self.table.segments.last().map(|last| last.ident.unraw().to_string()).unwrap_or_default()
    }

    pub(crate) fn with_role(&self, role: Role) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(move |field| field.role == role)
    }
}

pub(crate) fn krate(container: &attr::Container) -> Path {
    match &container.krate {
        Some(path) => path.value.clone(),
        None => parse_quote!(::occ_runtime),
    }
}

/// Imports what the generated code is made of. A path through a private module is refused at that module alone.
pub(crate) fn import(krate: &Path) -> TokenStream {
    if krate.segments.len() == 1 {
        return quote!(use #krate::__private as __occ;);
    }
    quote! {
        use #krate as __occ_runtime;
        use __occ_runtime::__private as __occ;
    }
}

/// `#[diesel(table_name)]`, else Diesel's guess.
pub(crate) fn table(input: &DeriveInput, container: &attr::Container) -> Path {
    if let Some(path) = &container.table_name {
        return path.value.clone();
    }
    let name = names::plural_snake_case(&input.ident.unraw().to_string());
    // Where there is none, the compiler says that no table has the name of the struct.
    names::identifier(&name, input.ident.span()).unwrap_or_else(|| input.ident.clone()).into()
}

/// Only a struct with fields mirrors a row.
fn fields_of<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<&'a Fields> {
    let (span, what) = match &input.data {
        Data::Struct(data) if !data.fields.is_empty() => return Some(&data.fields),
        Data::Struct(_) => (input.ident.span(), "a struct without fields"),
        Data::Enum(data) => (data.enum_token.span, "an enum"),
        Data::Union(data) => (data.union_token.span, "a union"),
    };
    errors.at(
        span,
        format_args!("{what} has no optimistic lock"),
        "derive it on a struct that mirrors a row: `struct Product { id: i32, version: i32 }`",
    );
    None
}

/// Of the fields of one column, those that are never written are copies of the one that is.
fn mark_copies(fields: &mut [Field]) {
    let written: Vec<Ident> = fields
        .iter()
        .filter(|field| field.attrs.skip_update.is_none())
        .filter_map(|field| field.column.clone())
        .collect();
    for field in fields.iter_mut().filter(|field| field.attrs.skip_update.is_some()) {
        if field.column.as_ref().is_some_and(|column| is_among(column, &written)) {
            field.is_copy = true;
            field.role = Role::Value;
            field.write = Write::Never;
        }
    }
}

/// The version is the field marked so, else the one whose column is `version`.
fn choose_version(
    input: &DeriveInput,
    mut fields: Vec<Field>,
    misread: bool,
    errors: &mut Errors,
) -> Vec<Field> {
    let marked: Vec<usize> = (0..fields.len()).filter(|&i| fields[i].attrs.version.is_some()).collect();
    let version = match marked[..] {
        [only] => only,
        [] => {
            let Some(named) = fields.iter().position(Field::is_called_version) else {
                if !misread {
                    no_version::refuse(input, &fields, errors);
                }
                return fields;
            };
            named
        }
        [first, .., last] => {
            let names: Vec<String> = marked
                .iter()
                .filter_map(|&index| fields[index].column.as_ref())
                .map(Ident::to_string)
                .collect();
            errors.at(
                fields[last].mark(),
                format_args!("only one field can be the version, and {} are marked", and(&names)),
                "remove `#[occ(version)]` from all but one of them",
            );
            first
        }
    };
    fields[version].role = Role::Version;
    fields
}

impl Field {
    fn resolve(
        index: u32,
        field: &syn::Field,
        key_columns: &[Ident],
        struct_none_as_null: Option<bool>,
        errors: &mut Errors,
    ) -> Self {
        let attrs = attr::Field::read(&field.attrs, errors);
        let (member, span) = match &field.ident {
            Some(name) => (Member::from(name.clone()), name.span()),
            None => (Member::from(index as usize), field.ty.span()),
        };
        let column = match (&attrs.column_name, &field.ident) {
            _ if attrs.embed.is_some() => None,
            (Some(column), _) => Some(column.value.clone()),
            (None, Some(name)) => Some(name.clone()),
            (None, None) => {
                errors.on(
                    &field.ty,
                    "a field of a tuple struct does not say which column it is",
                    "name it: `#[diesel(column_name = name)]`",
                );
                None
            }
        };
        let is_key = column.as_ref().is_some_and(|own| is_among(own, key_columns));
        let role = if is_key { Role::Key } else { Role::Value };
        let none_as_null = attrs.treat_none_as_null.as_ref().map(|keyed| keyed.value).or(struct_none_as_null);
        let write = Write::of(&field.ty, &attrs, none_as_null, role);
        Self { member, ty: types::enclosed(&field.ty), span, column, is_copy: false, role, write, attrs }
    }

    /// Whether the compiler is asked who makes the versions. It cannot be, with types that only the impl can name, and it need not
    /// be, where an integer is left to its own generator.
    pub(crate) fn is_asked_who_makes_it(&self, generics: &Generics) -> bool {
        let parameters = Parameters::of(generics);
        let in_impl = |ty: &Type| types::mentions(ty, |name| name == "Self") || parameters.appear_in(ty);
        match &self.attrs.generator {
            Some(generator) => ![&generator.value, &self.ty].into_iter().any(in_impl),
            None => !types::is_integer(&self.ty) && !in_impl(&self.ty),
        }
    }

    /// Recognised by name, where the compiler cannot be asked.
    pub(crate) fn is_generated_by_database(&self) -> bool {
        match &self.attrs.generator {
            Some(generator) => types::last_name(&generator.value).as_deref() == Some("DatabaseGenerated"),
            None => types::last_name(&self.ty).as_deref() == Some("Xmin"),
        }
    }

    /// What makes the field the version: its mark, else its name.
    pub(crate) fn mark(&self) -> Span {
        self.attrs.version.as_ref().map_or(self.span, |keyed| keyed.key)
    }

    pub(crate) fn holds(&self, column: &Ident) -> bool {
        self.column.as_ref().is_some_and(|own| own.unraw() == column.unraw())
    }

    fn is_misread(&self) -> bool {
        self.attrs.misread || (self.column.is_none() && self.attrs.embed.is_none())
    }

    /// Taken for the version, unless another field is marked.
    pub(crate) fn is_called_version(&self) -> bool {
        self.attrs.no_version.is_none() && self.has_the_name_of_a_version()
    }

    pub(crate) fn has_the_name_of_a_version(&self) -> bool {
        !self.is_copy && self.column.as_ref().is_some_and(|column| column.unraw() == "version")
    }
}

/// Whether a name is one of these columns.
pub(crate) fn is_among(name: &Ident, columns: &[Ident]) -> bool {
    columns.iter().any(|column| column.unraw() == name.unraw())
}

impl Write {
    /// As Diesel's `AsChangeset` would write the field, with one difference: where nothing is said about `None`, it is NULL.
    fn of(ty: &Type, attrs: &attr::Field, none_as_null: Option<bool>, role: Role) -> Self {
        // Whatever else is said about the field. A key is never written, but the row is found by it.
        if attrs.skip_update.is_some() && role != Role::Key {
            return Self::Never;
        }
        if attrs.embed.is_some() {
            return Self::Embedded;
        }
        match (&attrs.serialize_as, types::inside_option(ty), none_as_null) {
            // Diesel converts the whole field where `None` is written, and what is inside where it is not.
            (Some(target), None, _) | (Some(target), Some(_), Some(true)) => Self::Converted(Conversion {
                target: types::enclosed(&target.value),
                inside_option: false,
                if_some: false,
            }),
            (Some(target), Some(_), none_as_null) => Self::Converted(Conversion {
                target: types::enclosed(types::inside_option(&target.value).unwrap_or(&target.value)),
                inside_option: true,
                if_some: none_as_null.is_some(),
            }),
            (None, Some(content), Some(false)) => Self::IfSome(types::enclosed(content)),
            (None, _, _) => Self::Plain,
        }
    }
}
