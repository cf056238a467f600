//! The children of an aggregate, written under the lock of its root.

use diesel::connection::{Connection, TransactionManager as _};

use crate::blocking::saves::SavesOn;
use crate::error::Error;
use crate::model::fields::Trackable;
use crate::model::optimistic_lock::OptimisticLock;
// What the bodies name.
#[allow(unused_imports, clippy::wildcard_imports, reason = "that file imports what its bodies name")]
use crate::operation::children::{self, *};
use crate::transaction::ends::{begin, end};
use crate::transaction::in_flight::{InFlight, depth};
use crate::transaction::restore::Restorable;

/// Writes to the rows of an aggregate, such as the lines of an order, that are one write of its root: so that a rule over all of them, such
/// as a limit of their total, holds when several write at the same time.
///
/// Each line may be at its version, and yet two people who change different lines come to a total that neither has seen. So the order itself has
/// to move with each change of a line. That is one row to which all of them come, and the second one is refused.
///
/// For every [`OptimisticLock`] with a version, for [`Tracked`](crate::Tracked) values of such, and for every Diesel connection.
///
/// ```
/// use diesel::prelude::*;
/// use occ_runtime::{Error, prelude::*};
///
/// diesel::table! {
///     orders (id) { id -> Integer, credit -> Integer, version -> Integer }
/// }
/// diesel::table! {
///     order_lines (id) { id -> Integer, order_id -> Integer, amount -> Integer }
/// }
/// # diesel::allow_tables_to_appear_in_same_query!(orders, order_lines);
///
/// #[derive(Queryable, Selectable, OptimisticLock)]
/// struct Order {
///     id: i32,
///     credit: i32,
///     version: i32,
/// }
///
/// #[derive(Debug, thiserror::Error)]
/// enum OrderError {
///     #[error("that is more than the credit")]
///     TooMuch,
///     #[error(transparent)]
///     Occ(#[from] Error),
///     #[error(transparent)]
///     Diesel(#[from] diesel::result::Error),
/// }
///
/// fn change_line(order: &mut Order, line: i32, to: i32, conn: &mut SqliteConnection) -> Result<(), OrderError> {
///     let (id, credit) = (order.id, order.credit);
///     order.with_children(conn, |conn| {
///         diesel::update(order_lines::table.find(line)).set(order_lines::amount.eq(to)).execute(conn)?;
///         let amounts = order_lines::table.filter(order_lines::order_id.eq(id)).select(order_lines::amount);
///         let total: i32 = amounts.load::<i32>(conn)?.into_iter().sum();
///         if total > credit { Err(OrderError::TooMuch) } else { Ok(()) }
///     })
/// }
/// # let conn = &mut SqliteConnection::establish(":memory:").unwrap();
/// # for sql in ["CREATE TABLE orders (id INTEGER PRIMARY KEY, credit INTEGER NOT NULL, version INTEGER NOT NULL)",
/// #     "CREATE TABLE order_lines (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, amount INTEGER NOT NULL)",
/// #     "INSERT INTO orders VALUES (1, 100, 1)", "INSERT INTO order_lines VALUES (1, 1, 40), (2, 1, 40)"] {
/// #     diesel::sql_query(sql).execute(conn)?;
/// # }
///
/// let load = |conn: &mut SqliteConnection| orders::table.find(1).select(Order::as_select()).first(conn);
/// let (mut mine, mut theirs) = (load(conn)?, load(conn)?);
/// change_line(&mut theirs, 1, 60, conn)?;
/// let refused = change_line(&mut mine, 2, 60, conn); // another line, and yet
/// assert!(matches!(refused, Err(OrderError::Occ(error)) if error.is_stale()));
/// let refused = change_line(&mut theirs, 2, 60, conn);
/// assert!(matches!(refused, Err(OrderError::TooMuch)));
/// assert_eq!(theirs.version, load(conn)?.version);
/// # Ok::<_, OrderError>(())
/// ```
///
/// # Read the root before its children
///
/// The version that is checked is that of the root, so it vouches only for what was read after it. Children that were read first may have
/// been changed before the root was read, and then its version says nothing against them. So load the order, and then its lines; best read
/// within the closure what it goes by, as above: no other writer of the aggregate comes between from there to the end of the transaction.
///
/// A transaction that goes on seeing what it has seen first (`REPEATABLE READ` and above) has read the children when it has
/// read anything at all. If one is open already, read the root in that one too, and not before it or through another connection.
///
/// It holds among those who go this way. A writer that changes a line without it is not noticed; where there may be such writers, give the lines their own versions as well.
///
/// # Trying again
///
/// A lost root is [`Error::Stale`], and [`Error::is_retryable`] if the root is read anew. So read it within the loop:
///
/// ```
/// # #[cfg(feature = "retry")] {
/// # use diesel::prelude::*;
/// # use occ_runtime::{Error, prelude::*};
/// # diesel::table! { orders (id) { id -> Integer, version -> Integer } }
/// # diesel::table! { order_lines (id) { id -> Integer, order_id -> Integer, amount -> Integer } }
/// # #[derive(Queryable, Selectable, OptimisticLock)]
/// # struct Order { id: i32, version: i32 }
/// fn add_to_line(id: i32, line: i32, more: i32, conn: &mut SqliteConnection) -> Result<(), Error> {
///     RetryPolicy::new().run(conn, |conn| {
///         let mut order: Order = orders::table.find(id).select(Order::as_select()).first(conn)?;
///         order.with_children(conn, |conn| {
///             let amount = order_lines::amount.eq(order_lines::amount + more);
///             diesel::update(order_lines::table.find(line)).set(amount).execute(conn)?;
///             Ok(())
///         })
///     })
/// }
/// # }
/// ```
///
/// # After a rollback
///
/// The root is what it was before the call, whatever has failed: its check, the closure, the commit, or a panic. So are children that are handed
/// over, to [`with_these_children`](Self::with_these_children). **A plain value that the closure has captured, and saved, is ahead of its row
/// then**, as after any rollback; a captured [`Tracked`](crate::Tracked) one finds out by itself.
pub trait AggregateDsl: Sized {
    /// Runs `f` in a transaction whose first write is that of the root: as long as it lasts, no other writer of the aggregate comes past.
    ///
    /// A plain root is touched: its version moves, and nothing else of it is written. A tracked one is saved; if nothing of it was changed, it is
    /// touched. Within another transaction it is a savepoint, and may be within [`optimistic_transaction`](crate::optimistic_transaction), or
    /// within itself for the root of another aggregate: then in one order everywhere, or two of them deadlock each other.
    ///
    /// Beside what `f` sends: one `UPDATE`, `BEGIN` and `COMMIT`, and a savepoint within, as
    /// [`optimistic_transaction`](crate::optimistic_transaction) has it. A version that the database makes is read back where the `UPDATE` does not
    /// give it.
    ///
    /// # Errors
    ///
    /// [`Error::Stale`] if the root was changed or deleted since it was loaded, and whatever else [`save_optimistic`](crate::OptimisticDsl::save_optimistic)
    /// or [`touch_optimistic`](crate::OptimisticDsl::touch_optimistic) may return; then `f` has not run. What `f` returns. What
    /// [`optimistic_transaction`](crate::optimistic_transaction) may return. All but the closure's own come through `From<Error>`.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// # use occ_runtime::{Error, prelude::*};
    #[doc = include_str!("../example.txt")]
    /// # let conn = &mut connection();
    /// # let mut lamp: Product = products::table.find(1).select(Product::as_select()).first(conn)?;
    /// let refused: Result<(), Error> = lamp.with_children(conn, |_| Err(diesel::result::Error::RollbackTransaction.into()));
    /// assert!(refused.is_err());
    /// assert_eq!(lamp.version, 1);
    /// lamp.with_children(conn, |conn| {
    ///     // whatever belongs to it
    ///     Ok::<_, Error>(())
    /// })?;
    /// assert_eq!(lamp.version, 2);
    /// # Ok::<_, Error>(())
    /// ```
    fn with_children<C, T, E, F>(&mut self, conn: &mut C, f: F) -> Result<T, E>
    where
        C: Connection,
        Self: HasChildrenOn<C>,
        E: From<Error>,
        F: FnOnce(&mut C) -> Result<T, E>,
    {
        self.hold((), conn, |conn, _, ()| f(conn))
    }

