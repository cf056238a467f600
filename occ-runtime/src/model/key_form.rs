//! Whether the primary key of a table is one column or a tuple of them: what keeps two impls of one trait apart. It is inferred.

/// Of one column.
#[derive(Debug)]
pub enum One {}

/// Of several.
#[derive(Debug)]
pub enum Several {}
