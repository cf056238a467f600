//! The derive as a library, given code that is not finished: while somebody types, an editor runs it at every letter.
//!
//! [`corpus`] finds the structs of this repository, [`cuts`] and [`edits`] leave things out and change them, [`promises`] says
//! what the derive owes to whatever comes of it, and [`run`] counts and shortens what breaks that.

// The modules of occ-derive, as its lib.rs has them: a proc-macro crate lets nobody else call it.
#[path = "../../../occ-derive/src/attr.rs"]
mod attr;
#[path = "../../../occ-derive/src/check/mod.rs"]
mod check;
#[path = "../../../occ-derive/src/choice.rs"]
mod choice;
#[path = "../../../occ-derive/src/errors.rs"]
mod errors;
#[path = "../../../occ-derive/src/expand/mod.rs"]
mod expand;
#[path = "../../../occ-derive/src/fallback.rs"]
mod fallback;
#[path = "../../../occ-derive/src/generics.rs"]
mod generics;
#[path = "../../../occ-derive/src/items.rs"]
mod items;
#[path = "../../../occ-derive/src/keys.rs"]
mod keys;
#[path = "../../../occ-derive/src/legacy.rs"]
mod legacy;
#[path = "../../../occ-derive/src/model/mod.rs"]
mod model;
#[path = "../../../occ-derive/src/names.rs"]
mod names;
#[path = "../../../occ-derive/src/spelling.rs"]
mod spelling;
#[path = "../../../occ-derive/src/stages.rs"]
mod stages;
#[path = "../../../occ-derive/src/types.rs"]
mod types;

pub mod corpus;
pub mod cuts;
pub mod edits;
pub mod node;
pub mod pool;
pub mod promises;
pub mod run;
