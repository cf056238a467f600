//! Writes the impls: names and types only, all behaviour is in occ-runtime.
//!
//! ```text
//! const _: () = {
//!     use ::occ_runtime::__private as __occ;
//!
//!     // What is wrong with a field is said here, and the bounds below then hold: see occ-runtime's `declared`.
//!     type __OccChecks = __occ::Declared<{
//!         let _: __occ::check::Field<i32, products::id>;
//!         ..
//!         false
//!     }>;
//!
//!     impl __occ::OptimisticLock for Product {
//!         type Table = products::table;
//!         type VersionColumn = products::version;
//!         type Version = i32;
//!         type Generator = <i32 as __occ::check::GeneratorOf<__OccChecks>>::Generator;
//!         ..
//!         fn version(&self) -> &Self::Version { &self.version }
//!     }
//!
//!     impl<__DB: __occ::Backend> __occ::Columns<__DB> for Product
//!     where
//!         i32: __occ::ColumnValue<products::id, __DB, __OccChecks>,
//!         String: __occ::ColumnValue<products::name, __DB, __OccChecks>,
//!         ..
//!     {
//!         fn values<..>(..) -> .. { __occ::ColumnVisitor::column::<products::name, _>(__visitor, &self.name)?; .. }
//!         ..
//!     }
//! };
//! ```

mod asserts;
mod bounds;
mod columns;
mod converted;
mod fields;
mod insert;
mod lock;
pub(crate) mod table_key;
mod written_once;

use proc_macro2::TokenStream;
use quote::quote;

use crate::expand::converted::Prepared;
use crate::model::{self, Model};

pub(crate) fn tokens(model: &Model<'_>) -> TokenStream {
    let version = model.version();
    let import = model::import(&model.krate);
    let prepared = Prepared::of(model);
    let checks = asserts::checks(model, version);
    let made_by = asserts::made_by(model, version);
    let key = table_key::check(model);
    let lock = lock::lock_impl(model, version, &prepared);
    let columns = columns::columns_impl(model, version, &prepared);
    let insert = insert::insert_impl(model);
    let fields = model.tracked.then(|| fields::fields_impl(model));
    let unversioned = lock::unversioned_impl(model);
    let soft_delete = lock::soft_delete_impl(model);
    quote! {
        // A block of its own, so that the import is seen by nobody else.
        #[allow(unused_qualifications, reason = "a path that is longer than needed is the user's")]
        const _: () = {
            #import
            use __occ::probes::*;
            /// Stands for this struct's SQL in the statement cache: a type of no parameters, whatever the struct has.
            pub enum __OccStatements {}
            #checks
            #made_by
            #key
            #lock
            #columns
            #insert
            #unversioned
            #soft_delete
            #fields
        };
    }
}
