//! Keys that a database makes: of which row it is not known, and those that it takes for none and makes another one of, 0 and NULL.

use std::hash::Hasher;

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::error::Error;
use crate::model::identity::Identity;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::named::key_text;
use crate::statement::dialect;
use crate::statement::keyed::ANOTHER_KEY;

/// Whether the row may get another key than the one in memory. What cannot be seen in Rust is to be asked afterwards.
pub(crate) fn may_make_key<DB: 'static, M: OptimisticLock>(row: &M) -> bool {
    if !dialect::may_make_keys::<DB>() {
        return false;
    }
    let mut is_none = false;
    row.visit_key(&mut |_, identity| is_none |= may_be_none(identity));
    is_none
}

fn may_be_none(identity: Identity<'_>) -> bool {
    match identity {
        Identity::Float(value) => value == 0.0,
        Identity::Shown(value) | Identity::Hashed(value) => {
            let mut seen = Zeros::default();
            value.hash_into(&mut seen);
            !seen.has_other
        }
        Identity::Unknown => true,
    }
}

/// Looks for anything but zeros in what a value hashes: a number of a user's own type is hashed as that number. `None` is hashed as
/// its place among the variants, an `isize`, which no column holds.
#[derive(Default)]
struct Zeros {
    has_other: bool,
}

impl Zeros {
    fn see(&mut self, is_zero: bool) {
        self.has_other |= !is_zero;
    }
}

impl Hasher for Zeros {
    fn finish(&self) -> u64 {
        0
    }

    /// Of a text or of bytes.
    fn write(&mut self, _: &[u8]) {
        self.see(false);
    }

    fn write_u8(&mut self, number: u8) {
        self.see(number == 0);
    }

    fn write_u16(&mut self, number: u16) {
        self.see(number == 0);
    }

    fn write_u32(&mut self, number: u32) {
        self.see(number == 0);
    }

    fn write_u64(&mut self, number: u64) {
        self.see(number == 0);
    }

    fn write_u128(&mut self, number: u128) {
        self.see(number == 0);
    }

    fn write_usize(&mut self, number: usize) {
        self.see(number == 0);
    }

    fn write_i8(&mut self, number: i8) {
        self.see(number == 0);
    }

    fn write_i16(&mut self, number: i16) {
        self.see(number == 0);
    }

    fn write_i32(&mut self, number: i32) {
        self.see(number == 0);
    }

    fn write_i64(&mut self, number: i64) {
        self.see(number == 0);
    }

    fn write_i128(&mut self, number: i128) {
        self.see(number == 0);
    }

    fn write_isize(&mut self, _: isize) {}
}

/// A row whose key nobody knows. It is rolled back.
#[derive(Debug, thiserror::Error)]
#[error(
    "the new row of `{0}` is rolled back, since its key is not known: MySQL tells one that it has made itself (AUTO_INCREMENT) and no other; \
     give the key as well, by `create_if_absent(values, key, conn)`, or insert the whole struct, by `insert_optimistic`"
)]
struct KeyIsNotMade(&'static str);

/// The error for a row that cannot be read back.
pub(crate) fn key_is_not_made<M: OptimisticLock>() -> Error {
    DieselError::QueryBuilderError(Box::new(KeyIsNotMade(M::table_name()))).into()
}

/// A row that would have had another key than the one in memory. It is rolled back.
#[derive(Debug, thiserror::Error)]
#[error(
    "{what} is rolled back, since it has not got the key that was given: where that is NULL, or 0 in an AUTO_INCREMENT column, the database \
     makes one of its own; leave the key out, by `create_optimistic(values, conn)`, give another one, or set NO_AUTO_VALUE_ON_ZERO in \
     MySQL's `sql_mode`, where 0 is to be a key"
)]
struct KeyIsMade {
    what: String,
}

/// The error for a row in memory whose key the database has not taken.
pub(crate) fn key_is_made<M: OptimisticLock>(row: &M) -> Error {
    let what = format!("the new row {} of `{}`", key_text(row), M::table_name());
    DieselError::QueryBuilderError(Box::new(KeyIsMade { what })).into()
}

/// A row of values that have another key than the one beside them, or none. It is rolled back.
#[derive(Debug, thiserror::Error)]
#[error(
    "the new row of `{0}` is rolled back, since it has not got the key that was given: name the same key in the values; where that is \
     NULL, or 0 in an AUTO_INCREMENT column, the database makes one of its own: leave the key out, by `create_optimistic(values, conn)`, give \
     another one, or set NO_AUTO_VALUE_ON_ZERO in MySQL's `sql_mode`, where 0 is to be a key"
)]
struct AnotherKey(&'static str);

/// The error for values whose key is not the one that was given beside them.
pub(crate) fn given_key_is_made<M: OptimisticLock>() -> Error {
    DieselError::QueryBuilderError(Box::new(AnotherKey(M::table_name()))).into()
}

/// The same where PostgreSQL has said it.
pub(crate) fn not_made<M: OptimisticLock>(error: DieselError) -> Error {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, said)
            if said.message().contains(ANOTHER_KEY) =>
        {
            given_key_is_made::<M>()
        }
        error => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::may_be_none;
    use crate::model::identity::{ByHash as _, ByNothing as _, ByText as _, Probe};

    #[derive(Debug, Hash)]
    struct Id(i64);

    #[derive(Debug)]
    struct Unseen(#[allow(dead_code, reason = "nobody sees it")] i64);

    macro_rules! none {
        ($value:expr) => {
            may_be_none((&&&Probe(&$value)).occ_identity())
        };
    }

    #[test]
    fn zero_and_null_may_be_no_keys() {
        assert!(none!(0_i32) && none!(0_u64) && none!(0.0) && none!(Id(0)));
        assert!(none!(None::<i32>) && none!(Some(0_i64)) && none!(None::<Id>));
        assert!(none!(Unseen(7)), "nobody knows");
    }

    #[test]
    fn everything_else_is_a_key() {
        assert!(!none!(7_i32) && !none!(-1_i64) && !none!(0.5) && !none!(Id(7)) && !none!(Some(7)));
        assert!(!none!("") && !none!("0".to_owned()) && !none!(vec![0_u8]));
    }
}
