//! What a request that creates or replaces expects of the row.

use std::ops::Deref;

use crate::http::preconditions::{PreconditionFailed, PreconditionRequired, Preconditions, Wanted};
use crate::http::tag::EntityTag;
use crate::http::tags::EntityTagger;
use crate::model::versioned::Versioned;
use crate::version::expect::Expect;

impl Preconditions {
    /// Demands an `If-Match` or an `If-None-Match`, for a request that creates or replaces. Without one the error, which names both, is
    /// to be answered with 428.
    pub fn require_either(self) -> Result<CreateOrReplace, PreconditionRequired> {
        if self.if_match().is_none() && self.if_none_match().is_none() {
            return Err(PreconditionRequired { wanted: Wanted::Either });
        }
        Ok(CreateOrReplace(self))
    }

    /// What the request expects of the row, given the row as it is, or `None` where there is none. The error is to be answered with 412.
    ///
    /// | the request has | and the row is | it expects |
    /// |---|---|---|
    /// | `If-Match: "tag"` | at that tag | `Expect::At`, its version |
    /// | `If-Match: *` | there | `Expect::At`, its version |
    /// | `If-None-Match: *` | not there | `Expect::Absent` |
    /// | `If-None-Match: "tag"` | at another tag, or not there | `Expect::At`, or `Expect::Absent` |
    /// | neither | anything | `Expect::Any` |
    /// | anything else | | 412 |
    ///
    /// [`put_conditional`](crate::ConditionalDsl::put_conditional) reads the row, asks this and writes.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    /// use occ_runtime::http::{EntityTagger, Preconditions, Problem};
    #[doc = include_str!("../example.txt")]
    ///
    /// fn put(mut mine: Product, sent: &Preconditions, conn: &mut SqliteConnection) -> Result<(), Problem> {
    ///     let found = products::table.find(mine.id).select(Product::as_select()).first(conn).optional()?;
    ///     let expected = sent.expect(&EntityTagger::open(), found.as_ref())?;
    ///     mine.upsert_optimistic(expected, conn)?;
    ///     Ok(())
    /// }
    /// # let conn = &mut connection();
    /// # let mine = |id| Product { id, name: "desk".into(), quantity: 1, version: 0 };
    /// # let create = Preconditions::from_lines(None::<&str>, ["*"])?;
    /// # assert_eq!(put(mine(1), &create, conn).unwrap_err().status(), 412);
    /// # assert!(put(mine(2), &create, conn).is_ok());
    /// # assert!(put(mine(3), &Preconditions::default(), conn).is_ok());
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn expect<T>(
        &self,
        tags: &EntityTagger,
        current: Option<&T>,
    ) -> Result<Expect<T::Version>, PreconditionFailed>
    where
        T: Versioned<Version: Clone>,
    {
        self.check(current.map(|row| tags.of(row)).as_ref())?;
        Ok(match current {
            _ if self.if_match().is_none() && self.if_none_match().is_none() => Expect::Any,
            Some(row) => Expect::At(row.version().clone()),
            None => Expect::Absent,
        })
    }

    /// Somebody was first to make the row that was not to be there.
    pub(crate) fn failed_as_made(&self) -> PreconditionFailed {
        self.failed(None::<&EntityTag>)
    }
}

/// The preconditions of a request that creates or replaces: one or both of `If-None-Match` and `If-Match`.
///
/// With the feature `axum` it is an extractor: without the headers it answers 428, whose problem names both, and 400 to what cannot
/// be parsed. A handler that lets a client write without looking takes [`Preconditions`].
///
/// ```
/// use occ_runtime::Expect;
/// use occ_runtime::http::{EntityTagger, Preconditions};
/// # use occ_runtime::prelude::*;
/// # diesel::table! { products (id) { id -> Integer, version -> Integer } }
/// # #[derive(OptimisticLock)]
/// # struct Product { id: i32, version: i32 }
///
/// let sent = Preconditions::from_lines(None::<&str>, ["*"])?.require_either()?;
/// let (tags, there) = (EntityTagger::open(), Product { id: 1, version: 7 });
/// assert_eq!(sent.expect::<Product>(&tags, None), Ok(Expect::Absent));
/// assert!(sent.expect(&tags, Some(&there)).is_err());
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateOrReplace(Preconditions);

impl Deref for CreateOrReplace {
    type Target = Preconditions;

    fn deref(&self) -> &Preconditions {
        &self.0
    }
}
