//! What the derive says about a struct: its table, its key, its version, its columns and its fields.

pub(crate) mod at;
pub(crate) mod check;
pub(crate) mod columns;
pub(crate) mod declared;
pub(crate) mod exact;
pub(crate) mod fields;
pub(crate) mod identity;
pub(crate) mod key_form;
pub(crate) mod mark;
pub(crate) mod merge_add;
pub(crate) mod merge_order;
pub(crate) mod merge_text;
pub(crate) mod merge_union;
pub(crate) mod optimistic_lock;
pub(crate) mod soft_delete;
pub(crate) mod table_name;
pub(crate) mod versioned;
