//! What the derive says about a struct: its table, its version and its columns.

use std::fmt::Debug;

use diesel::{Column, Table};

use crate::error::refused::VersionError;
use crate::model::at::At;
use crate::model::check::Check;
use crate::model::identity::Identity;
use crate::model::mark::{Deletion, Mark, MarkColumn};
use crate::version::generator::VersionGenerator;

/// A struct that mirrors a row and carries that row's version.
///
/// Derive it: `#[derive(OptimisticLock)]` (feature `derive`). The methods that use it are in
/// [`OptimisticDsl`](crate::OptimisticDsl).
///
/// It cannot be implemented by hand: most of its items are hidden, for the derive alone, and change without notice.
///
/// ```
/// # use diesel::prelude::*;
/// use occ_runtime::prelude::*;
/// # diesel::table! { products (id) { id -> Integer, name -> Text, version -> Integer } }
///
/// #[derive(OptimisticLock)]
/// struct Product {
///     id: i32,
///     name: String,
///     version: i32,
/// }
///
/// let product = Product { id: 1, name: "lamp".into(), version: 7 };
/// assert_eq!(*product.version(), 7);
/// assert_eq!(Product::table_name(), "products");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no optimistic lock",
    label = "this type does not implement `OptimisticLock`",
    note = "add `#[derive(OptimisticLock)]` to `{Self}`, if it is your struct; in a generic function the bound is `SavesOn<C>`",
    note = "of an `Option` or a `Result` it is the content that is saved; many at once are a slice, by `save_all_optimistic`"
)]
pub trait OptimisticLock: Sized {
    /// The table, as `table!` declares it.
    type Table: Table;
    /// The column that holds the version.
    type VersionColumn: Column<Table = Self::Table>;
    /// The type of the version field.
    type Version: Debug + PartialEq + Send + Sync + 'static;
    /// Makes the version that follows the current one.
    type Generator: VersionGenerator<Self::Version>;

    /// Values that must exist before they can be bound: `serialize_as` conversions and the changesets of
    /// embedded structs. `()` where a struct has neither.
    #[doc(hidden)]
    type Prepared<'a>: Send + Sync
    where
        Self: 'a;

    /// Whether the struct passed the checks where it is declared.
    #[doc(hidden)]
    type Checks;

    /// Stands for the SQL text of this struct's statements in Diesel's prepared statement cache.
    #[doc(hidden)]
    type StatementId: 'static;

    /// How often the SQL text of a save can differ.
    #[doc(hidden)]
    const SQL_TEXT: SqlText;

    /// The same of an `INSERT`, which also has the columns that a save leaves alone.
    #[doc(hidden)]
    const INSERT_TEXT: SqlText = Self::SQL_TEXT;

    /// What a save is checked by.
    #[doc(hidden)]
    type Check: Check;

    /// Whether the row is found by another key than the table's primary key, said to be unique by `#[occ(unique_key)]`.
    /// No statement can rely on it: what has matched several rows is to be undone.
    #[doc(hidden)]
    const UNIQUE_KEY: bool = false;

    /// The column that says that a row is deleted: of the field that is `#[occ(soft_delete)]`.
    #[doc(hidden)]
    const MARK: Option<MarkColumn> = None;

    /// The version this value was loaded at.
    fn version(&self) -> &Self::Version;

    /// The version to insert a new row with, where the column has no `DEFAULT`.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// diesel::insert_into(products::table)
    ///     .values((
    ///         products::name.eq("desk"),
    ///         products::quantity.eq(3),
    ///         products::version.eq(Product::initial_version()),
    ///     ))
    ///     .execute(conn)?;
    /// # Ok::<_, Error>(())
    /// ```
    #[must_use]
    fn initial_version() -> Self::Version {
        Self::Generator::initial()
    }

    /// The row with this key, expected at this version, without a value in memory: for a patch that a client sends with the
    /// version it has seen, and for structs that cannot be loaded.
    ///
    /// `key` is what Diesel's `find` takes: a value, or a tuple. Nothing is sent until a method of [`AtDsl`](crate::AtDsl) is
    /// called: `update`, `touch`, `delete`, `verify` or `lock`. For async connections they are in
    /// [`AsyncAtDsl`](crate::AsyncAtDsl); each prelude brings its own.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// let version = Product::at(1, 1).update(products::quantity.eq(3), conn)?;
    /// assert_eq!(version, 2);
    /// assert!(Product::at(1, 1).delete(conn).unwrap_err().is_stale());
    /// # Ok::<_, Error>(())
    /// ```
    fn at<K>(key: K, version: Self::Version) -> At<Self, Self::Version, K> {
        At::new(key, version)
    }

