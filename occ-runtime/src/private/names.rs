//! The names that the derive writes into user code, all of them by one import.

pub use core::clone::Clone;
pub use core::fmt::Debug;
pub use core::marker::PhantomData;
pub use core::mem::replace;
pub use core::ops::FnMut;
pub use core::option::Option::{self, None, Some};
pub use core::panic;
pub use core::primitive::{bool, i32, str, usize};
pub use core::result::Result::Ok;

pub use diesel::Column;
pub use diesel::backend::Backend;
pub use diesel::dsl::Eq;
pub use diesel::result::QueryResult;

pub use crate::model::check::{ByAll, ByDirty, ByVersion};
pub use crate::model::columns::{ColumnValue, ColumnVisitor};
pub use crate::model::columns::{Columns, HasUnversioned, InsertColumns};
pub use crate::model::declared::Declared;
pub use crate::model::fields::{Field, FieldValue, Rule, SerializesNoSecret, Trackable};
pub use crate::model::identity::{Identity, NameOf, Pair, Probe};
pub use crate::model::mark::{Deletion, Mark, MarkColumn};
pub use crate::model::merge_add::{Adds, put};
pub use crate::model::merge_order::Ordered;
pub use crate::model::merge_text::Texts;
pub use crate::model::merge_union::Unites;
pub use crate::model::optimistic_lock::{OptimisticLock, SqlText};
pub use crate::model::soft_delete::{MarkType, SoftDelete};
pub use crate::private::convert::{Embedded, EmbeddedOn, SerializeAs};
pub use crate::private::nan::{Equal, NotANumber};
pub use crate::private::show::Show;
pub use crate::private::table_key::{KeyField, StructKey, table_key, wrong_key};
pub use crate::private::written_once::WrittenOnce;
pub use crate::private::{assert as check, stub};
pub use crate::version::counter::Increment;
pub use crate::version::generator::{DefaultGenerator, VersionGenerator};
pub use crate::version::none::NoVersion;

/// Methods that a value has by what its type can do: which of these traits that is, the compiler finds out.
pub mod probes {
    pub use crate::model::identity::{
        ByHash as _, ByNothing as _, ByText as _, Comparable as _, Incomparable as _, Named as _,
        Nameless as _,
    };
    pub use crate::private::nan::{HiddenNan as _, KnownSigns as _, NoSigns as _, ShownNan as _};
    pub use crate::private::show::{
        ShowDebug as _, ShowDebugOption as _, ShowDisplay as _, ShowNothing as _, ShowOption as _,
    };
}
