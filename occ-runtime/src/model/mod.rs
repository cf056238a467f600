//! What the derive says about a struct: its table, its key, its version, its columns and its fields.

pub(crate) mod at;
pub(crate) mod check;
pub(crate) mod columns;
pub(crate) mod declared;
pub(crate) mod exact;
pub(crate) mod fields;
pub(crate) mod identity;
pub(crate) mod mark;
pub(crate) mod merge_add;
pub(crate) mod optimistic_lock;
pub(crate) mod soft_delete;
pub(crate) mod versioned;
