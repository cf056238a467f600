//! Transactions: what is open on a connection, which versions the saves in it have moved, and how those are put back.

pub(crate) mod ends;
pub(crate) mod in_flight;
pub(crate) mod journal;
pub(crate) mod proof;
pub(crate) mod restore;
pub(crate) mod unanswered;
