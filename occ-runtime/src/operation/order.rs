//! The order in which the rows of a batch are locked: by their keys, the same in every process, so that two batches over the same
//! rows wait for each other and never in a circle. It need not be the database's order, only everybody's.

use std::collections::HashSet;
use std::fmt::{Debug, Write as _};
use std::hash::Hasher;

use crate::error::Error;
use crate::error::stale::Operation;
use crate::model::identity::Identity;
use crate::model::optimistic_lock::OptimisticLock;
use crate::operation::rows::{Batch, violates};
use crate::statement::dialect;

/// The order in which the rows of a batch go one by one.
///
/// It is that of the keys, until the database refuses it: unique values that move between rows, and rows that refer to each other,
/// go in the caller's order or not at all. A row that the database deletes along with another one (`ON DELETE CASCADE`) has
/// to go before that, or it would look as if somebody else had deleted it.
pub(crate) struct Order {
    places: Vec<usize>,
    /// Whether it is the slice's, or was.
    is_given: bool,
    /// How often rows may still be brought forward: each time a row at least comes to its place.
    changes: usize,
}

impl Order {
    pub(crate) fn by_key<DB: 'static, M: OptimisticLock>(rows: &[M]) -> Self {
        let places = by_key::<DB, M>(rows);
        Self { is_given: places.is_sorted(), places, changes: rows.len() }
    }

    pub(crate) fn places(&self) -> impl Iterator<Item = usize> {
        self.places.iter().copied()
    }

    /// Whether the rows are to be sent once more, in another order; what came of them in this one is rolled back then.
    pub(crate) fn change<V>(&mut self, operation: Operation, batch: &Batch<V>) -> bool {
        let gives_way = batch.error().is_some_and(|error| self.gives_way_to(error));
        gives_way || operation == Operation::Delete && self.bring_forward(batch.gone_along())
    }

    /// Whether the rows are to be sent once more, in the order of the slice, since the database has refused one for what is in
    /// another.
    pub(crate) fn gives_way_to(&mut self, error: &Error) -> bool {
        let gives_way = violates(error) && !self.is_given;
        if gives_way {
            self.is_given = true;
            self.places.sort_unstable();
        }
        gives_way
    }

    /// Brings the rows forward that may have been deleted along with others; `false` if there are none. What was found last
    /// hangs on what was found before, so it comes first.
    fn bring_forward(&mut self, gone_along: &[usize]) -> bool {
        if gone_along.is_empty() || self.changes == 0 {
            return false;
        }
        self.changes -= 1;
        let first: HashSet<usize> = gone_along.iter().copied().collect();
        let rest = self.places.iter().copied().filter(|place| !first.contains(place));
        self.places = gone_along.iter().rev().copied().chain(rest).collect();
        true
    }
}

/// The places of the rows, in the order of their keys; rows that it cannot tell apart stay as they are in the slice. That is
/// the order of all rows where the database locks no rows.
pub(crate) fn by_key<DB: 'static, M: OptimisticLock>(rows: &[M]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..rows.len()).collect();
    if rows.len() < 2 || !dialect::may_lock_rows::<DB>() {
        return places;
    }
    let mut bytes = SortKey::default();
    let mut ends = Vec::with_capacity(rows.len());
    let columns = key_columns::<M>();
    for row in rows {
        bytes.push_key(row, &columns);
        ends.push(bytes.0.len());
    }
    let key = |place: usize| &bytes.0[place.checked_sub(1).map_or(0, |before| ends[before])..ends[place]];
    places.sort_by(|first, second| key(*first).cmp(key(*second)));
    places
}

/// The places of the key's columns as the table has them, whatever the order in which the struct names them: other structs of the
/// table may name them in another, and a statement of many rows locks them as they stand in the index. What is not in the key of
/// the table comes by its name.
fn key_columns<M: OptimisticLock>() -> Vec<usize> {
    let (columns, key) = (M::key_columns(), M::table_key());
    let mut places: Vec<usize> = (0..columns.len()).collect();
    places.sort_by_key(|place| {
        let column = columns[*place];
        (key.iter().position(|name| *name == column).unwrap_or(key.len()), column)
    });
    places
}

/// Bytes that stand in the order of the values: numbers by their value, whatever their width; texts and bytes by their bytes; the
/// columns of a key one after the other.
#[derive(Default)]
struct SortKey(Vec<u8>);

impl SortKey {
    fn push_key<M: OptimisticLock>(&mut self, row: &M, columns: &[usize]) {
        if columns.is_sorted() {
            row.visit_key(&mut |value, identity| self.push(value, identity));
            return;
        }
        let mut values = Vec::with_capacity(columns.len());
        row.visit_key(&mut |value, identity| {
            let mut own = Self::default();
            own.push(value, identity);
            values.push(own.0);
        });
        self.0.extend(columns.iter().filter_map(|place| values.get(*place)).flatten());
    }

