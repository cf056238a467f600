//! The mark of rows that are deleted and stay where they are, without its type.

use std::any::Any;

/// The column of the mark.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkColumn {
    pub(crate) name: &'static str,
    /// A `bool`, and no point in time.
    pub(crate) is_flag: bool,
}

impl MarkColumn {
    pub(super) const fn new(name: &'static str, is_flag: bool) -> Self {
        Self { name, is_flag }
    }
}

/// What the mark of a row is to say.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// It is deleted, as of now.
    Now,
    /// It is not.
    Undone,
}

/// A value of the field that is `#[occ(soft_delete)]`, whatever its type.
#[doc(hidden)]
#[derive(Debug)]
pub struct Mark(Box<dyn Any + Send + Sync>);

impl Mark {
    pub(super) fn holding<T: Send + Sync + 'static>(mark: T) -> Self {
        Self(Box::new(mark))
    }

    pub(super) fn held<T: 'static>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}
