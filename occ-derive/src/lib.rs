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

// A file of its own, whose example is run where occ-runtime can be named: in the package `occ-tests`.
#[doc = include_str!("attributes.md")]
// The last four are of Diesel 1: see `legacy`.
#[proc_macro_derive(
    OptimisticLock,
    attributes(occ, diesel, table_name, primary_key, changeset_options, column_name)
)]
pub fn derive_optimistic_lock(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    stages::derive(&input).into()
}