    fn push(&mut self, value: &dyn Debug, identity: Identity<'_>) {
        match identity {
            // Of the two zeros one.
            Identity::Float(value) => self.push_float(value + 0.0),
            Identity::Shown(hashed) => hashed.hash_into(self),
            Identity::Hashed(hashed) => {
                hashed.hash_into(self);
                // What hashes less than it is.
                self.push_text(value);
            }
            Identity::Unknown => self.push_text(value),
        }
    }

    fn push_text(&mut self, value: &dyn Debug) {
        let mut text = String::new();
        // Writing to a String does not fail, and a `Debug` that claims to fail has written what it could.
        let _ = write!(text, "{value:?}");
        match text.parse::<i128>() {
            Ok(number) => self.push_number(number),
            Err(_) => self.push_bytes(text.as_bytes()),
        }
    }

    fn push_number(&mut self, number: i128) {
        // Without the sign: negative ones come first.
        self.0.extend((number ^ i128::MIN).to_be_bytes());
    }

    fn push_float(&mut self, number: f64) {
        let bits = number.to_bits();
        // Of negative ones the greater is the lesser.
        let ordered = if number.is_sign_negative() { !bits } else { bits | (1 << 63) };
        self.0.extend(ordered.to_be_bytes());
    }

    /// With an end that comes before whatever a longer text goes on with.
    fn push_bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0.push(*byte);
            if *byte == 0 {
                self.0.push(1);
            }
        }
        self.0.extend([0, 0]);
    }
}

/// Keeps what a value hashes, instead of mixing it: `Hash` shows what is inside of a user's type, which its `Debug` may hide.
impl Hasher for SortKey {
    fn finish(&self) -> u64 {
        0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.push_bytes(bytes);
    }

    fn write_u8(&mut self, number: u8) {
        self.push_number(number.into());
    }

    fn write_u16(&mut self, number: u16) {
        self.push_number(number.into());
    }

    fn write_u32(&mut self, number: u32) {
        self.push_number(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.push_number(number.into());
    }

    fn write_u128(&mut self, number: u128) {
        self.0.extend(number.to_be_bytes());
    }

    fn write_usize(&mut self, number: usize) {
        self.push_number(i128::try_from(number).unwrap_or(i128::MAX));
    }

    fn write_i8(&mut self, number: i8) {
        self.push_number(number.into());
    }

    fn write_i16(&mut self, number: i16) {
        self.push_number(number.into());
    }

    fn write_i32(&mut self, number: i32) {
        self.push_number(number.into());
    }

    fn write_i64(&mut self, number: i64) {
        self.push_number(number.into());
    }

    fn write_i128(&mut self, number: i128) {
        self.push_number(number);
    }

    fn write_isize(&mut self, number: isize) {
        self.push_number(i128::try_from(number).unwrap_or(i128::MAX));
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::{self, Debug};

    use super::SortKey;
    use crate::model::identity::{ByHash as _, ByText as _, Probe};

    #[derive(Debug, Hash)]
    struct Number(i64);

    #[derive(Hash)]
    struct Hidden(&'static str);

    impl Debug for Hidden {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("***")
        }
    }

    macro_rules! key {
        ($($value:expr),+) => {{
            let mut key = SortKey::default();
            $(key.push(&$value, (&&&Probe(&$value)).occ_identity());)+
            key.0
        }};
    }

    #[test]
    fn numbers_are_in_their_order_however_wide_and_wrapped_they_are() {
        assert!(key!(9) < key!(10) && key!(-10) < key!(-9) && key!(-1) < key!(0));
        assert!(key!(i64::MIN) < key!(-1_i64) && key!(u64::MAX) > key!(i64::MAX));
        assert!(key!(Number(9)) < key!(Number(10)) && key!(Number(-10)) < key!(Number(-9)));
        assert_eq!(key!(7_i16), key!(7_u64));
        assert!(key!(-1.5) < key!(-0.5) && key!(-0.5) < key!(0.0) && key!(2.0) < key!(10.0));
        assert_eq!(key!(0.0), key!(-0.0));
    }

    #[test]
    fn texts_are_in_the_order_of_their_bytes_also_where_debug_hides_them() {
        assert!(key!("a") < key!("ab") && key!("ab") < key!("b") && key!("B") < key!("a"));
        assert!(key!(Hidden("a")) < key!(Hidden("ab")) && key!(Hidden("ab")) < key!(Hidden("b")));
    }

    #[test]
    fn columns_come_one_after_the_other() {
        assert!(key!(1, "z") < key!(2, "a"));
        assert!(key!("a", 2) < key!("ab", 1));
        assert!(key!("a", 1) < key!("a", 2));
        assert!(key!("a\0", 1) > key!("a", 2));
    }
}