    /// [`with_children`](Self::with_children), with values whose versions are put back too: for children that have versions of their own. They
    /// are handed over as to [`optimistic_transaction`](crate::optimistic_transaction), and to `f` after the root.
    ///
    /// ```
    /// # use diesel::prelude::*;
    /// use occ_runtime::{Error, prelude::*};
    /// # diesel::table! { orders (id) { id -> Integer, total -> Integer, version -> Integer } }
    /// # diesel::table! { order_lines (id) { id -> Integer, amount -> Integer, version -> Integer } }
    /// # #[derive(Queryable, Selectable, OptimisticLock)]
    /// # struct Order { id: i32, total: i32, version: i32 }
    /// # #[derive(Queryable, Selectable, OptimisticLock)]
    /// # struct OrderLine { id: i32, amount: i32, version: i32 }
    /// # let conn = &mut SqliteConnection::establish(":memory:").unwrap();
    /// # for sql in ["CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER NOT NULL, version INTEGER NOT NULL)",
    /// #     "CREATE TABLE order_lines (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL, version INTEGER NOT NULL)",
    /// #     "INSERT INTO orders VALUES (1, 80, 1)", "INSERT INTO order_lines VALUES (1, 40, 1), (2, 40, 1)"] {
    /// #     diesel::sql_query(sql).execute(conn)?;
    /// # }
    /// let mut order = orders::table.find(1).select(Order::as_select()).first(conn)?;
    /// let mut lines: Vec<OrderLine> = order_lines::table.select(OrderLine::as_select()).load(conn)?;
    ///
    /// lines[0].amount = 60;
    /// order.with_these_children(conn, &mut lines, |conn, order, lines| {
    ///     lines[0].save_optimistic(conn)?;
    ///     order.total = lines.iter().map(|line| line.amount).sum();
    ///     order.save_optimistic(conn)
    /// })?;
    /// assert_eq!((order.total, order.version, lines[0].version), (100, 3, 2));
    ///
    /// lines[1].version = 7; // outdated
    /// let refused = order.with_these_children(conn, &mut lines, |conn, _, lines| {
    ///     lines[0].save_optimistic(conn)?;
    ///     lines[1].save_optimistic(conn)
    /// });
    /// assert!(refused.unwrap_err().is_stale());
    /// assert_eq!((order.version, lines[0].version, lines[1].version), (3, 2, 7));
    /// # Ok::<_, Error>(())
    /// ```
    fn with_these_children<C, V, T, E, F>(&mut self, conn: &mut C, children: V, f: F) -> Result<T, E>
    where
        C: Connection,
        Self: HasChildrenOn<C>,
        V: Restorable,
        E: From<Error>,
        F: FnOnce(&mut C, &mut Self, V::Borrowed<'_>) -> Result<T, E>,
    {
        self.hold(children, conn, f)
    }
}

impl<M: OptimisticLock> AggregateDsl for M {}

impl<T: Trackable> AggregateDsl for Tracked<T> {}

/// A model, or a [`Tracked`](crate::Tracked) one, that can be the root of an aggregate through the connection `C`: the bound for generic code
/// that calls [`with_children`](AggregateDsl::with_children). Every model that owns its fields and is [`SavesOn`](crate::SavesOn), with a
/// version that can be cloned, is this too.
///
/// ```
/// use diesel::Connection;
/// use occ_runtime::bound::HasChildrenOn;
/// use occ_runtime::{Error, prelude::*};
///
/// fn move_on<C, R>(root: &mut R, conn: &mut C) -> Result<(), Error>
/// where
///     C: Connection,
///     R: AggregateDsl + HasChildrenOn<C>,
/// {
///     root.with_children(conn, |_| Ok(()))
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the root of an aggregate through `{C}`",
    label = "its version cannot be moved by this, or not be put back after a rollback",
    note = "its table has a version, it owns its fields, as `String` and not `&str`, and its version is `Clone`",
    note = "if `{C}` is no connection: pass a connection itself, not a pool, nor `&mut` of a `&mut`; for one of diesel-async's, `use occ_runtime::async_prelude::*` \
            (feature `async`)",
    note = "in a generic function the bound is `{Self}: HasChildrenOn<{C}>`"
)]
pub trait HasChildrenOn<C: Connection>: Sized {
    #[doc(hidden)]
    fn claim(&mut self, conn: &mut C) -> Result<(), Error>;

