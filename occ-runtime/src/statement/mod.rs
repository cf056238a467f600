//! The SQL statements, as query nodes of our own.
//!
//! Diesel prepares every `UPDATE` anew, since the text of an arbitrary changeset is unbounded. Ours is written by
//! the derive and known to be one text (or a few), so these nodes leave out Diesel's
//! `unsafe_to_cache_prepared` and the statement is prepared once per connection. Where the text cannot vary they
//! also have a static [`QueryId`](diesel::query_builder::QueryId), so that a save whose statement is prepared builds no SQL at all.

pub(crate) mod as_loaded;
pub(crate) mod assign;
pub(crate) mod at;
pub(crate) mod bump;
pub(crate) mod bump_sql;
pub(crate) mod changed;
pub(crate) mod clause;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod dialect;
pub(crate) mod erased;
pub(crate) mod find;
pub(crate) mod guard;
pub(crate) mod insert;
pub(crate) mod key_values;
pub(crate) mod keyed;
pub(crate) mod lock;
pub(crate) mod made_key;
pub(crate) mod many;
pub(crate) mod mark;
pub(crate) mod matched;
pub(crate) mod new_row;
pub(crate) mod revision;
pub(crate) mod row_key;
pub(crate) mod select;
pub(crate) mod stored_as;
pub(crate) mod update;
pub(crate) mod version;
