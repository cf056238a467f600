//! Conditional requests in one call, for Diesel's own, blocking connections.

use diesel::connection::Connection;

use crate::blocking::bounds::SavesTrackedOn;
use crate::blocking::expecting::ExpectingDsl as _;
use crate::blocking::insert::OptimisticInsertDsl as _;
use crate::blocking::new_row::InsertsOn;
use crate::blocking::reload::ReloadsOn;
use crate::blocking::row::OptimisticDsl as _;
use crate::blocking::tracked::TrackedDsl as _;
use crate::blocking::update::UpdatesOn;
use crate::conflict::Conflict;
use crate::conflict::tracked::Tracked;
use crate::error::Error;
use crate::error::stale::Operation;
use crate::http::condition::TagCondition;
use crate::http::conditional::{
    ROUNDS, Written, is_applied, lost, lost_conflict, made_by_others, may_be_repeated, never_first, over,
    takes_any,
};
use crate::http::preconditions::{IfMatch, Preconditions};
use crate::http::problem::Problem;
use crate::http::tags::EntityTagger;
use crate::model::fields::Trackable;
use crate::model::optimistic_lock::OptimisticLock;
use crate::model::versioned::Versioned;
use crate::operation::read;
use crate::operation::upserted::Upserted;

/// A conditional request in one call (feature `http`): the precondition is checked, the row is written, and what goes wrong is a
/// [`Problem`]. [`http`](crate::http#a-service) has a whole service that is made of them.
///
/// | what happens | answer |
/// |---|---|
/// | the row that was loaded is not what `If-Match` demands | 412 |
/// | it was, and somebody else writes before the statement | 409 with the member `current_tag`, and `differences` where the struct is `#[occ(tracked)]` |
/// | the same, and the request said `If-Match: *` | it is done again on what is there now; 503 if others are first each of a hundred times |
/// | the row is gone | 404 |
/// | the row is to be made (`If-None-Match: *`), and somebody else makes it | 412 |
/// | a request is repeated since its first answer was lost, and the row is as it would have it | [`Written::Unchanged`], see below |
///
/// After an error the value is what it was before the call.
/// A row that is soft-deleted (`#[occ(soft_delete)]`) is gone for a client, and its key is taken: to put one there is 412, until it is restored.
///
/// # Requests that are repeated
///
/// The answer to a write gets lost, and the client sends the request again, with the tag from before the write. RFC 9110, section 13.1.1,
/// allows to answer with success where the request "appears to have already been applied", and that is judged by the row: if it is
/// in all that the request would write as the request would have it, nothing is written, and it is `Unchanged`. So it does not matter
/// which process has answered, or how long ago, or whether somebody else has written the very same. It is not known for a struct that
/// is not `#[occ(tracked)]`: there it is 412. Of `If-None-Match: *` the RFC allows nothing but 412, and after a repeated
/// deletion the row cannot be found: a handler that answers 404 then tells a client what it has to know, and no more is sure.
///
/// What a request computes from the row (one more, one less) is not as the request would have it after the first time, and so is 412.
pub trait ConditionalDsl: OptimisticLock {
    /// [`save_optimistic`](crate::OptimisticDsl::save_optimistic) of a row that was loaded, if it is what `if_match` demands.
    ///
    /// One `UPDATE`; one `SELECT` more after a lost race.
    ///
    /// ```
    /// use diesel::prelude::*;
    /// use occ_runtime::http::{EntityTagger, IfMatch, Problem};
    /// use occ_runtime::prelude::*;
    #[doc = include_str!("../example.txt")]
    ///
    /// fn rename(id: i32, name: String, if_match: &IfMatch, conn: &mut SqliteConnection) -> Result<(), Problem> {
    ///     let mut product: Product = products::table.find(id).select(Product::as_select()).first(conn)?; // 404
    ///     product.name = name;
    ///     product.save_conditional(if_match, &EntityTagger::open(), conn) // 409, 412
    /// }
    /// # let conn = &mut connection();
    /// # let sent = |tag: &str| {
    /// #     occ_runtime::http::Preconditions::from_lines([tag], None::<&str>).unwrap().require_if_match().unwrap()
    /// # };
    /// # assert_eq!(rename(1, "torch".into(), &sent("\"old\""), conn).unwrap_err().status(), 412);
    /// # assert!(rename(1, "torch".into(), &sent("*"), conn).is_ok());
    /// # assert_eq!(rename(2, "torch".into(), &sent("*"), conn).unwrap_err().status(), 404);
    /// ```
    fn save_conditional<C>(
        &mut self,
        if_match: &IfMatch,
        tags: &EntityTagger,
        conn: &mut C,
    ) -> Result<(), Problem>
    where
        C: Connection,
        Self: Versioned + UpdatesOn<C>,
    {
        save_row(self, if_match, tags, conn)
    }

