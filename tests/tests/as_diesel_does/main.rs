//! Whatever struct Diesel takes, occ takes too, and it writes to the row what Diesel writes: structs as programs that use Diesel
//! have them, each saved, refused, reloaded, saved in a batch, deleted, and tracked where it can be.
//!
//! `life` says what is done with each; a family of structs is a file.
#![cfg(feature = "sqlite")]
#![allow(
    dead_code,
    unused_qualifications,
    reason = "a test is named by what it shows, and panics if not; some fields and names are there for Diesel alone"
)]
#![allow(
    clippy::option_option,
    clippy::ref_option_ref,
    clippy::struct_field_names,
    clippy::extra_unused_type_parameters,
    clippy::duplicated_attributes,
    reason = "structs are as programs have them, and as macros write them"
)]
#![recursion_limit = "512"]

#[macro_use]
mod life;

#[cfg(all(feature = "columns", any(feature = "mysql", feature = "postgres")))]
#[macro_use]
mod columns;

mod beside;
mod borrowed;
mod conversions;
mod copies;
mod embedded;
mod generics;
mod hygiene;
mod keys;
mod macros;
#[cfg(all(feature = "columns", feature = "mysql"))]
mod mysql;
mod names;
mod places;
#[cfg(all(feature = "columns", feature = "postgres"))]
mod postgres;
#[cfg(feature = "version_types")]
mod programs;
mod rare;
mod traits;
mod versions;
