//! The row that the writers write.

use diesel::prelude::*;
use occ_runtime::OptimisticLock;

use super::chain::State;

diesel::table! {
    shelves (id) {
        id -> Integer,
        quantity -> Integer,
        version -> Integer,
    }
}

/// What each row begins as, but for its key.
pub const FRESH: State = State::Row { version: 1, quantity: 10 };

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = shelves)]
pub struct Shelf {
    pub id: i32,
    pub quantity: i32,
    pub version: i32,
}

/// The same row, for those who merge.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, OptimisticLock)]
#[diesel(table_name = shelves)]
#[occ(tracked)]
pub struct Tallied {
    pub id: i32,
    #[occ(merge = add)]
    pub quantity: i32,
    pub version: i32,
}

impl Shelf {
    pub fn fresh(id: i32) -> Self {
        Self { id, quantity: 10, version: 1 }
    }

    pub fn state(&self) -> State {
        State::Row { version: self.version, quantity: self.quantity }
    }
}

impl Tallied {
    pub fn fresh(id: i32) -> Self {
        Self { id, quantity: 10, version: 1 }
    }

    pub fn state(&self) -> State {
        State::Row { version: self.version, quantity: self.quantity }
    }
}