    /// [`delete_optimistic`](crate::OptimisticDsl::delete_optimistic) of a row that was loaded, if it is what `if_match` demands.
    ///
    /// One `DELETE`; one `SELECT` more after a lost race.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    /// use occ_runtime::http::{EntityTagger, Preconditions};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// # let tags = EntityTagger::open();
    /// let lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// # let mut theirs: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// let sent = tags.of(&lamp).to_string();
    /// let if_match = Preconditions::from_lines([sent], None::<&str>)?.require_if_match()?;
    /// # theirs.save_optimistic(conn)?;
    /// // Somebody saves the row.
    /// let problem = lamp.delete_conditional(&if_match, &tags, conn).unwrap_err();
    /// assert_eq!((problem.status().as_u16(), problem.member("current_tag").is_some()), (409, true));
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    fn delete_conditional<C>(
        &self,
        if_match: &IfMatch,
        tags: &EntityTagger,
        conn: &mut C,
    ) -> Result<(), Problem>
    where
        C: Connection,
        Self: Versioned + UpdatesOn<C>,
    {
        delete_row(self, if_match, tags, conn)
    }

    /// Makes the row or replaces it, by its key, as the preconditions of the request allow: what a PUT does. The version in
    /// memory does not matter.
    ///
    /// `sent` is a [`CreateOrReplace`](crate::http::CreateOrReplace) where the request must say what it expects, or else
    /// [`Preconditions`]: which of them means what, [`expect`](Preconditions::expect) says. Needs `#[occ(tracked)]`.
    ///
    /// One `SELECT`, and those of [`upsert_optimistic`](crate::OptimisticInsertDsl::upsert_optimistic); one `SELECT` more after a lost
    /// race.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    /// use occ_runtime::http::{EntityTagger, Preconditions, Written};
    #[doc = include_str!("../example_tracked.txt")]
    /// # let conn = &mut connection();
    /// let tags = EntityTagger::open();
    /// let create = Preconditions::from_lines(None::<&str>, ["*"])?.require_either()?;
    /// let mut article = Article { id: 2, title: "Locks".into(), body: "They lock.".into(), views: 0, version: 0 };
    /// assert_eq!(article.put_conditional(&create, &tags, conn)?, Written::Created);
    /// assert_eq!(article.put_conditional(&create, &tags, conn).unwrap_err().status(), 412);
    ///
    /// let seen = tags.of(&article).to_string();
    /// let replace = Preconditions::from_lines([seen], None::<&str>)?.require_either()?;
    /// article.title = "Keys".into();
    /// assert_eq!(article.put_conditional(&replace, &tags, conn)?, Written::Changed);
    /// // The answer is lost, and the client sends the same again.
    /// assert_eq!(article.put_conditional(&replace, &tags, conn)?, Written::Unchanged);
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    fn put_conditional<C>(
        &mut self,
        sent: &Preconditions,
        tags: &EntityTagger,
        conn: &mut C,
    ) -> Result<Written, Problem>
    where
        C: Connection,
        Self: Trackable + Versioned + InsertsOn<C> + ReloadsOn<C>,
    {
        put_row(self, sent, tags, conn)
    }
}

impl<M: OptimisticLock> ConditionalDsl for M {}

