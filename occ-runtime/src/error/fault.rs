//! The error of an operation with a closure in it, until it is returned: the closure's own type is known to the caller only.

use diesel::result::Error as DieselError;

use crate::error::Error;

/// Why an attempt to modify a row has failed, or a transaction of occ's.
pub(crate) enum Fault<E> {
    Database(Error),
    /// By the closure: whatever it is, it is the caller's. It ends a loop.
    Own(E),
}

impl<E: From<Error>> Fault<E> {
    pub(crate) fn into_error(self) -> E {
        match self {
            Self::Database(error) => error.into(),
            Self::Own(error) => error,
        }
    }
}

impl<E> From<Error> for Fault<E> {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl<E> From<DieselError> for Fault<E> {
    fn from(error: DieselError) -> Self {
        Self::Database(error.into())
    }
}