    #[doc(hidden)]
    fn hold<V, T, E, F>(&mut self, children: V, conn: &mut C, f: F) -> Result<T, E>
    where
        V: Restorable,
        E: From<Error>,
        F: FnOnce(&mut C, &mut Self, V::Borrowed<'_>) -> Result<T, E>;
}

macro_rules! hold {
    () => {
        fn hold<V, T, E, F>(&mut self, children: V, conn: &mut C, f: F) -> Result<T, E>
        where
            V: Restorable,
            E: From<Error>,
            F: FnOnce(&mut C, &mut Self, V::Borrowed<'_>) -> Result<T, E>,
        {
            let held = || -> Result<T, Fault<E>> {
                let values = (self, children);
                children::hold!(
                    conn,
                    values,
                    InFlight,
                    depth,
                    begin,
                    end,
                    |conn, root, children| || root.claim(conn),
                    || f(conn, root, children),
                    during
                )
            };
            held().map_err(Fault::into_error)
        }
    };
}

#[diagnostic::do_not_recommend]
impl<M, C> HasChildrenOn<C> for M
where
    C: Connection,
    M: SavesOn<C> + OptimisticLock<Version: Clone> + 'static,
{
    fn claim(&mut self, conn: &mut C) -> Result<(), Error> {
        self.write(Operation::Touch, None, Nothing, conn)
    }

    hold!();
}

#[diagnostic::do_not_recommend]
impl<M, C> HasChildrenOn<C> for Tracked<M>
where
    C: Connection,
    M: SavesOn<C> + Trackable + 'static,
{
    children::tracked_operations!(blocking);

    hold!();
}