    /// The name of the table's `table!` module.
    fn table_name() -> &'static str;

    #[doc(hidden)]
    fn table() -> Self::Table;

    /// Called once the database has accepted `version`, never before. Returns the one before.
    #[doc(hidden)]
    fn set_version(&mut self, version: Self::Version) -> Self::Version;

    #[doc(hidden)]
    fn prepare(&self) -> Self::Prepared<'_>;

    /// Shows each value of the key, in the order of the fields, to those who have no backend to bind them for, and what
    /// tells it from others.
    #[doc(hidden)]
    fn visit_key(&self, visit: &mut dyn FnMut(&dyn Debug, Identity<'_>));

    /// The names of the key's columns, in the order of the fields.
    #[doc(hidden)]
    #[must_use]
    fn key_columns() -> &'static [&'static str] {
        &[]
    }

    /// The columns of the table's primary key, in its order: those by which Diesel's `find` finds a row.
    #[doc(hidden)]
    #[must_use]
    fn table_key() -> &'static [&'static str] {
        Self::key_columns()
    }

    /// The names of the columns that fields hold, in the order of the fields. Those of embedded structs are not known.
    #[doc(hidden)]
    #[must_use]
    fn columns() -> &'static [&'static str] {
        &[]
    }

    /// The names of the columns that a save leaves alone: a write of them need not move the version.
    #[doc(hidden)]
    #[must_use]
    fn unversioned_columns() -> &'static [&'static str] {
        &[]
    }

    /// Whether the two are known to have the same key.
    #[doc(hidden)]
    fn has_key_of(&self, other: &Self) -> bool {
        let _ = other;
        false
    }

    /// What is written to the column of the mark, where there is one.
    #[doc(hidden)]
    #[must_use]
    fn made_mark(deletion: Deletion) -> Option<Mark> {
        let _ = deletion;
        None
    }

    /// Called once the database has accepted that the row is not deleted, never before.
    #[doc(hidden)]
    fn take_mark(&mut self) {}

    /// What tells this version from others.
    #[doc(hidden)]
    fn version_identity(&self) -> Identity<'_> {
        Identity::Unknown
    }

    /// The table's name in SQL, with that of its schema if `table!` has one.
    #[doc(hidden)]
    #[must_use]
    fn sql_name() -> Option<&'static dyn Debug> {
        None
    }
}

/// How much the SQL text of a struct's save varies, which decides how it is cached.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SqlText {
    /// Always the same text: cached under [`OptimisticLock::StatementId`], and built only once.
    Fixed,
    /// At most a few texts: each is cached under itself.
    Few,
    /// Too many texts to keep prepared statements of them all.
    Many,
}

impl SqlText {
    /// Of two parts of one text.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Fixed, text) | (text, Self::Fixed) => text,
            _ => Self::Many,
        }
    }

    /// For a struct with `optional` fields whose `None` leaves the column alone, hence `2^optional` texts.
    #[must_use]
    pub const fn with_optional_columns(optional: u32) -> Self {
        match optional {
            0 => Self::Fixed,
            1..=3 => Self::Few,
            _ => Self::Many,
        }
    }
}

/// Whether `table!` names a schema: then the table's name is two identifiers and what is between them, which is more than one.
pub(crate) fn has_schema<M: OptimisticLock>() -> bool {
    M::sql_name().is_some_and(|name| size_of_val(name) > size_of::<&str>())
}

/// What the generator makes of `current`. A version that stays would let the next stale copy through.
pub(crate) fn next_version<M: OptimisticLock>(current: &M::Version) -> Result<M::Version, VersionError> {
    let next = M::Generator::next(current)?;
    if next == *current {
        return Err(VersionError::new(format!(
            "the generator `{}` has made version {current:?} of `{}` twice in a row; each version must be a new one",
            std::any::type_name::<M::Generator>(),
            M::table_name()
        )));
    }
    Ok(next)
}
