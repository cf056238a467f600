//! Several tracked values that are handed to a transaction: each is put back for itself, wherever it is then.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::conflict::tracked::Tracked;
use crate::model::fields::Trackable;
use crate::transaction::restore::{Restorable, Versions};

/// What one was before the transaction.
type Saved<T> = <&'static mut Tracked<T> as Restorable>::Saved;

fn save<T: Trackable + 'static>(values: &[Tracked<T>]) -> Vec<Saved<T>> {
    values.iter().map(|value| (value.clone(), value.value.version().clone())).collect()
}

/// The values while they are put back, and what they were.
struct Together<'v, T: Trackable + 'static> {
    values: &'v mut [Tracked<T>],
    saved: Vec<Option<Saved<T>>>,
    versions: &'v Versions,
}

impl<T: Trackable + 'static> Together<'_, T> {
    fn put_back(&mut self, place: usize, from: usize) {
        if let Some(saved) = self.saved[from].take() {
            <&mut Tracked<T> as Restorable>::restore(&mut &mut self.values[place], saved, self.versions);
        }
    }

    /// Whether the value at `place` is of the row that the one before the transaction was of, which nobody has been yet.
    fn is_of_row(&self, place: usize, from: usize) -> bool {
        let value = &self.values[place].value;
        self.saved[from].as_ref().is_some_and(|(saved, _)| {
            // The user's code may panic here, perhaps while it is panicking already.
            catch_unwind(AssertUnwindSafe(|| value.has_key_of(&saved.value))).unwrap_or(false)
        })
    }

    /// Those that are what they were, but for saves and edits; of two copies each at its place, if it is still there. The places of
    /// the others.
    fn put_back_own(&mut self) -> Vec<usize> {
        let mut readings: HashMap<u64, Vec<usize>> = HashMap::with_capacity(self.saved.len());
        for (from, saved) in self.saved.iter().enumerate() {
            if let Some((saved, _)) = saved {
                readings.entry(saved.reading).or_default().push(from);
            }
        }
        let mut others = Vec::new();
        for place in 0..self.values.len() {
            let same = readings.get(&self.values[place].reading).map_or(&[][..], Vec::as_slice);
            let own = same.iter().copied().filter(|from| *from == place);
            match own.chain(same.iter().copied()).find(|from| self.is_of_row(place, *from)) {
                Some(from) => self.put_back(place, from),
                None => others.push(place),
            }
        }
        others
    }

    /// Those that were merged, read anew or replaced: as what was of their row. The places of the others.
    fn put_back_whole(&mut self, places: Vec<usize>) -> Vec<usize> {
        places
            .into_iter()
            .filter(|place| match (0..self.saved.len()).find(|from| self.is_of_row(*place, *from)) {
                Some(from) => {
                    self.put_back(*place, from);
                    false
                }
                None => true,
            })
            .collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Trackable + 'static> Restorable for &mut [Tracked<T>] {
    type Borrowed<'r> = &'r mut [Tracked<T>];
    type Saved = Vec<Saved<T>>;

    fn borrow(&mut self) -> Self::Borrowed<'_> {
        self
    }

    fn save(&self, _: &mut Versions) -> Self::Saved {
        save(self)
    }

    fn restore(&mut self, saved: Self::Saved, versions: &Versions) {
        let saved = saved.into_iter().map(Some).collect();
        let mut together = Together { values: self, saved, versions };
        let others = together.put_back_own();
        let others = together.put_back_whole(others);
        // What other rows have been put in the place of.
        let left: Vec<usize> =
            (0..together.saved.len()).filter(|from| together.saved[*from].is_some()).collect();
        for (place, from) in others.into_iter().zip(left) {
            together.put_back(place, from);
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: Trackable + 'static> Restorable for &mut Vec<Tracked<T>> {
    type Borrowed<'r> = &'r mut Vec<Tracked<T>>;
    type Saved = Vec<Saved<T>>;

    fn borrow(&mut self) -> Self::Borrowed<'_> {
        self
    }

    fn save(&self, _: &mut Versions) -> Self::Saved {
        save(self)
    }

    /// A value that has come to it stays: it was not handed over, and learns of the rollback by itself.
    fn restore(&mut self, saved: Self::Saved, versions: &Versions) {
        let saved = saved.into_iter().map(Some).collect();
        let mut together = Together { values: self.as_mut_slice(), saved, versions };
        let others = together.put_back_own();
        together.put_back_whole(others);
    }
}
