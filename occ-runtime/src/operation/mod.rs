//! What the methods do, written once for blocking and for async connections: a statement, a verdict, and then memory.
//!
//! No operation changes the caller's value before the database has accepted the statement: setting the version is
//! the last step. So a conflict, a database error, a panic or a dropped future leave the value as it was.
//!
//! The bodies are macros, one for each group of methods, in the file that is named for them. `$wing` is `blocking` or
//! `asynchronous`, whose `send` says how a statement is sent and a transaction ends; `async, await, Send` make each body
//! an `async fn` with a `Send` future. What a body names is imported in its own file, from which a wing imports all of it.
//! Whatever is called from outside holds an `InFlight` until it is over.

pub(crate) mod at;
pub(crate) mod base;
pub(crate) mod batch;
pub(crate) mod children;
pub(crate) mod commit;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod each;
pub(crate) mod generated;
pub(crate) mod insert;
pub(crate) mod insert_all;
pub(crate) mod lock;
#[cfg(feature = "retry")]
pub(crate) mod merging;
#[cfg(feature = "retry")]
pub(crate) mod modify;
mod named;
pub(crate) mod none_key;
pub(crate) mod one_row;
pub(crate) mod order;
pub(crate) mod outcome;
pub(crate) mod overwrite;
pub(crate) mod read;
pub(crate) mod report;
pub(crate) mod revision;
pub(crate) mod rows;
pub(crate) mod schema;
pub(crate) mod settle;
pub(crate) mod tracked;
pub(crate) mod tracked_batch;
pub(crate) mod transaction;
pub(crate) mod unversioned;
pub(crate) mod update;
pub(crate) mod upsert;
pub(crate) mod upserted;
pub(crate) mod verdict;
pub(crate) mod write;

/// All that a model which can be saved through a connection can do: the bodies of `SavesTrackedOn` and of its async twin.
macro_rules! operations {
    ($($wing:tt)*) => {
        $crate::operation::write::operations!($($wing)*);
        $crate::operation::generated::operations!($($wing)*);
        $crate::operation::generated::read_back_operations!($($wing)*);
        $crate::operation::one_row::operations!($($wing)*);
        $crate::operation::commit::operations!($($wing)*);
        $crate::operation::tracked::operations!($($wing)*);
        $crate::operation::tracked::put_operations!($($wing)*);
        $crate::operation::settle::operations!($($wing)*);
        $crate::operation::settle::delete_operations!($($wing)*);
        $crate::operation::outcome::operations!($($wing)*);
        $crate::operation::outcome::tracked_operations!($($wing)*);
        $crate::operation::unversioned::operations!($($wing)*);
        $crate::operation::delete::operations!($($wing)*);
        $crate::operation::batch::operations!($($wing)*);
        $crate::operation::batch::together_operations!($($wing)*);
        $crate::operation::batch::one_by_one_operations!($($wing)*);
        $crate::operation::each::operations!($($wing)*);
        $crate::operation::each::part_operations!($($wing)*);
        $crate::operation::tracked_batch::operations!($($wing)*);
        $crate::operation::tracked_batch::settle_operations!($($wing)*);
        $crate::operation::tracked_batch::send_operations!($($wing)*);
        $crate::operation::tracked_batch::one_by_one_operations!($($wing)*);
        $crate::operation::lock::verify!($($wing)*);
        #[cfg(feature = "retry")]
        $crate::operation::modify::operations!($($wing)*);
    };
}

/// The same of a model of which rows can be made: the bodies of `InsertsOn` and of its async twin.
macro_rules! insert_operations {
    ($($wing:tt)*) => {
        $crate::operation::insert::operations!($($wing)*);
        $crate::operation::insert::taken_operations!($($wing)*);
        $crate::operation::insert::looked_at_operations!($($wing)*);
        $crate::operation::insert_all::operations!($($wing)*);
        $crate::operation::insert_all::one_by_one_operations!($($wing)*);
        $crate::operation::upsert::operations!($($wing)*);
        $crate::operation::upsert::whatever_is_there_operations!($($wing)*);
    };
}

/// How rows are made of values: the bodies of what a connection does for `CreatesOn` and for its async twin.
macro_rules! create_operations {
    ($($wing:tt)*) => {
        $crate::operation::create::operations!($($wing)*);
        $crate::operation::create::parts!($($wing)*);
        $crate::operation::create::last_row_parts!($($wing)*);
        $crate::operation::create::find_parts!($($wing)*);
        $crate::operation::create::keyed_parts!($($wing)*);
    };
}

pub(crate) use {create_operations, insert_operations, operations};
