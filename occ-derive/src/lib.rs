//! `#[derive(OptimisticLock)]`. Depend on `occ-runtime`, which re-exports and documents it.
//!
//! The stages, in the order of the data: `attr` reads the attributes, `model` resolves names and defaults, `check`
//! refuses, `expand` writes the impls, or `fallback` a stand-in for them next to the errors. What the table's key is,
//! `expand::table_key` has the compiler find out.

mod attr;
mod check;
mod choice;
mod errors;
mod expand;
mod fallback;
mod generics;
mod items;
mod keys;
mod legacy;
mod model;
mod names;
mod spelling;
mod stages;
mod types;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Implements occ-runtime's `OptimisticLock` for a struct that mirrors a row: it then has `save_optimistic` and its siblings.
///
/// ```
/// use diesel::prelude::*;
/// use occ_runtime::prelude::*;
///
/// diesel::table! {
///     products (id) {
///         id -> Integer,
///         name -> Text,
///         views -> BigInt,
///         lock_version -> Integer,
///     }
/// }
///
/// #[derive(Clone, Queryable, Selectable, OptimisticLock)]
/// #[occ(tracked)]
/// struct Product {
///     id: i32,
///     name: String,
///     #[occ(unversioned)]
///     views: i64,
///     #[occ(version)]
///     lock_version: i32,
/// }
///
/// let lamp = Product { id: 1, name: "lamp".into(), views: 0, lock_version: 7 };
/// // `lamp.save_optimistic(conn)` writes version 8, if the row is still at version 7.
/// assert_eq!(*lamp.version(), 7);
/// ```
///
/// The struct may hold some of the table's columns only; a save writes those. It needs neither `AsChangeset` nor
/// `Identifiable`. Methods that bring a row, such as `reload`, need `Queryable` and `Selectable`.
///
/// # Container attributes
///
/// | attribute | meaning |
/// |---|---|
/// | `#[occ(tracked)]` | It can be `Tracked`, which remembers what was loaded: saves of the changed columns, merging. Needs `Clone`, and `Clone` and `PartialEq` for its fields. |
/// | `#[occ(check = dirty)]`, `#[occ(check = all)]` | The table has no version column: a save compares the loaded values of the changed columns, or of all. The struct is `tracked`. |
/// | `#[occ(unique_key)]` | The key in `primary_key(..)` is not the table's primary key, and is unique in the database. |
/// | `#[occ(crate = path)]` | The path of occ-runtime, where the dependency is renamed. |
///
/// # Field attributes
///
/// | attribute | meaning |
/// |---|---|
/// | `#[occ(version)]` | This is the version. Without it, the field whose column is `version`. |
/// | `#[occ(version, generator = Type)]` | `Type` makes the next version. Without it, the field's type decides. |
/// | `#[occ(merge = mine)]`, `theirs`, `add` | What `rebase` does where both sides have changed the field. |
/// | `#[occ(unversioned)]` | A save does not write it; `save_unversioned` does, and leaves the version as it is. |
/// | `#[occ(secret)]` | Its values are shown in no error, event or JSON. |
/// | `#[occ(unchecked)]` | With `check = ..`: it is not compared. |
///
/// # Diesel's attributes that are read
///
/// | `#[diesel(..)]` | meaning |
/// |---|---|
/// | `table_name = products` | The table. Default: Diesel's, the plural of the struct's name in snake case. |
/// | `primary_key(order_id, line)` | The columns that find the row, in any order. Default: `id`. |
/// | `column_name = name` | The column of a field. A tuple struct needs it on every field. |
/// | `treat_none_as_null = false` | On a field or the struct: `None` leaves the column alone. **Default here: it writes NULL.** |
/// | `skip_update` | The field is never written. |
/// | `serialize_as = Type` | The field is cloned and converted into `Type`, which is written. |
/// | `embed` | The columns of an embedded struct, written by its own `AsChangeset`. |
/// | `check_for_backend(Type)` | A field that this backend cannot store is an error at the derive. |
///
/// Other keys of Diesel's are ignored. A mistake is one compile error, at the attribute or field where it is.
// The last four are of Diesel 1: see `legacy`.
#[proc_macro_derive(
    OptimisticLock,
    attributes(occ, diesel, table_name, primary_key, changeset_options, column_name)
)]
pub fn derive_optimistic_lock(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    stages::derive(&input).into()
}
