/// What a save is checked by.
#[doc(hidden)]
pub trait Check: 'static {
    const BY_VERSION: bool = false;
    const DIRTY_ONLY: bool = false;
}

/// By the version.
#[doc(hidden)]
#[derive(Debug)]
pub enum ByVersion {}

/// By the columns that are written.
#[doc(hidden)]
#[derive(Debug)]
pub enum ByDirty {}

/// By every column of the struct.
#[doc(hidden)]
#[derive(Debug)]
pub enum ByAll {}

impl Check for ByVersion {
    const BY_VERSION: bool = true;
}

impl Check for ByDirty {
    const DIRTY_ONLY: bool = true;
}

impl Check for ByAll {}
