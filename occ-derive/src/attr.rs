//! Reads `#[occ(..)]`, strictly, and what it needs of `#[diesel(..)]`, leniently: keys that only Diesel knows are
//! Diesel's to judge.

use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, LitBool, LitStr, Meta, Path, Type};

use crate::choice::{Check, Merge};
use crate::errors::Errors;
use crate::items::items;
use crate::keys::{Keyed, Place, each_diesel_key, each_occ_key, last, only, set};
use crate::{legacy, names};

/// The attributes on the struct.
#[derive(Default)]
pub(crate) struct Container {
    /// Whether something here was refused, so that what is missing may have been meant.
    pub(crate) misread: bool,
    pub(crate) krate: Option<Keyed<Path>>,
    pub(crate) tracked: Option<Keyed<()>>,
    pub(crate) check: Option<Keyed<Check>>,
    pub(crate) unique_key: Option<Keyed<()>>,
    pub(crate) table_name: Option<Keyed<Path>>,
    pub(crate) primary_key: Option<Keyed<Vec<Ident>>>,
    pub(crate) treat_none_as_null: Option<Keyed<bool>>,
    pub(crate) backends: Vec<Type>,
}

/// The attributes on a field.
#[derive(Default)]
pub(crate) struct Field {
    /// As on [`Container`].
    pub(crate) misread: bool,
    pub(crate) version: Option<Keyed<()>>,
    /// `version = false`: it is only called so.
    pub(crate) no_version: Option<Keyed<()>>,
    pub(crate) generator: Option<Keyed<Type>>,
    pub(crate) merge: Option<Keyed<Merge>>,
    pub(crate) secret: Option<Keyed<()>>,
    pub(crate) unversioned: Option<Keyed<()>>,
    pub(crate) unchecked: Option<Keyed<()>>,
    pub(crate) soft_delete: Option<Keyed<()>>,
    /// Whether serde leaves the field out.
    pub(crate) skips_serializing: bool,
    pub(crate) column_name: Option<Keyed<Ident>>,
    pub(crate) embed: Option<Keyed<()>>,
    pub(crate) serialize_as: Option<Keyed<Type>>,
    pub(crate) skip_update: Option<Keyed<()>>,
    pub(crate) treat_none_as_null: Option<Keyed<bool>>,
}

impl Container {
    /// What is compared with what was loaded has to be remembered.
    pub(crate) fn is_tracked(&self) -> bool {
        self.tracked.is_some() || self.check.is_some()
    }

    pub(crate) fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut this = Self::default();
        let before = errors.count();
        each_occ_key(attrs, Place::Struct, errors, |key, rest, errors| {
            match key.to_string().as_str() {
                "crate" => set(&mut this.krate, key, rest.parse_value::<ModulePath>("a path")?.0, errors),
                "tracked" => set(&mut this.tracked, key, rest.parse_flag()?, errors),
                "check" => {
                    set(&mut this.check, key, Check::named(&rest.parse_value("`dirty` or `all`")?)?, errors);
                }
                "unique_key" => set(&mut this.unique_key, key, rest.parse_flag()?, errors),
                _ => {}
            }
            Ok(())
        });
        each_diesel_key(attrs, errors, |key, rest| {
            match key.to_string().as_str() {
                "table_name" => only(&mut this.table_name, key, rest.parse_value::<ModulePath>("a path")?.0)?,
                "primary_key" => last(&mut this.primary_key, key, rest.parse_list()?),
                "check_for_backend" => this.backends.extend(rest.parse_types()),
                "treat_none_as_null" => {
                    last(&mut this.treat_none_as_null, key, rest.parse_value::<LitBool>("a bool")?.value);
                }
                _ => return Ok(false),
            }
            Ok(true)
        });
        let is_given = |key: &str| match key {
            "table_name" => this.table_name.is_some(),
            "primary_key" => this.primary_key.is_some(),
            _ => this.treat_none_as_null.is_some(),
        };
        legacy::on_struct(attrs, is_given, errors);
        this.misread = errors.count() > before;
        this
    }
}

impl Field {
    pub(crate) fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut this = Self::default();
        let before = errors.count();
        each_occ_key(attrs, Place::Field, errors, |key, rest, errors| {
            match key.to_string().as_str() {
                "version" if rest.is_false() => set(&mut this.no_version, key, (), errors),
                "version" => set(&mut this.version, key, rest.parse_flag()?, errors),
                "generator" => set(&mut this.generator, key, rest.parse_value("a type")?, errors),
                "merge" => set(&mut this.merge, key, Merge::read(rest)?, errors),
                "secret" => set(&mut this.secret, key, rest.parse_flag()?, errors),
                "unversioned" => set(&mut this.unversioned, key, rest.parse_flag()?, errors),
                "unchecked" => set(&mut this.unchecked, key, rest.parse_flag()?, errors),
                "soft_delete" => set(&mut this.soft_delete, key, rest.parse_flag()?, errors),
                _ => {}
            }
            Ok(())
        });
        this.skips_serializing = skips_serializing(attrs);
        each_diesel_key(attrs, errors, |key, rest| {
            match key.to_string().as_str() {
                "column_name" => last(&mut this.column_name, key, rest.parse_value::<Column>("a column")?.0),
                "embed" => last(&mut this.embed, key, ()),
                "serialize_as" => last(&mut this.serialize_as, key, rest.parse_value("a type")?),
                "skip_update" => last(&mut this.skip_update, key, ()),
                "treat_none_as_null" => {
                    last(&mut this.treat_none_as_null, key, rest.parse_value::<LitBool>("a bool")?.value);
                }
                _ => return Ok(false),
            }
            Ok(true)
        });
        legacy::on_field(attrs, |_| this.column_name.is_some(), errors);
        this.misread = errors.count() > before;
        this
    }
}

/// Whether a field has `#[serde(skip)]` or `#[serde(skip_serializing)]`, which any other key can stand beside.
fn skips_serializing(attrs: &[Attribute]) -> bool {
    attrs.iter().filter(|attr| attr.path().is_ident("serde")).any(|attr| {
        let Meta::List(list) = &attr.meta else { return false };
        // What serde cannot parse either is serde's to report.
        let keys = items(list.tokens.clone(), &mut Errors::default(), String::new);
        keys.iter().any(|(key, _)| key == "skip" || key == "skip_serializing")
    })
}

/// A path to a module or a crate.
struct ModulePath(Path);

impl Parse for ModulePath {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = input.call(Path::parse_mod_style)?;
        match path.segments.iter().find(|segment| segment.ident == "try" || segment.ident == "Self") {
            Some(keyword) => Err(syn::Error::new(keyword.ident.span(), "no module has this name")),
            None => Ok(Self(path)),
        }
    }
}

/// A column as Diesel lets it be written: `name`, `type` or `"name"`.
struct Column(Ident);

impl Parse for Column {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            let name: LitStr = input.parse()?;
            let made = names::identifier(&name.value(), name.span());
            return made.map(Self).ok_or_else(|| syn::Error::new(name.span(), "no name of a column"));
        }
        names::of_word(&input.call(Ident::parse_any)?).map(Self)
    }
}