/// The same for [`Tracked`] values: of a struct with a version.
pub trait TrackedConditionalDsl<T: OptimisticLock> {
    /// [`save_optimistic`](crate::TrackedDsl::save_optimistic) of a row that was loaded and edited, if the row as it was loaded is what
    /// `if_match` demands. See [`ConditionalDsl`].
    ///
    /// One `UPDATE`, none where nothing was changed; one `SELECT` more after a lost race.
    ///
    /// With `If-Match: *`, what was edited is written over whatever is there, and the rest is left as others have made it; it is not merged.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, Tracked, prelude::*};
    /// use occ_runtime::http::{EntityTagger, Preconditions, Written};
    #[doc = include_str!("../example_tracked.txt")]
    /// # let conn = &mut connection();
    /// # let tags = EntityTagger::open();
    /// # let select = articles::table.find(1).select(Tracked::<Article>::as_select());
    /// let mut article = select.first(conn)?;
    /// let seen = tags.of(&*article).to_string();
    /// let if_match = Preconditions::from_lines([seen], None::<&str>)?.require_if_match()?;
    /// article.title = "Locks".into();
    /// assert_eq!(article.save_conditional(&if_match, &tags, conn)?, Written::Changed);
    ///
    /// // The answer is lost, and the same request comes again.
    /// let mut article = select.first(conn)?;
    /// article.title = "Locks".into();
    /// assert_eq!(article.save_conditional(&if_match, &tags, conn)?, Written::Unchanged);
    /// // Another one is refused.
    /// article.title = "Keys".into();
    /// assert_eq!(article.save_conditional(&if_match, &tags, conn).unwrap_err().status(), 412);
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    fn save_conditional<C>(
        &mut self,
        if_match: &IfMatch,
        tags: &EntityTagger,
        conn: &mut C,
    ) -> Result<Written, Problem>
    where
        C: Connection,
        T: Trackable + Versioned + UpdatesOn<C>;

    /// [`delete_optimistic`](crate::TrackedDsl::delete_optimistic) of a row that was loaded, if it is what `if_match` demands.
    ///
    /// One `DELETE`; one `SELECT` more after a lost race.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, Tracked, prelude::*};
    /// use occ_runtime::http::{EntityTag, EntityTagger, IfMatch};
    #[doc = include_str!("../example_tracked.txt")]
    /// # let conn = &mut connection();
    /// # let tags = EntityTagger::open();
    /// let article = articles::table.find(1).select(Tracked::<Article>::as_select()).first(conn)?;
    /// let (old, now): (EntityTag, EntityTag) = (r#""old""#.parse()?, tags.of(&*article));
    /// let refused = article.delete_conditional(&IfMatch::from(&old), &tags, conn);
    /// assert_eq!(refused.unwrap_err().status(), 412);
    /// article.delete_conditional(&IfMatch::from(&now), &tags, conn)?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    fn delete_conditional<C>(
        &self,
        if_match: &IfMatch,
        tags: &EntityTagger,
        conn: &mut C,
    ) -> Result<(), Problem>
    where
        C: Connection,
        T: Trackable + Versioned + UpdatesOn<C>;
}

impl<T: OptimisticLock> TrackedConditionalDsl<T> for Tracked<T> {
    fn save_conditional<C>(
        &mut self,
        if_match: &IfMatch,
        tags: &EntityTagger,
        conn: &mut C,
    ) -> Result<Written, Problem>
    where
        C: Connection,
        T: Trackable + Versioned + UpdatesOn<C>,
    {
        save_tracked(self, if_match, tags, conn)
    }

    fn delete_conditional<C>(
        &self,
        if_match: &IfMatch,
        tags: &EntityTagger,
        conn: &mut C,
    ) -> Result<(), Problem>
    where
        C: Connection,
        T: Trackable + Versioned + UpdatesOn<C>,
    {
        delete_tracked(self, if_match, tags, conn)
    }
}

crate::http::conditional::save_operations!(Connection);
crate::http::conditional::over_operations!(Connection);
crate::http::conditional::put_operations!(Connection);
crate::http::conditional::delete_operations!(Connection);
