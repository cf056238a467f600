//! How an error names a row.

use std::fmt::Write as _;

use crate::model::optimistic_lock::OptimisticLock;
use crate::statement::at::KeyedRow;

/// A row that an error can name: one in memory, or one that is known by its key alone.
pub(crate) trait Named {
    type Model: OptimisticLock;

    fn key_text(&self) -> String;
}

impl<M: OptimisticLock> Named for M {
    type Model = M;

    fn key_text(&self) -> String {
        key_text(self)
    }
}

impl<M: OptimisticLock, P> Named for KeyedRow<M, P> {
    type Model = M;

    fn key_text(&self) -> String {
        self.key_text().to_owned()
    }
}

/// The key as error messages have it: `1`, or `(1, "blue")` for several columns.
pub(crate) fn key_text<M: OptimisticLock>(row: &M) -> String {
    let mut text = String::new();
    let mut columns = 0;
    row.visit_key(&mut |value, _| {
        if columns > 0 {
            text.push_str(", ");
        }
        columns += 1;
        // Writing to a String does not fail, and a `Debug` that claims to fail has written what it could.
        let _ = write!(text, "{value:?}");
    });
    if columns == 1 { text } else { format!("({text})") }
}
